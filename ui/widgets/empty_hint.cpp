// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_hint.h"

#include <QAbstractItemView>
#include <QEvent>

#include "ui/widgets/theme.h"

namespace weir {

EmptyHint::EmptyHint(QAbstractItemView& view, const QString& text)
    : QLabel(text, view.viewport()), m_model(view.model()) {
  setObjectName(view.objectName() + QStringLiteral("Empty"));
  setWordWrap(true);
  setFont(uiFont(12.5));
  setForegroundRole(QPalette::PlaceholderText);
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setContentsMargins(12, 10, 12, 0);
  setAlignment(Qt::AlignTop | Qt::AlignLeft);
  view.viewport()->installEventFilter(this);
  const QAbstractItemModel* model = m_model;
  connect(model, &QAbstractItemModel::rowsInserted, this, &EmptyHint::fit);
  connect(model, &QAbstractItemModel::rowsRemoved, this, &EmptyHint::fit);
  connect(model, &QAbstractItemModel::modelReset, this, &EmptyHint::fit);
  fit();
}

void EmptyHint::say(const QString& text) {
  if (text != this->text()) setText(text);
}

bool EmptyHint::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::Resize) fit();
  return QLabel::eventFilter(object, event);
}

void EmptyHint::fit() {
  setGeometry(parentWidget()->rect());
  setVisible(m_model->rowCount() == 0);
}

}  // namespace weir
