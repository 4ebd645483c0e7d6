// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <deque>

#include "core/session/engine.h"
#include "ui/widgets/health_look.h"
#include "ui/widgets/theme.h"

class QToolButton;

namespace weir {

HealthLook healthLook(const ConnectionHealth& health, const Theme& theme);
QString durationWords(int64_t ms);
/// The same where parts of a second count: "0.4 ms", "84 ms", "2.8 s", "4 m 12 s".
QString spanWords(double ms);
/// How full a sink's queue is, in per cent.
double queueFill(const ConnectionHealth& health);

/// One connection: mark, state, rate with a sparkline, last message, lag, faults, countdown and error.
class HealthCard final : public QWidget {
  Q_OBJECT
public:
  explicit HealthCard(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void show(const ConnectionHealth& health, Micros now, const std::vector<Reject>& rejects = {});
  /// The run is over: why a connection had ended stays, all others are closed.
  void endRun();
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {180, sizeHint().height()}; }
  QString stateText() const { return m_look.word; }
  QString detailText() const { return m_detail; }
  /// Why there is no connection; empty while there is one.
  QString causeText() const;
  /// Messages or rows a second, over the last few seconds.
  double rate() const { return m_rate; }

signals:
  void reconnectWanted(const QString& connection);
  void disconnectWanted(const QString& connection);

protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

private:
  bool isDown() const;
  bool isTryingAgain() const;
  void sample(const ConnectionHealth& health, Micros now);
  /// Of a failed attempt, while another one waits.
  QString hintLine() const;
  QString figures() const;
  QString streamsLine() const;
  QString details() const;
  QString proofText() const;
  void showRejects();
  void placeButtons();
  const Theme* m_theme;
  ConnectionHealth m_health;
  HealthLook m_look{};
  Micros m_now = 0;
  struct Sample {
    Micros at;
    uint64_t count, bytes;
  };
  std::deque<Sample> m_samples;  ///< of the connection as it stands, a second apart
  double m_rate = 0;
  double m_byteRate = 0;
  Micros m_sampledAt = 0;
  std::deque<double> m_rates;  ///< NaN where there was no connection
  bool m_runs = false;
  QString m_detail;
  std::vector<Reject> m_rejects;
  QToolButton* m_reconnect;
  QToolButton* m_copy;
};

}  // namespace weir
