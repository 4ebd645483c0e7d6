// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/window_list.h"

#include <array>

namespace weir {

namespace {

using Kind = BoundWindow::Kind;

constexpr auto kWindows = std::to_array<WindowSpec>({
    {"TUMBLING", Kind::Tumbling, "d", "TUMBLING(1 min)",
     "[start, end) aligned to the epoch, whole weeks to a Monday; one row per group at the close."},
    {"TIMEBATCH", Kind::Tumbling, "d", "TIMEBATCH(1 min)", "The same as TUMBLING."},
    {"SLIDING", Kind::Hopping, "dd", "SLIDING(10 sec, 5 sec)",
     "Windows of the first length, one starting at each multiple of the second. With one argument the same as TIME."},
    {"HOP", Kind::Hopping, "dd", "HOP(10 sec, 5 sec)", "The same as SLIDING with two arguments."},
    {"CUMULATE", Kind::Cumulate, "dd", "CUMULATE(1 min, 1 hour)",
     "Windows that grow by the first length and start anew at each multiple of the second."},
    {"SESSION", Kind::Session, "d", "SESSION(30 sec)",
     "For each group, rows less than the gap apart. The window ends at its last row plus the gap."},
    {"TIME", Kind::Time, "d", "TIME(1 min)",
     "One row per event, over the events in (t - d, t]. A row out of order counts from its arrival on, as old as the "
     "newest before it."},
    {"LENGTH", Kind::Length, "n", "LENGTH(100)",
     "One row per event, over the last n events, all groups counted together."},
    {"LENGTHBATCH", Kind::LengthBatch, "n", "LENGTHBATCH(100)",
     "One row per group after each n events, all groups counted together; its rows carry the last event's time."},
    {"EXTERNALTIME", Kind::Time, "cd", "EXTERNALTIME(ts, 1 min)", "TIME over the times in a column, in ms."},
    {"EXTERNALTIMEBATCH", Kind::Tumbling, "cd", "EXTERNALTIMEBATCH(ts, 1 min)",
     "TUMBLING over the times in a column, in ms, with lateness 0."},
    {"UNIQUE", Kind::Unique, "e", "UNIQUE(id)", "One row per event, over the latest event of each key."},
    {"FIRSTUNIQUE", Kind::FirstUnique, "e", "FIRSTUNIQUE(id)",
     "One row per event that is the first of its key, over those; the oldest of very many keys are forgotten."},
    {"DELAY", Kind::Delay, "d", "DELAY(5 sec)", "Each event again after d, its event time moved by d as well."},
});

}  // namespace

std::span<const WindowSpec> windowTable() { return kWindows; }

}  // namespace weir
