// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/help_window.h"

#include <QDesktopServices>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QRegularExpression>
#include <QShortcut>
#include <QSplitter>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextTable>
#include <QTreeWidget>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace weir {

namespace {

const QString kRoot = QStringLiteral(":/weir/help/");

QString contentOf(const QString& path) {
  QFile file(kRoot + path);
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

}  // namespace

HelpWindow::HelpWindow(const Theme& theme, QWidget* parent)
    : QWidget(parent, Qt::Window),
      m_theme(&theme),
      m_pages(new QTreeWidget(this)),
      m_text(new QTextBrowser(this)),
      m_search(new QLineEdit(this)) {
  setObjectName(QStringLiteral("helpWindow"));
  setWindowTitle(tr("Weir help"));
  resize(1180, 760);
  m_pages->setAccessibleName(tr("Pages"));
  m_pages->setHeaderHidden(true);
  m_pages->setFrameShape(QFrame::NoFrame);
  m_text->setAccessibleName(tr("Help text"));
  m_text->setFrameShape(QFrame::NoFrame);
  m_text->setOpenExternalLinks(false);
  m_text->setOpenLinks(false);
  m_text->document()->setDocumentMargin(20);
  m_search->setAccessibleName(tr("Find on this page"));
  m_search->setPlaceholderText(tr("Find on this page"));
  m_search->setClearButtonEnabled(true);
  const std::pair<QString, QString> groups[] = {{tr("Start"), QString()},
                                                {tr("How to"), QStringLiteral("howto")},
                                                {tr("Reference"), QStringLiteral("reference")},
                                                {tr("Why"), QStringLiteral("explanation")}};
  for (const auto& [title, folder] : groups) {
    auto* group = new QTreeWidgetItem(m_pages, {title});
    group->setFlags(Qt::ItemIsEnabled);
    group->setExpanded(true);
    for (const QString& name : QDir(kRoot + folder).entryList({QStringLiteral("*.md")}, QDir::Files, QDir::Name)) {
      const QString path = folder.isEmpty() ? name : folder + QLatin1Char('/') + name;
      auto* item = new QTreeWidgetItem(group, {contentOf(path).section(QLatin1Char('\n'), 0, 0).remove(0, 2)});
      item->setData(0, Qt::UserRole, path);
    }
  }
  auto* right = new QWidget(this);
  auto* column = new QVBoxLayout(right);
  column->setContentsMargins(8, 8, 8, 0);
  column->addWidget(m_search);
  column->addWidget(m_text, 1);
  auto* split = new QSplitter(this);
  split->addWidget(m_pages);
  split->addWidget(right);
  split->setStretchFactor(1, 1);
  split->setSizes({270, 770});
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(split);
  connect(m_pages, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    if (item && !item->data(0, Qt::UserRole).isNull()) showPage(item->data(0, Qt::UserRole).toString());
  });
  connect(m_search, &QLineEdit::returnPressed, this, &HelpWindow::findNext);
  connect(m_text, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
    if (link.scheme().startsWith(QLatin1String("http"))) {
      QDesktopServices::openUrl(link);
      return;
    }
    // A link names its page from the page on which it stands; what is not a page of the help stays where it is.
    const QString target =
        QUrl(QStringLiteral("help:/") + m_text->property("page").toString()).resolved(link).path().mid(1);
    if (QFile::exists(kRoot + target)) showPage(target);
  });
  new QShortcut(QKeySequence::Find, this, [this] { m_search->setFocus(); });
  new QShortcut(Qt::Key_Escape, this, [this] { close(); });
  showPage(QStringLiteral("tutorial.md"));
}

void HelpWindow::showPage(const QString& path) {
  m_text->setProperty("page", path);
  // Pictures are named from the page's folder.
  m_text->setSearchPaths({kRoot + QFileInfo(path).path()});
  m_text->setMarkdown(contentOf(path));
  dress();
  const auto items = m_pages->findItems(QStringLiteral("*"), Qt::MatchWildcard | Qt::MatchRecursive);
  for (QTreeWidgetItem* item : items)
    if (item->data(0, Qt::UserRole).toString() == path) {
      const QSignalBlocker quiet(m_pages);
      m_pages->setCurrentItem(item);
    }
}

void HelpWindow::setTheme(const Theme& theme) {
  m_theme = &theme;
  showPage(m_text->property("page").toString());
}

// Markdown comes with bare tables and code: hairlines, room and the program's own faces.
void HelpWindow::dress() {
  const Theme& t = *m_theme;
  for (QTextFrame* frame : m_text->document()->rootFrame()->childFrames()) {
    auto* table = qobject_cast<QTextTable*>(frame);
    if (!table) continue;
    QTextTableFormat format = table->format();
    format.setBorder(1);
    format.setBorderCollapse(true);
    format.setBorderBrush(t.line);
    format.setCellPadding(6);
    format.setCellSpacing(0);
    format.setWidth(QTextLength(QTextLength::PercentageLength, 100));
    format.setTopMargin(8);
    format.setBottomMargin(12);
    table->setFormat(format);
    for (int c = 0; c < table->columns(); ++c) {
      QTextTableCellFormat head = table->cellAt(0, c).format().toTableCellFormat();
      head.setBackground(t.bg2);
      table->cellAt(0, c).setFormat(head);
    }
  }
  for (QTextBlock block = m_text->document()->begin(); block.isValid(); block = block.next()) {
    QTextCursor cursor(block);
    const bool isCode = block.blockFormat().hasProperty(QTextFormat::BlockCodeLanguage) ||
                        block.blockFormat().hasProperty(QTextFormat::BlockCodeFence);
    if (isCode) {
      QTextBlockFormat format = block.blockFormat();
      format.setBackground(t.bg2);
      format.setLeftMargin(0);
      cursor.setBlockFormat(format);
    }
    for (auto it = block.begin(); !it.atEnd(); ++it) {
      const QTextFragment piece = it.fragment();
      if (!piece.charFormat().fontFixedPitch() && !isCode) continue;
      QTextCharFormat format;
      format.setFont(monoFont(12));
      format.setForeground(t.function);
      QTextCursor over(m_text->document());
      over.setPosition(piece.position());
      over.setPosition(piece.position() + piece.length(), QTextCursor::KeepAnchor);
      over.mergeCharFormat(format);
    }
  }
}

void HelpWindow::open(const QString& word) {
  show();
  raise();
  activateWindow();
  if (!word.isEmpty() && !showWord(word)) showPage(QStringLiteral("reference/language.md"));
}

bool HelpWindow::showWord(const QString& word) {
  if (word.size() < 2) return false;
  const QRegularExpression asCode(QStringLiteral("`\"?%1\\b").arg(QRegularExpression::escape(word)),
                                  QRegularExpression::CaseInsensitiveOption);
  for (const char* page : {"reference/functions.md", "reference/options.md", "reference/language.md"}) {
    if (!contentOf(QLatin1String(page)).contains(asCode)) continue;
    showPage(QLatin1String(page));
    m_search->setText(word);
    m_text->moveCursor(QTextCursor::Start);
    findNext();
    return true;
  }
  return false;
}

void HelpWindow::findNext() {
  if (m_search->text().isEmpty() || m_text->find(m_search->text())) return;
  m_text->moveCursor(QTextCursor::Start);
  m_text->find(m_search->text());
}

QString HelpWindow::text() const { return m_text->toPlainText(); }

}  // namespace weir
