// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sql_editor.h"

#include "core/data/type.h"
#include "core/functions/function_list.h"
#include "core/sql/keywords.h"
#include "core/sql/lexer.h"

namespace weir {

namespace {

constexpr int kErrorIndicator = 8;
constexpr int kWarningIndicator = 9;

}  // namespace

SqlHighlighter::SqlHighlighter(const Theme& theme, QObject* parent) : QsciLexerCustom(parent) { setTheme(theme); }

QString SqlHighlighter::description(int style) const {
  static const char* const kNames[] = {"Default", "Keyword", "Type", "Function", "String", "Number", "Comment", "Option"};
  return style >= 0 && style < StyleCount ? QString::fromLatin1(kNames[style]) : QString();
}

void SqlHighlighter::setTheme(const Theme& t) {
  const QColor colors[] = {t.text1, t.keyword, t.type, t.function, t.string, t.number, t.comment, t.option};
  for (int style = 0; style < StyleCount; ++style) {
    setColor(colors[style], style);
    setPaper(t.bg1, style);
    QFont font = monoFont(13);
    font.setItalic(style == Comment);
    setFont(font, style);
  }
  setDefaultColor(t.text1);
  setDefaultPaper(t.bg1);
  setDefaultFont(monoFont(13));
}

void SqlHighlighter::styleText(int, int end) {
  // Strings and comments may begin anywhere before, and a script is small: from the top each time.
  const QByteArray text = editor()->text().toUtf8();
  const std::string_view view(text.constData(), static_cast<size_t>(text.size()));
  startStyling(0);
  uint32_t at = 0;
  (void)end;
  while (at < view.size()) {
    const Token token = nextToken(view, at);
    const std::string_view word = textOf(view, token.span);
    Style style = Default;
    switch (token.kind) {
      case TokenKind::LineComment:
      case TokenKind::BlockComment: style = Comment; break;
      case TokenKind::String:
      case TokenKind::Unterminated: style = String; break;
      case TokenKind::QuotedName: style = OptionKey; break;
      case TokenKind::Integer:
      case TokenKind::Decimal: style = Number; break;
      case TokenKind::Word: {
        const size_t next = view.find_first_not_of(" \t", token.span.end);
        const bool called = next != std::string_view::npos && view[next] == '(';
        const bool assigned = next != std::string_view::npos && view[next] == '=';
        if (called && !findKeyword(word) && (findScalar(word) || findAggregate(word) || findSpecial(word)))
          style = Function;
        else if (assigned && (word == "type" || word == "extension" || word == "format"))
          style = OptionKey;
        else if (findKeyword(word) && (findKeyword(word)->reserved || findKeyword(word)->clause || called || word == "STREAM"))
          style = Keyword;
        else if (findType(word) && !called)
          style = TypeName;
        break;
      }
      default: break;
    }
    setStyling(static_cast<int>(token.span.end - token.span.begin), style);
    at = token.span.end;
  }
}

SqlEditor::SqlEditor(const Theme& theme, QWidget* parent)
    : QsciScintilla(parent), m_highlighter(new SqlHighlighter(theme, this)) {
  setObjectName(QStringLiteral("editor"));
  setAccessibleName(tr("SQL editor"));
  setUtf8(true);
  setLexer(m_highlighter);
  setFrameShape(QFrame::NoFrame);
  setMarginType(0, QsciScintilla::NumberMargin);
  setMarginWidth(0, 44);
  setMarginWidth(1, 6);
  setBraceMatching(QsciScintilla::SloppyBraceMatch);
  setAutoIndent(true);
  setIndentationsUseTabs(false);
  setTabWidth(2);
  setCaretLineVisible(true);
  SendScintilla(SCI_SETCARETLINEVISIBLEALWAYS, 1);
  SendScintilla(SCI_SETMULTIPLESELECTION, 1);
  SendScintilla(SCI_SETADDITIONALSELECTIONTYPING, 1);
  SendScintilla(SCI_SETSCROLLWIDTH, 1);
  SendScintilla(SCI_SETSCROLLWIDTHTRACKING, 1);
  SendScintilla(SCI_SETEXTRAASCENT, 2);
  SendScintilla(SCI_SETEXTRADESCENT, 2);
  SendScintilla(SCI_SETMOUSEDWELLTIME, 400);
  indicatorDefine(QsciScintilla::SquiggleIndicator, kErrorIndicator);
  indicatorDefine(QsciScintilla::SquiggleIndicator, kWarningIndicator);
  connect(this, &QsciScintillaBase::SCN_DWELLSTART, this, [this](int position, int, int) {
    for (const Diagnostic& d : m_diagnostics) {
      if (position < static_cast<int>(d.span.begin) || position > static_cast<int>(d.span.end)) continue;
      const std::string text = d.message + (d.hint.empty() ? "" : "\n" + d.hint);
      SendScintilla(SCI_CALLTIPSHOW, static_cast<unsigned long>(position), text.c_str());
      return;
    }
  });
  connect(this, &QsciScintillaBase::SCN_DWELLEND, this, [this](int, int, int) { SendScintilla(SCI_CALLTIPCANCEL); });
  setTheme(theme);
}

void SqlEditor::setTheme(const Theme& t) {
  m_highlighter->setTheme(t);
  setLexer(m_highlighter);
  setPaper(t.bg1);
  setColor(t.text1);
  setCaretForegroundColor(t.accent);
  setCaretLineBackgroundColor(t.currentLine);
  setMarginsBackgroundColor(t.bg1);
  setMarginsForegroundColor(t.text3);
  setMarginsFont(monoFont(11));
  setMarginBackgroundColor(1, t.bg1);
  setFoldMarginColors(t.bg1, t.bg1);
  setSelectionBackgroundColor(t.selection);
  resetSelectionForegroundColor();
  setMatchedBraceBackgroundColor(t.bg3);
  setMatchedBraceForegroundColor(t.accent);
  setIndicatorForegroundColor(t.error, kErrorIndicator);
  setIndicatorForegroundColor(t.warn, kWarningIndicator);
  SendScintilla(SCI_CALLTIPSETBACK, t.bg2);
  SendScintilla(SCI_CALLTIPSETFORE, t.text1);
}

void SqlEditor::setDiagnostics(const Diagnostics& diagnostics) {
  m_diagnostics = diagnostics;
  for (const int indicator : {kErrorIndicator, kWarningIndicator}) {
    SendScintilla(SCI_SETINDICATORCURRENT, static_cast<unsigned long>(indicator));
    SendScintilla(SCI_INDICATORCLEARRANGE, 0UL, static_cast<long>(SendScintilla(SCI_GETLENGTH)));
  }
  for (const Diagnostic& d : diagnostics) {
    SendScintilla(SCI_SETINDICATORCURRENT,
                  static_cast<unsigned long>(d.severity == Severity::Error ? kErrorIndicator : kWarningIndicator));
    SendScintilla(SCI_INDICATORFILLRANGE, static_cast<unsigned long>(d.span.begin),
                  static_cast<long>(std::max(d.span.end, d.span.begin + 1) - d.span.begin));
  }
}

void SqlEditor::goTo(uint32_t offset) {
  SendScintilla(SCI_GOTOPOS, static_cast<unsigned long>(offset));
  setFocus();
}

}  // namespace weir
