// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/formats/message_match.h"
#include "core/options/template_text.h"

namespace weir {

/// A value of a message: as it was sent, and what a string says.
struct MessageToken {
  std::string raw;
  std::string text;
};

/// The newest value, but for null, of each path that somebody asks for, over the messages of a connection.
class LastValues {
public:
  void watch(const std::string& path, JsonFraming framing);
  bool isEmpty() const { return m_watched.empty(); }
  void heard(std::string_view message);
  void forget();
  const MessageToken* of(const std::string& path) const;

private:
  struct Watched {
    MessagePath path;
    std::optional<MessageToken> value;
  };
  std::map<std::string, Watched> m_watched;
};

/// What is known when a message is made.
struct TemplateValues {
  Micros now = 0;
  std::string_view message;  ///< that is answered, or was awaited
  const LastValues* last = nullptr;
  std::string_view before;  ///< the answer to the request before connecting
  std::string_view each;
  uint64_t number = 0;  ///< what SEQ() is
};

/// A message as it goes out, and as it may be shown: without what comes from secrets.
struct MadeMessage {
  std::string text;
  std::string shown;
};

/// A text with places for what is known when it is sent, compiled once.
class MessageTemplate {
public:
  /// A message's `${$.path}` is the token as it was sent where the text is JSON; an address has no quotes.
  enum class Use { Message, Address };

  /// `found` are the values of references by `kind:name`. The text was checked.
  static Result<MessageTemplate> compile(std::string_view text, const std::map<std::string, std::string>& found,
                                         Use use, JsonFraming framing = JsonFraming::One);
  /// A text in which nothing stands for anything; `shown` is what may be shown of it.
  static MessageTemplate plain(std::string text, std::string shown);

  MessageTemplate(MessageTemplate&&) noexcept;
  MessageTemplate& operator=(MessageTemplate&&) noexcept;
  ~MessageTemplate();

  /// Paths that `LastValues` has to watch, and those into the answer before connecting.
  std::vector<std::string> lastPaths() const { return paths(TemplatePart::Of::Last); }
  std::vector<std::string> beforePaths() const { return paths(TemplatePart::Of::Before); }
  bool usesNumber() const { return m_usesNumber; }
  /// Fails, saying what is missing, when a value that it needs is not there.
  Result<MadeMessage> make(const TemplateValues& values) const;

private:
  struct Part;
  MessageTemplate();
  std::vector<std::string> paths(TemplatePart::Of of) const;
  Result<MadeMessage> written(const TemplateValues& values) const;
  void noteEncoding();

  std::vector<Part> m_parts;
  bool m_usesNumber = false;
  bool m_isHex = false;     ///< it is bytes, written behind `hex:`
  bool m_isBase64 = false;  ///< or behind `base64:`
};

}  // namespace weir
