// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/transport.h"

#include "core/net/direct_transport.h"
#include "core/net/qt_transport.h"

namespace weir {

std::unique_ptr<Transport> makeTransport(const TransportSettings& settings, TransportListener& listener) {
  if (settings.transport == TransportKind::Direct) return std::make_unique<DirectTransport>(listener);
  return std::make_unique<QtTransport>(listener);
}

}  // namespace weir
