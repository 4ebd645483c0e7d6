// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/options/options.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/json_path.h"
#include "core/base/text.h"
#include "core/formats/json_record_path.h"
#include "core/formats/message_match.h"
#include "core/options/connector_options.h"
#include "core/options/template_text.h"

namespace weir {

namespace {

std::string quotedChoices(std::string_view choices) {
  std::vector<std::string> words = split(choices, '|');
  for (std::string& word : words) word.insert(0, "'").append("'");
  return joined(words, ", ", words.size() > 2 ? ", or " : " or ");
}

std::string_view kindName(StreamKind kind) {
  return kind == StreamKind::Source ? "source" : kind == StreamKind::Sink ? "sink" : "internal";
}

bool belongs(OptionSide side, StreamKind kind) {
  switch (side) {
    case OptionSide::Any: return true;
    case OptionSide::Feed: return kind != StreamKind::Sink;
    case OptionSide::Source: return kind == StreamKind::Source;
    case OptionSide::Sink: return kind == StreamKind::Sink;
    case OptionSide::Both: return kind != StreamKind::Internal;
  }
  return false;
}

bool isWord(const OptionSpec& spec) { return spec.type == OptionType::Choice || spec.type == OptionType::Boolean; }

std::string number(double value) { return std::to_string(static_cast<int64_t>(value)); }

Span placeIn(const WrittenOption& option, size_t begin, size_t end) {
  return placeWithin(option.valueSpan, option.value, begin, end);
}

// Returns what is wrong with `value`, or nothing; `shown` is what a message may print of it. Values with references
// that are not replaced yet (`isOpen`) are checked once they are.
std::optional<Diagnostic> complaint(const OptionSpec& spec, const WrittenOption& option, const std::string& shown,
                                    bool isOpen) {
  const std::string& value = option.value;
  const auto wrong = [&](std::string message, std::string hint = {}) {
    return Diagnostic{Severity::Error, Code::OptionValue, option.valueSpan, std::move(message), std::move(hint)};
  };
  const bool isWildcard = spec.key.ends_with(".*");
  const auto ruled = [&]() -> std::optional<Diagnostic> {
    if (!spec.complain) return std::nullopt;
    const std::string name = isWildcard ? option.key.substr(spec.key.size() - 1) : std::string();
    const auto trouble = spec.complain({option.key, value, shown, name});
    if (!trouble) return std::nullopt;
    const Span span = trouble->isAboutKey ? option.keySpan
                      : trouble->within   ? placeIn(option, trouble->within->begin, trouble->within->end)
                                          : option.valueSpan;
    return Diagnostic{Severity::Error, Code::OptionValue, span, trouble->message, trouble->hint};
  };
  if (isOpen) {
    // Columns are found before a run begins, when nothing is known of its environment.
    if (spec.type == OptionType::Column || spec.type == OptionType::Columns || spec.type == OptionType::NumberColumn)
      return wrong(option.key + " names a column: it cannot come from the environment", "write the column's name");
    // Names are written out, whatever their values come from.
    return isWildcard ? ruled() : std::nullopt;
  }
  switch (spec.type) {
    case OptionType::Choice: {
      const std::vector<std::string> words = split(spec.choices, '|');
      if (std::find(words.begin(), words.end(), value) != words.end()) break;
      const std::string hint = didYouMean(value, words);
      if (spec.key == "type")
        return wrong("Invalid stream type '" + shown + "', must be " + quotedChoices(spec.choices), hint);
      if (spec.key == "websocket.message.type")
        return wrong("Invalid message type '" + shown + "': expected " + quotedChoices(spec.choices), hint);
      return wrong("Invalid value '" + shown + "' for " + option.key + ": expected " + quotedChoices(spec.choices),
                   hint);
    }
    case OptionType::Boolean:
      if (value != "true" && value != "false")
        return wrong("Invalid value '" + shown + "' for " + option.key + ": expected 'true' or 'false'");
      break;
    case OptionType::Integer: {
      const auto parsed = parseNumber<int64_t>(value);
      if (!parsed) return wrong("Invalid value '" + shown + "' for " + option.key + ": expected a whole number");
      if (static_cast<double>(*parsed) < spec.least || static_cast<double>(*parsed) > spec.most)
        return wrong("Value " + shown + " for " + option.key + " is out of range: " + number(spec.least) + " to " +
                     number(spec.most));
      break;
    }
    case OptionType::Real: {
      const auto parsed = parseNumber<double>(value);
      if (!parsed || !(*parsed >= spec.least && *parsed <= spec.most))
        return wrong("Invalid value '" + shown + "' for " + option.key + ": expected a number from " +
                     number(spec.least) + " to " + number(spec.most));
      break;
    }
    default: break;
  }
  if (spec.key == "csv.delimiter" && (value.size() != 1 || value == "\"" || value == "\n" || value == "\r"))
    return wrong("csv.delimiter must be one character other than a quote or a line end");
  if (spec.key == "json.records" || spec.key == "json.mapping.*")
    if (auto why = jsonPathComplaint(value, spec.key == "json.records"))
      return wrong(shown == value ? std::move(*why) : "'" + shown + "' is not a path", "for example '$.data.p'");
  return ruled();
}

// A path may be right and lead nowhere from these records.
void checkRecordPaths(const Options& options, const std::vector<WrittenOption>& written, Diagnostics& found) {
  if (!secretReferences(options.text("json.records")).empty()) return;
  const JsonRecordPath way(options.text("json.records"));
  const auto look = [&](Span span, const JsonPath& path) {
    if (const auto why = way.complaint(path))
      found.push_back({Severity::Error, Code::OptionValue, span, *why,
                       "json.records says where the events are, for example '$.update.*[*]'"});
  };
  for (const WrittenOption& option : written) {
    if (option.key.starts_with("json.mapping.")) {
      JsonPath path;
      if (!parseJsonPath(option.value, path)) look(option.valueSpan, path);
    } else if (option.key == "json.when") {
      if (const auto when = MessageMatch::parseForRecords(option.value))
        for (const MatchTerm& term : when->terms()) look(placeIn(option, term.span.begin, term.span.end), term.path);
    }
  }
}

}  // namespace

void Options::take(const std::vector<WrittenOption>& written, Diagnostics& found) {
  const auto fail = [&](Code code, Span span, std::string message, std::string hint = {}) {
    found.push_back({Severity::Error, code, span, std::move(message), std::move(hint)});
  };
  for (WrittenOption option : written) {
    // The words of a choice and of a switch are keywords: any case will do.
    const OptionSpec* spec = findOption(option.key);
    if (spec && isWord(*spec) && secretReferences(option.value).empty()) option.value = lowered(option.value);
    if (!spec) {
      std::vector<std::string> keys;
      for (const OptionSpec& s : optionTable()) keys.emplace_back(s.key);
      fail(Code::UnknownOption, option.keySpan, "unknown option '" + option.key + "'", didYouMean(option.key, keys));
      continue;
    }
    // Names of headers have no case.
    const bool isHeader = spec->isHeader;
    if (m_values.contains(option.key) ||
        (isHeader && std::any_of(m_values.begin(), m_values.end(),
                                 [&](const auto& known) { return equalsIgnoringCase(known.first, option.key); }))) {
      fail(Code::AlreadyDefined, option.keySpan, "option '" + option.key + "' is given twice");
      continue;
    }
    if (spec->isTemplate) {
      const TemplateText read = readTemplate(option.value);
      if (read.trouble) {
        const Span span = placeIn(option, read.trouble->begin, read.trouble->end);
        fail(Code::OptionValue, span, isHeader ? "'${...}' names nothing" : read.trouble->message, read.trouble->hint);
        continue;
      }
      if (read.isDynamic()) {
        if (auto wrong = complaint(*spec, option, option.value, true)) {
          found.push_back(std::move(*wrong));
          continue;
        }
        Entry entry{option.value, option.valueSpan, {}, false};
        entry.isTemplate = true;
        m_values.emplace(option.key, std::move(entry));
        continue;
      }
    }
    const auto references = secretReferences(option.value);
    const auto unknown =
        std::find_if(references.begin(), references.end(), [](const SecretReference& r) { return r.name.empty(); });
    if (unknown != references.end()) {
      const bool isClosed = option.value[unknown->end - 1] == '}';
      // What a header holds is not printed, nor is what an open reference runs into.
      const std::string reference =
          isHeader ? "${...}" : option.value.substr(unknown->begin, unknown->end - unknown->begin);
      fail(Code::OptionValue, placeIn(option, unknown->begin, unknown->end),
           isClosed ? "'" + reference + "' names nothing" : "a ${ is not closed",
           "write ${env:NAME} for a variable of the environment, ${secret:NAME} for an entry of the keychain, $${ for "
           "the characters ${");
      continue;
    }
    const auto isLiteral = [](const SecretReference& r) { return r.isLiteral(); };
    const bool isOpen = !std::all_of(references.begin(), references.end(), isLiteral);
    for (auto it = references.rbegin(); !isOpen && it != references.rend(); ++it)
      option.value.replace(it->begin, it->end - it->begin, kReference);
    if (auto wrong = complaint(
            *spec, option, spec->type == OptionType::Url ? connectorOf(option.key)->masked(option.value) : option.value,
            isOpen)) {
      found.push_back(std::move(*wrong));
      continue;
    }
    m_values.emplace(option.key, Entry{option.value, option.valueSpan, {}, !isOpen});
  }
}

Result<Options> Options::check(const std::vector<WrittenOption>& written, Span where, const Options* connection) {
  Diagnostics found;
  Options out;
  const auto fail = [&](Code code, Span span, std::string message, std::string hint = {}) {
    found.push_back({Severity::Error, code, span, std::move(message), std::move(hint)});
  };
  out.take(written, found);
  if (out.has("connection")) {
    if (connection)
      out.goOver(*connection, written, found);
    else
      fail(Code::OptionValue, out.valueSpan("connection"), "unknown connection '" + out.text("connection") + "'");
  }
  if (const auto type = out.m_values.find("type"); type != out.m_values.end())
    out.m_kind = type->second.value == "source" ? StreamKind::Source
                 : type->second.value == "sink" ? StreamKind::Sink
                                                : StreamKind::Internal;
  const bool typeWritten =
      std::any_of(written.begin(), written.end(), [](const WrittenOption& o) { return o.key == "type"; });
  const bool connects = std::any_of(written.begin(), written.end(), [](const WrittenOption& o) {
    return o.key == "extension" || o.key == "connection" || connectorOf(o.key);
  });
  if (!typeWritten && connects) {
    fail(Code::MissingOption, where, "Missing required property: type", "type = 'source' or type = 'sink'");
  } else if (!hasError(found)) {
    const ConnectorOptions* connector = findConnector(out.text("extension"));
    for (const WrittenOption& option : written) {
      const OptionSpec& spec = *findOption(option.key);
      if (const ConnectorOptions* owner = connectorOf(option.key); owner && connector && owner != connector) {
        fail(Code::OptionValue, option.keySpan,
             "option '" + option.key + "' is for extension '" + std::string(owner->name) + "', but this stream has '" +
                 std::string(connector->name) + "'");
        continue;
      }
      if (!spec.needs.empty() && !out.has(spec.needs))
        found.push_back({Severity::Warning,
                         Code::MissingOption,
                         option.keySpan,
                         "option '" + option.key + "' has no effect without " + std::string(spec.needs),
                         {}});
      if (belongs(spec.side, out.m_kind)) continue;
      const bool sinkOnly = spec.side == OptionSide::Sink;
      fail(Code::OptionValue, option.keySpan,
           "option '" + option.key + "' is for a " +
               (sinkOnly                        ? "sink"
                : spec.side == OptionSide::Both ? "source or sink"
                                                : "source") +
               ", but this stream is " + (out.m_kind == StreamKind::Internal ? "" : "a ") +
               std::string(kindName(out.m_kind)));
    }
    if (out.m_kind != StreamKind::Internal) {
      if (!out.has("extension"))
        fail(Code::MissingOption, where, "Missing required property: extension",
             "extension = '" + std::string(connectorOptions().front()->name) + "'");
      // A stream that does not say by what is asked for what the first one needs: that is nearly always it.
      for (const OptionSpec& spec : (connector ? connector : connectorOptions().front())->options)
        if (spec.required && !out.has(spec.key))
          fail(Code::MissingOption, where, "Missing required property: " + std::string(spec.key));
    }
    if (out.text("error.strategy") == "dlq" && !out.has("error.dlq.stream"))
      fail(Code::MissingOption, out.valueSpan("error.strategy"), "Missing required property: error.dlq.stream",
           "error.strategy 'dlq' needs it");
    if (connector && connector->check) connector->check(out, found);
    checkRecordPaths(out, written, found);
  }
  if (hasError(found)) return found;
  return Result<Options>(std::move(out), std::move(found));
}

// What the connection says counts as said here, at its own place.
void Options::goOver(const Options& connection, const std::vector<WrittenOption>& written, Diagnostics& found) {
  const std::string name = text("connection");
  const auto fail = [&](Span span, std::string message, std::string hint) {
    found.push_back({Severity::Error, Code::OptionValue, span, std::move(message), std::move(hint)});
  };
  for (const WrittenOption& option : written) {
    if (isOfConnection(option.key))
      fail(option.keySpan,
           "option '" + option.key + "' is for the connection, but this stream goes over '" + name + "'",
           "write it into CREATE CONNECTION " + name + " WITH (...)");
    if (option.key == "extension" && has("extension") && text("extension") != connection.text("extension"))
      fail(option.valueSpan,
           "extension '" + text("extension") + "' is not that of the connection '" + name + "', which has '" +
               connection.text("extension") + "'",
           "leave extension out: the connection says it");
  }
  m_values.insert(connection.m_values.begin(), connection.m_values.end());
}

Result<Options> Options::checkConnection(const std::vector<WrittenOption>& written, Span where) {
  Diagnostics found;
  Options out;
  const auto fail = [&](Code code, Span span, std::string message, std::string hint = {}) {
    found.push_back({Severity::Error, code, span, std::move(message), std::move(hint)});
  };
  out.take(written, found);
  out.m_kind = StreamKind::Source;
  if (hasError(found)) return found;
  const ConnectorOptions* connector = findConnector(out.text("extension"));
  if (connector && !hasConnections(*connector))
    fail(Code::OptionValue, out.valueSpan("extension"),
         "extension '" + std::string(connector->name) + "' has no connections: each stream has one of its own",
         "write extension and its options into the WITH (...) of the stream");
  for (const WrittenOption& option : written) {
    const ConnectorOptions* owner = connectorOf(option.key);
    if (option.key == "type")
      fail(Code::OptionValue, option.keySpan, "a connection has no type: its streams are sources and sinks",
           "write type into the WITH (...) of each stream");
    else if (option.key == "connection")
      fail(Code::OptionValue, option.keySpan, "a connection goes over no other", "leave it out");
    else if (owner && connector && owner != connector)
      fail(Code::OptionValue, option.keySpan,
           "option '" + option.key + "' is for extension '" + std::string(owner->name) +
               "', but this connection has '" + std::string(connector->name) + "'");
    else if (option.key != "extension" && !isOfConnection(option.key))
      fail(Code::OptionValue, option.keySpan, "option '" + option.key + "' is for a stream, but this is a connection",
           "write it into the WITH (...) of each stream that it is meant for");
    else if (const OptionSpec& spec = *findOption(option.key); !spec.needs.empty() && !out.has(spec.needs))
      found.push_back({Severity::Warning,
                       Code::MissingOption,
                       option.keySpan,
                       "option '" + option.key + "' has no effect without " + std::string(spec.needs),
                       {}});
  }
  if (!out.has("extension"))
    fail(Code::MissingOption, where, "Missing required property: extension",
         "extension = '" + std::string(connectorOptions().front()->name) + "'");
  for (const OptionSpec& spec : (connector ? connector : connectorOptions().front())->options)
    if (spec.required && !spec.ofStream && !out.has(spec.key))
      fail(Code::MissingOption, where, "Missing required property: " + std::string(spec.key));
  if (connector && connector->check && !hasError(found)) connector->check(out, found);
  if (hasError(found)) return found;
  return Result<Options>(std::move(out), std::move(found));
}

Options Options::ofKind(StreamKind kind) const {
  Options out = *this;
  out.m_kind = kind;
  return out;
}

Options Options::ofConnection() const {
  Options out = *this;
  std::erase_if(out.m_values,
                [](const auto& entry) { return entry.first != "extension" && !isOfConnection(entry.first); });
  return out;
}

std::optional<Diagnostic> Options::resolve(const std::string& key, std::string value) {
  Entry& entry = m_values.at(key);
  const OptionSpec& spec = *findOption(key);
  const std::string written = std::exchange(entry.value, std::move(value));
  entry.written = written;
  entry.isPlain = true;
  if (isWord(spec)) entry.value = lowered(entry.value);
  m_secrets.push_back(entry.value);
  return complaint(spec, {key, entry.value, {}, entry.span}, written, false);
}

Result<Options> Options::fromMap(const std::map<std::string, std::string>& properties) {
  std::vector<WrittenOption> written;
  written.reserve(properties.size());
  for (const auto& [key, value] : properties) written.push_back({key, value, {}, {}});
  return check(written, {});
}

std::string Options::text(std::string_view key) const {
  if (const auto found = m_values.find(key); found != m_values.end()) return found->second.value;
  const OptionSpec* spec = findOption(key);
  if (!spec) return {};
  return std::string(m_kind == StreamKind::Sink && !spec->sinkDefault.empty() ? spec->sinkDefault : spec->byDefault);
}

int64_t Options::integer(std::string_view key) const { return parseNumber<int64_t>(text(key)).value_or(0); }

double Options::real(std::string_view key) const { return parseNumber<double>(text(key)).value_or(0); }

std::vector<std::pair<std::string, std::string>> Options::under(std::string_view prefix) const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [key, entry] : m_values)
    if (key.starts_with(prefix) && key.size() > prefix.size()) out.emplace_back(key.substr(prefix.size()), entry.value);
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    const auto x = parseNumber<int64_t>(a.first);
    const auto y = parseNumber<int64_t>(b.first);
    return x && y ? *x < *y : a.first < b.first;
  });
  return out;
}

std::vector<std::string> Options::list(std::string_view key) const {
  const std::string value = text(key);
  return value.empty() ? std::vector<std::string>{} : split(value, ',');
}

std::string Options::written(std::string_view key) const {
  const auto found = m_values.find(key);
  return found == m_values.end()         ? std::string()
         : found->second.written.empty() ? found->second.value
                                         : found->second.written;
}

Span Options::valueSpan(std::string_view key) const {
  const auto found = m_values.find(key);
  return found == m_values.end() ? Span{} : found->second.span;
}

bool Options::isTemplate(std::string_view key) const {
  const auto found = m_values.find(key);
  return found != m_values.end() && found->second.isTemplate;
}

std::vector<std::pair<std::string, SecretReference>> Options::references() const {
  std::vector<std::pair<std::string, SecretReference>> out;
  for (const auto& [key, entry] : m_values) {
    if (entry.isPlain) continue;
    for (SecretReference& reference :
         entry.isTemplate ? templateReferences(entry.value) : secretReferences(entry.value))
      if (!reference.isLiteral()) out.emplace_back(key, std::move(reference));
  }
  return out;
}

std::map<std::string, std::string> Options::values() const {
  std::map<std::string, std::string> out;
  for (const auto& [key, entry] : m_values) out.emplace(key, entry.value);
  return out;
}

std::vector<SecretReference> secretReferences(std::string_view value) {
  std::vector<SecretReference> out;
  for (size_t at = value.find(kReference); at != std::string_view::npos; at = value.find(kReference, out.back().end)) {
    if (at > 0 && value[at - 1] == '$') {
      out.push_back({at - 1, at + kReference.size(), "$", "{"});
      continue;
    }
    const size_t close = value.find('}', at);
    const size_t end = close == std::string_view::npos ? value.size() : close + 1;
    const std::string_view inside =
        value.substr(at + kReference.size(), std::min(close, value.size()) - at - kReference.size());
    const size_t colon = std::min(inside.find(':'), inside.size());
    const std::string_view kind = inside.substr(0, colon);
    const bool isKnown =
        close != std::string_view::npos && colon < inside.size() && (kind == "env" || kind == "secret");
    out.push_back({at, end, std::string(kind), isKnown ? std::string(inside.substr(colon + 1)) : std::string()});
  }
  return out;
}

std::vector<SecretReference> templateReferences(std::string_view value) {
  std::vector<SecretReference> out;
  for (const TemplatePart& part : readTemplate(value).inputs())
    if (part.kind == TemplatePart::Kind::Reference) out.push_back({part.begin, part.end, part.from, part.text});
  return out;
}

Span placeWithin(Span value, std::string_view text, size_t begin, size_t end) {
  if (value.end - value.begin != text.size() + 2) return value;
  return {value.begin + 1 + static_cast<uint32_t>(begin), value.begin + 1 + static_cast<uint32_t>(end)};
}

std::string withoutReferences(std::string_view value) {
  std::string out;
  for (size_t at = 0; at < value.size(); ++at) {
    if (value.substr(at).starts_with(kReference)) out += '$';
    out += value[at];
  }
  return out;
}

}  // namespace weir
