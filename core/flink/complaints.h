// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/diagnostic.h"

namespace weir::flink {

/// Collects what cannot be translated, so that all of it is told at once.
class Complaints {
public:
  /// Returns a text to go on with, which is never run.
  std::string refuse(Span where, std::string what, std::string instead) {
    m_found.push_back({Severity::Error, Code::Deployment, where, std::move(what), std::move(instead)});
    return "NULL";
  }
  void warn(Span where, std::string what, std::string instead) {
    m_found.push_back({Severity::Warning, Code::Deployment, where, std::move(what), std::move(instead)});
  }
  /// In the order of the text; where there are errors, no warnings.
  Diagnostics found() const {
    Diagnostics out = m_found;
    if (hasError(m_found)) std::erase_if(out, [](const Diagnostic& each) { return each.severity != Severity::Error; });
    std::stable_sort(out.begin(), out.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
    return out;
  }

private:
  Diagnostics m_found;
};

}  // namespace weir::flink
