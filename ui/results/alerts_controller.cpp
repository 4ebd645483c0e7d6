// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/alerts_controller.h"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

constexpr size_t kMostMarks = 500;
// More than one reads, at once.
constexpr size_t kMostAtOnce = 500;
constexpr qint64 kTellEveryMs = 5'000;

}  // namespace

AlertsController::AlertsController(AlertsPanel& panel, QObject* parent) : QObject(parent), m_panel(panel) {}

void AlertsController::setStreams(std::set<QString> streams) {
  m_streams = std::move(streams);
  emit streamsChanged();
}

void AlertsController::setAlert(const QString& stream, bool on) {
  if (on)
    m_streams.insert(stream);
  else
    m_streams.erase(stream);
  m_news.erase(stream);
  emit streamsChanged();
  emit message(on ? tr("Each row of %1 is an alert now: it is listed under Alerts, told of, and marked on the charts.")
                        .arg(stream)
                  : tr("Rows of %1 are no longer alerts.").arg(stream),
               LogLevel::Info);
}

void AlertsController::forgetMarks() {
  m_marks.clear();
  emit marksChanged();
}

void AlertsController::note(const std::string& stream, const ResultBlock& block) {
  const QString name = QString::fromStdString(stream);
  if (!m_streams.contains(name)) return;
  News& news = m_news[name];
  const auto rows = static_cast<size_t>(std::count_if(block.rows().begin(), block.rows().end(),
                                                      [](const ResultRowPtr& row) { return !row->isProvisional; }));
  // Only what will be seen is put into words.
  size_t unlisted = rows - std::min(rows, kMostAtOnce);
  for (const ResultRowPtr& row : block.rows()) {
    if (row->isProvisional) continue;
    if (unlisted > 0) {
      --unlisted;
      continue;
    }
    news.last = AlertsPanel::textOf(*block.schema(), *row);
    m_new.push_back({name, row->at, news.last});
  }
  while (m_new.size() > kMostAtOnce) m_new.pop_front();
  news.rows += static_cast<int>(rows);
  if (!m_isSeen) m_unseen += static_cast<int>(rows);
}

void AlertsController::show() {
  if (m_new.empty()) return;
  m_panel.add(m_new);
  m_marks.insert(m_marks.end(), m_new.begin(), m_new.end());
  m_new.clear();
  while (m_marks.size() > kMostMarks) m_marks.pop_front();
  emit marksChanged();
  emit unseenChanged(m_unseen);
}

void AlertsController::tell() {
  for (auto& [name, news] : m_news) {
    if (news.rows == 0 || (news.told.isValid() && !news.told.hasExpired(kTellEveryMs))) continue;
    news.told.start();
    const int rows = std::exchange(news.rows, 0);
    emit alerted(rows == 1 ? name + QStringLiteral(": ") + news.last
                           : tr("%1: %n rows, the last one %2", nullptr, rows).arg(name, news.last));
  }
}

void AlertsController::setSeen(bool seen) {
  m_isSeen = seen;
  if (!seen) return;
  m_unseen = 0;
  emit unseenChanged(0);
}

}  // namespace weir
