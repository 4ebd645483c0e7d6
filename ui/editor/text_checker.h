// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <map>
#include <string>

#include "core/plan/logical.h"
#include "ui/widgets/theme.h"

namespace weir {

class DocumentTabs;
class ProblemsModel;

/// Checks the text that is shown, a moment after the last letter, and marks in its editor what was found: problems,
/// statements that may run, what can be folded.
class TextChecker final : public QObject {
  Q_OBJECT
public:
  TextChecker(const Theme& theme, DocumentTabs& documents, ProblemsModel& problems, QObject* parent = nullptr);
  void setTheme(const Theme& theme);
  /// Checks it now.
  void check();
  /// What the text says: to be run only if there is no error among the problems.
  const logical::Plan& script() const { return m_script; }
  /// Where the streams of the text are written or declared, by line from 0.
  const std::map<std::string, int>& lines() const { return m_lines; }

signals:
  void checked();

private:
  const Theme* m_theme;
  DocumentTabs& m_documents;
  ProblemsModel& m_problems;
  QTimer m_delay;
  logical::Plan m_script;
  std::map<std::string, int> m_lines;
};

}  // namespace weir
