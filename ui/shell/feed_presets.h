// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "core/session/feed_sampler.h"

namespace weir {

/// A feed that is written already: one of the examples, whole.
struct FeedPreset {
  QString name;         ///< of the feed
  QString peculiarity;  ///< a line
  QString file;         ///< such as kucoin.sql
  QString script;
};

/// The examples of resources/examples, by name.
const std::vector<FeedPreset>& feedPresets();

/// What a form shows of it: the address, headers and open messages of its first source, as they are written.
DraftSource draftOf(const FeedPreset& preset);

}  // namespace weir
