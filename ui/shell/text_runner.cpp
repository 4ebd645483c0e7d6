// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/text_runner.h"

#include <algorithm>

#include "core/bind/checker.h"
#include "core/plan/explain.h"
#include "ui/cluster/deploy_dialog.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/problems_model.h"
#include "ui/editor/sql_editor.h"
#include "ui/editor/text_checker.h"
#include "ui/run/run_controller.h"
#include "ui/shell/demo_script.h"

namespace weir {

TextRunner::TextRunner(DocumentTabs& documents, TextChecker& checker, const ProblemsModel& problems, DemoScript& demo,
                       RunController& run, QObject* parent)
    : QObject(parent), m_documents(documents), m_checker(checker), m_problems(problems), m_demo(demo), m_run(run) {}

bool TextRunner::refuses(const Diagnostic* error) {
  if (!error) return false;
  emit refused();
  emit message(QString::fromStdString(error->message), LogLevel::Error);
  if (error->span.end > 0) m_documents.editor()->goTo(error->span.begin);
  return true;
}

bool TextRunner::refuses(const Diagnostics& found) {
  const auto error =
      std::find_if(found.begin(), found.end(), [](const Diagnostic& d) { return d.severity == Severity::Error; });
  return refuses(error == found.end() ? nullptr : &*error);
}

void TextRunner::run() {
  m_demo.address(m_documents);
  m_checker.check();
  const logical::Plan& script = m_checker.script();
  if (refuses(m_problems.firstError()) || refuses(missingSources(script))) return;
  const QString text = m_documents.editor()->text();
  emit ran(m_documents.title(), text);
  m_run.start(text, script);
}

void TextRunner::preview() {
  m_demo.address(m_documents);
  const SqlEditor& shown = *m_documents.editor();
  std::optional<Span> chosen = shown.currentStatement();
  if (shown.hasSelectedText())
    chosen = Span{static_cast<uint32_t>(shown.SendScintilla(QsciScintillaBase::SCI_GETSELECTIONSTART)),
                  static_cast<uint32_t>(shown.SendScintilla(QsciScintillaBase::SCI_GETSELECTIONEND))};
  if (!chosen) return emit message(tr("Put the caret into a SELECT to run it alone."), LogLevel::Error);
  m_checker.check();
  const logical::Plan& script = m_checker.script();
  if (refuses(m_problems.firstError())) return;
  const QStringList targets = RunController::previewable(script, *chosen);
  if (targets.isEmpty())
    return emit message(tr("There is no SELECT here whose rows could be shown; put the caret into one."),
                        LogLevel::Error);
  if (refuses(missingSources(script))) return;
  const QString text = shown.text();
  emit ran(tr("%1, preview of %2").arg(m_documents.title(), targets.join(QStringLiteral(", "))), text);
  m_run.start(text, script, targets);
}

void TextRunner::deploy(const ClusterChoice& choice) {
  m_checker.check();
  if (refuses(m_problems.firstError())) return;
  auto* dialog = new DeployDialog(m_checker.script(), m_documents.title(), m_documents.editor()->text(), choice,
                                  m_documents.window());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &DeployDialog::deployed, this, &TextRunner::deployed);
  connect(dialog, &DeployDialog::placed, this, [this](uint32_t offset) { m_documents.editor()->goTo(offset); });
  dialog->open();
}

void TextRunner::runDemo() {
  if (!m_demo.isThere()) return;
  if (!m_demo.show(m_documents)) return emit message(tr("The demo exchange could not be started."), LogLevel::Error);
  run();
}

}  // namespace weir
