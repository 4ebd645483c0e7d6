// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/panels.h"

#include <QStackedWidget>

#include "ui/charts/chart_deck.h"
#include "ui/cluster/jobs_panel.h"
#include "ui/editor/problems_panel.h"
#include "ui/health/events_panel.h"
#include "ui/health/frames_panel.h"
#include "ui/health/health_panel.h"
#include "ui/health/stream_tree.h"
#include "ui/results/alerts_panel.h"
#include "ui/results/results_panel.h"
#include "ui/run/history_panel.h"
#include "ui/run/plan_view.h"
#include "ui/shell/welcome_card.h"

namespace weir {

namespace {

constexpr Qt::DockWidgetArea kLeft = Qt::LeftDockWidgetArea;
constexpr Qt::DockWidgetArea kRight = Qt::RightDockWidgetArea;
constexpr Qt::DockWidgetArea kBottom = Qt::BottomDockWidgetArea;

QString tr(const char* words) { return QObject::tr(words); }

}  // namespace

Panels::Panels(const Theme& theme, ProblemsModel& problemsModel, QWidget& window)
    : streams(new StreamTree(theme, &window)),
      health(new HealthPanel(theme, &window)),
      welcome(new WelcomeCard(&window)),
      charts(new ChartDeck(theme, &window)),
      chartStack(new QStackedWidget(&window)),
      results(new ResultsPanel(theme, &window)),
      changes(new ResultsPanel(theme, &window, QStringLiteral("changes"), tr("Changes"))),
      frames(new FramesPanel(&window)),
      problems(new ProblemsPanel(problemsModel, &window)),
      alerts(new AlertsPanel(theme, &window)),
      events(new EventsPanel(&window)),
      history(new HistoryPanel(&window)),
      plan(new PlanView(theme, &window)),
      jobs(new JobsPanel(&window)),
      all{
          panelOf("streams", tr("Streams"), kLeft, streams),
          panelOf("health", tr("Health"), kLeft, health),
          panelOf("chart", tr("Chart"), kRight, chartStack),
          panelOf("results", tr("Results"), kBottom, results),
          panelOf("changes", tr("Changes"), kBottom, changes),
          panelOf("messages", tr("Messages"), kBottom, frames),
          panelOf("problems", tr("Problems"), kBottom, problems),
          panelOf("alerts", tr("Alerts"), kBottom, alerts),
          panelOf("events", tr("Events"), kBottom, events),
          panelOf("history", tr("History"), kBottom, history),
          panelOf("plan", tr("Plan"), kBottom, plan),
          panelOf("jobs", tr("Jobs"), kBottom, jobs),
      } {
  chartStack->addWidget(welcome);
  chartStack->addWidget(charts);
}

}  // namespace weir
