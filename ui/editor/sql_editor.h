// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qsci/qscilexercustom.h>
#include <Qsci/qsciscintilla.h>

#include <map>
#include <memory>
#include <optional>

#include "core/base/diagnostic.h"
#include "core/session/language_service.h"
#include "ui/editor/completion_popup.h"
#include "ui/widgets/health_look.h"
#include "ui/widgets/theme.h"

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

private:
  static Style styleOf(std::string_view text, const Token& token);
};

/// A word with a colour at the end of a line, e.g. "12 rows/s" or a problem.
struct LineChip {
  QString text;
  QColor color;
};

/// How a source fares, beside the line where it is declared.
struct SourceMark {
  HealthLook look;
  QString fault;  ///< e.g. "2 bad"; empty when there is none
};

/// The editor of one file: colours, line numbers, squiggles, completion, the outline of the statement at the caret. A
/// key of the window's commands is the command's, whatever the editor would do with it.
class SqlEditor final : public QsciScintilla {
  Q_OBJECT
public:
  explicit SqlEditor(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  /// Marks problems with squiggles, and says each at its line's end; their hints show on hover.
  void setDiagnostics(const Diagnostics& diagnostics);
  /// Moves the caret to a byte of the text.
  void goTo(uint32_t offset);
  uint32_t caretOffset() const;
  /// Puts another text in the place of all of it, as one step of Undo; caret and view stay at their lines.
  void replaceText(const QString& text);
  /// The statement at the caret as bytes of the text, and its text.
  std::optional<Span> currentStatement() const;
  /// What is shown at the right of a line (from 0) that has no problem.
  void setChips(std::map<int, LineChip> chips);
  /// Where the statements' run marks stand, by line (from 0), with their colour.
  void setRunMarks(const std::map<int, QColor>& marks);
  /// The health of running sources, by line (from 0), in the margin and in the line's chip.
  void setSourceMarks(std::map<int, SourceMark> marks);
  /// What stands at the right of a line, as it is drawn where there is room.
  LineChip chipAt(int line) const;
  /// Each statement of several lines can be folded.
  void setFolds(const std::vector<Span>& statements);
  /// The next problem behind the caret, or the one before it.
  void goToProblem(bool forward);
  /// The word, or the dotted option key, at the caret.
  QString wordAtCaret() const;

public slots:
  void complete();
  /// Lays out the whole text, or says in `formatFailed` why not.
  void formatText();
  void toggleComment();
  void addNextOccurrence();
  void goToDefinition();

signals:
  void formatFailed(const QString& why);
  /// The run mark in the margin beside a statement was clicked.
  void runMarkClicked(uint32_t offset);

protected:
  bool event(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

private:
  void offerCompletions();
  void insertCompletion(const Completion& completion);
  void showSignature();
  void paintMargin(QPainter& painter);
  void paintChips(QPainter& painter);
  QPoint pointOf(long position) const;

  const Theme* m_theme;
  SqlHighlighter* m_highlighter;
  CompletionPopup* m_popup;
  Diagnostics m_diagnostics;
  std::map<int, LineChip> m_chips;
  std::map<int, LineChip> m_problemChips;
  std::map<int, SourceMark> m_sourceMarks;
  mutable QByteArray m_parsedText;
  mutable std::unique_ptr<LanguageService> m_language;
  const LanguageService& language() const;
};

}  // namespace weir
