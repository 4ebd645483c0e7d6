// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/events_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/empty_hint.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/table_rows.h"
#include "ui/widgets/theme.h"

namespace weir {

namespace {

constexpr int kMostEvents = 1000;
// How far back a repeat is looked for: several connections may fail in turn.
constexpr int kRepeatsWithin = 24;
enum Column { kTime, kTimes, kText };
enum Role { kAt = Qt::UserRole, kCount, kFirst };

}  // namespace

EventsPanel::EventsPanel(QWidget* parent)
    : QWidget(parent), m_filter(new QLineEdit(this)), m_list(new QTreeWidget(this)) {
  setObjectName(QStringLiteral("eventsPanel"));
  setAttribute(Qt::WA_StyledBackground);
  m_filter->setObjectName(QStringLiteral("eventsFilter"));
  m_filter->setPlaceholderText(tr("Only events with"));
  m_filter->setAccessibleName(tr("Only events with"));
  m_filter->setClearButtonEnabled(true);
  m_filter->setMaximumWidth(240);
  m_list->setObjectName(QStringLiteral("events"));
  m_list->setAccessibleName(tr("Connection events"));
  m_list->setHeaderLabels({tr("Time (UTC)"), tr("Times"), tr("Event")});
  m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_list->setContextMenuPolicy(Qt::CustomContextMenu);
  TableRows::dress(*m_list);
  m_list->header()->resizeSection(kTime, 170);
  m_list->header()->resizeSection(kTimes, 60);
  m_list->headerItem()->setTextAlignment(kTimes, Qt::AlignRight | Qt::AlignVCenter);
  new EmptyHint(*m_list, tr("No events yet: connections that open, fail and come back are listed here."));
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 4);
  row->addWidget(m_filter, 1);
  row->addStretch(2);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(row);
  column->addWidget(m_list, 1);
  connect(m_filter, &QLineEdit::textChanged, this, &EventsPanel::filter);
  const auto copy = [this] { QApplication::clipboard()->setText(asTsv()); };
  auto* shortcut = new QShortcut(QKeySequence::Copy, m_list, nullptr, nullptr, Qt::WidgetShortcut);
  connect(shortcut, &QShortcut::activated, this, copy);
  connect(m_list, &QWidget::customContextMenuRequested, this, [this, copy](const QPoint& at) {
    QMenu menu;
    menu.addAction(tr("Copy"), this, copy)->setEnabled(m_list->topLevelItemCount() > 0);
    menu.addAction(tr("Clear"), m_list, &QTreeWidget::clear);
    menu.exec(m_list->viewport()->mapToGlobal(at));
  });
}

void EventsPanel::add(const QString& text, LogLevel level, const QDateTime& at) {
  const QString line = QString(text).replace(QLatin1Char('\n'), QStringLiteral(" · "));
  QTreeWidgetItem* item = nullptr;
  for (int i = 0; i < std::min(m_list->topLevelItemCount(), kRepeatsWithin) && !item; ++i)
    if (m_list->topLevelItem(i)->text(kText) == line) item = m_list->takeTopLevelItem(i);
  if (!item) {
    item = new QTreeWidgetItem;
    item->setText(kText, line);
    item->setToolTip(kText, plainToolTip(text));
    item->setTextAlignment(kTimes, Qt::AlignRight | Qt::AlignVCenter);
    item->setData(kTime, kFirst, at);
    item->setFont(kText, uiFont(12.5, level >= LogLevel::Warning ? QFont::DemiBold : QFont::Normal));
  }
  item->setData(kTime, kAt, at);
  item->setData(kTime, kCount, item->data(kTime, kCount).toInt() + 1);
  write(*item);
  m_list->insertTopLevelItem(0, item);
  item->setHidden(!fits(*item));
  while (m_list->topLevelItemCount() > kMostEvents) delete m_list->takeTopLevelItem(m_list->topLevelItemCount() - 1);
}

void EventsPanel::write(QTreeWidgetItem& item) const {
  const auto words = [this](const QVariant& at) {
    return (m_localTime ? at.toDateTime().toLocalTime() : at.toDateTime().toUTC())
        .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
  };
  const int count = item.data(kTime, kCount).toInt();
  item.setText(kTime, words(item.data(kTime, kAt)));
  item.setFont(kTime, monoFont(12));
  item.setText(kTimes, count > 1 ? QStringLiteral("x%1").arg(count) : QString());
  item.setToolTip(kTimes, count > 1 ? tr("First at %1").arg(words(item.data(kTime, kFirst))) : QString());
}

void EventsPanel::setLocalTime(bool local) {
  m_localTime = local;
  m_list->headerItem()->setText(kTime, local ? tr("Time (local)") : tr("Time (UTC)"));
  for (int i = 0; i < m_list->topLevelItemCount(); ++i) write(*m_list->topLevelItem(i));
}

bool EventsPanel::fits(const QTreeWidgetItem& item) const {
  return item.text(kText).contains(m_filter->text(), Qt::CaseInsensitive);
}

void EventsPanel::filter() {
  for (int i = 0; i < m_list->topLevelItemCount(); ++i)
    m_list->topLevelItem(i)->setHidden(!fits(*m_list->topLevelItem(i)));
}

QString EventsPanel::asTsv() const {
  QStringList lines;
  const bool all = m_list->selectedItems().isEmpty();
  for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
    const QTreeWidgetItem* item = m_list->topLevelItem(i);
    if (item->isHidden() || (!all && !item->isSelected())) continue;
    lines << item->text(kTime) + QLatin1Char('\t') + item->text(kTimes) + QLatin1Char('\t') + item->text(kText);
  }
  return lines.join(QLatin1Char('\n'));
}

}  // namespace weir
