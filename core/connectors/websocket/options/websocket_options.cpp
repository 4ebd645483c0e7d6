// SPDX-License-Identifier: GPL-3.0-or-later
// Without Qt: the checker knows these options whether or not the connector itself is built.
#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/connectors/websocket/options/websocket_url.h"
#include "core/options/connector_options.h"

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

std::optional<OptionTrouble> placeTrouble(const OptionValue& option) {
  if (parseNumber<uint32_t>(option.name)) return std::nullopt;
  return OptionTrouble{"'" + option.key + "' is not a message's place: websocket.open.message.1, .2 and so on"};
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

void checkTogether(const Options& options, Diagnostics& found) {
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
    {.key = "websocket.open.message", .help = "Text sent after every handshake: a subscription or a login."},
    {.key = "websocket.open.message.*",
     .complain = placeTrouble,
     .help = "Further texts sent after every handshake, in the order of their numbers."},
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
    {.key = "websocket.heartbeat.message", .help = "Text sent regularly to keep the connection alive, e.g. ping."},
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
     .help = "Frame type of outgoing messages; text, but binary for a format that is none, as bytes."},
    {.key = "websocket.queue.max.events",
     .type = Integer,
     .side = Sink,
     .byDefault = "10000",
     .least = 1,
     .most = 1e8,
     .help = "Most rows that wait in the outgoing queue."},
    {.key = "websocket.queue.max.bytes",
     .type = Integer,
     .side = Sink,
     .byDefault = "67108864",
     .least = 1,
     .most = 1ll << 40,
     .help = "Most bytes that wait in it, with those that were handed to the socket and have not left."},
    {.key = "websocket.queue.full",
     .type = Choice,
     .side = Sink,
     .byDefault = "drop_oldest",
     .choices = "drop_oldest|drop_newest",
     .help = "What gives way when the queue is full."},
});

}  // namespace

const ConnectorOptions websocketOptions{
    .name = "websocket",
    .options = kTable,
    .address = "websocket.url",
    .masked = maskedUrl,
    .owns = isWebSocketUrl,
    .check = checkTogether,
};

}  // namespace weir
