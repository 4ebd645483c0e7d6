// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/document_tabs.h"

#include <QCryptographicHash>
#include <QEvent>
#include <QFile>
#include <QFileInfo>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/editor/find_bar.h"
#include "ui/editor/sql_editor.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/script_file.h"

namespace weir {

namespace {

constexpr size_t kMostClosed = 20;
// A program that writes a file does so in several steps.
constexpr int kDiskDelayMs = 150;

QString digestOf(const QByteArray& content) {
  return QString::fromLatin1(QCryptographicHash::hash(content, QCryptographicHash::Sha1).toHex());
}

}  // namespace

DocumentTabs::DocumentTabs(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_theme(&theme),
      m_bar(new QTabBar(this)),
      m_stack(new QStackedWidget(this)),
      m_find(new FindBar(this)) {
  m_bar->setObjectName(QStringLiteral("fileTabs"));
  m_bar->setAccessibleName(tr("Open files"));
  m_bar->setDrawBase(false);
  m_bar->setExpanding(false);
  m_bar->setTabsClosable(true);
  m_bar->setMovable(true);
  m_bar->setElideMode(Qt::ElideNone);
  m_bar->setUsesScrollButtons(true);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 4, 0);
  row->setSpacing(0);
  auto* add = new QToolButton(this);
  add->setText(QStringLiteral("+"));
  add->setAccessibleName(tr("New scratch"));
  add->setToolTip(tr("New scratch (Ctrl+N)"));
  connect(add, &QToolButton::clicked, this, &DocumentTabs::newScratch);
  row->addWidget(m_bar);
  row->addWidget(add);
  row->addStretch(1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(row);
  column->addWidget(m_find);
  column->addWidget(m_stack, 1);
  m_find->hide();
  connect(m_bar, &QTabBar::currentChanged, this, [this](int index) {
    if (index < 0 || index >= count()) return;
    m_stack->setCurrentWidget(m_pages[static_cast<size_t>(index)].editor);
    m_find->setEditor(editor());
    editor()->setFocus();
    emit currentChanged();
  });
  connect(m_bar, &QTabBar::tabMoved, this, [this](int from, int to) {
    const Page moved = m_pages[static_cast<size_t>(from)];
    m_pages.erase(m_pages.begin() + from);
    m_pages.insert(m_pages.begin() + to, moved);
    emit edited();
  });
  m_diskDelay.setSingleShot(true);
  m_diskDelay.setInterval(kDiskDelayMs);
  connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &DocumentTabs::lookAtDisk);
  connect(&m_diskDelay, &QTimer::timeout, this, &DocumentTabs::checkDisk);
  connect(m_bar, &QTabBar::tabCloseRequested, this, &DocumentTabs::closeTab);
  newScratch();
}

void DocumentTabs::setTheme(const Theme& theme) {
  m_theme = &theme;
  for (const Page& page : m_pages) page.editor->setTheme(theme);
}

SqlEditor* DocumentTabs::editor() const { return m_pages[static_cast<size_t>(current())].editor; }
int DocumentTabs::current() const { return std::max(0, m_bar->currentIndex()); }
int DocumentTabs::count() const { return static_cast<int>(m_pages.size()); }
QString DocumentTabs::path() const { return m_pages[static_cast<size_t>(current())].path; }
QString DocumentTabs::title() const { return m_pages[static_cast<size_t>(current())].title; }
void DocumentTabs::setCurrent(int index) { m_bar->setCurrentIndex(std::clamp(index, 0, count() - 1)); }
void DocumentTabs::nextTab(int step) { m_bar->setCurrentIndex((current() + step + count()) % count()); }

void DocumentTabs::showTitle(int index) {
  const Page& page = m_pages[static_cast<size_t>(index)];
  m_bar->setTabText(index, page.editor->isModified() ? page.title + QStringLiteral(" •") : page.title);
  m_bar->setTabToolTip(
      index, plainToolTip(page.path.isEmpty() ? tr("%1, kept until you close it").arg(page.title) : page.path));
}

void DocumentTabs::newScratch() {
  OpenDocument scratch;
  const auto taken = [&](const QString& title) {
    return std::any_of(m_pages.begin(), m_pages.end(), [&](const Page& p) { return p.title == title; });
  };
  scratch.title = tr("scratch.sql");
  for (int number = 2; taken(scratch.title); ++number) scratch.title = tr("scratch %1.sql").arg(number);
  open(scratch);
}

bool DocumentTabs::showScratch(const std::function<bool(const QString& title, const QString& text)>& fits) {
  for (int i = 0; i < count(); ++i) {
    const Page& page = m_pages[static_cast<size_t>(i)];
    if (!page.path.isEmpty() || !fits(page.title, page.editor->text())) continue;
    setCurrent(i);
    return true;
  }
  return false;
}

bool DocumentTabs::showEditor(const SqlEditor* editor) {
  const auto found =
      std::find_if(m_pages.begin(), m_pages.end(), [editor](const Page& p) { return p.editor == editor; });
  if (found == m_pages.end()) return false;
  setCurrent(static_cast<int>(found - m_pages.begin()));
  return true;
}

// The unsaved text of a file lies over what the disk has, so that Undo, and the mark of a change, are right about it.
void DocumentTabs::fill(Page& page, const OpenDocument& document, const ScriptFile& disk) {
  page.editor->setText(disk.exists                                       ? QString::fromUtf8(disk.content)
                       : document.isModified && !document.path.isEmpty() ? QString()
                                                                         : document.text);
  page.editor->setModified(false);
  if (document.isModified && page.editor->text() != document.text) page.editor->replaceText(document.text);
  if (disk.exists) page.disk = document.isModified && !document.disk.isEmpty() ? document.disk : digestOf(disk.content);
  watch(document.path);
}

QString DocumentTabs::open(const OpenDocument& document) {
  for (int i = 0; i < count() && !document.path.isEmpty(); ++i) {
    if (m_pages[static_cast<size_t>(i)].path != document.path) continue;
    setCurrent(i);
    if (!document.isModified || editor()->text() == document.text) return {};
    // The same file with other unsaved words: those stand beside it as a scratch.
    OpenDocument beside = document;
    beside.path.clear();
    return open(beside);
  }
  const ScriptFile disk = readScript(document.path);
  if (!disk.problem.isEmpty()) {
    // Never a tab that could be saved over what it does not show.
    if (document.text.isEmpty()) return disk.problem;
    OpenDocument copy = document;
    copy.path.clear();
    copy.disk.clear();
    open(copy);
    return tr("%1\nThe text that was here of it stands in a scratch.").arg(disk.problem);
  }
  const bool replaces = count() == 1 && m_pages[0].path.isEmpty() && m_pages[0].editor->text().isEmpty();
  SqlEditor* const old = replaces ? m_pages[0].editor : nullptr;
  auto* fresh = new SqlEditor(*m_theme, m_stack);
  Page page{fresh, document.path, document.title, {}, {}};
  fill(page, document, disk);
  m_stack->addWidget(fresh);
  m_pages.push_back(page);
  const int index = m_bar->addTab(document.title);
  connect(fresh, &QsciScintilla::textChanged, this, [this, fresh] {
    for (int i = 0; i < count(); ++i)
      if (m_pages[static_cast<size_t>(i)].editor == fresh) showTitle(i);
    emit edited();
  });
  connect(fresh, &QsciScintilla::modificationChanged, this, [this, fresh] {
    for (int i = 0; i < count(); ++i)
      if (m_pages[static_cast<size_t>(i)].editor == fresh) showTitle(i);
  });
  connect(fresh, &QsciScintilla::cursorPositionChanged, this, &DocumentTabs::caretMoved);
  connect(fresh, &SqlEditor::formatFailed, this, [this](const QString& why) { emit message(why, LogLevel::Error); });
  connect(fresh, &SqlEditor::runMarkClicked, this, &DocumentTabs::runMarkClicked);
  showTitle(index);
  m_bar->setCurrentIndex(index);
  m_stack->setCurrentWidget(fresh);
  m_find->setEditor(fresh);
  if (replaces) {
    const auto place = std::find_if(m_pages.begin(), m_pages.end(), [old](const Page& p) { return p.editor == old; });
    const auto at = static_cast<int>(place - m_pages.begin());
    m_pages.erase(place);
    m_bar->removeTab(at);
    old->deleteLater();
  }
  if (document.caret > 0) fresh->goTo(static_cast<uint32_t>(document.caret));
  if (document.scroll > 0) fresh->setFirstVisibleLine(document.scroll);
  emit currentChanged();
  emit edited();
  return {};
}

QString DocumentTabs::openFile(const QString& path) {
  OpenDocument document;
  document.path = QFileInfo(path).absoluteFilePath();
  document.title = QFileInfo(path).fileName();
  if (!QFile::exists(document.path)) return tr("Cannot open %1: there is no such file.").arg(path);
  return open(document);
}

void DocumentTabs::watch(const QString& path) {
  if (!path.isEmpty() && !m_watcher.files().contains(path) && QFile::exists(path)) m_watcher.addPath(path);
}

DocumentTabs::Page* DocumentTabs::pageOf(const QString& path) {
  const auto found = std::find_if(m_pages.begin(), m_pages.end(), [&](const Page& p) { return p.path == path; });
  return found == m_pages.end() ? nullptr : &*found;
}

bool DocumentTabs::changedOnDisk() const {
  const Page& page = m_pages[static_cast<size_t>(current())];
  const ScriptFile disk = readScript(page.path);
  return disk.isText() && digestOf(disk.content) != page.disk && disk.content != page.editor->text().toUtf8();
}

void DocumentTabs::checkDisk() {
  for (Page& page : m_pages) {
    const ScriptFile disk = readScript(page.path);
    if (!disk.exists) continue;
    watch(page.path);
    if (!disk.isText()) continue;
    const QString digest = digestOf(disk.content);
    if (digest == page.disk || digest == page.told) continue;
    if (disk.content == page.editor->text().toUtf8()) {
      page.disk = digest;
      page.editor->setModified(false);
    } else if (!page.editor->isModified()) {
      reload(page.path);
      emit message(tr("%1 changed on disk and was read again.").arg(page.title), LogLevel::Info);
    } else {
      page.told = digest;
      emit fileConflict(page.path);
    }
  }
}

void DocumentTabs::reload(const QString& path) {
  Page* page = pageOf(path);
  const ScriptFile disk = readScript(path);
  if (!page || !disk.isText()) return;
  page->disk = digestOf(disk.content);
  page->editor->replaceText(QString::fromUtf8(disk.content));
  page->editor->setModified(false);
}

void DocumentTabs::keepMine(const QString& path) {
  Page* page = pageOf(path);
  if (const ScriptFile disk = readScript(path); page && disk.isText()) page->disk = digestOf(disk.content);
}

// Not every file system tells of changes: coming back to the window is a moment to look.
void DocumentTabs::changeEvent(QEvent* event) {
  if (event->type() == QEvent::ActivationChange && isActiveWindow()) lookAtDisk();
  QWidget::changeEvent(event);
}

QString DocumentTabs::save(const QString& path) {
  const QString full = QFileInfo(path).absoluteFilePath();
  if (full == this->path() && changedOnDisk()) return tr("%1 changed on disk; it was not overwritten.").arg(title());
  // What cannot be read cannot be told from what somebody still needs.
  if (const ScriptFile disk = readScript(full); !disk.problem.isEmpty())
    return tr("Not saved over what is there: save under another name. %1").arg(disk.problem);
  const QByteArray text = editor()->text().toUtf8();
  if (const QString why = saveTo(full, text); !why.isEmpty()) return why;
  Page& page = m_pages[static_cast<size_t>(current())];
  page.path = full;
  page.title = QFileInfo(full).fileName();
  page.disk = digestOf(text);
  watch(full);
  page.editor->setModified(false);
  showTitle(current());
  emit edited();
  return {};
}

OpenDocument DocumentTabs::documentOf(const Page& page) const {
  OpenDocument d;
  d.path = page.path;
  d.title = page.title;
  // A file that is as it is on the disk is read from there again; of one that is gone the text is all there is.
  d.isModified = page.editor->isModified() || (!d.path.isEmpty() && !QFile::exists(d.path));
  d.disk = page.disk;
  if (d.isModified || d.path.isEmpty()) d.text = page.editor->text();
  d.caret = static_cast<int>(page.editor->caretOffset());
  d.scroll = page.editor->firstVisibleLine();
  return d;
}

std::vector<OpenDocument> DocumentTabs::documents() const {
  std::vector<OpenDocument> out;
  for (const Page& page : m_pages) out.push_back(documentOf(page));
  return out;
}

void DocumentTabs::closeTab(int index) {
  if (index < 0 || index >= count()) return;
  const Page page = m_pages[static_cast<size_t>(index)];
  if (!page.path.isEmpty()) m_watcher.removePath(page.path);
  OpenDocument closed = documentOf(page);
  closed.text = page.editor->text();
  if (!closed.text.isEmpty()) m_closed.push_back(closed);
  if (m_closed.size() > kMostClosed) m_closed.erase(m_closed.begin());
  if (count() == 1) {
    page.editor->deleteLater();
    m_pages.clear();
    const QSignalBlocker quiet(m_bar);
    m_bar->removeTab(0);
    newScratch();
  } else {
    m_pages.erase(m_pages.begin() + index);
    m_bar->removeTab(index);
    m_stack->setCurrentWidget(editor());
    m_find->setEditor(editor());
    page.editor->deleteLater();
  }
  if (closed.isModified)
    emit message(tr("%1 was closed; Ctrl+Shift+T opens it again.").arg(closed.title), LogLevel::Info);
  emit currentChanged();
  emit edited();
}

void DocumentTabs::setClosed(std::vector<OpenDocument> closed) {
  if (closed.size() > kMostClosed)
    closed.erase(closed.begin(), closed.end() - static_cast<std::ptrdiff_t>(kMostClosed));
  m_closed = std::move(closed);
}

void DocumentTabs::reopenClosed() {
  if (m_closed.empty()) return emit message(tr("No tab was closed."), LogLevel::Info);
  const OpenDocument last = m_closed.back();
  m_closed.pop_back();
  if (const QString why = open(last); !why.isEmpty()) emit message(why, LogLevel::Error);
}

void DocumentTabs::find(bool replace) { m_find->start(replace); }
void DocumentTabs::findAgain(bool forward) { m_find->findNext(forward); }

}  // namespace weir
