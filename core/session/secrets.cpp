// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/secrets.h"

#include <qt6keychain/keychain.h>

#include <QEventLoop>
#include <QTimer>
#include <memory>

#include "core/connectors/connector.h"
#include "core/options/connector_options.h"

namespace weir {

namespace {

constexpr int kPatienceMs = 5000;
const QString kService = QStringLiteral("weir");

// A keychain that never answers, locked or without D-Bus, must not hold a start back for ever. A job cannot be called
// back, and it may answer yet: one that took too long is left to itself.
template <class KeychainJob>
std::unique_ptr<KeychainJob> finished(std::unique_ptr<KeychainJob> job) {
  job->setAutoDelete(false);
  bool done = false;
  QEventLoop loop;
  QObject::connect(job.get(), &QKeychain::Job::finished, &loop, [&] {
    done = true;
    loop.quit();
  });
  QTimer::singleShot(kPatienceMs, &loop, &QEventLoop::quit);
  job->start();
  if (!done) loop.exec();
  if (done) return job;
  QKeychain::Job* const left = job.release();
  QObject::connect(left, &QKeychain::Job::finished, left, &QObject::deleteLater);
  return nullptr;
}

}  // namespace

std::optional<std::string> lookUpSecret(const std::string& kind, const std::string& name) {
  if (kind == "env") {
    if (!qEnvironmentVariableIsSet(name.c_str())) return std::nullopt;
    return qgetenv(name.c_str()).toStdString();
  }
  if (kind != "secret") return std::nullopt;
  auto wanted = std::make_unique<QKeychain::ReadPasswordJob>(kService);
  wanted->setKey(QString::fromStdString(name));
  const auto job = finished(std::move(wanted));
  if (!job || job->error() != QKeychain::NoError) return std::nullopt;
  return job->textData().toStdString();
}

namespace {

// With secrets in their places and files looked at.
Result<std::map<std::string, Options>> resolvedWhere(const logical::Plan& script, const SecretLookup& lookup,
                                                     const std::function<bool(StreamKind)>& wanted) {
  std::map<std::string, Options> out;
  for (const auto& [name, stream] : script.streams) {
    if (!wanted(stream.kind)) continue;
    auto options = stream.options.resolved(lookup);
    if (!options) return options.diagnostics();
    const auto validate = connectorFor(*options).validate;
    if (Diagnostics wrong = validate ? validate(*options, stream.options) : Diagnostics(); !wrong.empty()) return wrong;
    out.emplace(name, std::move(*options));
  }
  return out;
}

}  // namespace

Result<std::map<std::string, Options>> resolvedOptions(const logical::Plan& script, bool withSinks,
                                                       const SecretLookup& lookup) {
  return resolvedWhere(script, lookup, [withSinks](StreamKind kind) {
    return kind == StreamKind::Source || (withSinks && kind == StreamKind::Sink);
  });
}

Result<std::map<std::string, Options>> resolvedSinks(const logical::Plan& script, bool withSinks,
                                                     const SecretLookup& lookup) {
  return resolvedWhere(script, lookup, [withSinks](StreamKind kind) { return withSinks && kind == StreamKind::Sink; });
}

Diagnostics unsetVariables(const logical::Plan& script) {
  Diagnostics out;
  const auto look = [&out](const Options& options, bool isOverConnection) {
    for (const auto& [key, reference] : options.references()) {
      // What the connection says is said once.
      if (isOverConnection && isOfConnection(key)) continue;
      if (reference.kind == "env" && !qEnvironmentVariableIsSet(reference.name.c_str()))
        out.push_back({Severity::Warning, Code::Secret, options.valueSpan(key),
                       "environment variable '" + reference.name + "' is not set (needed by " + key + ")",
                       "set it before the start: export " + reference.name + "=..."});
    }
  };
  for (const auto& [name, connection] : script.connections) look(connection.options, false);
  for (const auto& [name, stream] : script.streams) look(stream.options, !stream.connection().empty());
  return out;
}

QString storeSecret(const QString& name, const QString& value) {
  const auto outcome = [&](auto wanted) {
    const auto job = finished(std::move(wanted));
    if (!job) return QObject::tr("the keychain does not answer");
    return job->error() == QKeychain::NoError ? QString() : job->errorString();
  };
  if (value.isEmpty()) {
    auto job = std::make_unique<QKeychain::DeletePasswordJob>(kService);
    job->setKey(name);
    return outcome(std::move(job));
  }
  auto job = std::make_unique<QKeychain::WritePasswordJob>(kService);
  job->setKey(name);
  job->setTextData(value);
  return outcome(std::move(job));
}

}  // namespace weir
