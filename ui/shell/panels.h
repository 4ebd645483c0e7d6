// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/shell/panel.h"

class QStackedWidget;

namespace weir {

class AlertsPanel;
class ChartDeck;
class EventsPanel;
class FramesPanel;
class HealthPanel;
class HistoryPanel;
class JobsPanel;
class PlanView;
class ProblemsModel;
class ProblemsPanel;
class ResultsPanel;
class StreamTree;
class WelcomeCard;

/// The docks of the window: the list of them, and by name those that the window has business with.
struct Panels {
  Panels(const Theme& theme, ProblemsModel& problemsModel, QWidget& window);

  StreamTree* streams;
  HealthPanel* health;
  WelcomeCard* welcome;
  ChartDeck* charts;
  QStackedWidget* chartStack;  ///< the welcome card before the first run, then the charts
  ResultsPanel* results;
  ResultsPanel* changes;
  FramesPanel* frames;
  ProblemsPanel* problems;
  AlertsPanel* alerts;
  EventsPanel* events;
  HistoryPanel* history;
  PlanView* plan;
  JobsPanel* jobs;
  /// In the order in which they stand.
  std::vector<Panel> all;
};

}  // namespace weir
