// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QObject>
#include <string>

#include "core/session/engine.h"

namespace weir {

struct Panels;
class RunController;
class SeriesStore;

/// Decides which results are seen: which have a chart, and whose rows the tables show. What was chosen by hand is kept
/// with the file.
class ShownResults final : public QObject {
  Q_OBJECT
public:
  ShownResults(RunController& run, const Panels& panels, QObject* parent = nullptr);
  /// A file is about to run, with what is kept of it.
  void beginFile(const QJsonObject& kept);
  /// What is to be kept of the file that runs.
  QJsonObject settings() const;
  void showStream(const std::string& name);
  void showChart(const QString& stream, bool on);
  /// Of the stream whose rows the tables show.
  const SeriesStore& series() const;
  /// Something new is to be seen: charts are painted, their legends only if rows have come.
  void refresh(const RunSnapshot& snapshot, bool hasRows);

signals:
  void titled(const QString& title, const QString& subtitle);
  void settingsChanged();

private:
  void begin();
  void dropTables();
  QStringList wantedCharts() const;
  void chartsChanged();

  RunController& m_run;
  const Panels& m_panels;
  QJsonObject m_kept;
  std::string m_stream;         ///< whose rows the tables show
  bool m_chartsChosen = false;  ///< by hand
};

}  // namespace weir
