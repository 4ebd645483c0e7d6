// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/drop_report.h"

namespace weir {

void DropReport::look(const std::vector<Drop>& drops) {
  for (const Drop& d : drops) {
    if (d.isToldAtOnce || !m_told.insert({d.subject, d.many}).second) continue;
    m_tell({d.level,
            d.category,
            d.subject,
            d.subject + ": a " + std::string(d.one) + (d.example.empty() ? "" : ": " + d.example),
            std::string(d.hint),
            {}});
  }
}

bool DropReport::sum(const std::vector<Drop>& drops) {
  look(drops);
  for (const Drop& d : drops)
    m_tell({d.level,
            d.category,
            d.subject,
            d.subject + ": " + std::to_string(d.count) + (d.of > 0 ? " of " + std::to_string(d.of) : "") + " " +
                std::string(d.count == 1 && d.of <= 1 ? d.one : d.many) +
                (d.example.empty() ? "" : "; the last one: " + d.example),
            {},
            {}});
  return !drops.empty();
}

}  // namespace weir
