// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qsci/qscilexercustom.h>
#include <Qsci/qsciscintilla.h>

#include "core/base/diagnostic.h"
#include "ui/theme.h"

namespace weir {

/// Colours SQL with the parser's own lexer and tables, so that the editor never disagrees with it.
class SqlHighlighter final : public QsciLexerCustom {
  Q_OBJECT
 public:
  enum Style { Default, Keyword, TypeName, Function, String, Number, Comment, OptionKey, StyleCount };
  SqlHighlighter(const Theme& theme, QObject* parent);
  const char* language() const override { return "Weir SQL"; }
  QString description(int style) const override;
  void styleText(int start, int end) override;
  void setTheme(const Theme& theme);
};

/// The editor of one file: colours, line numbers, folding by indentation, squiggles.
class SqlEditor final : public QsciScintilla {
  Q_OBJECT
 public:
  explicit SqlEditor(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  /// Marks problems with squiggles; their texts show on hover.
  void setDiagnostics(const Diagnostics& diagnostics);
  /// Moves the caret to a byte of the text.
  void goTo(uint32_t offset);

 private:
  SqlHighlighter* m_highlighter;
  Diagnostics m_diagnostics;
};

}  // namespace weir
