// SPDX-License-Identifier: GPL-3.0-or-later
// Any list of options is accepted or refused with a reason. Lines are `key=value`.
#include <cstdlib>

#include "core/options/options.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<WrittenOption> written;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    written.push_back({std::string(line.substr(0, equals)), std::string(line.substr(equals + 1)), {}, {}});
  }
  const auto checked = Options::check(written, {});
  if (!checked) {
    if (checked.diagnostics().empty() || checked.diagnostics().front().message.empty()) std::abort();
    return 0;
  }
  // What was accepted can be read.
  for (const OptionSpec& spec : optionTable()) {
    (void)checked->text(spec.key);
    (void)checked->under("websocket.headers.");
  }
  const auto resolved = checked->resolved([](std::string_view, std::string_view name) {
    return name.empty() ? std::nullopt : std::optional<std::string>("secret");
  });
  if (resolved && !resolved->sameValues(*resolved)) std::abort();
  return 0;
}
