// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: that of its clock.
#pragma once

#include <deque>
#include <functional>

#include "core/dialogue/message_template.h"

namespace weir {

/// What a client says by itself and what it waits for, compiled.
struct DialogueSettings {
  /// A message of the server that is waited for.
  struct Await {
    MessageMatch what;
    std::string option;   ///< that asks for it
    bool isText = false;  ///< it is told by its whole text, and holds no data
  };
  /// An opening message, and what it waits for.
  struct Step {
    std::optional<Await> await;
    std::optional<MessageTemplate> message;
    std::string option;
  };
  struct Reply {
    MessageMatch when;
    MessageTemplate send;
    std::string option;
  };
  std::vector<Step> opening;
  std::optional<Await> opened;  ///< only then is the connection open
  int64_t timeoutMs = 10000;    ///< for each thing that is awaited
  int64_t intervalMs = 0;       ///< between opening messages
  std::optional<MessageMatch> refused;
  std::vector<Reply> replies;
  std::optional<MessageTemplate> heartbeat;
  int64_t heartbeatMs = 20000;
  JsonFraming framing = JsonFraming::One;
  std::string each;  ///< what `${each}` is

  /// What is asked for by HTTP before each connection.
  struct Before {
    std::string method;
    MessageTemplate url;
    std::vector<std::pair<std::string, MessageTemplate>> headers;
    std::optional<MessageTemplate> body;
  };
  std::optional<Before> before;
  /// An address and headers that are not known before they are needed.
  std::optional<MessageTemplate> url;
  std::vector<std::pair<std::string, MessageTemplate>> headers;
};

/// Leads a connection through its opening, answers what is to be answered, and keeps it alive; one connection after
/// another.
class Dialogue {
public:
  /// Hears what becomes of it, in the course of its calls and timers.
  class Peer {
  public:
    virtual void say(const MadeMessage& message) = 0;
    /// The opening is done.
    virtual void openingDone() = 0;
    /// The attempt has failed, or the connection is at its end. `said` is what the server said to it, or last.
    virtual void dialogueFailed(const std::string& why, const std::string& said) = 0;
    /// Something that is worth telling once.
    virtual void dialogueTrouble(const std::string& what) = 0;

  protected:
    ~Peer() = default;
  };
  /// What a message was.
  enum class Heard {
    Data,     ///< for whoever reads the feed
    Control,  ///< of the dialogue, and nobody else's
    Failed,   ///< `dialogueFailed` was called
  };

  Dialogue(const DialogueSettings& settings, Clock& clock, Peer& peer);
  ~Dialogue();
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;

  /// The handshake is done; `before` is the answer to the request before it.
  void begin(std::string before);
  /// The connection is not there any more.
  void end();
  Heard heard(std::string_view message);
  bool isOpen() const { return m_isOpen; }
  /// Answers that were not given, because more than 100 a second were asked for.
  uint64_t withheld() const { return m_withheld; }

private:
  bool say(const MessageTemplate& message, std::string_view about, const std::string& option);
  bool mayReply();
  bool reply(std::string_view message);
  bool isAwaited(std::string_view message);
  void goOn();
  void await(const DialogueSettings::Await& await);
  void openIfDone();
  void scheduleBeat();
  void schedule(TimerId& timer, int64_t ms, std::function<void()> call);
  void cancel(TimerId& timer);
  void fail(const std::string& why, const std::string& said);

  const DialogueSettings& m_settings;
  Clock& m_clock;
  Peer& m_peer;
  LastValues m_last;
  size_t m_mustReach = 0;  ///< opening messages that must be out before the connection can be open
  std::string m_before;
  std::string m_awaited;  ///< the message that was
  std::string m_said;     ///< what the server said last, while opening
  size_t m_step = 0;
  bool m_runs = false;
  bool m_isMet = false;  ///< what the present step waits for has come
  bool m_isPausing = false;
  bool m_isConfirmed = false;  ///< what `opened` waits for has come
  bool m_isOpen = false;
  uint64_t m_number = 0;
  std::deque<Micros> m_replied;
  uint64_t m_withheld = 0;
  TimerId m_timeout = TimerId::None;
  TimerId m_pause = TimerId::None;
  TimerId m_beat = TimerId::None;
};

}  // namespace weir
