// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>

#include "core/base/text.h"

namespace weir {

namespace {

// A name for the same file, whether or not it is there yet.
bool isSameFile(const std::string& a, const std::string& b) {
  std::error_code error;
  const std::filesystem::file_status first = std::filesystem::status(a, error);
  if (std::filesystem::exists(first))
    return std::filesystem::is_regular_file(first) && std::filesystem::equivalent(a, b, error);
  const auto named = [&error](const std::string& file) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(file), error);
  };
  return named(a) == named(b);
}

}  // namespace

std::optional<double> seconds(const std::string& text) {
  static const std::map<std::string, double> kUnits{{"", 1},   {"ms", 0.001}, {"s", 1},    {"sec", 1},
                                                    {"m", 60}, {"min", 60},   {"h", 3600}, {"d", 86400}};
  // A timer counts ms in 31 bits.
  constexpr double kMost = 24 * 86400.0;
  double amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  const auto unit = kUnits.find(std::string(end, text.data() + text.size()));
  if (error != std::errc{} || unit == kUnits.end()) return std::nullopt;
  const double total = amount * unit->second;
  if (!std::isfinite(total) || total < 0 || total > kMost) return std::nullopt;
  return total;
}

std::optional<std::pair<int, int>> windowSize(const std::string& text) {
  // What Qt's images and X11 can hold.
  constexpr int kMost = 32767;
  const std::string_view all = text;
  const size_t cross = std::min(all.find('x'), all.size());
  const auto width = parseNumber<int>(all.substr(0, cross));
  const auto height = parseNumber<int>(all.substr(std::min(cross + 1, all.size())));
  if (!width || !height || std::min(*width, *height) < 1 || std::max(*width, *height) > kMost) return std::nullopt;
  return std::pair(*width, *height);
}

std::string fileClash(const RunSettings& settings) {
  const std::pair<std::string, std::string> outputs[] = {
      {"--output", settings.output}, {"--record", settings.record}, {"--metrics", settings.metrics}};
  for (const auto& [option, output] : outputs) {
    if (output.empty()) continue;
    for (const std::string& input : {settings.file == "-" ? "/dev/stdin" : settings.file,
                                     settings.capture == "-" ? "/dev/stdin" : settings.capture})
      if (!input.empty() && isSameFile(output, input))
        return output + " would be written over what is read from " + input;
    for (const auto& [other, file] : outputs)
      if (other > option && !file.empty() && isSameFile(output, file))
        return option + " and " + other + " cannot both be written to " + file;
  }
  return {};
}

std::string mistypedCommand(const std::string& word, const std::vector<std::string>& commands) {
  std::error_code ignored;
  if (word.empty() || word.starts_with('-') || word.find_first_of("./") != std::string::npos ||
      std::filesystem::exists(word, ignored))
    return {};
  const std::string hint = didYouMean(word, commands);
  return "no such command or file '" + word + "'" + (hint.empty() ? "" : "; " + hint);
}

}  // namespace weir
