// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <poll.h>

namespace weir {

/// Whether nobody reads what is written to a pipe or a socket any more, as behind `| head -1`. A full disk is no such
/// case.
inline bool readerHasGone(int descriptor) {
  pollfd asked{descriptor, POLLOUT, 0};
  return poll(&asked, 1, 0) == 1 && (asked.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace weir
