// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "core/base/clock.h"

namespace weir {

/// Rows a second of each stream, from counts at instants a second or more apart: over the last second where many came,
/// over up to a quarter of a minute where few do.
class StreamRates {
public:
  /// Returns whether the rates are new. Counts that fell begin anew: another run has begun.
  bool take(const std::map<std::string, uint64_t>& rows, Micros now);
  /// Nothing until there are two counts of the stream.
  std::optional<double> of(const std::string& stream) const;
  void clear();
  /// "312/s", "0.6/s".
  static QString text(double rate);

private:
  struct Sample {
    Micros at;
    std::map<std::string, uint64_t> rows;
  };
  std::deque<Sample> m_samples;
  std::map<std::string, double> m_rates;
};

}  // namespace weir
