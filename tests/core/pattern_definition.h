// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

/// What a pattern means, said a second time: each match is followed alone over the whole list of events. Slow, and for
/// tests only.
namespace pattern_definition {

using Number = std::optional<int64_t>;

struct Event {
  size_t stream;
  Number k, v;
  int64_t time;
  int64_t arrival;
};

struct Condition {
  enum class Kind { OwnV, SameK, SameV, MoreV, LessV } kind;
  int64_t bound = 0;
  size_t other = 0;
  bool first = false;  // of a repeated event: its first match
};

struct Term {
  size_t stream;
  bool negated = false;
  int64_t lasting = 0;
  std::vector<Condition> conditions;
};

struct Step {
  enum class Kind { Single, And, Or } kind = Kind::Single;
  std::vector<size_t> terms;
  int64_t least = 1, most = 1;
};

struct Pattern {
  enum class Every { Never, Event, Group } every = Every::Never;
  size_t groupSteps = 0;
  bool strict = false;
  int64_t within = -1;
  std::vector<Step> steps;
  std::vector<Term> terms;

  bool isEvent(size_t step) const {
    return steps[step].kind == Step::Kind::Single && !terms[steps[step].terms[0]].negated;
  }
  bool hasWaits() const {
    return std::any_of(terms.begin(), terms.end(), [](const Term& t) { return t.lasting > 0; });
  }
  bool startsWithWait() const { return steps[0].kind == Step::Kind::Single && terms[steps[0].terms[0]].negated; }
};

struct Match {
  std::map<size_t, Event> latest, first;  // by term
  std::optional<int64_t> at;
  int64_t earliest = 0;
};

struct End {
  enum class Kind { Open, Dead, Complete } kind = Kind::Open;
  size_t position = 0;              // the event that ended it, or before which a wait did
  std::optional<int64_t> byWait;    // the time of that wait
  std::optional<size_t> leftGroup;  // where the next match of the group may begin
  Match match;
};

class Definition {
public:
  Definition(const Pattern& pattern, std::vector<Event> events, int64_t start)
      : m_p(pattern), m_events(std::move(events)), m_begin(start) {}

  std::vector<Match> matches() {
    struct Found {
      size_t position;
      bool byEvent;
      int64_t wait;
      size_t order;
      Match match;
    };
    std::vector<Found> found;
    const auto keep = [&](const End& end, size_t order) {
      if (end.kind == End::Kind::Complete)
        found.push_back({end.position, !end.byWait, end.byWait.value_or(0), order, end.match});
    };
    size_t order = 0;
    if (m_p.every == Pattern::Every::Event) {
      for (size_t i = 0; i < m_events.size(); ++i)
        if (const auto end = attempt(i)) keep(*end, order++);
    } else {
      for (size_t i = 0; i < m_events.size();) {
        const auto end = attempt(i);
        if (!end) {
          if (blocks(i)) break;
          ++i;
          continue;
        }
        keep(*end, order++);
        if (m_p.every == Pattern::Every::Never) {
          if (end->kind != End::Kind::Dead || m_blocked) break;
          // What ruled the match out in its first step, or has come since it began, rules out all others.
          bool blocked = false;
          for (size_t j = i; j < end->position; ++j) blocked = blocked || blocks(j);
          if (blocked) break;
          i = end->position;
        } else if (end->leftGroup) {
          i = *end->leftGroup;
        } else if (end->kind == End::Kind::Dead) {
          i = end->position;
        } else {
          break;
        }
      }
    }
    std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
      return std::tie(a.position, a.byEvent, a.wait, a.order) < std::tie(b.position, b.byEvent, b.wait, b.order);
    });
    std::vector<Match> out;
    for (Found& f : found) out.push_back(std::move(f.match));
    return out;
  }

private:
  static Number of(const std::map<size_t, Event>& events, size_t term, bool v) {
    const auto e = events.find(term);
    return e == events.end() ? std::nullopt : v ? e->second.v : e->second.k;
  }

  bool fits(const Match& match, size_t term, const Event& event) const {
    const Term& t = m_p.terms[term];
    if (t.stream != event.stream) return false;
    for (const Condition& c : t.conditions) {
      const auto& from = c.first ? match.first : match.latest;
      // The first match of a repeated event is the event itself until there is one.
      const bool self = c.other == term && c.first && !match.first.contains(term);
      const Number k = self ? event.k : of(from, c.other, false);
      const Number v = self ? event.v : of(from, c.other, true);
      bool holds = false;
      switch (c.kind) {
        case Condition::Kind::OwnV: holds = event.v && *event.v > c.bound; break;
        case Condition::Kind::SameK: holds = event.k && k && *event.k == *k; break;
        case Condition::Kind::SameV: holds = event.v && v && *event.v == *v; break;
        case Condition::Kind::MoreV: holds = event.v && v && *event.v > *v; break;
        case Condition::Kind::LessV: holds = event.v && v && *event.v <= *v; break;
      }
      if (!holds) return false;
    }
    return true;
  }

  bool reaches(const Match& match, const Event& event) const {
    if (m_p.within < 0) return true;
    return std::max(match.at.value_or(event.time), event.time) - std::min(match.earliest, event.time) <= m_p.within;
  }

  static void capture(Match& match, size_t term, const Event& event) {
    match.latest[term] = event;
    match.first.emplace(term, event);
    match.at = std::max(match.at.value_or(event.time), event.time);
    match.earliest = std::min(match.earliest, event.time);
  }

  // The positive term of a step that an event is taken for.
  std::optional<size_t> taken(const Match& match, size_t step, const Event& event, const std::set<size_t>& done) const {
    for (const size_t term : m_p.steps[step].terms)
      if (!m_p.terms[term].negated && !done.contains(term) && reaches(match, event) && fits(match, term, event))
        return term;
    return std::nullopt;
  }

  // The furthest step that takes the event, from `step` on over those that need no event (more).
  std::optional<size_t> stepFor(const Match& match, size_t step, bool enough, bool full, const Event& event) const {
    std::optional<size_t> found;
    if (!full && taken(match, step, event, {})) found = step;
    for (size_t s = step; s + 1 < m_p.steps.size() && m_p.isEvent(s) && (s == step ? enough : m_p.steps[s].least == 0);
         ++s)
      if (taken(match, s + 1, event, {})) found = s + 1;
    return found;
  }

  std::optional<int64_t> silentSince(size_t position) const {
    const Term& wait = m_p.terms[m_p.steps[0].terms[0]];
    const int64_t time = m_events[position].time;
    for (int64_t since = time - wait.lasting; since >= m_begin && (m_p.within < 0 || time - since <= m_p.within);
         --since) {
      bool silent = true;
      for (size_t i = 0; i < position && silent; ++i) {
        const Event& e = m_events[i];
        const int64_t end = m_p.strict ? time + 1 : since + wait.lasting;
        if (e.time > since && e.time < end && (m_p.strict || fits({}, m_p.steps[0].terms[0], e))) silent = false;
      }
      if (silent) return since;
    }
    return std::nullopt;
  }

  // NOT without FOR in the first step of a pattern without EVERY: no match may begin behind such an event.
  bool blocks(size_t position) const {
    if (m_p.every != Pattern::Every::Never || m_p.startsWithWait()) return false;
    for (const size_t term : m_p.steps[0].terms)
      if (m_p.terms[term].negated && fits({}, term, m_events[position])) return true;
    return false;
  }

  std::optional<End> attempt(size_t position) {
    const Event& event = m_events[position];
    Match match;
    match.earliest = event.time;
    size_t step = 0;
    if (m_p.startsWithWait()) {
      const auto since = silentSince(position);
      if (!since) return std::nullopt;
      match.earliest = *since;
      step = 1;
    }
    const bool enough = m_p.isEvent(step) && m_p.steps[step].least == 0;
    const auto first = stepFor(match, step, enough, false, event);
    if (!first) return std::nullopt;
    End end;
    end.match = match;
    leave(end, *first, position + 1, event.time);
    follow(end, *first, position, event.time);
    return end;
  }

  bool oneAtATime(size_t step) const {
    return m_p.every == Pattern::Every::Never || (m_p.every == Pattern::Every::Group && step < m_p.groupSteps);
  }
  bool isOver(const Match& match, size_t step, const Event& event) const {
    return m_p.within >= 0 && oneAtATime(step) && match.at && event.time - match.earliest > m_p.within;
  }

  void leave(End& end, size_t step, size_t next, int64_t time) {
    if (m_p.every != Pattern::Every::Group || step < m_p.groupSteps || end.leftGroup) return;
    end.leftGroup = next;
    m_begin = time;
  }
  static void die(End& end, size_t position) {
    end.kind = End::Kind::Dead;
    end.position = position;
  }

  // Follows one match from the step at hand, which began at `since`, over the events from `position` on.
  void follow(End& end, size_t step, size_t position, int64_t since) {
    while (true) {
      if (step == m_p.steps.size()) {
        end.kind = End::Kind::Complete;
        return;
      }
      end.byWait.reset();
      if (m_p.isEvent(step)) {
        if (!repeated(end, step, position, since)) return;
      } else if (!group(end, step, position, since)) {
        return;
      }
    }
  }

  // Moves on to a step behind this one, at an event or at a wait's end.
  void moved(End& end, size_t& step, size_t to, size_t& position, bool byEvent, int64_t& since, int64_t time) {
    step = to;
    end.position = position;
    if (byEvent) {
      ++position;
    } else {
      end.byWait = time;
    }
    since = time;
    leave(end, step, position, time);
  }

  bool repeated(End& end, size_t& step, size_t& position, int64_t& since) {
    const Step& here = m_p.steps[step];
    int64_t count = 0;
    for (; position < m_events.size(); ++position) {
      const Event& event = m_events[position];
      if (isOver(end.match, step, event)) return die(end, position), false;
      const auto target = stepFor(end.match, step, count >= here.least, count >= here.most, event);
      if (!target) {
        if (m_p.strict) return die(end, position), false;
        continue;
      }
      if (*target != step) {
        // The event is looked at again from there.
        step = *target;
        since = event.time;
        leave(end, step, position + 1, event.time);
        return true;
      }
      capture(end.match, here.terms[0], event);
      ++count;
      const bool last = step + 1 == m_p.steps.size();
      if (count >= here.least && (last || count == here.most)) {
        moved(end, step, step + 1, position, true, since, event.time);
        return true;
      }
    }
    return false;
  }

  bool group(End& end, size_t& step, size_t& position, int64_t& since) {
    const Step& here = m_p.steps[step];
    const bool isOr = here.kind == Step::Kind::Or;
    std::set<size_t> done;
    while (true) {
      std::optional<int64_t> wait;
      for (const size_t term : here.terms)
        if (m_p.terms[term].lasting > 0 && !done.contains(term))
          wait = std::min(wait.value_or(INT64_MAX), since + m_p.terms[term].lasting);
      const bool ends = position == m_events.size();
      if (wait && (ends || *wait <= m_events[position].time)) {
        const bool tooLong = m_p.within >= 0 && *wait - end.match.earliest > m_p.within;
        if (tooLong && !isOr) return die(end, position), false;
        for (const size_t term : here.terms)
          if (m_p.terms[term].lasting > 0 && since + m_p.terms[term].lasting <= *wait) done.insert(term);
        if (tooLong && std::all_of(here.terms.begin(), here.terms.end(), [&](size_t t) { return done.contains(t); }))
          return die(end, position), false;
        if (!tooLong && (isOr || isFilled(here, done))) {
          moved(end, step, step + 1, position, false, since, *wait);
          return true;
        }
        continue;
      }
      if (ends) return false;
      const Event& event = m_events[position];
      if (isOver(end.match, step, event)) return die(end, position), false;
      const auto term = taken(end.match, step, event, done);
      bool failed = false;
      if (term) {
        capture(end.match, *term, event);
        done.insert(*term);
        if (isOr || isFilled(here, done)) {
          moved(end, step, step + 1, position, true, since, event.time);
          return true;
        }
      } else {
        for (const size_t other : here.terms)
          if (m_p.terms[other].negated && !done.contains(other) && fits(end.match, other, event)) {
            failed = true;
            if (isOr) done.insert(other);
          }
        const bool none = std::all_of(here.terms.begin(), here.terms.end(), [&](size_t t) { return done.contains(t); });
        if (failed && (!isOr || none)) {
          m_blocked = m_blocked || step == 0;
          return die(end, position), false;
        }
        if (m_p.strict) return die(end, position), false;
      }
      ++position;
    }
  }

  bool isFilled(const Step& step, const std::set<size_t>& done) const {
    return std::all_of(step.terms.begin(), step.terms.end(), [&](size_t term) {
      return done.contains(term) || (m_p.terms[term].negated && m_p.terms[term].lasting == 0);
    });
  }

  const Pattern& m_p;
  std::vector<Event> m_events;
  int64_t m_begin;
  bool m_blocked = false;
};

}  // namespace pattern_definition
