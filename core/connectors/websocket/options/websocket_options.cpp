// SPDX-License-Identifier: GPL-3.0-or-later
// Without Qt: the checker knows these options whether or not the connector itself is built.
#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/connectors/websocket/options/each.h"
#include "core/connectors/websocket/options/websocket_url.h"
#include "core/formats/message_match.h"
#include "core/options/connector_options.h"
#include "core/options/template_text.h"

namespace weir {

namespace {

using enum OptionType;
using enum OptionSide;

constexpr double kDay = 86'400'000;

// A token of RFC 9110, 5.6.2.
bool isHeaderName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// Sent by every handshake (RFC 6455, 4.1): a second one makes servers refuse it.
bool isHeaderOfHandshake(std::string_view name) {
  const std::string known = lowered(name);
  return known == "host" || known == "upgrade" || known == "connection" || known == "content-length" ||
         known == "transfer-encoding" || known.starts_with("sec-websocket-");
}

std::optional<OptionTrouble> urlTrouble(const OptionValue& option) {
  if (auto why = urlComplaint(option.value, option.shown)) return OptionTrouble{std::move(*why)};
  return std::nullopt;
}

// What is numbered is numbered by digits.
std::optional<OptionTrouble> placeTrouble(const OptionValue& option) {
  if (parseNumber<uint32_t>(option.name)) return std::nullopt;
  const std::string stem = option.key.substr(0, option.key.size() - option.name.size());
  return OptionTrouble{"'" + option.key + "' is not a message's place: " + stem + "1, ." + "2 and so on", {}, true};
}

std::optional<OptionTrouble> matchTrouble(const OptionValue& option) {
  const auto match = MessageMatch::parse(option.value);
  if (match) return std::nullopt;
  const Diagnostic& why = match.diagnostics().front();
  // What came from a secret is not printed.
  if (option.shown != option.value) return OptionTrouble{"'" + option.shown + "' is no condition on a message"};
  return OptionTrouble{why.message,
                       why.hint.empty() ? "write $.path, $.path = value, several joined by AND, or a LIKE pattern such "
                                          "as pong%"
                                        : why.hint,
                       false, why.span};
}

std::optional<OptionTrouble> numberedMatchTrouble(const OptionValue& option) {
  if (auto trouble = placeTrouble(option)) return trouble;
  return matchTrouble(option);
}

// `hex:` and `base64:` say how bytes are written.
std::optional<OptionTrouble> bytesTrouble(const OptionValue& option) {
  if (option.value.starts_with("base64:") && !base64Decoded(std::string_view(option.value).substr(7)))
    return OptionTrouble{"what follows base64: is not base64"};
  if (option.value.starts_with("hex:") && !hexDecoded(std::string_view(option.value).substr(4)))
    return OptionTrouble{"what follows hex: is not pairs of hexadecimal digits"};
  return std::nullopt;
}

std::optional<OptionTrouble> numberedMessageTrouble(const OptionValue& option) {
  if (auto trouble = placeTrouble(option)) return trouble;
  return bytesTrouble(option);
}

std::optional<OptionTrouble> requestTrouble(const OptionValue& option) {
  const size_t space = option.value.find(' ');
  const std::string_view method = std::string_view(option.value).substr(0, std::min(space, option.value.size()));
  const std::string_view url =
      space == std::string::npos ? std::string_view() : std::string_view(option.value).substr(space + 1);
  const std::string scheme = lowered(url.substr(0, 8));
  const bool isRequest = (method == "GET" || method == "POST" || method == "PUT") &&
                         (scheme.starts_with("http://") || scheme == "https://") &&
                         url.find(' ') == std::string_view::npos;
  if (isRequest) return std::nullopt;
  return OptionTrouble{"'" + option.shown + "' is no request",
                       "write GET, POST or PUT and an address: 'POST https://host/path'"};
}

std::optional<OptionTrouble> headerTrouble(const OptionValue& option) {
  const std::string& name = option.name;
  if (!isHeaderName(name))
    return OptionTrouble{"'" + name + "' cannot be the name of a header",
                         "letters, digits and ! # $ % & ' * + - . ^ _ ` | ~ make a name", true};
  if (isHeaderOfHandshake(name))
    return OptionTrouble{"the header " + name + " is set by the handshake itself",
                         lowered(name) == "sec-websocket-protocol" ? "use websocket.subprotocol" : "leave it out",
                         true};
  // A line end would begin another header.
  if (option.value.find_first_of("\r\n") != std::string::npos)
    return OptionTrouble{"the value of " + option.key + " has a line end, which a header cannot have"};
  return std::nullopt;
}

std::optional<OptionTrouble> subprotocolTrouble(const OptionValue& option) {
  if (isHeaderName(option.value)) return std::nullopt;
  return OptionTrouble{"Invalid subprotocol '" + option.shown + "': it is one word, such as graphql-ws"};
}

std::optional<OptionTrouble> proxyTrouble(const OptionValue& option) {
  if (isProxy(option.value)) return std::nullopt;
  return OptionTrouble{"Invalid proxy '" + option.shown + "': expected http://HOST:PORT, socks5://HOST:PORT or none"};
}

constexpr std::string_view kBefore = "websocket.before";

using Of = TemplatePart::Of;

/// Which messages the paths of a template may lead into.
struct Reach {
  bool message = false;
  bool last = false;
  bool before = false;
  bool each = false;
};

void checkReach(const Options& options, const std::string& key, const Reach& reach, std::string_view whyNoMessage,
                Diagnostics& found) {
  if (!options.isTemplate(key)) return;
  const std::string value = options.text(key);
  const auto fail = [&](const TemplatePart& part, std::string message, std::string hint) {
    found.push_back({Severity::Error, Code::OptionValue,
                     placeWithin(options.valueSpan(key), value, part.begin, part.end), std::move(message),
                     std::move(hint)});
  };
  for (const TemplatePart& part : readTemplate(value).inputs()) {
    if (part.kind == TemplatePart::Kind::Each && !options.has("websocket.each"))
      return fail(part, "${each} needs websocket.each", "list what it stands for in websocket.each");
    const bool isWhole = value.substr(part.begin, part.end - part.begin).starts_with("${");
    if (part.kind == TemplatePart::Kind::Each && !(reach.each && isWhole))
      return fail(part, reach.each ? "each cannot stand in an expression" : "${each} has no place here",
                  "it stands for symbols in the address and in open messages, as ${each}");
    if (part.kind != TemplatePart::Kind::Path) continue;
    if (part.of == Of::Message && !reach.message)
      return fail(part, "${" + part.text + "} has no message here", std::string(whyNoMessage));
    if (part.of == Of::Last && !reach.last)
      return fail(part, "${last." + part.text + "} has no message here: none has come yet",
                  "it can stand in what is sent once the connection is open");
    if (part.of == Of::Before && !(reach.before && options.has(kBefore)))
      return fail(part, "${before." + part.text + "} needs websocket.before",
                  reach.before ? "write the request whose answer it is in" : "it cannot stand in that request itself");
  }
}

void checkTemplates(const Options& options, Diagnostics& found) {
  constexpr std::string_view kNoMessage = "use ${before.$.path} for the answer to websocket.before";
  checkReach(options, "websocket.url", {.before = true, .each = true}, kNoMessage, found);
  for (const auto& [name, value] : options.under("websocket.headers."))
    checkReach(options, "websocket.headers." + name, {.before = true}, kNoMessage, found);
  for (const std::string& key : {std::string(kBefore), std::string("websocket.before.body")})
    checkReach(options, key, {}, "nothing has come before this request", found);
  for (const auto& [name, value] : options.under("websocket.before.headers."))
    checkReach(options, "websocket.before.headers." + name, {}, "nothing has come before this request", found);
  checkReach(options, "websocket.heartbeat.message", {.last = true, .before = true},
             "use ${last.$.path} for the newest message that has it", found);
  bool awaits = false;
  const std::string noAwait = "an open message answers what was awaited: add websocket.open.await.N";
  checkReach(options, "websocket.open.message", {.last = true, .before = true, .each = true}, noAwait, found);
  for (const auto& [number, value] : options.under("websocket.open.message.")) {
    awaits = awaits || options.has("websocket.open.await." + number);
    checkReach(options, "websocket.open.message." + number,
               {.message = awaits, .last = true, .before = true, .each = true}, noAwait, found);
  }
  for (const auto& [number, value] : options.under("websocket.reply.send."))
    checkReach(options, "websocket.reply.send." + number, {.message = true, .last = true, .before = true}, {}, found);
}

// Each has another of the same number.
void checkPairs(const Options& options, const std::string& stem, const std::string& needed, Diagnostics& found) {
  for (const auto& [number, value] : options.under(stem))
    if (!options.has(needed + number))
      found.push_back({Severity::Error, Code::MissingOption, options.valueSpan(stem + number),
                       stem + number + " needs " + needed + number,
                       stem == "websocket.open.await."
                           ? "it says what that message waits for; websocket.open.await alone is for the last word"
                           : ""});
}

// Symbols that nothing names would never be asked for.
void checkEach(const Options& options, Diagnostics& found) {
  if (!options.has("websocket.each")) return;
  const auto hasEach = [&](const std::string& key) {
    const auto inputs = readTemplate(options.text(key)).inputs();
    return std::any_of(inputs.begin(), inputs.end(),
                       [](const TemplatePart& part) { return part.kind == TemplatePart::Kind::Each; });
  };
  bool isUsed = hasEach("websocket.url") || hasEach("websocket.open.message");
  for (const auto& [number, value] : options.under("websocket.open.message."))
    isUsed = isUsed || hasEach("websocket.open.message." + number);
  if (!isUsed)
    found.push_back({Severity::Error, Code::OptionValue, options.valueSpan("websocket.each"),
                     "nothing names what websocket.each lists",
                     "write ${each} into websocket.url or into an open message"});
  if (!options.text("websocket.each").starts_with('@'))
    if (const auto values = eachValues(options.text("websocket.each")); !values)
      found.push_back({Severity::Error,
                       Code::OptionValue,
                       options.valueSpan("websocket.each"),
                       values.diagnostics().front().message,
                       {}});
}

void checkTogether(const Options& options, Diagnostics& found) {
  checkTemplates(options, found);
  checkEach(options, found);
  checkPairs(options, "websocket.open.await.", "websocket.open.message.", found);
  checkPairs(options, "websocket.reply.when.", "websocket.reply.send.", found);
  checkPairs(options, "websocket.reply.send.", "websocket.reply.when.", found);
  if (options.has("csv.header"))
    found.push_back({Severity::Error,
                     Code::OptionValue,
                     options.valueSpan("csv.header"),
                     "csv.header is for files: a message has no heading",
                     {}});
  const bool cert = options.has("websocket.tls.cert.file");
  if (cert == options.has("websocket.tls.key.file")) return;
  found.push_back({Severity::Error,
                   Code::MissingOption,
                   options.valueSpan(cert ? "websocket.tls.cert.file" : "websocket.tls.key.file"),
                   "websocket.tls.cert.file and websocket.tls.key.file need each other",
                   {}});
}

constexpr auto kTable = std::to_array<OptionSpec>({
    {.key = "websocket.url",
     .type = Url,
     .required = true,
     .isTemplate = true,
     .complain = urlTrouble,
     .help = "Address of the server: ws:// or wss://; a user and a password in it are sent as a header."},
    {.key = "websocket.reconnect", .type = Boolean, .byDefault = "true", .help = "Reconnect after any loss."},
    {.key = "websocket.reconnect.delay.ms",
     .type = Integer,
     .byDefault = "1000",
     .least = 1,
     .most = kDay,
     .help = "Delay before the first reconnect attempt; each further one waits twice as long."},
    {.key = "websocket.reconnect.max.delay.ms",
     .type = Integer,
     .byDefault = "30000",
     .least = 1,
     .most = kDay,
     .help = "Cap of the exponential backoff."},
    {.key = "websocket.reconnect.max.attempts",
     .type = Integer,
     .byDefault = "-1",
     .sinkDefault = "3",
     .least = -1,
     .most = 1e9,
     .help = "Consecutive failed attempts before giving up; -1 is unlimited."},
    {.key = "websocket.reconnect.jitter",
     .type = Real,
     .byDefault = "0",
     .least = 0,
     .most = 1,
     .help = "Share of each delay that is random, so that many clients do not reconnect in step."},
    {.key = "websocket.headers.*",
     .isHeader = true,
     .isTemplate = true,
     .complain = headerTrouble,
     .help = "A request header, e.g. websocket.headers.Authorization."},
    {.key = "websocket.subprotocol",
     .complain = subprotocolTrouble,
     .help = "Offered in Sec-WebSocket-Protocol; the server must choose it."},
    {.key = "websocket.connect.timeout.ms",
     .type = Integer,
     .byDefault = "10000",
     .least = 1,
     .most = kDay,
     .help = "Limit for TCP, TLS and handshake together."},
    {.key = "websocket.before",
     .isTemplate = true,
     .complain = requestTrouble,
     .help = "Asked by HTTP before every connection, e.g. POST https://host/token; ${before.$.path} is in its answer."},
    {.key = "websocket.before.headers.*",
     .isHeader = true,
     .isTemplate = true,
     .needs = "websocket.before",
     .complain = headerTrouble,
     .help = "A header of that request."},
    {.key = "websocket.before.body",
     .isTemplate = true,
     .needs = "websocket.before",
     .help = "Its body; application/json unless a header says otherwise."},
    {.key = "websocket.each",
     .side = Source,
     .help = "Symbols, with commas between, or @FILE: ${each} stands for them in the address and in open messages."},
    {.key = "websocket.each.per.message",
     .type = Integer,
     .side = Source,
     .byDefault = "0",
     .least = 0,
     .most = 1e6,
     .needs = "websocket.each",
     .help =
         "How many of them one open message names: the element of an array that holds ${each} is repeated; 0 is all."},
    {.key = "websocket.each.per.connection",
     .type = Integer,
     .side = Source,
     .byDefault = "0",
     .least = 0,
     .most = 1e6,
     .needs = "websocket.each",
     .help = "How many of them come over one connection; 0 is all. A source has as many connections as it takes."},
    {.key = "websocket.each.separator",
     .side = Source,
     .byDefault = ",",
     .needs = "websocket.each",
     .help = "What stands between them in the address."},
    {.key = "websocket.open.message",
     .isTemplate = true,
     .complain = bytesTrouble,
     .help = "Sent after every handshake: a subscription or a login."},
    {.key = "websocket.open.message.*",
     .isTemplate = true,
     .complain = numberedMessageTrouble,
     .help = "Further messages sent after every handshake, in the order of their numbers."},
    {.key = "websocket.open.await.*",
     .complain = numberedMatchTrouble,
     .help = "Which message of the server the open message of that number waits for."},
    {.key = "websocket.open.await",
     .complain = matchTrouble,
     .help = "Which message of the server must have come, after all open messages, before the connection is open."},
    {.key = "websocket.open.timeout.ms",
     .type = Integer,
     .byDefault = "10000",
     .least = 1,
     .most = kDay,
     .help = "Without a message that is awaited for this long the attempt has failed."},
    {.key = "websocket.open.interval.ms",
     .type = Integer,
     .byDefault = "0",
     .least = 0,
     .most = kDay,
     .help = "Pause between open messages."},
    {.key = "websocket.open.type",
     .type = Choice,
     .byDefault = "text",
     .choices = "text|binary",
     .help = "Frame type of open messages, replies and heartbeats; a value that begins with hex: or base64: is bytes."},
    {.key = "websocket.refused",
     .complain = matchTrouble,
     .help = "A message by which the server refuses: the attempt has failed, in its words."},
    {.key = "websocket.reply.when.*",
     .complain = numberedMatchTrouble,
     .help = "Which messages the reply of that number answers; they are control."},
    {.key = "websocket.reply.send.*",
     .isTemplate = true,
     .complain = numberedMessageTrouble,
     .help = "What answers such a message; at most 100 a second."},
    {.key = "websocket.decompress",
     .type = Choice,
     .side = Source,
     .byDefault = "none",
     .choices = "none|gzip|zlib|deflate",
     .help = "How each binary message is compressed; websocket.max.message.bytes bounds what comes out."},
    {.key = "websocket.ping.interval.ms",
     .type = Integer,
     .byDefault = "20000",
     .least = 0,
     .most = kDay,
     .help = "How often a protocol ping is sent; 0 turns it off."},
    {.key = "websocket.ping.timeout.ms",
     .type = Integer,
     .byDefault = "10000",
     .least = 1,
     .most = kDay,
     .help = "Without a pong for this long the connection is half-open and is dropped."},
    {.key = "websocket.heartbeat.message",
     .isTemplate = true,
     .complain = bytesTrouble,
     .help = "Sent regularly to keep the connection alive, e.g. ping."},
    {.key = "websocket.heartbeat.interval.ms",
     .type = Integer,
     .byDefault = "20000",
     .least = 1,
     .most = kDay,
     .needs = "websocket.heartbeat.message",
     .help = "How often the heartbeat text is sent."},
    {.key = "websocket.heartbeat.answer",
     .side = Source,
     .byDefault = "pong",
     .help = "A message that is not JSON and equals this text is control, not an error."},
    {.key = "websocket.idle.timeout.ms",
     .type = Integer,
     .byDefault = "0",
     .least = 0,
     .most = kDay,
     .help = "Without a message for this long, reconnect; 0 is never."},
    {.key = "websocket.max.message.bytes",
     .type = Integer,
     .byDefault = "1048576",
     .least = 1,
     .most = 1 << 30,
     .help = "A larger message closes the connection with code 1009."},
    {.key = "websocket.tls.ca.file", .type = Path, .help = "A certificate authority to trust besides the system's."},
    {.key = "websocket.tls.cert.file", .type = Path, .help = "The client's certificate, PEM."},
    {.key = "websocket.tls.key.file", .type = Path, .help = "The client certificate's key, PEM."},
    {.key = "websocket.tls.insecure",
     .type = Boolean,
     .byDefault = "false",
     .help = "Skip the verification of the server's certificate. For development only."},
    {.key = "websocket.transport",
     .type = Choice,
     .byDefault = "qt",
     .choices = "qt|direct",
     .help =
         "What carries messages: Qt's WebSocket, or Weir's own, which takes compressed messages and what Qt refuses "
         "against the protocol."},
    {.key = "websocket.proxy",
     .type = Url,
     .complain = proxyTrouble,
     .help = "http://host:port, socks5://host:port or none; otherwise the system's."},
    {.key = "websocket.message.type",
     .type = Choice,
     .side = Sink,
     .choices = "text|binary",
     .ofStream = true,
     .help = "Frame type of outgoing messages; text, but binary for a format that is none, as bytes."},
    {.key = "websocket.queue.max.events",
     .type = Integer,
     .side = Sink,
     .byDefault = "10000",
     .least = 1,
     .most = 1e8,
     .ofStream = true,
     .help = "Most rows that wait in the outgoing queue."},
    {.key = "websocket.queue.max.bytes",
     .type = Integer,
     .side = Sink,
     .byDefault = "67108864",
     .least = 1,
     .most = 1ll << 40,
     .ofStream = true,
     .help = "Most bytes that wait in it, with those that were handed to the socket and have not left."},
    {.key = "websocket.queue.full",
     .type = Choice,
     .side = Sink,
     .byDefault = "drop_oldest",
     .choices = "drop_oldest|drop_newest",
     .ofStream = true,
     .help = "What gives way when the queue is full."},
});

}  // namespace

const ConnectorOptions websocketOptions{
    .name = "websocket",
    .options = kTable,
    .address = "websocket.url",
    .masked = maskedUrl,
    .owns = isWebSocketUrl,
    .sharesSockets = true,
    .check = checkTogether,
};

}  // namespace weir
