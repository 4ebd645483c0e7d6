// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stream_tree.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>

namespace weir {

QIcon markIcon(const HealthLook& look) {
  QPixmap pixmap(24, 24);
  pixmap.setDevicePixelRatio(2);
  pixmap.fill(Qt::transparent);
  QPainter p(&pixmap);
  p.setRenderHint(QPainter::Antialiasing);
  paintMark(p, QRectF(0, 0, 12, 12), look);
  return pixmap;
}

namespace {

class TallRows final : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    constexpr int kRow = 25;
    return {QStyledItemDelegate::sizeHint(option, index).width(), kRow};
  }
};

}  // namespace

StreamTree::StreamTree(const Theme& theme, QWidget* parent) : QTreeWidget(parent), m_theme(&theme) {
  setObjectName(QStringLiteral("streams"));
  setAccessibleName(tr("Streams"));
  setHeaderHidden(true);
  setColumnCount(2);
  setFrameShape(QFrame::NoFrame);
  header()->setStretchLastSection(false);
  header()->setSectionResizeMode(0, QHeaderView::Stretch);
  header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  setIndentation(14);
  setUniformRowHeights(true);
  setItemDelegate(new TallRows(this));
  setContextMenuPolicy(Qt::CustomContextMenu);
  connect(this, &QWidget::customContextMenuRequested, this, &StreamTree::showMenu);
  connect(this, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item, int) {
    if (m_items.contains(item->text(0)) && item->parent()) emit definitionWanted(item->text(0));
  });
  connect(this, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* item, int) {
    if (m_items.contains(item->text(0)) && item->parent()) emit streamChosen(item->text(0));
  });
}

void StreamTree::showMenu(const QPoint& at) {
  const QTreeWidgetItem* item = itemAt(at);
  if (!item || !m_items.contains(item->text(0))) return;
  const QString name = item->text(0);
  QMenu menu;
  menu.addAction(tr("Go to definition"), this, [this, name] { emit definitionWanted(name); });
  menu.addAction(tr("Copy name"), this, [name] { QApplication::clipboard()->setText(name); });
  if (m_isResult[name]) {
    menu.addSeparator();
    menu.addAction(tr("Show rows"), this, [this, name] { emit streamChosen(name); });
    QAction* chart = menu.addAction(tr("Chart"));
    chart->setCheckable(true);
    chart->setChecked(m_charts.contains(name));
    connect(chart, &QAction::triggered, this, [this, name](bool on) { emit chartWanted(name, on); });
    QAction* alert = menu.addAction(tr("Each row is an alert"));
    alert->setCheckable(true);
    alert->setChecked(m_alerts.contains(name));
    connect(alert, &QAction::triggered, this, [this, name](bool on) { emit alertWanted(name, on); });
  }
  menu.exec(viewport()->mapToGlobal(at));
}

void StreamTree::setCharts(const QStringList& shown) { m_charts = shown; }

void StreamTree::setAlerts(const std::set<QString>& alerts) {
  m_alerts = alerts;
  for (const auto& [name, item] : m_items) {
    const bool on = alerts.contains(name);
    item->setForeground(0, on ? QBrush(m_theme->error) : QBrush());
    item->setToolTip(0, on ? tr("Each row of %1 is an alert").arg(name) : QString());
  }
}

void StreamTree::setScript(const BoundScript& script) {
  clear();
  m_items.clear();
  m_isConnection.clear();
  m_isResult.clear();
  const auto group = [&](const QString& title, const auto& belongs) {
    QTreeWidgetItem* root = nullptr;
    int count = 0;
    for (const std::string& name : script.order) {
      const BoundStream& stream = script.stream(name);
      if (!belongs(stream)) continue;
      if (!root) root = new QTreeWidgetItem(this, {title});
      ++count;
      const QString label = QString::fromStdString(name);
      auto* item = new QTreeWidgetItem(root, {label});
      item->setIcon(0, markIcon({{}, m_theme->idle, HealthLook::Mark::Ring}));
      m_items[label] = item;
      m_isConnection[label] = stream.kind != StreamKind::Internal;
      m_isResult[label] = stream.kind != StreamKind::Source && script.isWritten(name);
      if (!stream.schema) continue;
      for (const Field& field : stream.schema->fields) {
        auto* column = new QTreeWidgetItem(item, {QString::fromStdString(field.name), QString::fromLatin1(typeName(field.type).data(), static_cast<qsizetype>(typeName(field.type).size())).toLower()});
        column->setForeground(0, m_theme->text2);
        column->setForeground(1, m_theme->text3);
      }
    }
    if (!root) return;
    root->setText(1, QString::number(count));
    root->setForeground(0, m_theme->text3);
    root->setForeground(1, m_theme->text3);
    root->setExpanded(true);
  };
  group(tr("Sources"), [](const BoundStream& s) { return s.kind == StreamKind::Source; });
  group(tr("Queries"), [&](const BoundStream& s) { return s.kind == StreamKind::Internal && script.isWritten(s.name); });
  group(tr("Fed streams"), [&](const BoundStream& s) { return s.kind == StreamKind::Internal && !script.isWritten(s.name); });
  group(tr("Sinks"), [](const BoundStream& s) { return s.kind == StreamKind::Sink; });
}

void StreamTree::setHealth(const std::vector<ConnectionHealth>& connections) {
  for (const ConnectionHealth& h : connections) {
    const auto item = m_items.find(h.name);
    if (item == m_items.end()) continue;
    if (h.insecure)
      for (const int column : {0, 1}) item->second->setToolTip(column, tr("Not verified: TLS checks are off"));
    const HealthLook look = healthLook(h, *m_theme);
    if (item->second->text(1) == look.word) continue;
    item->second->setIcon(0, markIcon(look));
    item->second->setText(1, look.word);
    item->second->setForeground(1, look.color);
  }
}

void StreamTree::setRunning(bool running) {
  for (const auto& [name, item] : m_items) {
    if (running && m_isConnection[name]) continue;
    item->setIcon(0, running ? markIcon({{}, m_theme->success, HealthLook::Mark::Disc}) : markIcon({{}, m_theme->idle, HealthLook::Mark::Ring}));
    item->setText(1, running ? tr("running") : QString());
    item->setForeground(1, m_theme->text3);
  }
}

}  // namespace weir
