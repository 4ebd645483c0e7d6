// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart_pane.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QJsonArray>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/legend_table.h"

namespace weir {

namespace {

const char* const kModeNames[] = {"automatic", "percent", "price", "panes"};
// Under this height the chart needs the room more than the legend does.
constexpr int kLegendFrom = 230;

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
      m_chart(new ChartView(theme, this)) {
  setObjectName(QStringLiteral("chart_") + m_stream);
  setMinimumHeight(120);
  m_title->setObjectName(QStringLiteral("paneTitle"));
  m_title->setAttribute(Qt::WA_StyledBackground);
  m_title->setFixedHeight(30);
  m_title->hide();
  m_name->setFont(uiFont(12, QFont::DemiBold));
  m_subtitle->setFont(uiFont(12));
  m_subtitle->setForegroundRole(QPalette::PlaceholderText);
  m_subtitle->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* menu = new QToolButton(m_title);
  menu->setText(QStringLiteral("⋯"));
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
  m_chart->setAccessibleName(tr("Chart of %1").arg(m_stream));
  connect(menu, &QToolButton::clicked, this, [this, menu] { showMenu(menu->mapToGlobal(QPoint(0, menu->height()))); });
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

void ChartPane::setView(std::shared_ptr<const ResultView> view) {
  m_view = std::move(view);
  m_known = 0;
  m_legend->setStore(&m_view->series);
  m_chart->setStore(&m_view->series);
  m_subtitle->setText(subtitle());
  applyNames();
}

QString ChartPane::subtitle() const {
  const SeriesStore& series = m_view->series;
  return series.windowMs() > 0 ? tr("%1 · %2 sec windows").arg(series.valueName()).arg(static_cast<double>(series.windowMs()) / 1000) : series.valueName();
}

void ChartPane::setTheme(const Theme& theme) {
  m_theme = &theme;
  m_legend->setTheme(theme);
  m_chart->setTheme(theme);
}

void ChartPane::setTitled(bool titled) { m_title->setVisible(titled); }

void ChartPane::refreshLegend() {
  if (m_view->series.series().size() != m_known) applyNames();
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
          {QStringLiteral("hidden"), QJsonArray::fromStringList(m_hiddenNames)},
          {QStringLiteral("focus"), m_focusName}};
}

void ChartPane::setSettings(const QJsonObject& settings) {
  for (int mode = 0; mode < 4; ++mode)
    if (settings[QLatin1String("axis")].toString() == QLatin1String(kModeNames[mode])) m_chart->setAxisMode(static_cast<AxisMode>(mode));
  m_hiddenNames.clear();
  for (const auto name : settings[QLatin1String("hidden")].toArray()) m_hiddenNames << name.toString();
  m_focusName = settings[QLatin1String("focus")].toString();
  applyNames();
}

void ChartPane::contextMenuEvent(QContextMenuEvent* event) { showMenu(event->globalPos()); }

void ChartPane::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  m_legend->setVisible(height() >= kLegendFrom);
}

void ChartPane::showMenu(const QPoint& at) {
  QMenu menu;
  auto* axes = new QActionGroup(&menu);
  const QString names[] = {tr("Axis: automatic"), tr("Axis: per cent"), tr("Axis: price"), tr("Axis: a pane for each series")};
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
  menu.addAction(tr("Copy picture"), this, [this] { QApplication::clipboard()->setPixmap(m_chart->grab()); });
  menu.addAction(tr("Copy values as CSV"), this, [this] { QApplication::clipboard()->setText(m_chart->asCsv()); });
  menu.addSeparator();
  menu.addAction(tr("Close this chart"), this, &ChartPane::closeWanted);
  menu.exec(at);
}

}  // namespace weir
