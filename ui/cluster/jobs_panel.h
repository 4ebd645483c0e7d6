// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>
#include <memory>
#include <vector>

#include "core/cluster/job_manager.h"
#include "core/telemetry/log.h"
#include "ui/cluster/cluster_choice.h"

class QLabel;
class QPushButton;
class QTreeWidget;

namespace weir {

/// The jobs of a Flink, each with the topics that it reads: state, tasks, records that wait, failures. While it is seen
/// it asks every other second.
class JobsPanel final : public QWidget {
  Q_OBJECT
public:
  explicit JobsPanel(QWidget* parent = nullptr);
  void setChoice(const ClusterChoice& choice);
  void setLocalTime(bool local);

signals:
  /// Results of a job are to be seen: SQL that reads them.
  void opened(const QString& title, const QString& sql);
  void message(const QString& text, LogLevel level);

protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

private:
  void look();
  void list(const std::vector<cluster::Job>& jobs);
  void choose();
  const cluster::Job* current() const;
  void openResults();
  void stop();
  void cancel();

  ClusterChoice m_choice;
  std::unique_ptr<cluster::JobManager> m_manager;
  std::vector<cluster::Job> m_jobs;
  QTimer m_timer;
  bool m_localTime = false;
  bool m_isAsking = false;
  QTreeWidget* m_tree;
  QLabel* m_state;
  QPushButton* m_open;
  QPushButton* m_stop;
  QPushButton* m_cancel;
};

}  // namespace weir
