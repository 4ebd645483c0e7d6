// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/text_checker.h"

#include <set>

#include "core/bind/checker.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/problems_model.h"
#include "ui/editor/sql_editor.h"

namespace weir {

namespace {

constexpr int kDelayMs = 120;

// A mark beside each statement that is no definition, in the colour of whether it may run.
std::map<int, QColor> runMarks(const Theme& theme, const Diagnostics& found, const std::vector<Span>& statements,
                               const PlaceIndex& places) {
  std::set<uint32_t> errors;
  for (const Diagnostic& d : found)
    if (d.severity == Severity::Error) errors.insert(d.span.begin);
  std::map<int, QColor> marks;
  for (const Span& statement : statements) {
    const std::string_view body = textOf(places.text(), statement);
    if (body.starts_with("CREATE") || body.starts_with("create") || body.starts_with("DEFINE")) continue;
    const auto error = errors.lower_bound(statement.begin);
    const bool broken = error != errors.end() && *error <= statement.end;
    marks[static_cast<int>(places.placeOf(statement.begin).line) - 1] = broken ? theme.idle : theme.success;
  }
  return marks;
}

std::map<std::string, int> linesOf(const logical::Plan& script, const PlaceIndex& places) {
  std::map<std::string, int> lines;
  const auto lineOf = [&](const Span& span) { return static_cast<int>(places.placeOf(span.begin).line) - 1; };
  for (const logical::Query& query : script.queries) lines[query.target] = lineOf(query.span);
  for (const auto& [name, stream] : script.streams)
    if (stream.kind == StreamKind::Source) lines[name] = lineOf(stream.span);
  return lines;
}

}  // namespace

TextChecker::TextChecker(const Theme& theme, DocumentTabs& documents, ProblemsModel& problems, QObject* parent)
    : QObject(parent), m_theme(&theme), m_documents(documents), m_problems(problems) {
  m_delay.setSingleShot(true);
  m_delay.setInterval(kDelayMs);
  connect(&m_delay, &QTimer::timeout, this, &TextChecker::check);
  connect(&documents, &DocumentTabs::edited, &m_delay, qOverload<>(&QTimer::start));
  connect(&documents, &DocumentTabs::currentChanged, this, &TextChecker::check);
  connect(&problems, &ProblemsModel::modelReset, this,
          [this] { m_documents.editor()->setDiagnostics(m_problems.diagnostics()); });
}

void TextChecker::setTheme(const Theme& theme) {
  m_theme = &theme;
  m_problems.setTheme(theme);
  check();
}

void TextChecker::check() {
  const std::string text = m_documents.editor()->text().toStdString();
  BoundResult result = checkScript(text);
  const PlaceIndex places(text);
  const LanguageService language(text);
  m_documents.editor()->setFolds(language.statements());
  m_documents.editor()->setRunMarks(runMarks(*m_theme, result.diagnostics, language.statements(), places));
  m_lines = linesOf(result.script, places);
  m_problems.set(std::move(result.diagnostics), places);
  m_script = std::move(result.script);
  emit checked();
}

}  // namespace weir
