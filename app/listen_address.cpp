// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/listen_address.h"

#include "core/base/text.h"

namespace weir {

std::optional<ListenAddress> listenAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto port = parseNumber<uint16_t>(std::string_view(text).substr(colon + 1));
  std::string host = text.substr(0, colon);
  const bool hasBrackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (hasBrackets) host = host.substr(1, host.size() - 2);
  const QHostAddress address =
      host == "localhost" ? QHostAddress(QHostAddress::LocalHost) : QHostAddress(QString::fromStdString(host));
  // Without brackets nobody can tell an IPv6 address' last part from a port.
  const bool isIpv6 = address.protocol() == QAbstractSocket::IPv6Protocol;
  if (!port || address.isNull() || isIpv6 != hasBrackets) return std::nullopt;
  return ListenAddress{address, *port};
}

QStringList names(const std::vector<std::string>& hosts) {
  QStringList out;
  for (const std::string& host : hosts) out << QString::fromStdString(host);
  return out;
}

void tellOfStrangers(HttpListener& listener, const QString& url, const std::function<void(const LogEntry&)>& tell) {
  const auto warn = [tell](const QString& message, const QString& hint) {
    tell({LogLevel::Warning, LogCategory::Run, {}, message.toStdString(), hint.toStdString(), {}});
  };
  listener.onDropped = [warn, url](const QString& what) { warn(QObject::tr("%1: %2").arg(url, what), {}); };
  if (!listener.isLoopbackOnly())
    warn(QObject::tr("weir: %1 can be reached from other machines, and asks for no password").arg(url),
         QObject::tr("127.0.0.1 keeps it to this one"));
}

}  // namespace weir
