// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/transport.h"

#include "core/net/qt_transport.h"

namespace weir {

std::unique_ptr<Transport> makeTransport(TransportListener& listener) {
  return std::make_unique<QtTransport>(listener);
}

}  // namespace weir
