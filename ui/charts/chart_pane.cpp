// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_pane.h"

#include <QActionGroup>
#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QCursor>
#include <QFileDialog>
#include <QIcon>
#include <QJsonArray>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QSvgGenerator>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/charts/legend_table.h"
#include "ui/widgets/script_file.h"

namespace weir {

namespace {

const char* const kModeNames[] = {"automatic", "percent", "price", "panes"};
// Under this height the chart needs the room more than the legend does.
constexpr int kLegendFrom = 290;
constexpr int kTitle = 30;

}  // namespace

ChartPane::ChartPane(const Theme& theme, std::shared_ptr<const ResultView> view, QWidget* parent)
    : QWidget(parent),
      m_theme(&theme),
      m_view(std::move(view)),
      m_stream(QString::fromStdString(m_view->stream.name)),
      m_title(new QWidget(this)),
      m_name(new QLabel(m_stream, m_title)),
      m_subtitle(new QLabel(m_title)),
      m_legend(new LegendTable(theme, this)),
      m_chart(new ChartView(theme, this)),
      m_empty(makeEmpty()) {
  setObjectName(QStringLiteral("chart_") + m_stream);
  setMinimumHeight(120);
  m_title->setObjectName(QStringLiteral("paneTitle"));
  m_title->setAttribute(Qt::WA_StyledBackground);
  m_title->setFixedHeight(kTitle);
  m_title->hide();
  m_name->setFont(uiFont(12, QFont::DemiBold));
  for (QLabel* label : {m_name, m_subtitle}) label->setTextFormat(Qt::PlainText);
  m_subtitle->setFont(uiFont(12));
  m_subtitle->setForegroundRole(QPalette::PlaceholderText);
  m_subtitle->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* menu = new QToolButton(m_title);
  menu->setText(QStringLiteral("⋯"));
  menu->setObjectName(QStringLiteral("chartMenu"));
  menu->setAccessibleName(tr("Menu of the chart %1").arg(m_stream));
  menu->setToolTip(tr("Axis, export, close"));
  auto* row = new QHBoxLayout(m_title);
  row->setContentsMargins(12, 0, 6, 0);
  row->setSpacing(8);
  row->addWidget(m_name);
  row->addWidget(m_subtitle, 1);
  row->addWidget(menu);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_title);
  column->addWidget(m_legend);
  column->addWidget(m_chart, 1);
  column->addWidget(m_empty, 1);
  m_chart->setAccessibleName(tr("Chart of %1").arg(m_stream));
  connect(menu, &QToolButton::clicked, this, [this, menu] {
    QMenu actions;
    fillMenu(actions);
    actions.exec(menu->mapToGlobal(QPoint(0, menu->height())));
  });
  connect(m_legend, &LegendTable::focused, this, [this](int series) {
    m_chart->setFocusSeries(series);
    m_focusName = m_view->series.series()[static_cast<size_t>(series)].name;
    emit settingsChanged();
  });
  connect(m_legend, &LegendTable::hiddenChanged, this, [this](const std::set<int>& hidden) {
    m_chart->setHiddenSeries(hidden);
    m_hiddenNames.clear();
    for (const int series : hidden) m_hiddenNames << m_view->series.series()[static_cast<size_t>(series)].name;
    emit settingsChanged();
  });
  setView(m_view);
}

QWidget* ChartPane::makeEmpty() {
  auto* empty = new QWidget(this);
  empty->setObjectName(QStringLiteral("chartEmpty"));
  auto* icon = new QLabel(empty);
  icon->setPixmap(QIcon(QStringLiteral(":/weir/icon.svg")).pixmap(32, 32));
  m_emptyText = new QLabel(tr("No rows yet from %1.").arg(m_stream), empty);
  m_emptyText->setObjectName(QStringLiteral("chartEmptyText"));
  m_emptyText->setWordWrap(true);
  m_emptyText->setTextFormat(Qt::PlainText);
  m_emptyText->setAlignment(Qt::AlignCenter);
  m_run = new QPushButton(tr("Run"), empty);
  m_run->setObjectName(QStringLiteral("chartRun"));
  m_run->setAccessibleName(tr("Run the file"));
  connect(m_run, &QPushButton::clicked, this, &ChartPane::runRequested);
  auto* column = new QVBoxLayout(empty);
  column->setContentsMargins(12, 4, 12, 4);
  column->setSpacing(8);
  column->addStretch(1);
  column->addWidget(icon, 0, Qt::AlignHCenter);
  column->addWidget(m_emptyText);
  column->addWidget(m_run, 0, Qt::AlignHCenter);
  column->addStretch(1);
  return empty;
}

// While it runs there is nothing to do but wait.
void ChartPane::showEmpty() {
  const bool isEmpty = m_view->series.isEmpty();
  m_chart->setVisible(!isEmpty);
  m_empty->setVisible(isEmpty);
  m_run->setVisible(m_state == ChartState::Stopped);
}

void ChartPane::setState(ChartState state) {
  m_state = state;
  m_chart->setState(state);
  showEmpty();
}

void ChartPane::setCommands(const QList<QAction*>& commands) {
  m_commands = commands;
  m_chart->addActions(commands);
}

void ChartPane::setView(std::shared_ptr<const ResultView> view) {
  m_view = std::move(view);
  m_known = 0;
  m_legend->setStore(&m_view->series);
  m_chart->setStore(&m_view->series);
  m_subtitle->setText(subtitle());
  applyNames();
  showEmpty();
}

QString ChartPane::subtitle() const {
  const SeriesStore& series = m_view->series;
  return series.windowMs() > 0
             ? tr("%1 · %2 sec windows").arg(series.valueName()).arg(static_cast<double>(series.windowMs()) / 1000)
             : series.valueName();
}

void ChartPane::setTheme(const Theme& theme) {
  m_theme = &theme;
  m_legend->setTheme(theme);
  m_chart->setTheme(theme);
}

void ChartPane::setTitled(bool titled) { m_title->setVisible(titled); }

void ChartPane::refreshLegend() {
  if (m_view->series.series().size() != m_known) {
    applyNames();
    showEmpty();
  }
  m_legend->setRange(m_chart->shownFrom(), m_chart->shownTo());
  m_legend->refresh();
}

int ChartPane::indexOf(const QString& series) const {
  const auto& all = m_view->series.series();
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].name == series) return static_cast<int>(i);
  return -1;
}

// Series come as their first rows do; what was chosen for them is known by name.
void ChartPane::applyNames() {
  m_known = m_view->series.series().size();
  std::set<int> hidden;
  for (const QString& name : m_hiddenNames)
    if (const int index = indexOf(name); index >= 0) hidden.insert(index);
  const int focus = std::max(0, indexOf(m_focusName));
  m_legend->setChoice(focus, hidden);
  m_chart->setFocusSeries(focus);
  m_chart->setHiddenSeries(hidden);
}

QJsonObject ChartPane::settings() const {
  return {{QStringLiteral("axis"), QLatin1String(kModeNames[static_cast<int>(m_chart->axisMode())])},
          {QStringLiteral("candles"), m_chart->candles()},
          {QStringLiteral("sigma"), m_chart->band()},
          {QStringLiteral("hidden"), QJsonArray::fromStringList(m_hiddenNames)},
          {QStringLiteral("focus"), m_focusName}};
}

void ChartPane::setSettings(const QJsonObject& settings) {
  for (int mode = 0; mode < 4; ++mode)
    if (settings[QLatin1String("axis")].toString() == QLatin1String(kModeNames[mode]))
      m_chart->setAxisMode(static_cast<AxisMode>(mode));
  m_chart->setCandles(settings[QLatin1String("candles")].toBool(true));
  m_chart->setBand(settings[QLatin1String("sigma")].toBool(true));
  m_hiddenNames.clear();
  for (const auto name : settings[QLatin1String("hidden")].toArray()) m_hiddenNames << name.toString();
  m_focusName = settings[QLatin1String("focus")].toString();
  applyNames();
}

void ChartPane::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu;
  fillMenu(menu);
  // A run may begin while the menu is open, and take this chart away.
  const QPointer<ChartPane> alive(this);
  menu.exec(event->globalPos());
  // While a menu is open the chart does not see the mouse leave.
  if (alive && !m_chart->rect().contains(m_chart->mapFromGlobal(QCursor::pos()))) m_chart->clearCursor();
}

void ChartPane::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  // The legend gives way before the chart does: tags and crosshair tell the same.
  m_legend->setVisible(height() >= kLegendFrom);
}

void ChartPane::fillMenu(QMenu& menu) {
  auto* axes = new QActionGroup(&menu);
  const QString names[] = {tr("Axis: automatic"), tr("Axis: per cent"), tr("Axis: price"),
                           tr("Axis: a pane for each series")};
  for (int mode = 0; mode < 4; ++mode) {
    QAction* action = axes->addAction(menu.addAction(names[mode]));
    action->setCheckable(true);
    action->setChecked(static_cast<int>(m_chart->axisMode()) == mode);
    connect(action, &QAction::triggered, this, [this, mode] {
      m_chart->setAxisMode(static_cast<AxisMode>(mode));
      emit settingsChanged();
    });
  }
  menu.addSeparator();
  const auto toggle = [&](const char* name, const QString& text, bool isThere, bool on, std::function<void(bool)> set) {
    QAction* action = menu.addAction(text);
    action->setObjectName(QLatin1String(name));
    action->setCheckable(true);
    action->setEnabled(isThere);
    action->setChecked(isThere && on);
    connect(action, &QAction::triggered, this, [this, set = std::move(set)](bool checked) {
      set(checked);
      emit settingsChanged();
    });
  };
  toggle("chartCandles", tr("Candles"), m_view->series.hasCandles(), m_chart->candles(),
         [this](bool on) { m_chart->setCandles(on); });
  toggle("chartBand", tr("Band of one standard deviation"), m_view->series.hasSigma(), m_chart->band(),
         [this](bool on) { m_chart->setBand(on); });
  menu.addSeparator();
  menu.addActions(m_commands);
  menu.addSeparator();
  menu.addAction(tr("Copy picture"), this, [this] { QApplication::clipboard()->setImage(picture()); });
  menu.addAction(tr("Copy values as CSV"), this, [this] { QApplication::clipboard()->setText(m_chart->asCsv()); });
  menu.addAction(tr("Export..."), this, &ChartPane::askAndExport)->setObjectName(QStringLiteral("chartExport"));
  menu.addSeparator();
  menu.addAction(tr("Close this chart"), this, &ChartPane::closeWanted);
}

void ChartPane::askAndExport() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Export chart"), m_stream + QStringLiteral(".png"),
                                                    tr("PNG (*.png);;SVG (*.svg);;CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString why = exportTo(path);
  emit message(why.isEmpty() ? tr("Chart written to %1").arg(path) : why,
               why.isEmpty() ? LogLevel::Info : LogLevel::Error);
}

QSize ChartPane::pictureSize() const {
  return {m_chart->viewport()->width(), kTitle + m_legend->sizeHint().height() + m_chart->viewport()->height()};
}

// Title and legend are in it even where there is no room for them on the screen: nobody else could tell what it shows.
void ChartPane::paintTo(QPainter& p) const {
  const QSize size = pictureSize();
  p.fillRect(QRect(QPoint(0, 0), size), m_theme->bg1);
  p.setFont(m_name->font());
  p.setPen(m_theme->text1);
  p.drawText(QRect(12, 0, size.width() - 24, kTitle), Qt::AlignVCenter, m_stream);
  const int after = 12 + p.fontMetrics().horizontalAdvance(m_stream) + 8;
  p.setFont(m_subtitle->font());
  p.setPen(m_theme->text3);
  p.drawText(QRect(after, 0, size.width() - after - 12, kTitle), Qt::AlignVCenter, subtitle());
  p.save();
  p.translate(0, kTitle);
  m_legend->paintTo(p, size.width());
  p.translate(0, m_legend->sizeHint().height());
  m_chart->paintTo(p);
  p.restore();
}

QImage ChartPane::picture() const {
  const qreal ratio = devicePixelRatioF();
  QImage image(pictureSize() * ratio, QImage::Format_RGB32);
  image.setDevicePixelRatio(ratio);
  QPainter p(&image);
  paintTo(p);
  return image;
}

QString ChartPane::exportTo(const QString& path) const {
  QBuffer out;
  out.open(QIODevice::WriteOnly);
  if (path.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive)) {
    out.write(m_chart->asCsv().toUtf8());
  } else if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
    QSvgGenerator svg;
    svg.setOutputDevice(&out);
    svg.setTitle(m_stream);
    svg.setDescription(m_chart->summary());
    svg.setSize(pictureSize());
    svg.setViewBox(QRect(QPoint(0, 0), pictureSize()));
    QPainter p(&svg);
    paintTo(p);
  } else if (!picture().save(&out, "PNG")) {
    return tr("Nothing was saved: the picture could not be made.");
  }
  return saveTo(path, out.data(), NewFile::OwnerOnly);
}

}  // namespace weir
