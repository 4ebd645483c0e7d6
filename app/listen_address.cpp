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
  const QHostAddress address = host == "localhost" ? QHostAddress(QHostAddress::LocalHost) : QHostAddress(QString::fromStdString(host));
  // Without brackets nobody can tell an IPv6 address' last part from a port.
  const bool isIpv6 = address.protocol() == QAbstractSocket::IPv6Protocol;
  if (!port || address.isNull() || isIpv6 != hasBrackets) return std::nullopt;
  return ListenAddress{address, *port};
}

}  // namespace weir
