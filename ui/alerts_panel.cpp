// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/alerts_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QHeaderView>
#include <QMenu>

namespace weir {

AlertsPanel::AlertsPanel(const Theme& theme, QWidget* parent) : QTreeWidget(parent), m_theme(&theme) {
  setObjectName(QStringLiteral("alerts"));
  setAccessibleName(tr("Alerts"));
  setHeaderLabels({tr("Time"), tr("Stream"), tr("Row")});
  setRootIsDecorated(false);
  setUniformRowHeights(true);
  setFrameShape(QFrame::NoFrame);
  header()->resizeSection(0, 170);
  header()->resizeSection(1, 160);
  setContextMenuPolicy(Qt::CustomContextMenu);
  connect(this, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    QMenu menu;
    menu.addAction(tr("Copy"), this, [this] {
      QStringList lines;
      for (const QTreeWidgetItem* item : selectedItems()) lines << item->text(0) + QLatin1Char('\t') + item->text(1) + QLatin1Char('\t') + item->text(2);
      QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
    })->setEnabled(!selectedItems().isEmpty());
    menu.addAction(tr("Clear"), this, &QTreeWidget::clear);
    menu.exec(viewport()->mapToGlobal(at));
  });
  setSelectionMode(QAbstractItemView::ExtendedSelection);
}

QString AlertsPanel::textOf(const Batch& batch, size_t row) {
  QStringList parts;
  for (size_t c = 0; c < batch.columns.size(); ++c) {
    const Field& field = batch.schema->fields[c];
    parts << QString::fromStdString(field.name) + QLatin1Char(' ') + QString::fromStdString(displayText(batch.columns[c]->value(row), field.type));
  }
  return parts.join(QStringLiteral(", "));
}

void AlertsPanel::add(const QString& stream, int64_t at, const QString& text) {
  const QString time = QDateTime::fromMSecsSinceEpoch(at, m_localTime ? Qt::LocalTime : Qt::UTC).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
  auto* item = new QTreeWidgetItem({time, stream, text});
  item->setForeground(1, m_theme->error);
  insertTopLevelItem(0, item);
  while (topLevelItemCount() > kMostRows) delete takeTopLevelItem(topLevelItemCount() - 1);
}

}  // namespace weir
