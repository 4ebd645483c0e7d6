// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_shape.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/plain_number.h"
#include "core/base/plain_text.h"

namespace weir {

namespace {

constexpr size_t kDeepest = 32;

bool isPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '\\';
}

template <class Word>
Word load(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The first eight bytes of a piece, and the mask of those that it has, so that most pieces are compared at once.
uint64_t wordOf(std::string_view piece) {
  uint64_t word = 0;
  std::memcpy(&word, piece.data(), std::min<size_t>(piece.size(), 8));
  return word;
}

// Returns the first quote, or the first character that is not plain, at or behind `at`.
inline const char* endOfPlainText(const char* at, const char* end) {
  if constexpr (std::endian::native == std::endian::little) {
    for (; end - at >= 8; at += 8) {
      const size_t plain = plainBytes<true>(load<uint64_t>(at));
      if (plain < 8) return at + plain;
    }
  }
  while (at != end && *at != '"' && isPlain(*at)) ++at;
  return at;
}

const char* endOfWord(const char* at, const char* end) {
  for (const std::string_view word : {"true", "false", "null"})
    if (static_cast<size_t>(end - at) >= word.size() && std::string_view(at, word.size()) == word)
      return at + word.size();
  return nullptr;
}

// Reads the scalar at `at` and moves behind it; false for anything that the parser should see.
inline bool readScalar(const char*& at, const char* end, JsonCell& cell) {
  if (at == end) return false;
  const char* const begin = at;
  if (*at == '"') {
    const char* const close = endOfPlainText(at + 1, end);
    if (close == end || *close != '"') return false;
    cell = {true, JsonKind::String, {begin + 1, close}};
    at = close + 1;
    return true;
  }
  const bool isWord = *at == 't' || *at == 'f' || *at == 'n';
  const char* const stop = isWord ? endOfWord(at, end) : endOfPlainNumber(at, end);
  if (!stop) return false;
  cell = {true, !isWord ? JsonKind::Number : *begin == 'n' ? JsonKind::Null : JsonKind::Bool, {begin, stop}};
  at = stop;
  return true;
}

}  // namespace

/// Takes a message apart. The parser has accepted it, so that what is not looked at here is known to be right.
struct JsonShape::Learner {
  JsonShape& shape;
  const char* at;
  const char* const end;
  const char* literal;
  size_t depth = 0;

  void skipSpace() {
    while (at != end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) ++at;
  }

  Part piece() const {
    Part part;
    part.begin = static_cast<uint32_t>(shape.m_text.size());
    part.length = static_cast<uint32_t>(at - literal);
    part.firstColumn = static_cast<uint32_t>(shape.m_columns.size());
    shape.m_text.append(literal, at);
    const std::string ones(part.length, '\xff');
    part.word = wordOf({literal, at});
    part.mask = wordOf(ones);
    return part;
  }

  bool scalar(const JsonWanted* wanted) {
    // A text there is read as JSON.
    if (wanted && !wanted->isLeaf()) return false;
    Part part = piece();
    if (wanted)
      for (const size_t column : wanted->columns) shape.m_columns.push_back(static_cast<uint32_t>(column));
    part.columns = static_cast<uint32_t>(shape.m_columns.size()) - part.firstColumn;
    shape.m_parts.push_back(part);
    JsonCell ignored;
    if (!readScalar(at, end, ignored)) return false;
    literal = at;
    return true;
  }

  bool value(const JsonWanted* wanted) {
    if (at == end || depth >= kDeepest) return false;
    if (*at != '{' && *at != '[') return scalar(wanted);
    if (wanted && !wanted->columns.empty()) return false;
    const JsonWanted* const record = wanted ? wanted->each.get() : nullptr;
    return *at == '[' ? array(wanted, record) : object(record ? record : wanted);
  }

  bool object(const JsonWanted* wanted) {
    ++depth;
    ++at;
    for (skipSpace(); at != end && *at != '}'; skipSpace()) {
      JsonCell name;
      if (*at != '"' || !readScalar(at, end, name)) return false;
      skipSpace();
      if (at == end || *at != ':') return false;
      ++at;
      skipSpace();
      if (!value(wanted ? wanted->member(name.text) : nullptr)) return false;
      skipSpace();
      if (at != end && *at == ',') ++at;
    }
    return leave();
  }

  /// `record` is what is wanted of each element when the elements are the events: there must be one.
  bool array(const JsonWanted* wanted, const JsonWanted* record) {
    ++depth;
    ++at;
    size_t index = 0;
    for (skipSpace(); at != end && *at != ']'; skipSpace()) {
      if (record && index > 0) return false;
      if (!value(record ? record : wanted ? wanted->element(index) : nullptr)) return false;
      ++index;
      skipSpace();
      if (at != end && *at == ',') ++at;
    }
    return leave();
  }

  bool leave() {
    --depth;
    if (at == end) return false;
    ++at;
    return true;
  }
};

std::optional<JsonShape> JsonShape::learnt(std::string_view message, const JsonPlan& plan) {
  if (!plan.hasShapes) return std::nullopt;
  JsonShape shape;
  const char* const end = message.data() + message.size();
  Learner learner{shape, message.data(), end, message.data()};
  learner.skipSpace();
  if (learner.at == end) return std::nullopt;
  const bool isArray = *learner.at == '[';
  if (!isArray && *learner.at != '{') return std::nullopt;
  const JsonWanted* const record = plan.rootIsList ? &plan.root : plan.root.each.get();
  if (!(isArray ? learner.array(&plan.root, record) : learner.object(record ? record : &plan.root)))
    return std::nullopt;
  learner.at = end;
  shape.m_tail = learner.piece();
  return shape;
}

bool JsonShape::begins(const Part& part, const char* at, const char* end) const {
  return static_cast<size_t>(end - at) >= part.length && std::memcmp(at, m_text.data() + part.begin, part.length) == 0;
}

bool JsonShape::read(std::string_view message, std::span<JsonCell> cells) const {
  const char* at = message.data();
  const char* const end = at + message.size();
  for (const Part& part : m_parts) {
    // Nearly every piece is this short: here, and not in a call.
    if (part.length <= 8 && end - at >= 8) {
      if (((load<uint64_t>(at) ^ part.word) & part.mask) != 0) return false;
    } else if (!begins(part, at, end)) {
      return false;
    }
    at += part.length;
    JsonCell cell;
    if (!readScalar(at, end, cell)) return false;
    for (uint32_t i = 0; i < part.columns; ++i) cells[m_columns[part.firstColumn + i]] = cell;
  }
  return static_cast<size_t>(end - at) == m_tail.length && begins(m_tail, at, end);
}

}  // namespace weir
