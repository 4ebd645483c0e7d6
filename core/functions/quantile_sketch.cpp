// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/quantile_sketch.h"

#include <algorithm>
#include <cmath>

namespace weir {

namespace {

constexpr double kCompression = 400;
constexpr size_t kMostCentroids = 4000;

// The scale function k1: centroids are small at the ends, where quantiles matter most.
double scale(double q) { return kCompression / (2 * M_PI) * std::asin(2 * std::clamp(q, 0.0, 1.0) - 1); }

}  // namespace

void QuantileSketch::append(const Centroid& centroid) {
  m_centroids.push_back(centroid);
  m_total += centroid.weight;
  if (m_centroids.size() >= kMostCentroids) compress();
}

void QuantileSketch::add(double x) {
  m_least = m_total == 0 ? x : std::min(m_least, x);
  m_greatest = m_total == 0 ? x : std::max(m_greatest, x);
  append({x, 1});
}

void QuantileSketch::combine(const QuantileSketch& other) {
  if (other.m_total == 0) return;
  m_least = m_total == 0 ? other.m_least : std::min(m_least, other.m_least);
  m_greatest = m_total == 0 ? other.m_greatest : std::max(m_greatest, other.m_greatest);
  for (const Centroid& centroid : other.m_centroids) append(centroid);
}

void QuantileSketch::compress() {
  std::sort(m_centroids.begin(), m_centroids.end(),
            [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
  std::vector<Centroid> merged;
  double before = 0;
  for (const Centroid& next : m_centroids) {
    if (!merged.empty()) {
      Centroid& last = merged.back();
      const double together = last.weight + next.weight;
      if (scale((before + together) / m_total) - scale(before / m_total) <= 1) {
        // lerp: the difference of two finite values may not be finite.
        last.mean = std::lerp(last.mean, next.mean, next.weight / together);
        last.weight = together;
        continue;
      }
      before += last.weight;
    }
    merged.push_back(next);
  }
  m_centroids = std::move(merged);
}

double QuantileSketch::quantile(double p) const {
  QuantileSketch tidy = *this;
  tidy.compress();
  const double rank = p * m_total;
  double seen = 0;
  double lastMiddle = 0;
  double lastMean = m_least;
  for (const Centroid& centroid : tidy.m_centroids) {
    const double middle = seen + centroid.weight / 2;
    if (rank <= middle) {
      const double share = middle == lastMiddle ? 1 : (rank - lastMiddle) / (middle - lastMiddle);
      return std::lerp(lastMean, centroid.mean, share);
    }
    seen += centroid.weight;
    lastMiddle = middle;
    lastMean = centroid.mean;
  }
  return m_greatest;
}

}  // namespace weir
