// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/find_bar.h"

#include <QCheckBox>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/editor/sql_editor.h"

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
  m_replacement->setObjectName(QStringLiteral("findReplacement"));
  m_case->setObjectName(QStringLiteral("findCase"));
  m_regex->setObjectName(QStringLiteral("findRegex"));
  m_info->setObjectName(QStringLiteral("findInfo"));
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
  one->setObjectName(QStringLiteral("replaceOne"));
  all->setObjectName(QStringLiteral("replaceAll"));
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
  if (m_editor && m_editor->hasSelectedText() && !m_editor->selectedText().contains(QLatin1Char('\n')))
    m_text->setText(m_editor->selectedText());
  m_text->setFocus();
  m_text->selectAll();
  count();
}

QRegularExpression FindBar::pattern() const {
  QRegularExpression::PatternOptions options = QRegularExpression::MultilineOption;
  if (!m_case->isChecked()) options |= QRegularExpression::CaseInsensitiveOption;
  return QRegularExpression(m_regex->isChecked() ? m_text->text() : QRegularExpression::escape(m_text->text()),
                            options);
}

std::vector<QRegularExpressionMatch> FindBar::matches(const QString& text) const {
  std::vector<QRegularExpressionMatch> out;
  const QRegularExpression wanted = pattern();
  if (m_text->text().isEmpty() || !wanted.isValid()) return out;
  for (auto it = wanted.globalMatch(text); it.hasNext();)
    if (QRegularExpressionMatch m = it.next(); m.capturedLength() > 0) out.push_back(std::move(m));
  return out;
}

QString FindBar::replacementFor(const QRegularExpressionMatch& match) const {
  QString written = m_replacement->text();
  if (!m_regex->isChecked()) return written;
  QString out;
  for (qsizetype i = 0; i < written.size(); ++i) {
    const bool isGroup = written[i] == QLatin1Char('\\') && i + 1 < written.size() && written[i + 1].isDigit();
    if (isGroup)
      out += match.captured(written[++i].digitValue());
    else
      out += written[i];
  }
  return out;
}

std::pair<qsizetype, qsizetype> FindBar::selection() const {
  const QByteArray bytes = m_editor->text().toUtf8();
  const auto characters = [&](unsigned int which) {
    return QString::fromUtf8(bytes.left(static_cast<qsizetype>(m_editor->SendScintilla(which)))).size();
  };
  return {characters(QsciScintillaBase::SCI_GETSELECTIONSTART), characters(QsciScintillaBase::SCI_GETSELECTIONEND)};
}

bool FindBar::search(bool forward, bool fromSelection) {
  if (!m_editor || m_text->text().isEmpty()) return false;
  const QString text = m_editor->text();
  const std::vector<QRegularExpressionMatch> found = matches(text);
  if (found.empty()) {
    m_info->setText(tr("not found"));
    return false;
  }
  const auto [begin, end] = selection();
  const qsizetype from = fromSelection ? begin : end;
  // Past the end the search goes on at the beginning, and the other way round.
  auto at = forward ? std::find_if(found.begin(), found.end(), [&](const auto& m) { return m.capturedStart() >= from; })
                    : std::find_if(found.rbegin(), found.rend(), [&, first = begin](const auto& m) {
                        return m.capturedEnd() <= first;
                      }).base();
  if (forward && at == found.end()) at = found.begin();
  if (!forward) at = at == found.begin() ? found.end() - 1 : at - 1;
  const auto placeOf = [&](qsizetype characters) {
    return static_cast<unsigned long>(text.left(characters).toUtf8().size());
  };
  const unsigned long start = placeOf(at->capturedStart());
  m_editor->SendScintilla(
      QsciScintillaBase::SCI_ENSUREVISIBLEENFORCEPOLICY,
      static_cast<unsigned long>(m_editor->SendScintilla(QsciScintillaBase::SCI_LINEFROMPOSITION, start)));
  m_editor->SendScintilla(QsciScintillaBase::SCI_SETSEL, start, static_cast<long>(placeOf(at->capturedEnd())));
  return true;
}

void FindBar::findNext(bool forward) {
  if (m_text->text().isEmpty()) return start(false);
  search(forward, false);
}

void FindBar::count() {
  if (!m_editor || m_text->text().isEmpty()) return m_info->clear();
  m_info->setText(pattern().isValid() ? tr("%n found", nullptr, static_cast<int>(matches(m_editor->text()).size()))
                                      : tr("not a regular expression"));
}

void FindBar::replaceOne() {
  if (!m_editor) return;
  const auto [begin, end] = selection();
  for (const QRegularExpressionMatch& m : matches(m_editor->text()))
    if (m.capturedStart() == begin && m.capturedEnd() == end) m_editor->replaceSelectedText(replacementFor(m));
  search(true, false);
  count();
}

void FindBar::replaceAll() {
  if (!m_editor || m_text->text().isEmpty()) return;
  QString text = m_editor->text();
  const std::vector<QRegularExpressionMatch> found = matches(text);
  // From the end, so that the places before stay what they are.
  for (auto m = found.rbegin(); m != found.rend(); ++m)
    text.replace(m->capturedStart(), m->capturedLength(), replacementFor(*m));
  if (!found.empty()) m_editor->replaceText(text);
  m_info->setText(tr("%n replaced", nullptr, static_cast<int>(found.size())));
}

void FindBar::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    hide();
    if (m_editor) m_editor->setFocus();
  } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
    if (m_replacement->hasFocus())
      replaceOne();
    else
      findNext(!(event->modifiers() & Qt::ShiftModifier));
  } else {
    QWidget::keyPressEvent(event);
  }
}

}  // namespace weir
