// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include "ui/widgets/theme.h"

namespace weir {

namespace {

class LineIconEngine final : public QIconEngine {
public:
  LineIconEngine(QByteArray drawing, const QColor& color, const QColor& ground)
      : m_drawing(std::move(drawing)), m_color(color), m_ground(ground) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    constexpr double kDisabled = 0.45;
    const QColor color = mode == QIcon::Disabled ? Theme::mixed(m_color, m_ground, kDisabled) : m_color;
    QSvgRenderer renderer(QByteArray(m_drawing).replace("currentColor", color.name().toLatin1()));
    renderer.render(painter, rect);
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(), size), mode, state);
    return pixmap;
  }
  QIconEngine* clone() const override { return new LineIconEngine(m_drawing, m_color, m_ground); }

private:
  QByteArray m_drawing;
  QColor m_color;
  QColor m_ground;
};

}  // namespace

QIcon lineIcon(const QString& name, const QColor& color, const QColor& ground) {
  QFile file(QStringLiteral(":/weir/icons/%1.svg").arg(name));
  if (!file.open(QIODevice::ReadOnly)) return {};
  return QIcon(new LineIconEngine(file.readAll(), color, ground));
}

}  // namespace weir
