// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/completion_popup.h"

#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QScreen>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace weir {

namespace {

constexpr int kMostShown = 200;
constexpr int kRowHeight = 24;
constexpr int kRowsShown = 9;

/// Name at the left, detail at the right.
class RowDelegate final : public QStyledItemDelegate {
public:
  RowDelegate(const Theme* const* theme, QObject* parent) : QStyledItemDelegate(parent), m_theme(theme) {}
  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {100, kRowHeight}; }
  void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& t = **m_theme;
    if (option.state & QStyle::State_Selected) p->fillRect(option.rect, t.selection);
    const QRect row = option.rect.adjusted(8, 0, -10, 0);
    const QString letter = index.data(Qt::UserRole + 1).toString();
    p->setFont(uiFont(10, QFont::DemiBold));
    p->setPen(index.data(Qt::UserRole + 2).value<QColor>());
    p->drawText(QRect(row.left(), row.top(), 18, row.height()), Qt::AlignVCenter | Qt::AlignLeft, letter);
    p->setFont(monoFont(12.5));
    p->setPen(t.text1);
    const QString text = index.data().toString();
    const int width = p->fontMetrics().horizontalAdvance(text);
    p->drawText(row.adjusted(20, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text);
    p->setFont(uiFont(11));
    p->setPen(t.text3);
    const QRect rest = row.adjusted(20 + width + 16, 0, 0, 0);
    p->drawText(rest, Qt::AlignVCenter | Qt::AlignRight,
                p->fontMetrics().elidedText(index.data(Qt::UserRole).toString(), Qt::ElideRight, rest.width()));
  }

private:
  const Theme* const* m_theme;
};

}  // namespace

CompletionPopup::CompletionPopup(QWidget* editor)
    : QFrame(editor, Qt::ToolTip), m_theme(&darkTheme()), m_list(new QListWidget(this)), m_help(new QLabel(this)) {
  setObjectName(QStringLiteral("completion"));
  setAccessibleName(tr("Completions"));
  setFocusPolicy(Qt::NoFocus);
  setAttribute(Qt::WA_ShowWithoutActivating);
  m_list->setObjectName(QStringLiteral("completionList"));
  m_list->setAccessibleName(tr("Completions"));
  m_list->setFrameShape(QFrame::NoFrame);
  m_list->setFocusPolicy(Qt::NoFocus);
  m_list->setUniformItemSizes(true);
  m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_list->setItemDelegate(new RowDelegate(&m_theme, this));
  m_help->setWordWrap(true);
  m_help->setTextFormat(Qt::PlainText);
  m_help->setFont(uiFont(11));
  m_help->setContentsMargins(10, 6, 10, 8);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(1, 1, 1, 1);
  column->setSpacing(0);
  column->addWidget(m_list);
  column->addWidget(m_help);
  connect(m_list, &QListWidget::currentRowChanged, this, &CompletionPopup::showHelp);
  connect(m_list, &QListWidget::itemClicked, this, &CompletionPopup::choose);
}

void CompletionPopup::setTheme(const Theme& theme) { m_theme = &theme; }

void CompletionPopup::offer(std::vector<Completion> completions, const QPoint& below) {
  m_completions = std::move(completions);
  if (m_completions.empty()) return hide();
  static const char* const kLetters[] = {"S", "C", "T", "ƒ", "W", "O", "V", "T", "K"};
  const QColor colors[] = {m_theme->text2,  m_theme->success, m_theme->accent, m_theme->function, m_theme->keyword,
                           m_theme->option, m_theme->string,  m_theme->type,   m_theme->keyword};
  m_list->clear();
  int shown = 0;
  for (const Completion& c : m_completions) {
    auto* item = new QListWidgetItem(QString::fromStdString(c.text), m_list);
    const auto kind = static_cast<size_t>(c.kind);
    item->setData(Qt::UserRole, QString::fromStdString(c.detail));
    item->setData(Qt::UserRole + 1, QString::fromUtf8(kLetters[kind]));
    item->setData(Qt::UserRole + 2, colors[kind]);
    if (++shown == kMostShown) break;
  }
  m_list->setFixedHeight(kRowHeight * std::min(shown, kRowsShown));
  setFixedWidth(440);
  m_list->setCurrentRow(0);
  adjustSize();
  QPoint at = below;
  if (const QScreen* screen = parentWidget()->screen()) {
    const QRect area = screen->availableGeometry();
    at.setX(std::min(at.x(), area.right() - width()));
    if (at.y() + height() > area.bottom()) at.setY(below.y() - height() - 24);
  }
  move(at);
  show();
}

void CompletionPopup::showHelp(int row) {
  const bool has = row >= 0 && row < static_cast<int>(m_completions.size());
  const QString help = has ? QString::fromStdString(m_completions[static_cast<size_t>(row)].help) : QString();
  m_help->setText(help);
  m_help->setVisible(!help.isEmpty());
  adjustSize();
}

bool CompletionPopup::handleKey(int key) {
  const int row = m_list->currentRow();
  const int last = m_list->count() - 1;
  switch (key) {
    case Qt::Key_Down: m_list->setCurrentRow(row == last ? 0 : row + 1); return true;
    case Qt::Key_Up: m_list->setCurrentRow(row == 0 ? last : row - 1); return true;
    case Qt::Key_PageDown: m_list->setCurrentRow(std::min(last, row + kRowsShown)); return true;
    case Qt::Key_PageUp: m_list->setCurrentRow(std::max(0, row - kRowsShown)); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Tab: choose(); return true;
    case Qt::Key_Escape: hide(); return true;
    default: return false;
  }
}

void CompletionPopup::choose() {
  const int row = m_list->currentRow();
  hide();
  if (row >= 0 && row < static_cast<int>(m_completions.size())) emit chosen(m_completions[static_cast<size_t>(row)]);
}

}  // namespace weir
