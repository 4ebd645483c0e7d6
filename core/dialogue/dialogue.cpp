// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/dialogue/dialogue.h"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

constexpr size_t kMostReplies = 100;
constexpr Micros kSecond = 1'000'000;
constexpr size_t kLongestSaid = 4096;

std::string seconds(int64_t ms) {
  std::string out = std::to_string(ms / 1000);
  if (ms % 1000 == 0) return out;
  std::string part = std::to_string(1000 + ms % 1000).substr(1);
  part.erase(part.find_last_not_of('0') + 1);
  return out + "." + part;
}

}  // namespace

Dialogue::Dialogue(const DialogueSettings& settings, Clock& clock, Peer& peer)
    : m_settings(settings), m_clock(clock), m_peer(peer) {
  const auto watch = [&](const MessageTemplate& text) {
    for (const std::string& path : text.lastPaths()) m_last.watch(path, settings.framing);
  };
  for (size_t i = 0; i < settings.opening.size(); ++i) {
    if (settings.opening[i].message) watch(*settings.opening[i].message);
    if (settings.opening[i].await) m_mustReach = i + 1;
  }
  if (settings.opened) m_mustReach = settings.opening.size();
  for (const DialogueSettings::Reply& reply : settings.replies) watch(reply.send);
  if (settings.heartbeat) watch(*settings.heartbeat);
}

Dialogue::~Dialogue() { end(); }

void Dialogue::begin(std::string before) {
  end();
  m_before = std::move(before);
  m_awaited.clear();
  m_said.clear();
  m_last.forget();
  m_step = 0;
  m_number = 0;
  m_isMet = m_isPausing = m_isConfirmed = false;
  m_runs = true;
  goOn();
}

void Dialogue::end() {
  m_runs = m_isOpen = false;
  for (TimerId* timer : {&m_timeout, &m_pause, &m_beat}) cancel(*timer);
}

void Dialogue::cancel(TimerId& timer) { m_clock.cancel(std::exchange(timer, TimerId::None)); }

void Dialogue::schedule(TimerId& timer, int64_t ms, std::function<void()> call) {
  cancel(timer);
  timer = m_clock.callAt(m_clock.now() + fromMillis(ms), [&timer, call = std::move(call)] {
    timer = TimerId::None;
    call();
  });
}

// Sends messages until one has to wait, and opens when that may be.
void Dialogue::goOn() {
  while (m_runs && !m_isPausing && m_step < m_settings.opening.size()) {
    const DialogueSettings::Step& step = m_settings.opening[m_step];
    if (step.await && !m_isMet) return await(*step.await);
    ++m_step;
    m_isMet = false;
    cancel(m_timeout);
    if (!step.message) continue;
    if (!say(*step.message, m_awaited, step.option)) return;
    if (m_settings.intervalMs <= 0 || m_step == m_settings.opening.size()) continue;
    m_isPausing = true;
    schedule(m_pause, m_settings.intervalMs, [this] {
      m_isPausing = false;
      goOn();
    });
  }
  openIfDone();
}

void Dialogue::await(const DialogueSettings::Await& await) {
  if (m_timeout != TimerId::None) return;
  schedule(m_timeout, m_settings.timeoutMs, [this, option = await.option] {
    fail("no message that " + option + " waits for came within " + seconds(m_settings.timeoutMs) + " s", m_said);
  });
}

void Dialogue::openIfDone() {
  if (!m_runs || m_isOpen || m_step < m_mustReach) return;
  if (m_settings.opened && !m_isConfirmed) return await(*m_settings.opened);
  cancel(m_timeout);
  m_isOpen = true;
  scheduleBeat();
  m_peer.openingDone();
}

void Dialogue::scheduleBeat() {
  if (!m_settings.heartbeat) return;
  schedule(m_beat, m_settings.heartbeatMs, [this] {
    // What one may have to wait for is no reason to end the connection.
    if (say(*m_settings.heartbeat, {}, "websocket.heartbeat.message")) scheduleBeat();
  });
}

Dialogue::Heard Dialogue::heard(std::string_view message) {
  if (!m_runs) return Heard::Data;
  if (!m_last.isEmpty()) m_last.heard(message);
  if (m_settings.refused && m_settings.refused->matches(message)) {
    fail("refused by the server", std::string(message.substr(0, kLongestSaid)));
    return Heard::Failed;
  }
  bool isControl = reply(message);
  if (!m_runs) return Heard::Failed;
  if (!m_isOpen) {
    m_said = message.substr(0, kLongestSaid);
    isControl = isAwaited(message) || isControl;
  }
  return m_runs ? (isControl ? Heard::Control : Heard::Data) : Heard::Failed;
}

// Returns whether it was a message that is answered.
bool Dialogue::reply(std::string_view message) {
  bool isAnswered = false;
  for (const DialogueSettings::Reply& reply : m_settings.replies) {
    if (!reply.when.matches(message)) continue;
    isAnswered = true;
    if (!mayReply()) continue;
    if (!say(reply.send, message, reply.option)) return true;
  }
  return isAnswered;
}

// A server that asks without end is not answered without end.
bool Dialogue::mayReply() {
  const Micros now = m_clock.now();
  while (!m_replied.empty() && m_replied.front() <= now - kSecond) m_replied.pop_front();
  if (m_replied.size() >= kMostReplies) {
    if (m_withheld++ == 0)
      m_peer.dialogueTrouble("the server asks for more than " + std::to_string(kMostReplies) +
                             " replies a second: the others are not given");
    return false;
  }
  m_replied.push_back(now);
  return true;
}

// Returns whether it was awaited and is nothing else.
bool Dialogue::isAwaited(std::string_view message) {
  if (m_step < m_settings.opening.size()) {
    const auto& await = m_settings.opening[m_step].await;
    if (!await || m_isMet || !await->what.matches(message)) return false;
    m_isMet = true;
    m_awaited = message;
    goOn();
    return await->isText;
  }
  if (!m_settings.opened || m_isConfirmed || !m_settings.opened->what.matches(message)) return false;
  m_isConfirmed = true;
  openIfDone();
  return m_settings.opened->isText;
}

// What cannot be made is not sent, and without it the server would wait in vain.
bool Dialogue::say(const MessageTemplate& message, std::string_view about, const std::string& option) {
  const Result<MadeMessage> made =
      message.make({m_clock.now(), about, &m_last, m_before, m_settings.each, m_number + 1});
  if (!made) {
    fail(option + " cannot be made: " + made.diagnostics().front().message, std::string(about.substr(0, kLongestSaid)));
    return false;
  }
  if (message.usesNumber()) ++m_number;
  m_peer.say(*made);
  return m_runs;
}

void Dialogue::fail(const std::string& why, const std::string& said) {
  end();
  m_peer.dialogueFailed(why, said);
}

}  // namespace weir
