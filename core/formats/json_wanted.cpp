// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_wanted.h"

#include "core/base/json_path.h"

namespace weir {

namespace {

// Nothing where the way leads through what is walked one by one.
JsonWanted* reach(JsonWanted& from, const std::vector<JsonStep>& steps) {
  JsonWanted* at = &from;
  for (const JsonStep& step : steps) {
    if (at->each) return nullptr;
    auto& next = step.index ? at->elements[*step.index] : at->members[step.member];
    if (!next) next = std::make_unique<JsonWanted>();
    at = next.get();
  }
  return at;
}

/// Puts the paths of columns and conditions into the plan.
class Planner {
public:
  Planner(JsonPlan& plan, const JsonRecordPath& way) : m_plan(plan), m_way(way) {
    m_plan.eventLevel = way.eventLevel();
    m_plan.levels.resize(way.eventLevel() + 1);
    m_bases.push_back(&plan.root);
    for (const JsonRecordPath::Level& level : way.levels()) {
      JsonWanted& holder = *reach(*m_bases.back(), level.steps);
      holder.isOfMembers = level.isOfMembers;
      holder.each = std::make_unique<JsonWanted>();
      holder.each->level = m_bases.size();
      m_bases.push_back(holder.each.get());
      if (level.isOfMembers) m_plan.hasShapes = false;
    }
    if (way.eventLevel() > 1) m_plan.hasShapes = false;
  }

  void column(const JsonRecordPath::Place& place) {
    const size_t cell = newCell(place.level);
    const bool isOfEvent = place.level == m_plan.eventLevel;
    m_plan.isOfEvent.push_back(isOfEvent);
    m_plan.makesEvent.push_back(isOfEvent && !place.isName);
    if (!isOfEvent) m_plan.levels[place.level].columns.push_back(cell);
    if (!place.isName) return put(place, cell);
    m_plan.names.push_back(cell);
    m_plan.nameLevel = place.level;
    m_plan.hasShapes = false;
  }

  void condition(const MatchTerm& term) {
    auto place = m_way.place(term.path);
    // The checker has refused a path that leads nowhere, and a record itself is always there.
    if (!place || (place->steps.empty() && !place->isName)) return;
    if (place->isName) {
      m_plan.levels[place->level].ofName.push_back(term);
      m_plan.nameLevel = place->level;
      m_plan.hasShapes = false;
      return;
    }
    const size_t cell = newCell(place->level);
    put(*place, cell);
    m_plan.conditions.push_back({term, cell, *place});
    // What lies around the events may come behind them, and must be known before one of them is found to be bad.
    if (place->level < m_plan.eventLevel) m_plan.levels[place->level].conditions.push_back({term, cell, *place});
  }

private:
  size_t newCell(size_t level) {
    m_plan.levels[level].cells.push_back(m_plan.cells);
    return m_plan.cells++;
  }

  void put(const JsonRecordPath::Place& place, size_t cell) {
    if (JsonWanted* const wanted = reach(*m_bases[place.level], place.steps)) {
      wanted->columns.push_back(cell);
      return;
    }
    m_plan.levels[place.level].asides.push_back({cell, place.steps});
    m_plan.hasShapes = false;
  }

  JsonPlan& m_plan;
  const JsonRecordPath& m_way;
  std::vector<JsonWanted*> m_bases;  ///< what is wanted of an element of each level
};

}  // namespace

void JsonWanted::settle() {
  constexpr size_t kFew = 24;
  if (members.size() <= kFew)
    for (const auto& [name, wanted] : members) few.emplace_back(name, wanted.get());
  for (const auto& [name, wanted] : members) wanted->settle();
  for (const auto& [index, wanted] : elements) wanted->settle();
  if (each) each->settle();
}

const JsonWanted* JsonWanted::memberOfMany(std::string_view name) const {
  const auto found = members.find(name);
  return found == members.end() ? nullptr : found->second.get();
}

const JsonWanted* JsonWanted::element(size_t index) const {
  const auto found = elements.find(index);
  return found == elements.end() ? nullptr : found->second.get();
}

JsonPlan::JsonPlan(const DecoderSettings& settings, const Schema& schema) : framing(settings.framing) {
  const JsonRecordPath way(settings.records);
  Planner planner(*this, way);
  for (const Field& field : schema.fields) {
    JsonRecordPath::Place place{eventLevel, {{field.name, std::nullopt}}};
    for (const auto& [mapped, to] : settings.mapping) {
      JsonPath path;
      // The checker has seen that it is one, and that it leads somewhere.
      if (mapped == field.name && !parseJsonPath(to, path)) place = way.place(path).value_or(place);
    }
    planner.column(place);
  }
  if (!settings.when.empty())
    if (const auto when = MessageMatch::parseForRecords(settings.when)) {
      for (const MatchTerm& term : when->terms()) planner.condition(term);
      hasConditions = !when->isPattern();
      if (when->isPattern()) pattern = *when;
    }
  // A root array is a list of events, unless the paths reach into it.
  rootIsList = root.elements.empty() && !root.each;
  root.settle();
}

}  // namespace weir
