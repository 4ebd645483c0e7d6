// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <deque>
#include <map>
#include <set>

#include "core/telemetry/log.h"
#include "ui/results/alerts_panel.h"

namespace weir {

/// Knows which streams are alerts. Lists their rows once for all that came since the last look, so that a stream of
/// alerts does not keep the window busy, and tells of them at most once in five seconds of each stream.
class AlertsController final : public QObject {
  Q_OBJECT
public:
  explicit AlertsController(AlertsPanel& panel, QObject* parent = nullptr);
  const std::set<QString>& streams() const { return m_streams; }
  void setStreams(std::set<QString> streams);
  void setAlert(const QString& stream, bool on);
  /// A run begins that goes on from none: what is marked was another one's.
  void forgetMarks();
  /// Takes note of the rows of a stream, if it is an alert.
  void note(const std::string& stream, const ResultBlock& block);
  /// Lists what came since the last look.
  void show();
  /// The first alert at once, those that follow it together.
  void tell();
  /// Whether somebody looks at the list: what is listed meanwhile is seen.
  void setSeen(bool seen);
  /// The newest, oldest first, for the charts.
  const std::deque<AlertsPanel::Alert>& marks() const { return m_marks; }

signals:
  void streamsChanged();
  void marksChanged();
  void unseenChanged(int count);
  void alerted(const QString& text);
  void message(const QString& text, LogLevel level);

private:
  /// Rows of a stream since it was last told of.
  struct News {
    int rows = 0;
    QString last;
    QElapsedTimer told;
  };
  AlertsPanel& m_panel;
  std::set<QString> m_streams;
  std::map<QString, News> m_news;
  std::deque<AlertsPanel::Alert> m_new;  ///< not listed yet, oldest first
  std::deque<AlertsPanel::Alert> m_marks;
  int m_unseen = 0;
  bool m_isSeen = false;
};

}  // namespace weir
