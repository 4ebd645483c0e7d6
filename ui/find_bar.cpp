// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/find_bar.h"

#include <QCheckBox>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/sql_editor.h"

namespace weir {

FindBar::FindBar(QWidget* parent)
    : QWidget(parent),
      m_text(new QLineEdit(this)),
      m_replacement(new QLineEdit(this)),
      m_replaceRow(new QWidget(this)),
      m_case(new QCheckBox(tr("Case"), this)),
      m_regex(new QCheckBox(tr("Regex"), this)),
      m_info(new QLabel(this)) {
  setObjectName(QStringLiteral("findBar"));
  setAttribute(Qt::WA_StyledBackground);
  m_text->setObjectName(QStringLiteral("findText"));
  m_text->setPlaceholderText(tr("Find"));
  m_text->setAccessibleName(tr("Find"));
  m_text->setClearButtonEnabled(true);
  m_replacement->setPlaceholderText(tr("Replace with"));
  m_replacement->setAccessibleName(tr("Replace with"));
  m_info->setForegroundRole(QPalette::PlaceholderText);
  const auto button = [this](const QString& text, const QString& name, auto call) {
    auto* b = new QToolButton(this);
    b->setText(text);
    b->setAccessibleName(name);
    b->setToolTip(name);
    connect(b, &QToolButton::clicked, this, call);
    return b;
  };
  auto* findRow = new QHBoxLayout;
  findRow->setSpacing(6);
  findRow->addWidget(m_text, 1);
  findRow->addWidget(m_case);
  findRow->addWidget(m_regex);
  findRow->addWidget(m_info);
  findRow->addWidget(button(QStringLiteral("↑"), tr("Previous (Shift+Enter)"), [this] { findNext(false); }));
  findRow->addWidget(button(QStringLiteral("↓"), tr("Next (Enter)"), [this] { findNext(true); }));
  findRow->addWidget(button(QStringLiteral("✕"), tr("Close (Esc)"), [this] {
    hide();
    if (m_editor) m_editor->setFocus();
  }));
  auto* replaceRow = new QHBoxLayout(m_replaceRow);
  replaceRow->setContentsMargins(0, 0, 0, 0);
  replaceRow->setSpacing(6);
  auto* one = new QPushButton(tr("Replace"), this);
  auto* all = new QPushButton(tr("Replace all"), this);
  connect(one, &QPushButton::clicked, this, &FindBar::replaceOne);
  connect(all, &QPushButton::clicked, this, &FindBar::replaceAll);
  replaceRow->addWidget(m_replacement, 1);
  replaceRow->addWidget(one);
  replaceRow->addWidget(all);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 5, 8, 5);
  column->setSpacing(4);
  column->addLayout(findRow);
  column->addWidget(m_replaceRow);
  connect(m_text, &QLineEdit::textChanged, this, [this] {
    search(true, true);
    count();
  });
  for (QCheckBox* box : {m_case, m_regex}) connect(box, &QCheckBox::toggled, this, &FindBar::count);
}

void FindBar::setEditor(SqlEditor* editor) { m_editor = editor; }

void FindBar::start(bool replace) {
  m_replaceRow->setVisible(replace);
  show();
  if (m_editor && m_editor->hasSelectedText() && !m_editor->selectedText().contains(QLatin1Char('\n'))) m_text->setText(m_editor->selectedText());
  m_text->setFocus();
  m_text->selectAll();
  count();
}

bool FindBar::search(bool forward, bool fromSelection) {
  if (!m_editor || m_text->text().isEmpty()) return false;
  int line = 0, index = 0, endLine = 0, endIndex = 0;
  m_editor->getSelection(&line, &index, &endLine, &endIndex);
  if (line < 0) m_editor->getCursorPosition(&line, &index);
  else if (forward && !fromSelection) {
    line = endLine;
    index = endIndex;
  }
  const bool found = m_editor->findFirst(m_text->text(), m_regex->isChecked(), m_case->isChecked(), false, true, forward, line, index, true, false, true);
  if (!found) m_info->setText(tr("not found"));
  return found;
}

void FindBar::findNext(bool forward) {
  if (m_text->text().isEmpty()) return start(false);
  search(forward, false);
}

void FindBar::count() {
  if (!m_editor || m_text->text().isEmpty()) return m_info->clear();
  QRegularExpression pattern(m_regex->isChecked() ? m_text->text() : QRegularExpression::escape(m_text->text()),
                             m_case->isChecked() ? QRegularExpression::NoPatternOption : QRegularExpression::CaseInsensitiveOption);
  m_info->setText(pattern.isValid() ? tr("%n found", nullptr, static_cast<int>(m_editor->text().count(pattern))) : tr("not a regular expression"));
}

void FindBar::replaceOne() {
  if (!m_editor) return;
  const bool selected = m_editor->selectedText().compare(m_text->text(), m_case->isChecked() ? Qt::CaseSensitive : Qt::CaseInsensitive) == 0;
  if (selected) m_editor->replaceSelectedText(m_replacement->text());
  search(true, false);
  count();
}

void FindBar::replaceAll() {
  if (!m_editor || m_text->text().isEmpty()) return;
  QRegularExpression pattern(m_regex->isChecked() ? m_text->text() : QRegularExpression::escape(m_text->text()),
                             m_case->isChecked() ? QRegularExpression::NoPatternOption : QRegularExpression::CaseInsensitiveOption);
  if (!pattern.isValid()) return;
  QString text = m_editor->text();
  const auto times = text.count(pattern);
  // A backslash in a plain replacement is a backslash.
  QString replacement = m_replacement->text();
  if (!m_regex->isChecked()) replacement.replace(QLatin1Char('\\'), QLatin1String("\\\\"));
  text.replace(pattern, replacement);
  m_editor->beginUndoAction();
  m_editor->selectAll();
  m_editor->replaceSelectedText(text);
  m_editor->endUndoAction();
  m_info->setText(tr("%n replaced", nullptr, static_cast<int>(times)));
}

void FindBar::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    hide();
    if (m_editor) m_editor->setFocus();
  } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
    if (m_replacement->hasFocus()) replaceOne();
    else findNext(!(event->modifiers() & Qt::ShiftModifier));
  } else {
    QWidget::keyPressEvent(event);
  }
}

}  // namespace weir
