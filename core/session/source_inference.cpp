// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/source_inference.h"

#include <QTimer>

#include "core/connectors/websocket_settings.h"
#include "core/formats/decoder.h"
#include "core/session/secrets.h"

namespace weir {

namespace {

constexpr int kPatienceMs = 30'000;
// Acks and greetings come first; after so many messages whatever came has to do.
constexpr int kMostControl = 3;

bool looksLikeData(const Schema& schema) {
  if (schema.fields.size() < 3) return false;
  return std::any_of(schema.fields.begin(), schema.fields.end(), [](const Field& f) { return isNumber(f.type); });
}

}  // namespace

SourceInference::SourceInference(const BoundResult& checked, std::function<void(std::map<std::string, SchemaPtr>, Diagnostics)> done, QObject* parent)
    : QObject(parent), m_done(std::move(done)) {
  for (const std::string& name : checked.waiting) {
    const BoundStream& stream = checked.script.stream(name);
    auto options = stream.options.resolved(lookUpSecret);
    if (!options) {
      m_trouble.insert(m_trouble.end(), options.diagnostics().begin(), options.diagnostics().end());
      continue;
    }
    auto connection = std::make_unique<Connection>(connectionSettings(QString::fromStdString(name), *options, stream.options), m_clock);
    connection->onMessage = [this, name](const QByteArray& payload, bool) {
      if (m_found.contains(name)) return;
      const SchemaPtr schema = inferJsonSchema({payload.constData(), static_cast<size_t>(payload.size())});
      const bool enough = ++m_messages[name] > kMostControl;
      if (!schema || schema->fields.empty() || (!looksLikeData(*schema) && !enough)) return;
      m_found[name] = schema;
      if (m_found.size() == m_connections.size()) QTimer::singleShot(0, this, [this] { finish({}); });
    };
    connection->onStateChanged = [this, name, raw = connection.get()] {
      if (!raw->hasEnded() || m_found.contains(name)) return;
      m_sourceEnded = true;
      const ConnectionHealth h = raw->health();
      Diagnostics why{failure(Code::NoInput, h.error.toStdString(), h.hint.toStdString())};
      QTimer::singleShot(0, this, [this, why] { finish(why); });
    };
    m_connections.emplace(name, std::move(connection));
  }
}

SourceInference::~SourceInference() {
  for (auto& [name, connection] : m_connections) connection->onStateChanged = nullptr;
}

void SourceInference::start() {
  if (!m_trouble.empty()) return finish(m_trouble);
  for (auto& [name, connection] : m_connections) connection->start();
  QTimer::singleShot(kPatienceMs, this, [this] {
    Diagnostics why;
    for (const auto& [name, connection] : m_connections)
      if (!m_found.contains(name))
        why.push_back(failure(Code::NoInput, "no message came from " + name + " in 30 seconds to learn its columns from",
                              "write the columns into CREATE STREAM, or send a subscription with websocket.open.message"));
    finish(why);
  });
}

void SourceInference::finish(Diagnostics why) {
  if (!m_done) return;
  for (auto& [name, connection] : m_connections) {
    connection->onStateChanged = nullptr;
    connection->stop();
  }
  std::exchange(m_done, nullptr)(m_found, std::move(why));
}

}  // namespace weir
