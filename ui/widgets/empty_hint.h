// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

class QAbstractItemModel;
class QAbstractItemView;

namespace weir {

/// One quiet line over a view for as long as it has no rows: what will be there, and what to do for it.
class EmptyHint final : public QLabel {
  Q_OBJECT
public:
  EmptyHint(QAbstractItemView& view, const QString& text);
  void say(const QString& text);

protected:
  bool eventFilter(QObject* object, QEvent* event) override;

private:
  void fit();
  const QAbstractItemModel* m_model;
};

}  // namespace weir
