// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/shell/commands.h"

namespace weir {

class MainWindow;

/// Every command of the window but those of its docks and charts, in the order of the menus.
std::vector<Command> commandList(MainWindow& window);

}  // namespace weir
