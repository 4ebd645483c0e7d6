// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/history_panel.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/widgets/empty_hint.h"
#include "ui/widgets/table_rows.h"
#include "ui/widgets/theme.h"

namespace weir {

HistoryPanel::HistoryPanel(QWidget* parent)
    : QWidget(parent), m_search(new QLineEdit(this)), m_list(new QTreeWidget(this)), m_text(new QPlainTextEdit(this)) {
  setObjectName(QStringLiteral("historyPanel"));
  setAttribute(Qt::WA_StyledBackground);
  m_search->setObjectName(QStringLiteral("historySearch"));
  m_search->setPlaceholderText(tr("Search what was run"));
  m_search->setAccessibleName(tr("Search what was run"));
  m_search->setClearButtonEnabled(true);
  m_list->setAccessibleName(tr("History of runs"));
  m_list->setObjectName(QStringLiteral("history"));
  m_list->setHeaderLabels({tr("When (UTC)"), tr("File"), tr("Text")});
  TableRows::dress(*m_list);
  new EmptyHint(*m_list, tr("Nothing here: what you run is kept, and a double click opens it again."));
  m_list->header()->resizeSection(0, 170);
  m_list->header()->resizeSection(1, 140);
  m_text->setAccessibleName(tr("Text of the run"));
  m_text->setReadOnly(true);
  m_text->setFont(monoFont(12));
  m_text->setFrameShape(QFrame::NoFrame);
  auto* split = new QSplitter(Qt::Horizontal, this);
  split->addWidget(m_list);
  split->addWidget(m_text);
  split->setStretchFactor(0, 3);
  split->setStretchFactor(1, 2);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 8, 0);
  column->setSpacing(4);
  column->addWidget(m_search);
  column->addWidget(split, 1);
  connect(m_search, &QLineEdit::textChanged, this, &HistoryPanel::filter);
  connect(m_list, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    m_text->setPlainText(item ? m_records[item->data(0, Qt::UserRole).toUInt()].text : QString());
  });
  connect(m_list, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item, int) {
    const RunRecord& record = m_records[item->data(0, Qt::UserRole).toUInt()];
    emit opened(record.title, record.text);
  });
}

void HistoryPanel::setRecords(std::vector<RunRecord> records) {
  m_list->clear();
  m_records = std::move(records);
  filter();
}

void HistoryPanel::setLocalTime(bool local) {
  if (m_localTime == local) return;
  m_localTime = local;
  m_list->headerItem()->setText(0, local ? tr("When (local)") : tr("When (UTC)"));
  filter();
}

void HistoryPanel::focusSearch() {
  m_search->setFocus();
  m_search->selectAll();
}

void HistoryPanel::filter() {
  m_list->clear();
  for (size_t i = 0; i < m_records.size(); ++i) {
    const RunRecord& r = m_records[i];
    if (!r.text.contains(m_search->text(), Qt::CaseInsensitive) &&
        !r.title.contains(m_search->text(), Qt::CaseInsensitive))
      continue;
    auto* item = new QTreeWidgetItem(
        m_list, {(m_localTime ? r.at.toLocalTime() : r.at.toUTC()).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
                 r.title, r.text.simplified().left(160)});
    item->setFont(0, monoFont(12));
    item->setData(0, Qt::UserRole, static_cast<uint>(i));
  }
}

}  // namespace weir
