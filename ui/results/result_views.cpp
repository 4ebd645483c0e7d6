// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/result_views.h"

namespace weir {

void ResultView::addClosed(const ResultBlock& block) {
  series.addClosed(block);
  latest->addClosed(block);
  changes->addClosed(block);
}

void ResultView::setOpen(const ResultBlock& block) {
  series.setOpen(block);
  latest->setOpen(block);
}

void ResultView::addOlder(const ResultBlock& block) {
  series.addOlder(block);
  latest->addOlder(block);
  changes->addOlder(block);
}

void ResultViews::setTheme(const Theme& theme) {
  m_theme = &theme;
  for (const auto& [name, view] : m_views) {
    view->latest->setTheme(theme);
    view->changes->setTheme(theme);
  }
}

std::vector<std::string> ResultViews::setScript(const std::map<std::string, logical::Stream>& results,
                                                const std::map<std::string, uint64_t>& identities) {
  std::vector<std::string> fresh;
  std::erase_if(m_views, [&](const auto& entry) {
    const auto now = identities.find(entry.first);
    return !results.contains(entry.first) || now == identities.end() || now->second != entry.second->identity;
  });
  for (const auto& [name, stream] : results) {
    if (m_views.contains(name)) continue;
    auto view = std::make_shared<ResultView>();
    view->stream = stream;
    const auto identity = identities.find(name);
    view->identity = identity == identities.end() ? 0 : identity->second;
    view->series = SeriesStore(stream);
    view->latest = std::make_unique<ResultsModel>(*m_theme);
    view->latest->setSchema(stream.schema, stream.groupColumns, stream.windowed);
    view->latest->setLocalTime(m_localTime);
    view->changes = std::make_unique<ResultsModel>(*m_theme);
    view->changes->setSchema(stream.schema, std::nullopt, stream.windowed);
    view->changes->setLocalTime(m_localTime);
    m_views.emplace(name, std::move(view));
    fresh.push_back(name);
  }
  return fresh;
}

std::shared_ptr<ResultView> ResultViews::find(const std::string& stream) {
  const auto found = m_views.find(stream);
  return found == m_views.end() ? nullptr : found->second;
}

void ResultViews::setLocalTime(bool local) {
  m_localTime = local;
  for (const auto& [name, view] : m_views) {
    view->latest->setLocalTime(local);
    view->changes->setLocalTime(local);
  }
}

}  // namespace weir
