// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/plan_view.h"

#include <QGraphicsPathItem>
#include <QGraphicsScene>
#include <QGraphicsSimpleTextItem>
#include <algorithm>

#include "core/options/connector_options.h"
#include "core/plan/stages.h"
#include "core/plan/window_list.h"

namespace weir {

namespace {

constexpr double kWidth = 190;
constexpr double kHeight = 62;
constexpr double kColumnGap = 96;
constexpr double kRowGap = 20;

QString windowText(const logical::Query& query) {
  const logical::Window& window = query.window;
  QString text;
  if (window.kind != logical::WindowKind::None) text = QString::fromStdString(std::string(windowName(window.kind)));
  if (window.sizeMs > 0) text += QStringLiteral(" %1 s").arg(static_cast<double>(window.sizeMs) / 1000);
  if (window.count > 0) text += QStringLiteral(" %1").arg(window.count);
  if (!query.keys.empty()) text += QObject::tr(", %n keys", nullptr, static_cast<int>(query.keys.size()));
  if (query.where) text = QObject::tr("filter ") + text;
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

void PlanView::setScript(const logical::Plan& script) {
  m_boxes.clear();
  m_rates.clear();
  const auto isSink = [&](const std::string& name) { return script.stream(name).kind == StreamKind::Sink; };
  const std::set<std::string> read = script.read();
  const std::set<std::string> written = script.written();
  for (const auto& [name, stream] : script.streams) {
    if (!read.contains(name) && !written.contains(name) && stream.kind == StreamKind::Internal) continue;
    Box box;
    box.title = QString::fromStdString(name);
    box.kind = stream.kind == StreamKind::Source ? tr("source")
               : stream.kind == StreamKind::Sink ? tr("sink")
               : stream.isTable                  ? tr("table")
                                                 : tr("query");
    if (stream.kind != StreamKind::Internal) box.detail = QString::fromStdString(shownAddress(stream.options));
    m_boxes.emplace(name, std::move(box));
  }
  const auto connectBoxes = [this](Box& to, const std::string& from, const std::string& stream) {
    if (std::none_of(to.inputs.begin(), to.inputs.end(), [&](const Edge& edge) { return edge.from == from; }))
      to.inputs.push_back({from, stream});
    to.column = std::max(to.column, m_boxes[from].column + 1);
  };
  int number = 0;
  for (const logical::Stage& stage : stagesOf(script)) {
    const bool isMadeUp = !script.streams.contains(stage.target);
    if (isMadeUp) m_boxes[stage.target].title = tr("join or subquery");
    if (isMadeUp) m_boxes[stage.target].kind = tr("query");
    // What writes a sink is a box of its own: the connection is another matter than the query.
    std::string name = stage.target;
    if (!isMadeUp && isSink(stage.target)) {
      name = '>' + std::to_string(number++) + stage.target;
      m_boxes[name].title = tr("for %1").arg(QString::fromStdString(stage.target));
      m_boxes[name].kind = tr("query");
    }
    Box& box = m_boxes[name];
    for (const std::string& input : stage.inputs) connectBoxes(box, input, input);
    if (const auto* query = stage.as<logical::Query>()) box.detail = windowText(*query);
    if (stage.as<logical::Join>()) box.title = tr("JOIN");
    if (stage.as<logical::Pattern>()) box.title = tr("PATTERN");
    if (stage.as<logical::Unnest>()) box.title = tr("UNNEST");
    if (stage.as<logical::Stream>())
      m_boxes[stage.inputs.front()].title = tr("for %1").arg(QString::fromStdString(stage.target));
    if (name != stage.target) connectBoxes(m_boxes[stage.target], name, stage.target);
  }
  std::map<int, int> rows;
  for (auto& [name, box] : m_boxes) box.row = rows[box.column]++;
  draw();
}

void PlanView::draw() {
  scene()->clear();
  const auto place = [](const Box& box) {
    return QPointF(16 + box.column * (kWidth + kColumnGap), 14 + box.row * (kHeight + kRowGap));
  };
  for (auto& [name, box] : m_boxes)
    for (Edge& edge : box.inputs) {
      const QPointF from = place(m_boxes.at(edge.from)) + QPointF(kWidth, kHeight / 2);
      const QPointF to = place(box) + QPointF(0, kHeight / 2);
      QPainterPath path(from);
      path.cubicTo(from + QPointF(kColumnGap / 2, 0), to - QPointF(kColumnGap / 2, 0), to);
      path.moveTo(to + QPointF(-7, -4));
      path.lineTo(to);
      path.lineTo(to + QPointF(-7, 4));
      scene()->addPath(path, QPen(m_theme->ctl, 1.4));
      // Before the box that the rows go to, where edges lie apart.
      edge.rate = scene()->addSimpleText(QString(), uiFont(11));
      edge.rate->setBrush(m_theme->accent);
      edge.rate->setPos(to + QPointF(-kColumnGap * 0.55, -19));
    }
  for (auto& [name, box] : m_boxes) {
    const QPointF at = place(box);
    QPainterPath shape;
    shape.addRoundedRect(QRectF(at, QSizeF(kWidth, kHeight)), 6, 6);
    scene()->addPath(shape, QPen(m_theme->line2, 1), m_theme->bg2);
    const auto text = [&](double x, double y, const QString& words, const QFont& font, const QColor& color) {
      QGraphicsSimpleTextItem* item =
          scene()->addSimpleText(QFontMetricsF(font).elidedText(words, Qt::ElideRight, kWidth - 20), font);
      item->setBrush(color);
      item->setPos(at + QPointF(x, y));
      return item;
    };
    text(10, 6, box.title, uiFont(12.5, QFont::DemiBold), m_theme->text1);
    text(10, 24, box.detail.isEmpty() ? box.kind : box.kind + QStringLiteral(" · ") + box.detail, uiFont(11),
         m_theme->text3);
    box.errorText = text(10, 41, QString(), uiFont(11), m_theme->warn);
  }
  scene()->setSceneRect(m_boxes.empty() ? QRectF() : scene()->itemsBoundingRect().adjusted(-16, -14, 16, 14));
  write();
}

QString PlanView::rateText(const std::string& stream) const {
  const std::optional<double> rate = m_rates.of(stream);
  return rate ? StreamRates::text(*rate) : QString();
}

void PlanView::write() {
  for (auto& [name, box] : m_boxes) {
    for (const Edge& edge : box.inputs) edge.rate->setText(rateText(edge.stream));
    box.errorText->setText(QFontMetricsF(box.errorText->font()).elidedText(box.errors, Qt::ElideRight, kWidth - 20));
  }
  if (const QString words = text(); words != accessibleDescription()) setAccessibleDescription(words);
}

void PlanView::showRun(const RunSnapshot& snapshot) {
  if (!m_rates.take(snapshot.streamRows, snapshot.now)) return;
  for (const ConnectionHealth& h : snapshot.connections) {
    QStringList lost;
    if (!h.error.isEmpty() && h.state != ConnectionState::Live && h.state != ConnectionState::Open)
      lost << h.error.section(QStringLiteral(": "), -1);
    for (const StreamHealth& stream : h.streams) {
      const auto box = m_boxes.find(stream.name.toStdString());
      if (box == m_boxes.end()) continue;
      QStringList errors = lost;
      if (stream.bad > 0) errors << (stream.isSink ? tr("%1 failed or dropped") : tr("%1 bad")).arg(stream.bad);
      box->second.errors = errors.join(QStringLiteral(", "));
    }
    const auto box = m_boxes.find(h.name.toStdString());
    if (box == m_boxes.end()) continue;
    QStringList errors = lost;
    if (h.bad > 0) errors << tr("%1 bad").arg(h.bad);
    if (h.failed > 0) errors << tr("%1 failed").arg(h.failed);
    if (h.dropped > 0) errors << tr("%1 dropped").arg(h.dropped);
    box->second.errors = errors.join(QStringLiteral(", "));
  }
  write();
}

QString PlanView::text() const {
  QStringList lines;
  for (const auto& [name, box] : m_boxes) {
    QString line = tr("%1, %2").arg(box.title, box.kind);
    if (!box.detail.isEmpty()) line += QStringLiteral(", ") + box.detail;
    QStringList from;
    for (const Edge& edge : box.inputs) {
      const QString rate = rateText(edge.stream);
      from << m_boxes.at(edge.from).title + (rate.isEmpty() ? QString() : QStringLiteral(" ") + rate);
    }
    if (!from.isEmpty()) line += tr(", reads %1").arg(from.join(QStringLiteral(", ")));
    if (!box.errors.isEmpty()) line += QStringLiteral(", ") + box.errors;
    lines << line;
  }
  return lines.join(QLatin1Char('\n'));
}

void PlanView::drawForeground(QPainter* painter, const QRectF&) {
  if (!m_boxes.empty()) return;
  painter->save();
  painter->resetTransform();
  painter->setFont(uiFont(12.5));
  painter->setPen(m_theme->text3);
  painter->drawText(viewport()->rect().adjusted(12, 10, -12, 0), Qt::AlignTop | Qt::TextWordWrap,
                    tr("No plan yet: write a SELECT over a stream, and how its rows flow is drawn here."));
  painter->restore();
}

}  // namespace weir
