// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/lower/lower.h"

#include "core/plan/identity.h"
#include "core/plan/lower/lower_node.h"

namespace weir {

namespace {

using logical::Stage;

/// Makes a node of each stage, upstream first.
class PlanLowering {
public:
  explicit PlanLowering(logical::Plan script) {
    m_plan.script = std::move(script);
    m_stages = stagesOf(m_plan.script);
  }

  physical::Plan lower() {
    const logical::Identities identities(m_plan.script, m_stages);
    for (const auto& [name, stream] : m_plan.script.streams)
      m_plan.streams[name] = {stream.schema, stream.isTable, identities.streams.at(name)};
    for (const Stage& stage : m_stages) openStream(stage, identities);
    for (size_t i = 0; i < m_stages.size(); ++i) {
      const Stage& stage = m_stages[i];
      m_plan.nodes.push_back({bodyOf(stage), stage.target, stage.inputs, identities.stages[i]});
    }
    return std::move(m_plan);
  }

private:
  // A stage without a target of its own makes one.
  void openStream(const Stage& stage, const logical::Identities& identities) {
    const auto [place, isNew] = m_plan.streams.try_emplace(stage.target);
    if (isNew) place->second = {schemaOf(stage), false, identities.streams.at(stage.target)};
  }

  SchemaPtr schemaOf(const Stage& stage) const {
    if (const auto* query = stage.as<logical::Query>())
      return query->target.empty() ? query->schema() : m_plan.script.stream(query->target).schema;
    if (const auto* pattern = stage.as<logical::Pattern>()) return slotsOf(m_plan.script, *pattern).schema();
    ColumnSlots slots = slotsBefore(stage);
    if (const auto* join = stage.as<logical::Join>())
      slots.add(join->right.alias, *m_plan.script.schemaOf(join->right));
    else
      slots.add("", *logical::unnestColumns());
    return slots.schema();
  }

  ColumnSlots slotsBefore(const Stage& stage) const {
    const void* step = std::visit([](const auto* part) { return static_cast<const void*>(part); }, stage.body);
    return slotsOf(m_plan.script, *stage.query, step);
  }

  decltype(physical::Node::body) bodyOf(const Stage& stage) {
    if (const auto* query = stage.as<logical::Query>()) return selectOf(stage, *query);
    if (const auto* join = stage.as<logical::Join>())
      return lowerJoin(*join, slotsBefore(stage), *m_plan.script.schemaOf(join->right));
    if (const auto* unnest = stage.as<logical::Unnest>()) return lowerUnnest(*unnest, slotsBefore(stage));
    if (const auto* pattern = stage.as<logical::Pattern>())
      return lowerPattern(*pattern, slotsOf(m_plan.script, *pattern), m_plan.script);
    return physical::Rules{};
  }

  physical::Select selectOf(const Stage& stage, const logical::Query& query) {
    const ColumnSlots slots = slotsOf(m_plan.script, query);
    physical::Select select = lowerSelect(query, slots, *m_plan.streams.at(stage.target).schema);
    // Its pattern stands right before it.
    if (std::holds_alternative<logical::Pattern>(query.from))
      std::get<physical::Pattern>(m_plan.nodes.back().body).read = columnsRead(select, slots.size());
    return select;
  }

  physical::Plan m_plan;
  std::vector<Stage> m_stages;
};

}  // namespace

physical::Plan lowered(logical::Plan script) { return PlanLowering(std::move(script)).lower(); }

}  // namespace weir
