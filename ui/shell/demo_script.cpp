// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/demo_script.h"

#include <QObject>
#include <QRegularExpression>
#include <utility>

#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"

namespace weir {

namespace {

constexpr Micros kOverAfter = 40'000'000;
// Of the text as the manual has it.
constexpr const char* kUsualBase = "ws://127.0.0.1:41733";

}  // namespace

QString DemoScript::withoutPort(QString text) {
  static const QRegularExpression kPort(QStringLiteral("(ws://127\\.0\\.0\\.1):\\d+"));
  return text.replace(kPort, QStringLiteral("\\1"));
}

bool DemoScript::show(DocumentTabs& documents) {
  const QString text = m_services.start();
  if (text.isEmpty()) return false;
  const QString title = QObject::tr("demo-vwap.sql");
  // A demo that stands there as it came only learns its exchange's address.
  const bool isThere = documents.showScratch([&](const QString& other, const QString& old) {
    return other == title && withoutPort(old) == withoutPort(text);
  });
  if (!isThere) {
    OpenDocument document;
    document.title = title;
    document.text = text;
    documents.open(document);
  }
  documents.editor()->setText(text);
  documents.editor()->setModified(false);
  m_isShown = true;
  return true;
}

void DemoScript::address(DocumentTabs& documents) {
  SqlEditor& shown = *documents.editor();
  const bool isUsual = isThere() && documents.path().isEmpty() && shown.text().contains(QLatin1String(kUsualBase));
  if (!m_isShown && !isUsual) return;
  // The exchange may have had to take another port than the one in the text.
  static const QRegularExpression kBase(QStringLiteral("ws://127\\.0\\.0\\.1:\\d+"));
  const QString base = kBase.match(m_services.start()).captured();
  const QString moved = shown.text().replace(QLatin1String(kUsualBase), base);
  if (!base.isEmpty() && moved != shown.text()) {
    const uint32_t caret = shown.caretOffset();
    shown.setText(moved);
    shown.goTo(caret);
  }
  m_isShown = !base.isEmpty() && moved.contains(base);
}

void DemoScript::beginCount() { m_before = m_services.dashboardRows ? m_services.dashboardRows() : 0; }

std::optional<uint64_t> DemoScript::received() const {
  if (!m_isShown || !m_services.dashboardRows) return std::nullopt;
  return m_services.dashboardRows() - m_before;
}

bool DemoScript::isOver(Micros now) {
  if (m_startedAt == 0) m_startedAt = now;
  if (!m_isShown || m_wasOver || now - m_startedAt <= kOverAfter) return false;
  return m_wasOver = true;
}

}  // namespace weir
