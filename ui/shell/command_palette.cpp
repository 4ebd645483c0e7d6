// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/command_palette.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace weir {

namespace {

QString nameOf(const QAction* action) {
  QString name = action->text();
  return name.remove(QLatin1Char('&')).remove(QStringLiteral("..."));
}

// Every letter typed stands in the name, in order.
bool fits(const QString& name, const QString& typed) {
  qsizetype at = 0;
  for (const QChar c : typed) {
    at = name.indexOf(c, at, Qt::CaseInsensitive);
    if (at < 0) return false;
    ++at;
  }
  return true;
}

}  // namespace

CommandPalette::CommandPalette(const QList<QAction*>& actions, QWidget* parent)
    : QDialog(parent, Qt::Popup | Qt::FramelessWindowHint),
      m_actions(actions),
      m_text(new QLineEdit(this)),
      m_list(new QListWidget(this)) {
  setObjectName(QStringLiteral("commandPalette"));
  setAccessibleName(tr("Commands"));
  m_text->setPlaceholderText(tr("Type a command"));
  m_text->setAccessibleName(tr("Command"));
  m_list->setAccessibleName(tr("Commands"));
  m_list->setFrameShape(QFrame::NoFrame);
  m_list->setUniformItemSizes(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(m_text);
  column->addWidget(m_list, 1);
  resize(520, 380);
  if (parent) move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, 60)));
  m_text->installEventFilter(this);
  connect(m_text, &QLineEdit::textChanged, this, &CommandPalette::filter);
  connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::trigger);
  filter();
  m_text->setFocus();
}

void CommandPalette::filter() {
  m_list->clear();
  for (QAction* action : m_actions) {
    const QString name = nameOf(action);
    if (name.isEmpty() || !action->isEnabled() || !fits(name, m_text->text())) continue;
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    auto* item = new QListWidgetItem(keys.isEmpty() ? name : name + QStringLiteral("    ") + keys, m_list);
    item->setData(Qt::UserRole, QVariant::fromValue(static_cast<void*>(action)));
  }
  m_list->setCurrentRow(0);
}

void CommandPalette::trigger() {
  const QListWidgetItem* item = m_list->currentItem();
  if (!item) return;
  auto* action = static_cast<QAction*>(item->data(Qt::UserRole).value<void*>());
  accept();
  QTimer::singleShot(0, action, &QAction::trigger);
}

bool CommandPalette::eventFilter(QObject* object, QEvent* event) {
  if (event->type() != QEvent::KeyPress) return QDialog::eventFilter(object, event);
  const int key = static_cast<QKeyEvent*>(event)->key();
  if (key == Qt::Key_Down || key == Qt::Key_Up) {
    const int rows = m_list->count();
    if (rows > 0) m_list->setCurrentRow((m_list->currentRow() + (key == Qt::Key_Down ? 1 : rows - 1)) % rows);
    return true;
  }
  if (key == Qt::Key_Return || key == Qt::Key_Enter) {
    trigger();
    return true;
  }
  return QDialog::eventFilter(object, event);
}

}  // namespace weir
