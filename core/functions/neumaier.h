// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>

namespace weir {

/// A sum that carries its rounding errors along (Neumaier, 1974, the improved Kahan-Babuska algorithm).
struct Neumaier {
  double sum = 0;
  double correction = 0;

  void add(double x) {
    const double total = sum + x;
    correction += std::fabs(sum) >= std::fabs(x) ? (sum - total) + x : (x - total) + sum;
    sum = total;
  }
  void add(const Neumaier& other) {
    add(other.sum);
    correction += other.correction;
  }
  /// Once infinite, the corrections mean nothing.
  double value() const { return std::isfinite(sum) ? sum + correction : sum; }
};

}  // namespace weir
