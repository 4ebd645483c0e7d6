// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/group_table.h"

#include <bit>
#include <cstring>
#include <string_view>

namespace weir {

namespace {

constexpr uint32_t kEmpty = UINT32_MAX;

// Up to seven bytes as a number. A copy of unknown length would be a call; two that overlap are not.
uint64_t tailOf(std::string_view bytes) {
  const size_t size = bytes.size();
  if (size >= 4) {
    uint32_t first = 0;
    uint32_t last = 0;
    std::memcpy(&first, bytes.data(), 4);
    std::memcpy(&last, bytes.data() + size - 4, 4);
    return uint64_t{first} << 32 | last;
  }
  uint64_t tail = 0;
  for (const char c : bytes) tail = tail << 8 | static_cast<unsigned char>(c);
  return tail;
}

uint64_t hashOf(std::string_view bytes) {
  uint64_t h = 0x9E3779B97F4A7C15ULL ^ bytes.size();
  while (bytes.size() >= 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    h = (h ^ word) * 0xff51afd7ed558ccdULL;
    h ^= h >> 32;
    bytes.remove_prefix(8);
  }
  h = (h ^ tailOf(bytes)) * 0xc4ceb9fe1a85ec53ULL;
  return h ^ (h >> 29);
}

}  // namespace

void appendKey(std::string& out, std::span<const ColumnPtr> columns, size_t row) {
  for (const ColumnPtr& column : columns) {
    if (column->isNull(row)) {
      out += '\0';
      continue;
    }
    out += '\1';
    if (isText(column->type())) {
      const std::string_view text = column->text(row);
      const auto length = static_cast<uint32_t>(text.size());
      out.append(reinterpret_cast<const char*>(&length), sizeof length).append(text);
    } else if (isReal(column->type())) {
      const double value = column->real(row) == 0 ? 0.0 : column->real(row);
      out.append(reinterpret_cast<const char*>(&value), sizeof value);
    } else {
      const int64_t value = column->integer(row);
      out.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
  }
}

GroupTable::GroupTable(const std::vector<Type>& types) : m_types(types) { clear(); }

void GroupTable::clear() {
  m_keys.clear();
  for (const Type type : m_types) m_keys.emplace_back(type);
  m_slots.assign(16, kEmpty);
  m_hashes.clear();
  m_count = 0;
}

void GroupTable::keepOnly(std::span<const uint32_t> groups) {
  GroupTable kept(m_types);
  std::vector<ColumnPtr> keys;
  for (const Column& key : m_keys) keys.push_back(ColumnPtr(&key, [](const Column*) {}));
  for (const uint32_t group : groups) kept.find(keys, group);
  *this = std::move(kept);
}

uint64_t GroupTable::hashOfRow(std::span<const ColumnPtr> keys, size_t row) {
  uint64_t hash = 0;
  for (const ColumnPtr& key : keys) {
    uint64_t h = 0x51ED270B7A9F4D3FULL;
    if (key->isNull(row)) {
      h = 0x2545F4914F6CDD1DULL;
    } else if (isText(key->type())) {
      h = hashOf(key->text(row));
    } else {
      // 0.0 and -0.0 are one key.
      const uint64_t bits = isReal(key->type()) ? std::bit_cast<uint64_t>(key->real(row) + 0.0)
                                                : static_cast<uint64_t>(key->integer(row));
      h = (h ^ bits) * 0xff51afd7ed558ccdULL;
      h ^= h >> 32;
    }
    hash = (hash ^ h) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 29;
  }
  return hash;
}

bool GroupTable::isSame(uint32_t group, std::span<const ColumnPtr> keys, size_t row) const {
  for (size_t k = 0; k < keys.size(); ++k) {
    const Column& mine = m_keys[k];
    const Column& other = *keys[k];
    if (mine.isNull(group) != other.isNull(row)) return false;
    if (mine.isNull(group)) continue;
    const bool same = isText(mine.type())   ? mine.text(group) == other.text(row)
                      : isReal(mine.type()) ? mine.real(group) == other.number(row)
                                            : mine.integer(group) == other.integer(row);
    if (!same) return false;
  }
  return true;
}

uint32_t GroupTable::find(std::span<const ColumnPtr> keys, size_t row) {
  if (m_types.empty()) {
    m_count = 1;
    return 0;
  }
  const uint64_t hash = hashOfRow(keys, row);
  const size_t mask = m_slots.size() - 1;
  size_t slot = hash & mask;
  for (; m_slots[slot] != kEmpty; slot = (slot + 1) & mask) {
    const uint32_t group = m_slots[slot];
    if (m_hashes[group] == hash && isSame(group, keys, row)) return group;
  }
  const auto group = static_cast<uint32_t>(m_count++);
  m_slots[slot] = group;
  m_hashes.push_back(hash);
  for (size_t k = 0; k < keys.size(); ++k) m_keys[k].appendFrom(*keys[k], row);
  if (m_count * 2 > m_slots.size()) rehash(m_slots.size() * 2);
  return group;
}

void GroupTable::rehash(size_t slots) {
  m_slots.assign(slots, kEmpty);
  for (uint32_t group = 0; group < m_count; ++group) {
    size_t slot = m_hashes[group] & (slots - 1);
    while (m_slots[slot] != kEmpty) slot = (slot + 1) & (slots - 1);
    m_slots[slot] = group;
  }
}

}  // namespace weir
