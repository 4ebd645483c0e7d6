// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/alerts_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QHeaderView>
#include <QMenu>

#include "ui/widgets/empty_hint.h"
#include "ui/widgets/table_rows.h"

namespace weir {

AlertsPanel::AlertsPanel(const Theme& theme, QWidget* parent) : QTreeWidget(parent), m_theme(&theme) {
  setObjectName(QStringLiteral("alerts"));
  setAccessibleName(tr("Alerts"));
  setHeaderLabels({tr("Time (UTC)"), tr("Stream"), tr("Row")});
  TableRows::dress(*this);
  new EmptyHint(*this, tr("No alerts yet: mark a stream as an alert from its context menu in Streams."));
  header()->resizeSection(0, 200);
  header()->resizeSection(1, 160);
  setContextMenuPolicy(Qt::CustomContextMenu);
  connect(this, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    QMenu menu;
    menu.addAction(tr("Copy"), this,
                   [this] {
                     QStringList lines;
                     for (const QTreeWidgetItem* item : selectedItems())
                       lines << item->text(0) + QLatin1Char('\t') + item->text(1) + QLatin1Char('\t') + item->text(2);
                     QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
                   })
        ->setEnabled(!selectedItems().isEmpty());
    menu.addAction(tr("Clear"), this, &QTreeWidget::clear);
    menu.exec(viewport()->mapToGlobal(at));
  });
  setSelectionMode(QAbstractItemView::ExtendedSelection);
}

QString AlertsPanel::textOf(const Schema& schema, const ResultRow& row) {
  QStringList parts;
  for (size_t c = 0; c < row.values.size(); ++c)
    parts << QString::fromStdString(schema.fields[c].name + ' ' + displayText(row.values[c], schema.fields[c].type));
  return parts.join(QStringLiteral(", "));
}

QString AlertsPanel::timeText(int64_t at) const {
  return QDateTime::fromMSecsSinceEpoch(at, m_localTime ? Qt::LocalTime : Qt::UTC)
      .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
}

void AlertsPanel::setLocalTime(bool local) {
  m_localTime = local;
  headerItem()->setText(0, local ? tr("Time (local)") : tr("Time (UTC)"));
  for (int i = 0; i < topLevelItemCount(); ++i)
    topLevelItem(i)->setText(0, timeText(topLevelItem(i)->data(0, Qt::UserRole).toLongLong()));
}

void AlertsPanel::setTheme(const Theme& theme) {
  m_theme = &theme;
  for (int i = 0; i < topLevelItemCount(); ++i) topLevelItem(i)->setForeground(1, theme.error);
}

void AlertsPanel::add(const std::deque<Alert>& alerts) {
  QList<QTreeWidgetItem*> items;
  for (auto alert = alerts.rbegin(); alert != alerts.rend() && items.size() < kMostRows; ++alert) {
    auto* item = new QTreeWidgetItem({timeText(alert->at), alert->stream, alert->text});
    item->setData(0, Qt::UserRole, static_cast<qlonglong>(alert->at));
    item->setFont(0, monoFont(12));
    item->setForeground(1, m_theme->error);
    items << item;
  }
  insertTopLevelItems(0, items);
  while (topLevelItemCount() > kMostRows) delete takeTopLevelItem(topLevelItemCount() - 1);
}

}  // namespace weir
