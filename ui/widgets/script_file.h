// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include "core/base/save_file.h"

namespace weir {

/// What a file holds, as far as it can be shown as SQL text.
struct ScriptFile {
  bool exists = false;
  QByteArray content;  ///< UTF-8
  QString problem;     ///< of a file that exists: why it is not text to edit, and what to do
  bool isText() const { return exists && problem.isEmpty(); }
};

/// Reads a regular file of at most 16 MB in UTF-8. Nothing else is touched: devices and pipes may never end, and what
/// is not UTF-8 would be another file once it is saved.
ScriptFile readScript(const QString& path);

/// Writes a file whole or not at all. Returns what to tell when it could not: nothing was saved, and what was there
/// stands.
QString saveTo(const QString& path, const QByteArray& content, NewFile rights = NewFile::AsUmaskSays);

}  // namespace weir
