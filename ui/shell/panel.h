// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <functional>

#include "core/plan/logical.h"
#include "core/session/engine.h"
#include "core/telemetry/log.h"
#include "ui/widgets/theme.h"

namespace weir {

/// A dock of the window, and what its widget has ears for: a method of the name is called, a signal `message` is said.
struct Panel {
  QString id;  ///< the dock is `<id>Dock`, the command that shows it `<id>Panel`
  QString title;
  Qt::DockWidgetArea area = Qt::BottomDockWidgetArea;
  QWidget* widget = nullptr;
  std::function<void(const Theme&)> setTheme;
  std::function<void(bool)> setLocalTime;
  std::function<void(const logical::Plan&)> setScript;
  std::function<void(bool)> setRunning;
  std::function<void(const RunSnapshot&)> showRun;
  using Say = std::function<void(const QString& text, LogLevel level)>;
  std::function<void(QObject& listener, const Say& say)> listen;
};

/// Makes a panel of a widget, with all that the widget has ears for.
template <class Widget>
Panel panelOf(const char* id, const QString& title, Qt::DockWidgetArea area, Widget* widget) {
  Panel panel{QLatin1String(id), title, area, widget, {}, {}, {}, {}, {}, {}};
  if constexpr (requires(const Theme& theme) { widget->setTheme(theme); })
    panel.setTheme = [widget](const Theme& theme) { widget->setTheme(theme); };
  if constexpr (requires { widget->setLocalTime(true); })
    panel.setLocalTime = [widget](bool local) { widget->setLocalTime(local); };
  if constexpr (requires(const logical::Plan& script) { widget->setScript(script); })
    panel.setScript = [widget](const logical::Plan& script) { widget->setScript(script); };
  if constexpr (requires { widget->setRunning(true); })
    panel.setRunning = [widget](bool running) { widget->setRunning(running); };
  if constexpr (requires(const RunSnapshot& snapshot) { widget->showRun(snapshot); })
    panel.showRun = [widget](const RunSnapshot& snapshot) { widget->showRun(snapshot); };
  if constexpr (requires { &Widget::message; })
    panel.listen = [widget](QObject& listener, const Panel::Say& say) {
      QObject::connect(widget, &Widget::message, &listener, say);
    };
  return panel;
}

}  // namespace weir
