// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_marks.h"

#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/editor/text_checker.h"
#include "ui/health/health_card.h"

namespace weir {

RunMarks::RunMarks(const Theme& theme, DocumentTabs& documents, const TextChecker& checker, QObject* parent)
    : QObject(parent), m_theme(&theme), m_documents(documents), m_checker(checker) {}

void RunMarks::begin() { m_editor = m_documents.editor(); }

void RunMarks::showRun(const RunSnapshot& snapshot, bool hasProblems) {
  markSources(snapshot);
  if (m_lastAt != 0 && snapshot.now - m_lastAt < 1'000'000) return;
  // The lines are those of the document that is shown.
  if (m_lastAt > 0 && m_documents.editor() == m_editor && !hasProblems)
    markRates(snapshot, static_cast<double>(snapshot.now - m_lastAt) / 1e6);
  m_lastAt = snapshot.now;
  m_lastRows = snapshot.streamRows;
}

void RunMarks::markSources(const RunSnapshot& snapshot) {
  std::map<int, SourceMark> marks;
  for (const ConnectionHealth& h : snapshot.connections) {
    const auto mark = [&](const QString& name, uint64_t bad) {
      const auto line = m_checker.lines().find(name.toStdString());
      if (m_documents.editor() == m_editor && line != m_checker.lines().end())
        marks[line->second] = {healthLook(h, *m_theme),
                               bad > 0 ? tr("%n bad", nullptr, static_cast<int>(bad)) : QString()};
    };
    if (!h.isSink) mark(h.name, h.bad);
    for (const StreamHealth& stream : h.streams)
      if (!stream.isSink) mark(stream.name, stream.bad);
  }
  m_documents.editor()->setSourceMarks(std::move(marks));
}

void RunMarks::markRates(const RunSnapshot& snapshot, double seconds) {
  std::map<int, LineChip> chips;
  for (const auto& [name, line] : m_checker.lines()) {
    const auto now = snapshot.streamRows.find(name);
    if (now == snapshot.streamRows.end()) continue;
    const auto before = m_lastRows.find(name);
    const uint64_t past = before == m_lastRows.end() ? 0 : before->second;
    chips.emplace(line, LineChip{tr("%1 rows/s").arg(static_cast<double>(now->second - past) / seconds, 0, 'f', 1),
                                 m_theme->text3});
  }
  m_documents.editor()->setChips(std::move(chips));
}

void RunMarks::endRun(bool hasProblems) {
  if (m_editor && !hasProblems) m_editor->setChips({});
  m_documents.editor()->setSourceMarks({});
}

void RunMarks::clear(bool isRunning, bool hasProblems) {
  if (!isRunning || hasProblems) m_documents.editor()->setChips({});
  if (!isRunning) m_documents.editor()->setSourceMarks({});
}

}  // namespace weir
