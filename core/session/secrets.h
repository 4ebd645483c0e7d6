// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: any that has an event loop or may have one for a moment.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include <QString>

#include "core/plan/logical.h"

namespace weir {

/// What `${env:NAME}` and `${secret:NAME}` stand for: a variable of the environment, or an entry of the desktop's
/// keychain under the service "weir". Nothing when it is not there; waits for the keychain for at most a few seconds.
std::optional<std::string> lookUpSecret(const std::string& kind, const std::string& name);
/// How `lookUpSecret` is asked: tests and other programs have their own.
using SecretLookup = std::function<std::optional<std::string>(const std::string& kind, const std::string& name)>;
/// The options of a script's sources, and of its sinks where they are wanted, with secrets in their places and files
/// looked at. Says what is not there.
Result<std::map<std::string, Options>> resolvedOptions(const logical::Plan& script, bool withSinks,
                                                       const SecretLookup& lookup);
/// Those of its sinks alone.
Result<std::map<std::string, Options>> resolvedSinks(const logical::Plan& script, bool withSinks,
                                                     const SecretLookup& lookup);
/// A warning for each `${env:NAME}` in the options of a script that is not set now: a run would fail.
Diagnostics unsetVariables(const logical::Plan& script);
/// Puts a secret into the keychain, or takes it away when `value` is empty. Returns an empty text, or why not.
QString storeSecret(const QString& name, const QString& value);

}  // namespace weir
