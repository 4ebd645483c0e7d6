// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/window_list.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace weir {

namespace {

using Kind = logical::WindowKind;

std::string milliseconds(int64_t ms) { return "(" + std::to_string(ms) + " ms)"; }

std::string slideComplaint(const logical::Window& window) {
  if (window.slideMs <= window.sizeMs) return {};
  return "slide " + milliseconds(window.slideMs) + " must not exceed size " + milliseconds(window.sizeMs);
}

std::string stepComplaint(const logical::Window& window) {
  if (window.slideMs <= window.sizeMs && window.sizeMs % window.slideMs == 0) return {};
  return "step " + milliseconds(window.slideMs) + " must divide size " + milliseconds(window.sizeMs);
}

constexpr auto kWindows = std::to_array<WindowSpec>({
    {"TUMBLING", Kind::Tumbling, "s", true, "TUMBLING(1 min)",
     "[start, end) aligned to the epoch, whole weeks to a Monday; one row per group at the close."},
    {"TIMEBATCH", Kind::Tumbling, "s", true, "TIMEBATCH(1 min)", "The same as TUMBLING."},
    {"SLIDING", Kind::Hopping, "sl", true, "SLIDING(10 sec, 5 sec)",
     "Windows of the first length, one starting at each multiple of the second. With one argument the same as TIME.",
     slideComplaint},
    {"HOP", Kind::Hopping, "sl", true, "HOP(10 sec, 5 sec)", "The same as SLIDING with two arguments.", slideComplaint},
    {"CUMULATE", Kind::Cumulate, "ls", true, "CUMULATE(1 min, 1 hour)",
     "Windows that grow by the first length and start anew at each multiple of the second.", stepComplaint},
    {"SESSION", Kind::Session, "s", true, "SESSION(30 sec)",
     "For each group, rows less than the gap apart. The window ends at its last row plus the gap."},
    {"TIME", Kind::Time, "s", false, "TIME(1 min)",
     "One row per event, over the events in (t - d, t]. A row out of order counts from its arrival on, as old as the "
     "newest before it."},
    {"LENGTH", Kind::Length, "n", false, "LENGTH(100)",
     "One row per event, over the last n events, all groups counted together."},
    {"LENGTHBATCH", Kind::LengthBatch, "n", true, "LENGTHBATCH(100)",
     "One row per group after each n events, all groups counted together; its rows carry the last event's time."},
    {"EXTERNALTIME", Kind::Time, "ts", false, "EXTERNALTIME(ts, 1 min)", "TIME over the times in a column, in ms."},
    {"EXTERNALTIMEBATCH", Kind::Tumbling, "ts", true, "EXTERNALTIMEBATCH(ts, 1 min)",
     "TUMBLING over the times in a column, in ms, with lateness 0."},
    {"UNIQUE", Kind::Unique, "k", false, "UNIQUE(id)", "One row per event, over the latest event of each key."},
    {"FIRSTUNIQUE", Kind::FirstUnique, "k", false, "FIRSTUNIQUE(id)",
     "One row per event that is the first of its key, over those; the oldest of very many keys are forgotten."},
    {"BOOK", Kind::Book, "pqbd", false, "BOOK(price, quantity, snapshot, side)",
     "An order book for each group: the latest row of each price, and of each side where one is given; quantity 0 "
     "removes "
     "it. One row per message and group. A row whose `snapshot` is TRUE empties the book first, a loss of the source "
     "all "
     "of them, and window_has_gap() says so until the next snapshot. Snapshot and side may be left out.",
     nullptr, 2},
    {"DELAY", Kind::Delay, "s", false, "DELAY(5 sec)", "Each event again after d, its event time moved by d as well."},
});

// A second way to write one of the above.
constexpr auto kShorter = std::to_array<WindowSpec>({
    {"SLIDING", Kind::Time, "s", false, "SLIDING(10 sec, 5 sec)", ""},
});

const WindowSpec* firstOf(Kind kind) {
  const auto found =
      std::find_if(kWindows.begin(), kWindows.end(), [&](const WindowSpec& w) { return w.kind == kind; });
  return found == kWindows.end() ? nullptr : &*found;
}

}  // namespace

std::span<const WindowSpec> windowTable() { return kWindows; }

const WindowSpec* findWindow(std::string_view name, size_t arguments) {
  const auto isNamed = [&](const WindowSpec& window) { return equalsIgnoringCase(window.name, name); };
  for (const WindowSpec& window : kShorter)
    if (isNamed(window) && window.parameters.size() == arguments) return &window;
  const auto found = std::find_if(kWindows.begin(), kWindows.end(), isNamed);
  return found == kWindows.end() ? nullptr : &*found;
}

bool closes(logical::WindowKind kind) {
  const WindowSpec* window = firstOf(kind);
  return window && window->closes;
}

std::string_view windowName(logical::WindowKind kind) {
  const WindowSpec* window = firstOf(kind);
  return window ? window->name : "no window";
}

}  // namespace weir
