// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace weir {

/// Estimates quantiles of any number of values in bounded memory: a merging t-digest (Dunning, Ertl: Computing
/// Extremely Accurate Quantiles Using t-Digests, 2019) of at most a few hundred centroids.
class QuantileSketch {
public:
  void add(double x);
  void combine(const QuantileSketch& other);
  /// `p` from 0 to 1; the sketch must have seen a value.
  double quantile(double p) const;

private:
  struct Centroid {
    double mean;
    double weight;
  };
  void compress();
  void append(const Centroid& centroid);

  std::vector<Centroid> m_centroids;
  double m_total = 0;
  double m_least = 0;
  double m_greatest = 0;
};

}  // namespace weir
