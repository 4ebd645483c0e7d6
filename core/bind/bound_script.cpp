// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/bound_script.h"

#include <algorithm>

namespace weir {

bool BoundScript::isWritten(const std::string& name) const {
  if (std::any_of(nodes.begin(), nodes.end(), [&](const BoundNode& node) { return node.target == name; })) return true;
  return std::any_of(streams.begin(), streams.end(), [&](const auto& entry) {
    return entry.second.options.text("error.strategy") == "dlq" &&
           entry.second.options.text("error.dlq.stream") == name;
  });
}

bool BoundScript::isRead(const std::string& name) const {
  return std::any_of(nodes.begin(), nodes.end(), [&](const BoundNode& node) {
    return std::find(node.inputs.begin(), node.inputs.end(), name) != node.inputs.end();
  });
}

std::vector<std::string> BoundScript::feeds() const {
  std::vector<std::string> out;
  for (const std::string& name : order) {
    const BoundStream& s = stream(name);
    if (s.kind == StreamKind::Source || (s.kind == StreamKind::Internal && s.declared && !isWritten(name)))
      out.push_back(name);
  }
  return out;
}

std::vector<std::string> BoundScript::results() const {
  std::vector<std::string> out;
  for (const std::string& name : order)
    if (!stream(name).isTable && stream(name).kind != StreamKind::Source && isWritten(name) && !isRead(name))
      out.push_back(name);
  return out;
}

std::set<std::string> BoundScript::feedsOf(const std::string& name) const {
  std::set<std::string> upstream{name};
  // Upstream comes first, so that once backwards is enough.
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node)
    if (upstream.contains(node->target)) upstream.insert(node->inputs.begin(), node->inputs.end());
  std::set<std::string> out;
  for (const std::string& feed : feeds())
    if (upstream.contains(feed)) out.insert(feed);
  return out;
}

}  // namespace weir
