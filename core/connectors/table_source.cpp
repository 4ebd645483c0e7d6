// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/table_source.h"

#include <limits>
#include <utility>

#include "core/options/connector_options.h"

namespace weir {

namespace {

constexpr Micros kBetweenLooks = 1'000'000;
constexpr size_t kRecordsATurn = 512;

}  // namespace

TableSource::TableSource(const EndpointSetup& setup, const logical::Stream& table)
    : m_name(setup.name),
      m_address(QString::fromStdString(shownAddress(setup.written))),
      m_clock(setup.clock),
      m_table(table),
      m_options(setup.options),
      m_since(setup.clock.now()) {}

void TableSource::enter(ConnectionState state) {
  m_state = state;
  m_since = m_clock.now();
  if (listener()) listener()->stateChanged();
}

bool TableSource::open() {
  m_stamp = connectorFor(m_options).stamp(m_options);
  auto parts = connectorFor(m_options).openPast(m_table, m_options, m_clock.now());
  if (!parts) {
    keepAsItWas(parts.diagnostics().front());
    return false;
  }
  m_reader.emplace(std::move(*parts), m_table, m_options);
  m_isUnderWay = true;
  return true;
}

void TableSource::start() {
  if (open()) goOn(std::numeric_limits<size_t>::max());
  watch();
}

void TableSource::watch() {
  m_clock.cancel(m_watch);
  m_watch = m_clock.callAt(m_clock.now() + kBetweenLooks, [this] { look(); });
}

void TableSource::look() {
  const std::string now = connectorFor(m_options).stamp(m_options);
  const bool isSettled = std::exchange(m_seen, now) == now;
  if (now == m_stamp || !isSettled) return watch();
  if (!open()) return watch();
  goOnBySlices();
}

void TableSource::goOnBySlices() {
  // It may have been stopped, or begun anew, since.
  if (!m_isUnderWay) return;
  if (goOn(kRecordsATurn)) return watch();
  QMetaObject::invokeMethod(
      this, [this] { goOnBySlices(); }, Qt::QueuedConnection);
}

bool TableSource::goOn(size_t records) {
  if (!m_reader) return bring(records);
  const auto all = m_reader->read(records);
  if (!all) {
    keepAsItWas(all.diagnostics().front());
    return true;
  }
  if (!*all) return false;
  m_records = m_reader->take();
  m_reader.reset();
  m_brought = 0;
  m_error.clear();
  m_hint.clear();
  if (listener()) listener()->opened();
  return bring(records);
}

bool TableSource::bring(size_t records) {
  for (size_t i = 0; i < records && m_brought < m_records.size(); ++i) {
    const std::string& record = m_records[m_brought++];
    m_bytes += record.size();
    if (m_frames) m_frames(record, true, false);
    if (listener()) listener()->message(record, true, m_clock.now());
  }
  if (m_brought < m_records.size()) return false;
  m_messages = m_records.size();
  m_records.clear();
  m_isUnderWay = false;
  m_loadedAt = m_clock.now();
  m_isLoaded = true;
  enter(ConnectionState::Closed);
  return true;
}

// A table that was never there refuses; one that was there stands as long as the program knows nothing better.
void TableSource::keepAsItWas(const Diagnostic& why) {
  m_reader.reset();
  m_isUnderWay = false;
  m_error = QString::fromStdString(why.message);
  m_hint = QString::fromStdString(why.hint);
  ++m_errors;
  if (!m_isLoaded) return enter(ConnectionState::Refused);
  if (listener()) listener()->trouble(tr("the table stays as it was: %1").arg(m_error));
}

void TableSource::stop() {
  m_clock.cancel(m_watch);
  m_isUnderWay = false;
  m_reader.reset();
  if (!hasEnded()) enter(ConnectionState::Closed);
}

void TableSource::fail(const QString& why, const QString& hint) {
  m_error = why;
  m_hint = hint;
  ++m_errors;
  stop();
}

ConnectionHealth TableSource::health() const {
  ConnectionHealth h;
  h.name = m_name;
  h.url = m_address;
  h.isTable = true;
  h.state = m_state;
  h.isFinished = m_isLoaded;
  h.since = m_since;
  h.error = m_error;
  h.hint = m_hint;
  h.errors = m_errors;
  h.messages = m_messages;
  h.bytes = m_bytes;
  h.lastMessage = m_loadedAt;
  return h;
}

}  // namespace weir
