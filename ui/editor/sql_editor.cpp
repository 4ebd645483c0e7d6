// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/sql_editor.h"

#include <QAction>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>
#include <cctype>
#include <cstring>
#include <set>

#include "core/base/text.h"
#include "core/data/type.h"
#include "core/functions/function_list.h"
#include "core/options/option_table.h"
#include "core/sql/formatter.h"
#include "core/sql/keywords.h"
#include "core/sql/lexer.h"

namespace weir {

namespace {

constexpr int kErrorIndicator = 8;
constexpr int kWarningIndicator = 9;
constexpr int kRunMark = 1;
constexpr int kIdleMark = 2;
constexpr int kRunMarkMask = 1 << kRunMark | 1 << kIdleMark;
// From the left: marks, line numbers, folds.
constexpr int kMarkMargin = 0;
constexpr int kNumberMargin = 1;
constexpr int kFoldMargin = 2;
constexpr int kMarkMarginWidth = 22;
constexpr int kMarkSize = 10;
// Completion comes by itself from so many letters on.
constexpr size_t kLettersTyped = 2;
constexpr std::string_view kCreate = "CREATE";
constexpr std::string_view kDefine = "DEFINE";
static_assert(kCreate.size() == kDefine.size());

}  // namespace

SqlHighlighter::SqlHighlighter(const Theme& theme, QObject* parent) : QsciLexerCustom(parent) { setTheme(theme); }

QString SqlHighlighter::description(int style) const {
  static const char* const kNames[] = {"Default", "Keyword", "Type",    "Function",
                                       "String",  "Number",  "Comment", "Option"};
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

void SqlHighlighter::styleText(int start, int end) {
  // Only what lies between the last token border before the change and its end is styled: the styles that are there
  // tell where a text or a comment that spans lines began.
  auto* scintilla = editor();
  const auto length = static_cast<size_t>(scintilla->SendScintilla(QsciScintillaBase::SCI_GETLENGTH));
  const auto* bytes =
      reinterpret_cast<const char*>(scintilla->SendScintillaPtrResult(QsciScintillaBase::SCI_GETCHARACTERPOINTER));
  const std::string_view view(bytes, length);
  size_t from = static_cast<size_t>(std::max(0, start));
  const auto styleAt = [scintilla](size_t at) {
    return static_cast<int>(
        scintilla->SendScintilla(QsciScintillaBase::SCI_GETSTYLEAT, static_cast<unsigned long>(at)));
  };
  while (from > 0) {
    const int style = styleAt(from - 1);
    if (style != String && style != Comment && style != OptionKey && view[from - 1] == '\n') break;
    --from;
  }
  startStyling(static_cast<int>(from));
  for (auto at = static_cast<uint32_t>(from); at < view.size() && at < static_cast<size_t>(std::max(0, end));) {
    const Token token = nextToken(view, at);
    setStyling(static_cast<int>(token.span.end - token.span.begin), styleOf(view, token));
    at = token.span.end;
  }
}

SqlHighlighter::Style SqlHighlighter::styleOf(std::string_view text, const Token& token) {
  const std::string_view word = textOf(text, token.span);
  switch (token.kind) {
    case TokenKind::LineComment:
    case TokenKind::BlockComment: return Comment;
    case TokenKind::String:
    case TokenKind::Unterminated: return String;
    case TokenKind::QuotedName: return OptionKey;
    case TokenKind::Integer:
    case TokenKind::Decimal: return Number;
    case TokenKind::Word: break;
    default: return Default;
  }
  const size_t next = text.find_first_not_of(" \t", token.span.end);
  const bool called = next != std::string_view::npos && text[next] == '(';
  const bool assigned = next != std::string_view::npos && text[next] == '=';
  const weir::Keyword* keyword = findKeyword(word);
  if (called && !keyword && (findScalar(word) || findAggregate(word) || findSpecial(word))) return Function;
  if (assigned && findOption(word)) return OptionKey;
  // What is created is a name elsewhere.
  const auto isCreated = [&] {
    const std::string_view before = trimmed(text.substr(0, token.span.begin));
    const std::string_view verb = before.substr(before.size() - std::min(before.size(), kCreate.size()));
    return equalsIgnoringCase(verb, kCreate) || equalsIgnoringCase(verb, kDefine);
  };
  if (keyword && (keyword->reserved || keyword->clause || called || isCreated())) return Keyword;
  return findType(word) && !called ? TypeName : Default;
}

SqlEditor::SqlEditor(const Theme& theme, QWidget* parent)
    : QsciScintilla(parent),
      m_theme(&theme),
      m_highlighter(new SqlHighlighter(theme, this)),
      m_popup(new CompletionPopup(this)) {
  setObjectName(QStringLiteral("editor"));
  setAccessibleName(tr("SQL editor"));
  setUtf8(true);
  setLexer(m_highlighter);
  setFrameShape(QFrame::NoFrame);
  setMarginType(kMarkMargin, QsciScintilla::SymbolMargin);
  setMarginWidth(kMarkMargin, kMarkMarginWidth);
  setMarginSensitivity(kMarkMargin, true);
  setMarginMarkerMask(kMarkMargin, kRunMarkMask);
  setMarginType(kNumberMargin, QsciScintilla::NumberMargin);
  setMarginWidth(kNumberMargin, 34);
  // The markers keep the places while one types; paintMargin() draws them.
  markerDefine(QsciScintilla::Invisible, kRunMark);
  markerDefine(QsciScintilla::Invisible, kIdleMark);
  setFolding(QsciScintilla::PlainFoldStyle, kFoldMargin);
  SendScintilla(SCI_MARKERDEFINE, static_cast<unsigned long>(SC_MARKNUM_FOLDEROPEN),
                static_cast<long>(SC_MARK_ARROWDOWN));
  SendScintilla(SCI_MARKERDEFINE, static_cast<unsigned long>(SC_MARKNUM_FOLDER), static_cast<long>(SC_MARK_ARROW));
  SendScintilla(SCI_SETMULTIPASTE, 1);
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
  connect(m_popup, &CompletionPopup::chosen, this, &SqlEditor::insertCompletion);
  connect(this, &QsciScintilla::marginClicked, this, [this](int margin, int line, Qt::KeyboardModifiers) {
    if (margin == kMarkMargin && (markersAtLine(line) & kRunMarkMask))
      emit runMarkClicked(static_cast<uint32_t>(positionFromLineIndex(line, 0)));
  });
  connect(this, &QsciScintilla::cursorPositionChanged, this, [this] { viewport()->update(); });
  connect(this, &QsciScintillaBase::SCN_DWELLSTART, this, [this](int position, int, int) {
    for (const Diagnostic& d : m_diagnostics) {
      if (position < static_cast<int>(d.span.begin) || position > static_cast<int>(d.span.end)) continue;
      const std::string text = d.message + (d.hint.empty() ? "" : "\n" + d.hint);
      SendScintilla(SCI_CALLTIPSHOW, static_cast<unsigned long>(position), text.c_str());
      return;
    }
    const std::string help = position < 0 ? std::string() : language().helpAt(static_cast<size_t>(position));
    if (!help.empty()) SendScintilla(SCI_CALLTIPSHOW, static_cast<unsigned long>(position), help.c_str());
  });
  connect(this, &QsciScintillaBase::SCN_DWELLEND, this, [this](int, int, int) { SendScintilla(SCI_CALLTIPCANCEL); });
  setTheme(theme);
}

void SqlEditor::setTheme(const Theme& t) {
  m_theme = &t;
  m_popup->setTheme(t);
  m_highlighter->setTheme(t);
  setLexer(m_highlighter);
  setPaper(t.bg1);
  setColor(t.text1);
  setCaretForegroundColor(t.accent);
  setCaretLineBackgroundColor(t.currentLine);
  setMarginsBackgroundColor(t.bg1);
  setMarginsForegroundColor(t.text3);
  setMarginsFont(monoFont(11));
  for (const int margin : {kMarkMargin, kNumberMargin, kFoldMargin}) setMarginBackgroundColor(margin, t.bg1);
  setFoldMarginColors(t.bg1, t.bg1);
  for (int marker = SC_MARKNUM_FOLDEREND; marker <= static_cast<int>(SC_MARKNUM_FOLDEROPEN); ++marker) {
    SendScintilla(SCI_MARKERSETFORE, static_cast<unsigned long>(marker), t.ctl);
    SendScintilla(SCI_MARKERSETBACK, static_cast<unsigned long>(marker), t.ctl);
  }
  setSelectionBackgroundColor(t.selection);
  resetSelectionForegroundColor();
  SendScintilla(SCI_SETADDITIONALSELBACK, t.selection);
  SendScintilla(SCI_SETADDITIONALCARETFORE, t.accent);
  setMatchedBraceBackgroundColor(t.bg3);
  setMatchedBraceForegroundColor(t.accent);
  setIndicatorForegroundColor(t.error, kErrorIndicator);
  setIndicatorForegroundColor(t.warn, kWarningIndicator);
  SendScintilla(SCI_CALLTIPSETBACK, t.bg2);
  SendScintilla(SCI_CALLTIPSETFORE, t.text1);
}

void SqlEditor::setDiagnostics(const Diagnostics& diagnostics) {
  m_diagnostics = diagnostics;
  m_problemChips.clear();
  for (const int indicator : {kErrorIndicator, kWarningIndicator}) {
    SendScintilla(SCI_SETINDICATORCURRENT, static_cast<unsigned long>(indicator));
    SendScintilla(SCI_INDICATORCLEARRANGE, 0UL, static_cast<long>(SendScintilla(SCI_GETLENGTH)));
  }
  for (const Diagnostic& d : diagnostics) {
    SendScintilla(SCI_SETINDICATORCURRENT,
                  static_cast<unsigned long>(d.severity == Severity::Error ? kErrorIndicator : kWarningIndicator));
    SendScintilla(SCI_INDICATORFILLRANGE, static_cast<unsigned long>(d.span.begin),
                  static_cast<long>(std::max(d.span.end, d.span.begin + 1) - d.span.begin));
    const int line = static_cast<int>(SendScintilla(SCI_LINEFROMPOSITION, static_cast<unsigned long>(d.span.begin)));
    m_problemChips.emplace(line, LineChip{QString::fromStdString(d.message),
                                          d.severity == Severity::Error ? m_theme->error : m_theme->warn});
  }
  viewport()->update();
}

const LanguageService& SqlEditor::language() const {
  const QByteArray now = text().toUtf8();
  if (!m_language || now != m_parsedText) {
    m_parsedText = now;
    m_language = std::make_unique<LanguageService>(now.toStdString());
  }
  return *m_language;
}

uint32_t SqlEditor::caretOffset() const { return static_cast<uint32_t>(SendScintilla(SCI_GETCURRENTPOS)); }

std::optional<Span> SqlEditor::currentStatement() const { return language().statementAt(caretOffset()); }

QString SqlEditor::wordAtCaret() const {
  const std::string whole = text().toStdString();
  const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; };
  size_t begin = caretOffset();
  size_t end = begin;
  while (begin > 0 && part(whole[begin - 1])) --begin;
  while (end < whole.size() && part(whole[end])) ++end;
  return QString::fromStdString(whole.substr(begin, end - begin));
}

QPoint SqlEditor::pointOf(long position) const {
  return {static_cast<int>(SendScintilla(SCI_POINTXFROMPOSITION, 0UL, position)),
          static_cast<int>(SendScintilla(SCI_POINTYFROMPOSITION, 0UL, position))};
}

void SqlEditor::complete() { offerCompletions(); }

void SqlEditor::offerCompletions() {
  const uint32_t caret = caretOffset();
  const QPoint at = pointOf(static_cast<long>(language().wordStart(caret)));
  const int height = static_cast<int>(SendScintilla(SCI_TEXTHEIGHT, 0UL));
  m_popup->offer(language().completionsAt(caret), viewport()->mapToGlobal(at + QPoint(-28, height + 2)));
}

void SqlEditor::insertCompletion(const Completion& completion) {
  const uint32_t caret = caretOffset();
  const size_t start = language().wordStart(caret);
  std::string text = completion.insert;
  size_t back = 0;
  if (const size_t mark = text.find("$0"); mark != text.npos) {
    text.erase(mark, 2);
    back = text.size() - mark;
  }
  // A quote that is already there is not written twice.
  const QByteArray all = this->text().toUtf8();
  size_t from = start;
  while (from > 0 && completion.kind != Completion::Kind::Snippet && (text.front() == '"' || text.front() == '\'') &&
         all[static_cast<qsizetype>(from) - 1] == text.front())
    --from;
  if (completion.kind == Completion::Kind::Option)
    while (from > 0 && (std::isalnum(static_cast<unsigned char>(all[static_cast<qsizetype>(from) - 1])) ||
                        strchr("._\"", all[static_cast<qsizetype>(from) - 1])))
      --from;
  SendScintilla(SCI_BEGINUNDOACTION);
  SendScintilla(SCI_SETTARGETRANGE, from, static_cast<long>(caret));
  SendScintilla(SCI_REPLACETARGET, text.size(), text.c_str());
  SendScintilla(SCI_GOTOPOS, from + text.size() - back);
  SendScintilla(SCI_ENDUNDOACTION);
  if (text.ends_with("()") || text.ends_with("(") || back > 0) showSignature();
}

void SqlEditor::showSignature() {
  const std::string signature = language().signatureAt(caretOffset());
  if (!signature.empty()) SendScintilla(SCI_CALLTIPSHOW, static_cast<unsigned long>(caretOffset()), signature.c_str());
}

bool SqlEditor::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const auto modifiers = key->modifiers() & ~Qt::KeypadModifier;
    const bool isTyping = !(modifiers & ~Qt::ShiftModifier) && key->key() < Qt::Key_Escape;
    const QKeySequence pressed(QKeyCombination(modifiers, static_cast<Qt::Key>(key->key())));
    const auto answers = [&](const QAction* action) {
      const QList<QKeySequence> keys = action->shortcuts();
      return action->isEnabled() && std::any_of(keys.begin(), keys.end(), [&](const QKeySequence& k) {
               return pressed.matches(k) != QKeySequence::NoMatch;
             });
    };
    const QList<QAction*> actions = window()->actions();
    if (!isTyping && std::any_of(actions.begin(), actions.end(), answers)) {
      event->ignore();
      return false;
    }
  }
  return QsciScintilla::event(event);
}

void SqlEditor::keyPressEvent(QKeyEvent* event) {
  if (m_popup->isVisible() && m_popup->handleKey(event->key())) return;
  QsciScintilla::keyPressEvent(event);
  const QString typed = event->text();
  const bool letter =
      !typed.isEmpty() && (typed[0].isLetterOrNumber() || typed[0] == QLatin1Char('_') || typed[0] == QLatin1Char('.'));
  const bool erased = event->key() == Qt::Key_Backspace;
  // What is typed at several carets is not completed at one of them.
  if (SendScintilla(SCI_GETSELECTIONS) > 1) return m_popup->hide();
  if (letter || (erased && m_popup->isVisible())) {
    const uint32_t caret = caretOffset();
    const size_t length = caret - language().wordStart(caret);
    if (typed == QLatin1String(".") || length >= kLettersTyped || m_popup->isVisible()) offerCompletions();
  } else if (!typed.isEmpty()) {
    m_popup->hide();
    if (typed == QLatin1String("(") || typed == QLatin1String(",")) showSignature();
    if (typed == QLatin1String(")")) SendScintilla(SCI_CALLTIPCANCEL);
  }
}

void SqlEditor::focusOutEvent(QFocusEvent* event) {
  m_popup->hide();
  QsciScintilla::focusOutEvent(event);
}

void SqlEditor::formatText() {
  const QByteArray now = text().toUtf8();
  const auto formatted = formatScript(std::string_view(now.constData(), static_cast<size_t>(now.size())));
  if (!formatted) {
    const Diagnostic& first = formatted.diagnostics().front();
    const Place place = placeOf(std::string_view(now.constData(), static_cast<size_t>(now.size())), first.span.begin);
    emit formatFailed(tr("Not formatted, line %1: %2").arg(place.line).arg(QString::fromStdString(first.message)));
    return;
  }
  if (*formatted != now.toStdString()) replaceText(QString::fromStdString(*formatted));
}

void SqlEditor::replaceText(const QString& text) {
  int line = 0;
  int index = 0;
  getCursorPosition(&line, &index);
  const int top = firstVisibleLine();
  const QByteArray bytes = text.toUtf8();
  SendScintilla(SCI_BEGINUNDOACTION);
  SendScintilla(SCI_TARGETWHOLEDOCUMENT);
  SendScintilla(SCI_REPLACETARGET, static_cast<unsigned long>(bytes.size()), bytes.constData());
  SendScintilla(SCI_ENDUNDOACTION);
  setCursorPosition(std::min(line, lines() - 1), index);
  setFirstVisibleLine(top);
}

void SqlEditor::toggleComment() {
  int from = 0, fromIndex = 0, to = 0, toIndex = 0;
  getSelection(&from, &fromIndex, &to, &toIndex);
  if (from < 0) {
    getCursorPosition(&from, &fromIndex);
    to = from;
  } else if (toIndex == 0 && to > from) {
    --to;
  }
  bool all = true;
  for (int line = from; line <= to; ++line)
    if (const QString t = text(line).trimmed(); !t.isEmpty() && !t.startsWith(QLatin1String("--"))) all = false;
  beginUndoAction();
  for (int line = from; line <= to; ++line) {
    const QString t = text(line);
    if (t.trimmed().isEmpty()) continue;
    const auto indent = static_cast<int>(t.indexOf(t.trimmed()[0]));
    if (!all) {
      insertAt(QStringLiteral("-- "), line, indent);
      continue;
    }
    setSelection(line, indent, line, indent + (t.mid(indent).startsWith(QLatin1String("-- ")) ? 3 : 2));
    removeSelectedText();
  }
  endUndoAction();
  setSelection(from, 0, to,
               static_cast<int>(text(to).trimmed().isEmpty()
                                    ? 0
                                    : text(to).size() - (text(to).endsWith(QLatin1Char('\n')) ? 1 : 0)));
}

void SqlEditor::addNextOccurrence() {
  if (SendScintilla(SCI_GETSELECTIONEMPTY)) {
    const long caret = SendScintilla(SCI_GETCURRENTPOS);
    SendScintilla(SCI_SETSELECTION, SendScintilla(SCI_WORDENDPOSITION, static_cast<unsigned long>(caret), 1L),
                  SendScintilla(SCI_WORDSTARTPOSITION, static_cast<unsigned long>(caret), 1L));
    return;
  }
  SendScintilla(SCI_TARGETWHOLEDOCUMENT);
  SendScintilla(SCI_SETSEARCHFLAGS, static_cast<unsigned long>(SCFIND_MATCHCASE));
  SendScintilla(SCI_MULTIPLESELECTADDNEXT);
}

void SqlEditor::goToDefinition() {
  if (const auto found = language().definitionAt(caretOffset())) goTo(found->begin);
}

void SqlEditor::goToProblem(bool forward) {
  if (m_diagnostics.empty()) return;
  std::vector<uint32_t> places;
  for (const Diagnostic& d : m_diagnostics) places.push_back(d.span.begin);
  std::sort(places.begin(), places.end());
  const uint32_t caret = caretOffset();
  if (forward) {
    const auto next = std::upper_bound(places.begin(), places.end(), caret);
    goTo(next == places.end() ? places.front() : *next);
  } else {
    const auto next = std::lower_bound(places.begin(), places.end(), caret);
    goTo(next == places.begin() ? places.back() : *std::prev(next));
  }
}

void SqlEditor::setChips(std::map<int, LineChip> chips) {
  m_chips = std::move(chips);
  viewport()->update();
}

void SqlEditor::setRunMarks(const std::map<int, QColor>& marks) {
  markerDeleteAll(kRunMark);
  markerDeleteAll(kIdleMark);
  for (const auto& [line, color] : marks) markerAdd(line, color == m_theme->success ? kRunMark : kIdleMark);
}

void SqlEditor::setSourceMarks(std::map<int, SourceMark> marks) {
  m_sourceMarks = std::move(marks);
  viewport()->update();
}

LineChip SqlEditor::chipAt(int line) const {
  if (const auto problem = m_problemChips.find(line); problem != m_problemChips.end()) return problem->second;
  const auto found = m_chips.find(line);
  LineChip chip = found == m_chips.end() ? LineChip{} : found->second;
  if (const auto source = m_sourceMarks.find(line); source != m_sourceMarks.end() && !source->second.fault.isEmpty()) {
    chip.text += (chip.text.isEmpty() ? QString() : QStringLiteral(" · ")) + source->second.fault;
    chip.color = m_theme->warn;
  }
  return chip;
}

void SqlEditor::setFolds(const std::vector<Span>& statements) {
  constexpr long kBase = SC_FOLDLEVELBASE;
  std::vector<long> levels(static_cast<size_t>(lines()), kBase);
  for (const Span& statement : statements) {
    const auto first =
        static_cast<size_t>(SendScintilla(SCI_LINEFROMPOSITION, static_cast<unsigned long>(statement.begin)));
    const auto last =
        static_cast<size_t>(SendScintilla(SCI_LINEFROMPOSITION, static_cast<unsigned long>(statement.end)));
    if (last <= first || last >= levels.size()) continue;
    levels[first] = kBase | SC_FOLDLEVELHEADERFLAG;
    for (size_t line = first + 1; line <= last; ++line) levels[line] = kBase + 1;
  }
  for (size_t line = 0; line < levels.size(); ++line)
    if (SendScintilla(SCI_GETFOLDLEVEL, static_cast<unsigned long>(line)) != levels[line])
      SendScintilla(SCI_SETFOLDLEVEL, static_cast<unsigned long>(line), levels[line]);
}

void SqlEditor::paintEvent(QPaintEvent* event) {
  QsciScintilla::paintEvent(event);
  QPainter p(viewport());
  p.setRenderHint(QPainter::Antialiasing);
  const int height = static_cast<int>(SendScintilla(SCI_TEXTHEIGHT, 0UL));
  const int left = static_cast<int>(SendScintilla(SCI_GETMARGINWIDTHN, 0UL) + SendScintilla(SCI_GETMARGINWIDTHN, 1UL) +
                                    SendScintilla(SCI_GETMARGINWIDTHN, 2UL));
  if (const auto statement = currentStatement(); statement) {
    const int top = pointOf(static_cast<long>(statement->begin)).y();
    const int bottom = pointOf(static_cast<long>(statement->end)).y() + height;
    QColor outline = m_theme->accent;
    outline.setAlphaF(0.55F);
    p.setPen(QPen(outline, 1));
    p.drawRoundedRect(QRectF(left + 0.5, top + 0.5, viewport()->width() - left - 3, bottom - top), 4, 4);
  }
  paintMargin(p);
  paintChips(p);
}

void SqlEditor::paintMargin(QPainter& p) {
  const int height = static_cast<int>(SendScintilla(SCI_TEXTHEIGHT, 0UL));
  const auto boxOf = [&](int line) {
    const int y = pointOf(SendScintilla(SCI_POSITIONFROMLINE, static_cast<unsigned long>(line))).y();
    return QRectF((kMarkMarginWidth - kMarkSize) / 2.0, y + (height - kMarkSize) / 2.0, kMarkSize, kMarkSize);
  };
  for (int line = markerFindNext(0, kRunMarkMask); line >= 0; line = markerFindNext(line + 1, kRunMarkMask)) {
    const QRectF box = boxOf(line);
    if (box.bottom() < 0 || !SendScintilla(SCI_GETLINEVISIBLE, static_cast<unsigned long>(line))) continue;
    if (box.top() > viewport()->height()) break;
    p.setPen(Qt::NoPen);
    p.setBrush(markersAtLine(line) & 1U << kRunMark ? m_theme->success : m_theme->idle);
    p.drawPolygon(
        QPolygonF({box.topLeft() + QPointF(1, 0), box.topLeft() + QPointF(9, 5), box.bottomLeft() + QPointF(1, 0)}));
  }
  for (const auto& [line, mark] : m_sourceMarks)
    if (line < lines()) paintMark(p, boxOf(line), mark.look);
}

void SqlEditor::paintChips(QPainter& p) {
  const int height = static_cast<int>(SendScintilla(SCI_TEXTHEIGHT, 0UL));
  p.setFont(uiFont(11));
  std::set<int> all;
  for (const auto* chips : {&m_chips, &m_problemChips})
    for (const auto& [line, chip] : *chips) all.insert(line);
  for (const auto& [line, mark] : m_sourceMarks) all.insert(line);
  for (const int line : all) {
    const LineChip chip = chipAt(line);
    const int y = pointOf(SendScintilla(SCI_POSITIONFROMLINE, static_cast<unsigned long>(line))).y();
    if (chip.text.isEmpty() || y < -height || y > viewport()->height()) continue;
    const long end = SendScintilla(SCI_GETLINEENDPOSITION, static_cast<unsigned long>(line));
    const int textRight = pointOf(end).x() + 16;
    const int room = viewport()->width() - 12 - textRight;
    // A word cut short says nothing.
    constexpr int kLeastRoom = 130;
    if (room < std::min(kLeastRoom, p.fontMetrics().horizontalAdvance(chip.text) + 16)) continue;
    const QString text = p.fontMetrics().elidedText(chip.text, Qt::ElideRight, room - 16);
    const int width = p.fontMetrics().horizontalAdvance(text) + 16;
    const QRectF box(viewport()->width() - 10 - width, y + (height - 18) / 2.0, width, 18);
    p.setPen(Qt::NoPen);
    p.setBrush(m_theme->bg3);
    p.drawRoundedRect(box, 4, 4);
    p.setPen(chip.color);
    p.drawText(box, Qt::AlignCenter, text);
  }
}

void SqlEditor::goTo(uint32_t offset) {
  SendScintilla(SCI_GOTOPOS, static_cast<unsigned long>(offset));
  setFocus();
}

}  // namespace weir
