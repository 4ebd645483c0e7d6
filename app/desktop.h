// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace weir {

/// What the command line says about the window.
struct DesktopSettings {
  std::vector<std::string> files;
  bool runDemo = false;
  bool runFile = false;
  std::string dataFolder;  ///< empty: the user's
  bool newInstance = false;
  std::string theme;
  std::string size;
  std::string screenshot;
  int screenshotAfter = 8;
};

/// Opens the desktop and runs its event loop.
int desktopMain(const DesktopSettings& settings, int argc, char** argv);

}  // namespace weir
