// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/recorder.h"

#include <unistd.h>

#include "core/base/private_file.h"
#include "core/base/reader_gone.h"

namespace weir {

namespace {

constexpr Micros kHeldBack = 500'000;

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::open(const std::string& file, Clock& clock) {
  makePrivate(file);
  std::unique_ptr<Recorder> recorder(new Recorder(file, clock));
  if (!recorder->m_stream) return failure(Code::File, "cannot write " + file);
  return recorder;
}

Recorder::Recorder(const std::string& file, Clock& clock)
    : m_file(file), m_clock(clock), m_stream(file, std::ios::binary) {}

Recorder::~Recorder() { m_clock.cancel(m_flush); }

void Recorder::begin(Micros started, const std::map<std::string, std::string>& sources) {
  m_writer.emplace(m_stream, started, sources, true);
}

void Recorder::look() {
  check();
  flushSoon();
}

void Recorder::check() {
  if (!m_writer || m_stream.good()) return;
  m_writer.reset();
  const bool isSeen = m_file == "/dev/stdout" && readerHasGone(STDOUT_FILENO);
  if (onEnded) onEnded(!isSeen);
}

void Recorder::flushSoon() {
  // A pipe has no position, and is flushed each time.
  const bool isFlushed = m_flushedTo > 0 && m_stream.tellp() == m_flushedTo;
  if (!m_writer || m_flush != TimerId::None || isFlushed) return;
  m_flush = m_clock.callAt(m_clock.now() + kHeldBack, [this] {
    m_flush = TimerId::None;
    m_stream.flush();
    m_flushedTo = m_stream.tellp();
    check();
  });
}

void Recorder::finish(Micros now) {
  if (!m_writer) return;
  m_writer->advance(now);
  m_stream.flush();
  check();
}

}  // namespace weir
