// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/options/option_table.h"

namespace weir {

/// Where a stream's rows come from or go to: the option `type`.
enum class StreamKind { Internal, Source, Sink };

/// One `key = value` as written, with the places of both.
struct WrittenOption {
  std::string key;
  std::string value;
  Span keySpan;
  Span valueSpan;
};

/// A `${kind:name}` inside an option's value; one that is nothing known, or is not closed, has no name. `$${` stands
/// for the characters `${` and is a reference of kind `$`.
struct SecretReference {
  size_t begin;
  size_t end;
  std::string kind;
  std::string name;
  bool isLiteral() const { return kind == "$"; }
};
std::vector<SecretReference> secretReferences(std::string_view value);
/// Those of a template, within its expressions too; no literal ones.
std::vector<SecretReference> templateReferences(std::string_view value);

/// The options of one stream or connection, checked. Every getter answers the default of the table for a key that is
/// not there.
class Options {
public:
  Options() = default;

  /// Checks keys, values, ranges and sides. `where` is the span for what is missing. `connection` is what the
  /// connection says that the option of that name names: a stream has these options too.
  static Result<Options> check(const std::vector<WrittenOption>& written, Span where,
                               const Options* connection = nullptr);
  /// Checks what stands in CREATE CONNECTION. It has the defaults of a source.
  static Result<Options> checkConnection(const std::vector<WrittenOption>& written, Span where);
  /// The same for programs that hold a plain map.
  static Result<Options> fromMap(const std::map<std::string, std::string>& properties);

  StreamKind kind() const { return m_kind; }
  bool has(std::string_view key) const { return m_values.contains(key); }
  std::string text(std::string_view key) const;
  bool boolean(std::string_view key) const { return text(key) == "true"; }
  int64_t integer(std::string_view key) const;
  double real(std::string_view key) const;
  /// The names behind a wildcard's dot with their values, e.g. of "websocket.headers.", in the order of the names
  /// (numbers by value).
  std::vector<std::pair<std::string, std::string>> under(std::string_view prefix) const;
  /// A value that lists columns, split at commas.
  std::vector<std::string> list(std::string_view key) const;
  /// The value as it was written, its references to the environment and to secrets in place: what a message may print.
  std::string written(std::string_view key) const;
  /// Where the value was written, for diagnostics that later layers find.
  Span valueSpan(std::string_view key) const;

  /// Replaces `${env:NAME}` and `${secret:NAME}` by what `lookup(kind, name)` answers and checks what comes of it;
  /// fails naming the first without, and never prints what it found.
  template <class Lookup>
  Result<Options> resolved(const Lookup& lookup) const;
  /// What `resolved` put in, to be hidden wherever it might show.
  const std::vector<std::string>& secrets() const { return m_secrets; }
  /// The value is a template that only a message, a clock or a connection completes: `references` are not in their
  /// places in it.
  bool isTemplate(std::string_view key) const;
  /// What `resolved` found, by `kind:name`.
  const std::map<std::string, std::string>& found() const { return m_found; }
  /// What still stands for a variable or a secret, and in which option.
  std::vector<std::pair<std::string, SecretReference>> references() const;
  /// The same with the defaults of another kind of stream.
  Options ofKind(StreamKind kind) const;
  /// Those of them that concern the connection.
  Options ofConnection() const;
  /// All values, for comparing two definitions.
  std::map<std::string, std::string> values() const;

  /// The same keys with the same values, wherever they stand in the text.
  bool sameValues(const Options& other) const {
    return m_kind == other.m_kind && std::equal(m_values.begin(), m_values.end(), other.m_values.begin(),
                                                other.m_values.end(), [](const auto& a, const auto& b) {
                                                  return a.first == b.first && a.second.value == b.second.value;
                                                });
  }

private:
  struct Entry {
    std::string value;
    Span span;
    std::string written;   ///< with its references, once `value` is without
    bool isPlain = false;  ///< nothing in it is to be replaced any more
    bool isTemplate = false;
  };
  /// Takes what is written and right by itself.
  void take(const std::vector<WrittenOption>& written, Diagnostics& found);
  void goOver(const Options& connection, const std::vector<WrittenOption>& written, Diagnostics& found);
  std::optional<Diagnostic> resolve(const std::string& key, std::string value);

  StreamKind m_kind = StreamKind::Internal;
  std::map<std::string, Entry, std::less<>> m_values;
  std::vector<std::string> m_secrets;
  std::map<std::string, std::string> m_found;
};

/// Where a stretch of an option's value stands in the text, if the value stands there as it is: a doubled quote moves
/// what follows. `value` is the place of the whole with its quotes.
Span placeWithin(Span value, std::string_view text, size_t begin, size_t end);

/// A value in which nothing is a reference: what looks like one stands for itself.
std::string withoutReferences(std::string_view value);

/// What a reference begins with.
inline constexpr std::string_view kReference = "${";

template <class Lookup>
Result<Options> Options::resolved(const Lookup& lookup) const {
  Options out = *this;
  for (const auto& [key, entry] : m_values) {
    if (entry.isPlain) continue;
    std::string value = entry.value;
    const auto references = entry.isTemplate ? templateReferences(value) : secretReferences(value);
    for (auto it = references.rbegin(); it != references.rend(); ++it) {
      if (it->isLiteral()) {
        value.replace(it->begin, it->end - it->begin, kReference);
        continue;
      }
      const auto found = lookup(it->kind, it->name);
      if (!found) {
        const bool env = it->kind == "env";
        return Diagnostic{
            Severity::Error, Code::Secret, entry.span,
            (env ? "environment variable '" : "secret '") + it->name + "' is not set (needed by " + key + ")",
            env ? "set it before the start: export " + it->name + "=..."
                : "store it in the keychain first: weir secret " + it->name};
      }
      out.m_secrets.push_back(*found);
      out.m_found[it->kind + ":" + it->name] = *found;
      if (!entry.isTemplate) value.replace(it->begin, it->end - it->begin, *found);
    }
    if (entry.isTemplate) continue;
    if (auto wrong = out.resolve(key, std::move(value))) return *wrong;
  }
  return out;
}

}  // namespace weir
