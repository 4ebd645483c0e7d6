// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stream_rates.h"

#include <QObject>

#include "ui/theme.h"

namespace weir {

bool StreamRates::take(const std::map<std::string, uint64_t>& rows, Micros now) {
  constexpr Micros kLeast = 1'000'000;
  if (m_at != 0 && now - m_at < kLeast) return false;
  std::map<std::string, double> rates;
  for (const auto& [name, count] : rows)
    if (const auto before = m_rows.find(name); m_at != 0 && before != m_rows.end() && before->second <= count)
      rates[name] = static_cast<double>(count - before->second) / (static_cast<double>(now - m_at) / 1e6);
  m_rates = std::move(rates);
  m_rows = rows;
  m_at = now;
  return true;
}

std::optional<double> StreamRates::of(const std::string& stream) const {
  const auto found = m_rates.find(stream);
  return found == m_rates.end() ? std::nullopt : std::optional(found->second);
}

void StreamRates::clear() {
  m_rows.clear();
  m_rates.clear();
  m_at = 0;
}

QString StreamRates::text(double rate) {
  constexpr double kWhole = 10;
  return QObject::tr("%1/s").arg(withThousands(rate, rate > 0 && rate < kWhole ? 1 : 0));
}

}  // namespace weir
