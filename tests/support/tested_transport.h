// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

#include "core/net/transport.h"

namespace weir {

/// Which transport a test is run over: tests of what servers do are run once over each (tests/CMakeLists.txt).
inline bool testsDirect() { return qEnvironmentVariable("WEIR_TEST_TRANSPORT") == QLatin1String("direct"); }
inline TransportKind testedTransport() { return testsDirect() ? TransportKind::Direct : TransportKind::Qt; }
inline std::string testedTransportName() { return testsDirect() ? "direct" : "qt"; }

/// A script whose connections go over it.
inline std::string overTestedTransport(QString sql) {
  const QString extension = QStringLiteral("extension = 'websocket'");
  if (testsDirect()) sql.replace(extension, extension + QStringLiteral(", \"websocket.transport\" = 'direct'"));
  return sql.toStdString();
}

}  // namespace weir
