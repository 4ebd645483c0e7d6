// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/file/file_source.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/connectors/file/file_past.h"
#include "core/feed/merged_past.h"

namespace weir {

namespace {

// Of so many at once, other sources and the window have their turn in between.
constexpr int kMessagesATurn = 512;

}  // namespace

FileSource::FileSource(const EndpointSetup& setup, const logical::Stream& stream)
    : m_name(setup.name),
      m_path(QString::fromStdString(setup.written.text("file.path"))),
      m_clock(setup.clock),
      m_stream(stream),
      m_options(setup.options),
      m_pace(parseNumber<double>(setup.options.text("file.pace")).value_or(0)),
      m_since(setup.clock.now()) {}

void FileSource::enter(ConnectionState state) {
  m_state = state;
  m_since = m_clock.now();
  if (listener()) listener()->stateChanged();
}

void FileSource::start() {
  m_isFinished = false;
  m_next.reset();
  m_firstAt.reset();
  auto files = openFiles(m_stream, m_options, m_clock.now());
  if (!files)
    return fail(QString::fromStdString(files.diagnostics().front().message),
                QString::fromStdString(files.diagnostics().front().hint));
  m_past = std::make_unique<MergedPast>(std::move(*files));
  m_started = m_clock.now();
  enter(ConnectionState::Open);
  goOn();
}

void FileSource::goOn() {
  QMetaObject::invokeMethod(
      this, [this] { readSome(); }, Qt::QueuedConnection);
}

void FileSource::readSome() {
  for (int i = 0; i < kMessagesATurn && m_past; ++i) {
    if (!m_next) {
      auto read = m_past->next();
      if (!read)
        return fail(QString::fromStdString(read.diagnostics().front().message),
                    QString::fromStdString(read.diagnostics().front().hint));
      m_next = std::move(*read);
    }
    if (!m_next || m_next->kind == FeedEvent::Kind::End) {
      m_past.reset();
      m_isFinished = true;
      return enter(ConnectionState::Closed);
    }
    if (!m_firstAt) m_firstAt = m_next->at;
    const Micros due =
        m_pace > 0 ? m_started + static_cast<Micros>(static_cast<double>(m_next->at - *m_firstAt) / m_pace) : 0;
    if (due > m_clock.now()) {
      m_timer = m_clock.callAt(due, [this] { readSome(); });
      return;
    }
    const FeedEvent event = *std::exchange(m_next, std::nullopt);
    ++m_messages;
    m_bytes += event.payload.size();
    m_lastMessage = m_clock.now();
    if (m_watch) m_watch(event.payload, true, false);
    if (listener()) listener()->message(event.payload, true, m_lastMessage);
  }
  if (m_past) goOn();
}

void FileSource::decoded() {
  if (m_state == ConnectionState::Open) enter(ConnectionState::Live);
}

void FileSource::stop() {
  m_clock.cancel(m_timer);
  m_past.reset();
  if (!hasEnded()) enter(ConnectionState::Closed);
}

void FileSource::fail(const QString& why, const QString& hint) {
  m_clock.cancel(m_timer);
  m_past.reset();
  m_error = why;
  m_hint = hint;
  ++m_errors;
  if (isOpen() && listener()) listener()->lost();
  enter(ConnectionState::Refused);
}

ConnectionHealth FileSource::health() const {
  ConnectionHealth h;
  h.name = m_name;
  h.url = m_path;
  h.state = m_state;
  h.isFinished = m_isFinished;
  h.since = m_since;
  h.error = m_error;
  h.hint = m_hint;
  h.errors = m_errors;
  h.messages = m_messages;
  h.bytes = m_bytes;
  h.lastMessage = m_lastMessage;
  return h;
}

}  // namespace weir
