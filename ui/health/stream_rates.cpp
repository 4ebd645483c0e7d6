// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/stream_rates.h"

#include <QObject>

#include "ui/widgets/theme.h"

namespace weir {

bool StreamRates::take(const std::map<std::string, uint64_t>& rows, Micros now) {
  constexpr Micros kLeast = 1'000'000;
  // A window of ten seconds brings its rows all at once: only over a while is that a rate.
  constexpr size_t kSamples = 16;
  constexpr uint64_t kMany = 10;
  if (!m_samples.empty() && now - m_samples.back().at < kLeast) return false;
  std::map<std::string, double> rates;
  for (const auto& [name, count] : rows) {
    for (auto sample = m_samples.rbegin(); sample != m_samples.rend(); ++sample) {
      const auto before = sample->rows.find(name);
      if (before == sample->rows.end() || before->second > count) break;
      const uint64_t came = count - before->second;
      rates[name] = static_cast<double>(came) / (static_cast<double>(now - sample->at) / 1e6);
      if (came >= kMany) break;
    }
  }
  m_rates = std::move(rates);
  m_samples.push_back({now, rows});
  if (m_samples.size() > kSamples) m_samples.pop_front();
  return true;
}

std::optional<double> StreamRates::of(const std::string& stream) const {
  const auto found = m_rates.find(stream);
  return found == m_rates.end() ? std::nullopt : std::optional(found->second);
}

void StreamRates::clear() {
  m_samples.clear();
  m_rates.clear();
}

QString StreamRates::text(double rate) {
  constexpr double kWhole = 10;
  return QObject::tr("%1/s").arg(withThousands(rate, rate > 0 && rate < kWhole ? 1 : 0));
}

}  // namespace weir
