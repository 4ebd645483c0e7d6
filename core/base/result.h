// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cassert>
#include <optional>
#include <utility>

#include "core/base/diagnostic.h"

namespace weir {

/// Holds a value or the diagnostics that explain why there is none. A value may come with warnings.
template <class T>
class [[nodiscard]] Result {
public:
  Result(T value, Diagnostics warnings = {}) : m_value(std::move(value)), m_diagnostics(std::move(warnings)) {}
  Result(Diagnostics diagnostics) : m_diagnostics(std::move(diagnostics)) {}
  Result(Diagnostic diagnostic) { m_diagnostics.push_back(std::move(diagnostic)); }

  bool ok() const { return m_value.has_value(); }
  explicit operator bool() const { return ok(); }
  const Diagnostics& diagnostics() const { return m_diagnostics; }
  T& value() {
    assert(m_value);
    return *m_value;
  }
  const T& value() const {
    assert(m_value);
    return *m_value;
  }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }

private:
  std::optional<T> m_value;
  Diagnostics m_diagnostics;
};

/// Makes the failed Result of a mistake that has no place in a text.
inline Diagnostic failure(Code code, std::string message, std::string hint = {}) {
  return {Severity::Error, code, {}, std::move(message), std::move(hint)};
}

}  // namespace weir
