// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/options/option_table.h"

#include <array>

namespace weir {

namespace {

using enum OptionType;
using enum OptionSide;

constexpr double kDay = 86'400'000;

constexpr auto kTable = std::to_array<OptionSpec>({
    {.key = "type", .type = Choice, .side = Any, .choices = "source|sink|internal",
     .help = "Whether rows come in through this stream, go out, or stay inside."},
    {.key = "extension", .type = Choice, .side = Both, .choices = "websocket", .help = "The connector that carries it."},
    {.key = "format", .type = Choice, .side = Any, .byDefault = "json", .choices = "json|text|bytes|csv",
     .help = "How a message becomes rows, or a row a message."},
    {.key = "websocket.url", .type = Url, .required = true, 
     .help = "Address of the server: ws:// or wss://; a user and a password in it are sent as a header."},
    {.key = "websocket.reconnect", .type = Boolean, .byDefault = "true", .help = "Reconnect after any loss."},
    {.key = "websocket.reconnect.delay.ms", .type = Integer, .byDefault = "1000", .least = 1, .most = kDay,
     .help = "Delay before the first reconnect attempt; each further one waits twice as long."},
    {.key = "websocket.reconnect.max.delay.ms", .type = Integer, .byDefault = "30000", .least = 1, .most = kDay,
     .help = "Cap of the exponential backoff."},
    {.key = "websocket.reconnect.max.attempts", .type = Integer, .byDefault = "-1", .sinkDefault = "3", .least = -1,
     .most = 1e9, .help = "Consecutive failed attempts before giving up; -1 is unlimited."},
    {.key = "websocket.reconnect.jitter", .type = Real, .byDefault = "0", .least = 0, .most = 1,
     .help = "Share of each delay that is random, so that many clients do not reconnect in step."},
    {.key = "websocket.headers.*", .help = "A request header, e.g. websocket.headers.Authorization."},
    {.key = "websocket.subprotocol", .help = "Offered in Sec-WebSocket-Protocol; the server must choose it."},
    {.key = "websocket.connect.timeout.ms", .type = Integer, .byDefault = "10000", .least = 1, .most = kDay,
     .help = "Limit for TCP, TLS and handshake together."},
    {.key = "websocket.open.message", .help = "Text sent after every handshake: a subscription or a login."},
    {.key = "websocket.open.message.*", .help = "Further texts sent after every handshake, in the order of their numbers."},
    {.key = "websocket.ping.interval.ms", .type = Integer, .byDefault = "20000", .least = 0, .most = kDay,
     .help = "How often a protocol ping is sent; 0 turns it off."},
    {.key = "websocket.ping.timeout.ms", .type = Integer, .byDefault = "10000", .least = 1, .most = kDay,
     .help = "Without a pong for this long the connection is half-open and is dropped."},
    {.key = "websocket.heartbeat.message", .help = "Text sent regularly to keep the connection alive, e.g. ping."},
    {.key = "websocket.heartbeat.interval.ms", .type = Integer, .byDefault = "20000", .least = 1, .most = kDay,
     .needs = "websocket.heartbeat.message", .help = "How often the heartbeat text is sent."},
    {.key = "websocket.heartbeat.answer", .side = Source, .byDefault = "pong",
     .help = "A message that is not JSON and equals this text is control, not an error."},
    {.key = "websocket.idle.timeout.ms", .type = Integer, .byDefault = "0", .least = 0, .most = kDay,
     .help = "Without a message for this long, reconnect; 0 is never."},
    {.key = "websocket.max.message.bytes", .type = Integer, .byDefault = "1048576", .least = 1, .most = 1 << 30,
     .help = "A larger message closes the connection with code 1009."},
    {.key = "websocket.tls.ca.file", .type = Path, .help = "A certificate authority to trust besides the system's."},
    {.key = "websocket.tls.cert.file", .type = Path, .help = "The client's certificate, PEM."},
    {.key = "websocket.tls.key.file", .type = Path, .help = "The client certificate's key, PEM."},
    {.key = "websocket.tls.insecure", .type = Boolean, .byDefault = "false",
     .help = "Skip the verification of the server's certificate. For development only."},
    {.key = "websocket.proxy", .help = "http://host:port, socks5://host:port or none; otherwise the system's."},
    {.key = "websocket.message.type", .type = Choice, .side = Sink, .choices = "text|binary",
     .help = "Frame type of outgoing messages; text, but binary for format bytes."},
    {.key = "websocket.queue.max.events", .type = Integer, .side = Sink, .byDefault = "10000", .least = 1, .most = 1e8,
     .help = "Most rows that wait in the outgoing queue."},
    {.key = "websocket.queue.max.bytes", .type = Integer, .side = Sink, .byDefault = "67108864", .least = 1,
     .most = 1ll << 40, .help = "Most bytes that wait in it, with those that were handed to the socket and have not left."},
    {.key = "websocket.queue.full", .type = Choice, .side = Sink, .byDefault = "drop_oldest",
     .choices = "drop_oldest|drop_newest", .help = "What gives way when the queue is full."},
    {.key = "event.time.field", .type = Column, .side = Feed, .help = "The column that carries event time."},
    {.key = "event.time.unit", .type = Choice, .side = Feed, .byDefault = "ms", .choices = "ms|s|us|ns|iso8601",
     .help = "Unit of the event time column."},
    {.key = "event.time.lateness.ms", .type = Integer, .side = Feed, .byDefault = "0", .least = 0, .most = 366 * kDay,
     .help = "How far the watermark stays behind the greatest event time."},
    {.key = "event.time.idle.ms", .type = Integer, .side = Feed, .byDefault = "5000", .least = 1, .most = 366 * kDay,
     .help = "After this long without a message the watermark moves on with the clock."},
    {.key = "event.time.max.ahead.ms", .type = Integer, .side = Feed, .byDefault = "60000", .least = 0, .most = 366 * kDay,
     .help = "A row whose event time is further ahead of its arrival is dropped and counted: its clock is wrong. On a stream without a connection only where it is written."},
    {.key = "event.time.missing", .type = Choice, .side = Feed, .byDefault = "drop", .choices = "drop|arrival",
     .help = "A row without a usable event time is dropped and counted, or takes its arrival time."},
    {.key = "json.mapping.*", .side = Feed, .help = "Path that fills the column, e.g. $.data.p; $$ is the envelope."},
    {.key = "json.records", .side = Feed, .help = "Path of the array whose elements are the events, e.g. $.data[*]."},
    {.key = "json.on.mismatch", .type = Choice, .side = Feed, .byDefault = "error", .choices = "error|null",
     .help = "A member of the wrong type rejects the message, or becomes NULL and is counted."},
    {.key = "csv.delimiter", .side = Any, .byDefault = ",", .help = "One character between the fields."},
    {.key = "dedupe.key", .type = Columns, .side = Feed, .help = "Columns that identify an event; repeats are dropped."},
    {.key = "dedupe.memory", .type = Integer, .side = Feed, .byDefault = "100000", .least = 1, .most = 1e8,
     .needs = "dedupe.key", .help = "How many keys are remembered."},
    {.key = "sequence.key", .type = Column, .side = Feed, .help = "Column that must grow by one; jumps are counted."},
    {.key = "sequence.partition", .type = Column, .side = Feed, .needs = "sequence.key", .help = "Column for each of whose values it must."},
    {.key = "error.strategy", .type = Choice, .side = Feed, .byDefault = "drop", .choices = "drop|fail|dlq",
     .help = "What happens to a message that cannot be decoded."},
    {.key = "error.dlq.stream", .type = Stream, .side = Feed, .help = "The stream that takes such messages under dlq."},
});

bool isWildcard(std::string_view key) { return key.ends_with(".*"); }

}  // namespace

std::span<const OptionSpec> optionTable() { return kTable; }

const OptionSpec* findOption(std::string_view key) {
  const OptionSpec* wildcard = nullptr;
  for (const OptionSpec& spec : kTable) {
    if (spec.key == key && !isWildcard(key)) return &spec;
    if (!isWildcard(spec.key)) continue;
    const std::string_view stem = spec.key.substr(0, spec.key.size() - 1);
    if (key.starts_with(stem) && key.size() > stem.size()) wildcard = &spec;
  }
  return wildcard;
}

}  // namespace weir
