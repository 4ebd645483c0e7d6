// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "core/base/clock.h"

namespace weir {

/// Until when it is known of a feed that all it had to say has been read. Only so far does its silence mean that there
/// was nothing. A feed that is not tracked, as of a file or of a connection that is down, counts as known for ever.
/// Engine thread only.
class ProofOfLife {
public:
  bool isTracked() const { return m_isTracked; }
  Micros proven() const { return m_isTracked ? m_proven : kNever; }
  void prove(Micros at) {
    m_proven = m_isTracked ? std::max(m_proven, at) : at;
    m_isTracked = true;
  }
  void trust() { m_isTracked = false; }

  /// Something is due that waits for a later proof.
  void await() { m_isAwaited = true; }
  bool isAwaited() const { return m_isAwaited; }
  void met() { m_isAwaited = false; }

private:
  bool m_isTracked = false;
  bool m_isAwaited = false;
  Micros m_proven = 0;
};

}  // namespace weir
