// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/plan/logical.h"
#include "ui/results/results_model.h"
#include "ui/results/series_store.h"

namespace weir {

/// What the window holds of one result stream, whether it is looked at or not.
struct ResultView {
  logical::Stream stream;
  uint64_t identity = 0;
  SeriesStore series;
  std::unique_ptr<ResultsModel> latest;   ///< one row for each key and window
  std::unique_ptr<ResultsModel> changes;  ///< every row
  bool isLoading = false;                 ///< older rows are on their way
  bool isWhole = false;                   ///< nothing older is kept

  ResultBlock blockOf(const std::vector<BatchPtr>& rows) const { return {stream.schema, rows, stream.groupColumns}; }
  void addClosed(const ResultBlock& block);
  void setOpen(const ResultBlock& block);
  void addOlder(const ResultBlock& block);
};

/// All result streams of the script that runs. A stream that is the same in the next script keeps what it shows.
class ResultViews {
public:
  explicit ResultViews(const Theme& theme) : m_theme(&theme) {}

  void setTheme(const Theme& theme);
  /// Returns the names of the streams that begin empty.
  std::vector<std::string> setScript(const std::map<std::string, logical::Stream>& results,
                                     const std::map<std::string, uint64_t>& identities);
  /// Whoever shows a view holds it: a run that begins may drop it here.
  std::shared_ptr<ResultView> find(const std::string& stream);
  std::map<std::string, std::shared_ptr<ResultView>>& all() { return m_views; }
  void setLocalTime(bool local);

private:
  const Theme* m_theme;
  bool m_localTime = false;
  std::map<std::string, std::shared_ptr<ResultView>> m_views;
};

}  // namespace weir
