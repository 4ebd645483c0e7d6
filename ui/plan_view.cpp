// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan_view.h"

#include <QGraphicsPathItem>
#include <QGraphicsScene>
#include <QGraphicsSimpleTextItem>
#include <algorithm>

namespace weir {

namespace {

constexpr double kWidth = 190;
constexpr double kHeight = 62;
constexpr double kColumnGap = 70;
constexpr double kRowGap = 20;

QString windowText(const BoundSelect& select) {
  static const char* const kNames[] = {"", "TUMBLING", "HOP", "CUMULATE", "SESSION", "LENGTHBATCH", "TIME", "LENGTH", "UNIQUE", "FIRSTUNIQUE", "DELAY"};
  QString text = QString::fromLatin1(kNames[static_cast<size_t>(select.window.kind)]);
  if (select.window.sizeMs > 0) text += QStringLiteral(" %1 s").arg(static_cast<double>(select.window.sizeMs) / 1000);
  if (select.window.count > 0) text += QStringLiteral(" %1").arg(select.window.count);
  if (!select.keys.empty()) text += QObject::tr(", %n keys", nullptr, static_cast<int>(select.keys.size()));
  if (select.where) text = QObject::tr("filter ") + text;
  return text.isEmpty() ? QObject::tr("project") : text;
}

}  // namespace

PlanView::PlanView(const Theme& theme, QWidget* parent) : QGraphicsView(parent), m_theme(&theme) {
  setObjectName(QStringLiteral("plan"));
  setAccessibleName(tr("Plan"));
  setScene(new QGraphicsScene(this));
  setFrameShape(QFrame::NoFrame);
  setRenderHint(QPainter::Antialiasing);
  setDragMode(QGraphicsView::ScrollHandDrag);
  setAlignment(Qt::AlignLeft | Qt::AlignTop);
  setTheme(theme);
}

void PlanView::setTheme(const Theme& theme) {
  m_theme = &theme;
  setBackgroundBrush(theme.bg1);
  draw();
}

void PlanView::setScript(const BoundScript& script) {
  m_boxes.clear();
  m_before.clear();
  for (const auto& [name, stream] : script.streams) {
    const bool hidden = name.starts_with('#');
    if (!hidden && !script.isRead(name) && !script.isWritten(name) && stream.kind == StreamKind::Internal) continue;
    Box box;
    box.title = hidden ? tr("join or subquery") : QString::fromStdString(name);
    box.kind = stream.kind == StreamKind::Source ? tr("source") : stream.kind == StreamKind::Sink ? tr("sink") : stream.isTable ? tr("table") : tr("query");
    if (stream.kind == StreamKind::Source) box.detail = QString::fromStdString(maskedUrl(stream.options.text("websocket.url")));
    m_boxes.emplace(name, std::move(box));
  }
  for (const BoundNode& node : script.nodes) {
    Box& box = m_boxes[node.target];
    for (const std::string& input : node.inputs) {
      if (std::find(box.inputs.begin(), box.inputs.end(), input) == box.inputs.end()) box.inputs.push_back(input);
      box.column = std::max(box.column, m_boxes[input].column + 1);
    }
    if (const auto* select = std::get_if<BoundSelect>(&node.body)) box.detail = windowText(*select);
    if (std::holds_alternative<BoundJoin>(node.body)) box.title = tr("JOIN");
    if (std::holds_alternative<BoundPattern>(node.body)) box.title = tr("PATTERN");
    if (std::holds_alternative<BoundUnnest>(node.body)) box.title = tr("UNNEST");
  }
  std::map<int, int> rows;
  for (auto& [name, box] : m_boxes) box.row = rows[box.column]++;
  draw();
}

void PlanView::draw() {
  scene()->clear();
  const auto place = [](const Box& box) { return QPointF(16 + box.column * (kWidth + kColumnGap), 14 + box.row * (kHeight + kRowGap)); };
  for (auto& [name, box] : m_boxes)
    for (const std::string& input : box.inputs) {
      const QPointF from = place(m_boxes.at(input)) + QPointF(kWidth, kHeight / 2);
      const QPointF to = place(box) + QPointF(0, kHeight / 2);
      QPainterPath path(from);
      path.cubicTo(from + QPointF(kColumnGap / 2, 0), to - QPointF(kColumnGap / 2, 0), to);
      path.moveTo(to + QPointF(-7, -4));
      path.lineTo(to);
      path.lineTo(to + QPointF(-7, 4));
      scene()->addPath(path, QPen(m_theme->ctl, 1.4));
    }
  for (auto& [name, box] : m_boxes) {
    const QPointF at = place(box);
    QPainterPath shape;
    shape.addRoundedRect(QRectF(at, QSizeF(kWidth, kHeight)), 6, 6);
    scene()->addPath(shape, QPen(m_theme->line2, 1), m_theme->bg2);
    const auto write = [&](double x, double y, const QString& text, const QFont& font, const QColor& color) {
      QGraphicsSimpleTextItem* item = scene()->addSimpleText(QFontMetricsF(font).elidedText(text, Qt::ElideRight, kWidth - 20), font);
      item->setBrush(color);
      item->setPos(at + QPointF(x, y));
      return item;
    };
    write(10, 6, box.title, uiFont(12.5, QFont::DemiBold), m_theme->text1);
    write(10, 24, box.detail.isEmpty() ? box.kind : box.detail, uiFont(11), m_theme->text3);
    box.rate = write(10, 41, QStringLiteral("–"), uiFont(11), m_theme->accent);
  }
  scene()->setSceneRect(scene()->itemsBoundingRect().adjusted(-16, -14, 16, 14));
}

void PlanView::setRows(const std::map<std::string, uint64_t>& rows, Micros now) {
  const double elapsed = static_cast<double>(now - m_at) / 1e6;
  if (elapsed < 1) return;
  for (auto& [name, box] : m_boxes) {
    const auto found = rows.find(name);
    if (found == rows.end() || !box.rate) continue;
    const auto before = m_before.find(name);
    const uint64_t past = before == m_before.end() ? found->second : before->second;
    box.rate->setText(tr("%1 rows/s, %2 in all").arg(static_cast<double>(found->second - past) / elapsed, 0, 'f', 1).arg(found->second));
  }
  m_before = rows;
  m_at = now;
}

}  // namespace weir
