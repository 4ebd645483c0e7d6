// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>
#include <optional>

#include "core/base/clock.h"

namespace weir {

class DocumentTabs;

/// What the window needs of the demo exchange; the program passes it in.
struct DemoServices {
  /// Starts it if need be and returns the demo pipeline's text, with the exchange's address in it.
  std::function<QString()> start;
  std::function<quint64()> dashboardRows;
};

/// Knows whether what is shown is the demo, puts its exchange's address into the text, and counts what its dashboard
/// has received.
class DemoScript {
public:
  explicit DemoScript(DemoServices services) : m_services(std::move(services)) {}
  bool isThere() const { return static_cast<bool>(m_services.start); }
  /// What runs next is the demo, or is not.
  bool isShown() const { return m_isShown; }
  void leave() { m_isShown = false; }

  /// Shows its text, in the tab where it stands already if it does. Returns whether the exchange could be started.
  bool show(DocumentTabs& documents);
  /// Puts the exchange's address into the document that is shown, where it is the demo's.
  void address(DocumentTabs& documents);
  /// The text without the port that its exchange happened to get.
  static QString withoutPort(QString text);

  /// The dashboard's rows are counted from now on.
  void beginCount();
  std::optional<uint64_t> received() const;
  /// A run begins that goes on from none.
  void beginRun() { m_startedAt = 0; }
  /// Returns true once: when the demo has run for long enough to be done with.
  bool isOver(Micros now);

private:
  DemoServices m_services;
  bool m_isShown = false;
  bool m_wasOver = false;
  Micros m_startedAt = 0;
  uint64_t m_before = 0;  ///< rows that the dashboard had when the run began
};

}  // namespace weir
