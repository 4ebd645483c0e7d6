// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace weir {

/// What stands in the chart's place before the first run: the demo, a URL, a file.
class WelcomeCard final : public QWidget {
  Q_OBJECT
public:
  explicit WelcomeCard(QWidget* parent = nullptr);

signals:
  void demo();
  void connectToUrl();
  void openFile();
};

}  // namespace weir
