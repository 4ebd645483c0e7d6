// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/stages.h"

#include <iterator>

namespace weir::logical {

namespace {

class Flattening {
public:
  std::vector<Stage> take(const Plan& plan) {
    for (const Query& query : plan.queries) add(query, query.target);
    for (const auto& [name, stream] : plan.streams)
      if (plan.hasRules(stream)) addRules(stream);
    return std::move(m_stages);
  }

private:
  std::string nextName() { return "#" + std::to_string(++m_names); }

  void add(const Query& query, const std::string& target) {
    std::string input;
    if (const auto* pattern = std::get_if<Pattern>(&query.from)) {
      input = nextName();
      m_stages.push_back({pattern, input, pattern->inputs(), &query, pattern->span});
    } else {
      const From& from = std::get<From>(query.from);
      input = add(from.source);
      for (const auto& step : from.joins) input = add(step, std::move(input), query);
    }
    m_stages.push_back({&query, target, {std::move(input)}, &query, query.span});
  }

  std::string add(const Source& source) {
    if (!source.query) return source.stream;
    const std::string name = nextName();
    add(*source.query, name);
    return name;
  }

  std::string add(const std::variant<Join, Unnest>& step, std::string left, const Query& query) {
    if (const auto* join = std::get_if<Join>(&step)) {
      std::string right = add(join->right);
      const std::string name = nextName();
      m_stages.push_back({join, name, {std::move(left), std::move(right)}, &query, join->span});
      return name;
    }
    const auto& unnest = std::get<Unnest>(step);
    const std::string name = nextName();
    m_stages.push_back({&unnest, name, {std::move(left)}, &query, unnest.span});
    return name;
  }

  // The writers of a stream with rules get a stream in front of it.
  void addRules(const Stream& stream) {
    const std::string before = nextName();
    size_t behind = 0;
    for (size_t i = 0; i < m_stages.size(); ++i) {
      if (m_stages[i].target != stream.name) continue;
      m_stages[i].target = before;
      behind = i + 1;
    }
    m_stages.insert(std::next(m_stages.begin(), static_cast<std::ptrdiff_t>(behind)),
                    {&stream, stream.name, {before}, nullptr, stream.span});
  }

  std::vector<Stage> m_stages;
  int m_names = 0;
};

}  // namespace

std::vector<Stage> stagesOf(const Plan& plan) { return Flattening().take(plan); }

}  // namespace weir::logical
