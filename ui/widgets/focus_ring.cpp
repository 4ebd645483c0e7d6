// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/focus_ring.h"

#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTextEdit>
#include <memory>

namespace weir {

namespace {

bool wantsRing(const QWidget* widget) {
  if (!widget || widget->isWindow() || qobject_cast<const QMenu*>(widget)) return false;
  const bool hasCaret = qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QPlainTextEdit*>(widget) ||
                        qobject_cast<const QTextEdit*>(widget) || qobject_cast<const QComboBox*>(widget) ||
                        qobject_cast<const QAbstractSpinBox*>(widget) || widget->inherits("QsciScintillaBase");
  return !hasCaret;
}

}  // namespace

void FocusRing::install(QApplication& app) {
  if (app.property("focusRing").toBool()) return;
  app.setProperty("focusRing", true);
  // It goes with the widget that it is around, or with the focus.
  const auto ring = std::make_shared<QPointer<FocusRing>>();
  connect(&app, &QApplication::focusChanged, &app, [ring](QWidget*, QWidget* now) {
    delete ring->data();
    if (wantsRing(now)) *ring = new FocusRing(now);
  });
}

FocusRing::FocusRing(QWidget* around) : QWidget(around) {
  setObjectName(QStringLiteral("focusRing"));
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setFocusPolicy(Qt::NoFocus);
  setGeometry(around->rect());
  around->installEventFilter(this);
  show();
  raise();
}

bool FocusRing::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::Resize) setGeometry(parentWidget()->rect());
  return QWidget::eventFilter(object, event);
}

void FocusRing::paintEvent(QPaintEvent*) {
  const auto* tabs = qobject_cast<QTabBar*>(parentWidget());
  const QRectF box = tabs ? tabs->tabRect(tabs->currentIndex()) : rect();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  QPen pen(palette().color(QPalette::Link), 1);
  pen.setCosmetic(false);
  p.setPen(pen);
  p.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
}

}  // namespace weir
