// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/metric.h"

#include <map>

#include "core/base/text.h"

namespace weir {

std::string metricsJson(const std::vector<Metric>& metrics) {
  std::string out = "{";
  for (const Metric& m : metrics) {
    if (out.size() > 1) out += ",";
    out += "\n";
    appendJsonString(out,
                     std::string(m.family) + "." + (m.subject.empty() ? "" : m.subject + ".") + std::string(m.name));
    out += ": " + std::to_string(m.value);
  }
  return out + "\n}\n";
}

std::string prometheusLabel(std::string_view name, std::string_view value) {
  std::string out = "{" + std::string(name) + "=\"";
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"}";
}

// All samples of one family stand together, as the format wants it.
std::string metricsPrometheus(const std::vector<Metric>& metrics) {
  std::map<std::string, std::string> families;
  for (const Metric& m : metrics) {
    const std::string name = "weir_" + std::string(m.family) + "_" + std::string(m.name) + (m.isGauge ? "" : "_total");
    std::string& lines = families[name];
    if (lines.empty()) lines = "# TYPE " + name + (m.isGauge ? " gauge\n" : " counter\n");
    lines += name + (m.subject.empty() ? "" : prometheusLabel(m.family == "query" ? "stream" : m.family, m.subject)) +
             " " + std::to_string(m.value) + "\n";
  }
  std::string out;
  for (const auto& [name, lines] : families) out += lines;
  return out;
}

}  // namespace weir
