// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir {

/// Holds one T on the heap as if it were a member: copied with its owner, equal when what it holds is. May be empty.
/// So a struct can hold others of its own kind.
template <class T>
class Box {
public:
  Box() = default;
  template <class U>
  requires std::same_as<std::remove_cvref_t<U>, T>
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): of a T
  Box(U&& value) : m_value(std::make_unique<T>(std::forward<U>(value))) {}
  Box(const Box& other) : m_value(other.m_value ? std::make_unique<T>(*other.m_value) : nullptr) {}
  Box(Box&& other) noexcept = default;
  Box& operator=(Box other) noexcept {
    m_value = std::move(other.m_value);
    return *this;
  }
  ~Box() = default;

  explicit operator bool() const { return m_value != nullptr; }
  const T& operator*() const { return *m_value; }
  T& operator*() { return *m_value; }
  const T* operator->() const { return m_value.get(); }
  T* operator->() { return m_value.get(); }

  bool operator==(const Box& other) const {
    return m_value && other.m_value ? *m_value == *other.m_value : m_value == other.m_value;
  }

private:
  std::unique_ptr<T> m_value;
};

}  // namespace weir
