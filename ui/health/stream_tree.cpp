// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/stream_tree.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>
#include <cmath>

#include "ui/widgets/empty_hint.h"
#include "ui/widgets/plain_text.h"

namespace weir {

namespace {

// Of an item: which state its mark shows.
constexpr int kWordRole = Qt::UserRole;

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
  new EmptyHint(*this, tr("No streams yet: write CREATE STREAM, or connect to a URL from the File menu."));
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
  paint();
  for (const auto& [name, item] : m_items) {
    const bool on = alerts.contains(name);
    item->setToolTip(0, on ? plainToolTip(tr("Each row of %1 is an alert").arg(name)) : QString());
  }
}

void StreamTree::setScript(const logical::Plan& script) {
  clear();
  m_items.clear();
  m_isConnection.clear();
  m_isResult.clear();
  m_sources = m_queries = nullptr;
  m_rates.clear();
  const std::set<std::string> written = script.written();
  // A connection stands above the streams that go over it.
  const auto above = [&](const logical::Stream& stream, QTreeWidgetItem* root) {
    const QString over = QString::fromStdString(stream.connection());
    const bool isRead = !script.sourcesOver(stream.connection()).empty();
    if (over.isEmpty() || (isRead && stream.kind == StreamKind::Sink)) return root;
    QTreeWidgetItem*& item = m_items[over];
    if (!item) {
      item = new QTreeWidgetItem(root, {over});
      item->setIcon(0, markIcon({{}, m_theme->idle, HealthLook::Mark::Ring}));
      item->setExpanded(true);
      m_isConnection[over] = true;
    }
    return item;
  };
  const auto group = [&](const QString& title, const auto& belongs) -> QTreeWidgetItem* {
    QTreeWidgetItem* root = nullptr;
    int count = 0;
    for (const std::string& name : script.order) {
      const logical::Stream& stream = script.stream(name);
      if (!belongs(stream)) continue;
      if (!root) root = new QTreeWidgetItem(this, {title});
      ++count;
      const QString label = QString::fromStdString(name);
      auto* item = new QTreeWidgetItem(above(stream, root), {label});
      item->setIcon(0, markIcon({{}, m_theme->idle, HealthLook::Mark::Ring}));
      m_items[label] = item;
      m_isConnection[label] = stream.kind != StreamKind::Internal;
      m_isResult[label] = stream.kind != StreamKind::Source && written.contains(name);
      if (!stream.schema) continue;
      for (const Field& field : stream.schema->fields)
        new QTreeWidgetItem(
            item, {QString::fromStdString(field.name),
                   QString::fromLatin1(typeName(field.type).data(), static_cast<qsizetype>(typeName(field.type).size()))
                       .toLower()});
    }
    if (!root) return nullptr;
    root->setText(1, QString::number(count));
    root->setExpanded(true);
    return root;
  };
  m_sources = group(tr("Sources"), [](const logical::Stream& s) { return s.kind == StreamKind::Source; });
  m_queries = group(tr("Queries"), [&](const logical::Stream& s) {
    return s.kind == StreamKind::Internal && written.contains(s.name);
  });
  group(tr("Fed streams"),
        [&](const logical::Stream& s) { return s.kind == StreamKind::Internal && !written.contains(s.name); });
  group(tr("Sinks"), [](const logical::Stream& s) { return s.kind == StreamKind::Sink; });
  paint();
}

void StreamTree::setTheme(const Theme& theme) {
  m_theme = &theme;
  paint();
  // The next state paints its mark anew.
  for (const auto& [name, item] : m_items) item->setData(0, kWordRole, {});
  if (!m_running) setRunning(false);
}

// What has a colour of its own, whatever runs.
void StreamTree::paint() {
  for (int i = 0; i < topLevelItemCount(); ++i)
    for (const int column : {0, 1}) topLevelItem(i)->setForeground(column, m_theme->text3);
  for (const auto& [name, item] : m_items) {
    item->setForeground(0, m_alerts.contains(name) ? QBrush(m_theme->error) : QBrush());
    for (int i = 0; i < item->childCount(); ++i) {
      QTreeWidgetItem* const child = item->child(i);
      // Below a connection stand streams, which have colours of their own.
      if (const auto stream = m_items.find(child->text(0)); stream != m_items.end() && stream->second == child)
        continue;
      child->setForeground(0, m_theme->text2);
      child->setForeground(1, m_theme->text3);
    }
  }
}

void StreamTree::setState(QTreeWidgetItem& item, const HealthLook& look, const QString& text, const QColor& color) {
  if (item.data(0, kWordRole).toString() != look.word || item.icon(0).isNull()) {
    item.setIcon(0, markIcon(look));
    item.setData(0, kWordRole, look.word);
    item.setData(0, Qt::AccessibleDescriptionRole, look.word);
  }
  item.setText(1, text);
  item.setForeground(1, color);
}

// What one wants to know of a connection in its state, in as few words as there is room for.
QString StreamTree::connectionText(const ConnectionHealth& h, Micros now) const {
  const std::optional<double> rate = m_rates.of(h.name.toStdString());
  const QString word = healthLook(h, *m_theme).word;
  switch (h.state) {
    case ConnectionState::Waiting:
      return h.maxAttempts < 0 ? tr("try %1").arg(h.attempt) : tr("%1 of %2").arg(h.attempt).arg(h.maxAttempts);
    case ConnectionState::Refused:
    case ConnectionState::GaveUp: return tr("error");
    case ConnectionState::Open:
    case ConnectionState::Live: break;
    default: return word.toLower();
  }
  if (h.stale && h.lastMessage > 0) return tr("silent %1").arg(durationWords((now - h.lastMessage) / 1000));
  constexpr double kFilling = 0.5;
  if (h.isSink && h.queueMax > 0) {
    const double share = h.queueFill();
    if (share >= kFilling) return tr("queue %1 %").arg(std::lround(share * 100));
  }
  return rate && (h.isSink || h.state == ConnectionState::Live) ? StreamRates::text(*rate) : word.toLower();
}

// One of several that go over a connection: what that is, the stream is too, with a rate of its own.
void StreamTree::showStream(const StreamHealth& stream, const ConnectionHealth& connection, Micros now) {
  const auto item = m_items.find(stream.name);
  if (item == m_items.end()) return;
  ConnectionHealth h = connection;
  h.name = stream.name;
  h.isSink = stream.isSink;
  const HealthLook look = healthLook(h, *m_theme);
  setState(*item->second, look, connectionText(h, now),
           look.mark == HealthLook::Mark::Disc ? m_theme->text2 : look.color);
}

void StreamTree::showRun(const RunSnapshot& snapshot) {
  const bool fresh = m_rates.take(snapshot.streamRows, snapshot.now);
  int live = 0, sources = 0;
  for (const ConnectionHealth& h : snapshot.connections) {
    for (const StreamHealth& stream : h.streams) showStream(stream, h, snapshot.now);
    const auto item = m_items.find(h.name);
    if (item == m_items.end()) continue;
    if (!h.isSink) {
      ++sources;
      live += h.state == ConnectionState::Live && !h.stale ? 1 : 0;
    }
    if (h.insecure)
      for (const int column : {0, 1}) item->second->setToolTip(column, tr("Not verified: TLS checks are off"));
    const HealthLook look = healthLook(h, *m_theme);
    const bool isGood = look.mark == HealthLook::Mark::Disc;
    setState(*item->second, look, connectionText(h, snapshot.now), isGood ? m_theme->text2 : look.color);
  }
  if (m_sources) m_sources->setText(1, tr("%1 of %2 live").arg(live).arg(sources));
  if (!fresh || !m_running) return;
  for (const auto& [name, item] : m_items) {
    if (m_isConnection[name]) continue;
    if (const std::optional<double> rate = m_rates.of(name.toStdString()))
      setState(*item, {tr("Running"), m_theme->success, HealthLook::Mark::Disc}, StreamRates::text(*rate),
               m_theme->text2);
  }
}

void StreamTree::setRunning(bool running) {
  m_running = running;
  m_rates.clear();
  for (const auto& [name, item] : m_items) {
    if (running && m_isConnection[name]) continue;
    if (running)
      setState(*item, {tr("Running"), m_theme->success, HealthLook::Mark::Disc}, tr("running"), m_theme->text3);
    else
      setState(*item, {tr("Idle"), m_theme->idle, HealthLook::Mark::Ring}, QString(), m_theme->text3);
  }
  if (m_sources && !running) m_sources->setText(1, QString::number(m_sources->childCount()));
  // A count of what stands below, no more: a query that feeds a sink stands beneath that.
  if (m_queries) m_queries->setText(1, QString::number(m_queries->childCount()));
}

}  // namespace weir
