// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one it was made on.
#pragma once

#include <QObject>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/net/failure_text.h"
#include "core/net/transport.h"

class QNetworkAccessManager;
class QNetworkReply;

namespace weir {

/// Asks a server once by HTTP, by the TLS, the proxy and the bound of bytes of a connection. Follows no redirection:
/// what goes along with a request may be secret. No deadline: whoever waits destroys it.
class HttpRequest final : public QObject {
public:
  struct What {
    std::string method;
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
  };

  explicit HttpRequest(const TransportSettings& settings);
  ~HttpRequest() override;

  /// One of the two is called, once, and never from `start`; both may destroy it.
  std::function<void(std::string answer)> onAnswer;
  std::function<void(const Failure& failure)> onFailure;

  void start(const What& what);

private:
  void finished();
  void fail(Failure failure);

  const TransportSettings m_settings;
  QNetworkAccessManager* m_manager = nullptr;
  QNetworkReply* m_reply = nullptr;
  std::string m_host;
  QString m_sslTrouble;
};

}  // namespace weir
