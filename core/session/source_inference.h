// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: that of its clock.
#pragma once

#include <QObject>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/bind/binder.h"
#include "core/net/connection.h"
#include "core/net/qt_clock.h"

namespace weir {

/// Learns the columns of sources that were declared with `( ... )` from the first message of each that holds a JSON
/// object. A control message is no help: the first object with a value that is no text counts, or the third message.
class SourceInference final : public QObject {
  Q_OBJECT
 public:
  /// Calls `done` once all are known, or with what went wrong.
  SourceInference(const BoundResult& checked, std::function<void(std::map<std::string, SchemaPtr>, Diagnostics)> done, QObject* parent = nullptr);
  ~SourceInference() override;
  void start();
  /// It failed because a source ended by itself: refused, or no attempts left.
  bool sourceEnded() const { return m_sourceEnded; }

 private:
  void finish(Diagnostics why);

  QtClock m_clock;
  std::map<std::string, std::unique_ptr<Connection>> m_connections;
  std::map<std::string, int> m_messages;
  std::map<std::string, SchemaPtr> m_found;
  Diagnostics m_trouble;
  std::function<void(std::map<std::string, SchemaPtr>, Diagnostics)> m_done;
  bool m_sourceEnded = false;
};

}  // namespace weir
