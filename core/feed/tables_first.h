// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/feed/past.h"

namespace weir {

/// A past before whose first message tables are loaded, but for those that it has loaded itself by then: a recording
/// holds what its run went by.
class TablesFirst final : public Past {
public:
  /// The records of a table, as its connector brings them now.
  using Load = std::function<Result<std::vector<std::string>>(const std::string& table)>;
  TablesFirst(std::unique_ptr<Past> past, std::set<std::string> tables, Load load);

  Result<std::optional<FeedEvent>> next() override;
  bool provesSilence() const override { return m_past->provesSilence(); }
  bool endsInTheMiddle() const override { return m_past->endsInTheMiddle(); }
  std::string place() const override { return m_past->place(); }

private:
  std::optional<FeedEvent> loadNext();

  std::unique_ptr<Past> m_past;
  std::set<std::string> m_all;
  std::set<std::string> m_missing;
  Load m_load;
  std::optional<FeedEvent> m_held;  ///< the first message, while tables are loaded
  std::string m_table;              ///< that is being loaded
  std::vector<std::string> m_records;
  size_t m_nextRecord = 0;
};

}  // namespace weir
