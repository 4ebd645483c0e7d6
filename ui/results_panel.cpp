// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSaveFile>
#include <QScrollBar>
#include <QShortcut>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace weir {

ResultsPanel::ResultsPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_nothing(new ResultsModel(theme, this)),
      m_model(m_nothing),
      m_proxy(new QSortFilterProxyModel(this)),
      m_table(new QTableView(this)),
      m_stream(new QComboBox(this)),
      m_filter(new QLineEdit(this)),
      m_info(new QLabel(tr("No rows yet: press Run."), this)),
      m_goLive(new QPushButton(this)) {
  setObjectName(QStringLiteral("resultsPanel"));
  setAttribute(Qt::WA_StyledBackground);
  m_proxy->setSourceModel(m_model);
  m_proxy->setSortRole(ResultsModel::kSortRole);
  m_proxy->setFilterKeyColumn(-1);
  m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
  m_proxy->setDynamicSortFilter(true);
  m_stream->setAccessibleName(tr("Stream shown"));
  m_stream->setMinimumWidth(140);
  m_filter->setObjectName(QStringLiteral("resultsFilter"));
  m_filter->setPlaceholderText(tr("Filter rows"));
  m_filter->setAccessibleName(tr("Filter rows"));
  m_filter->setClearButtonEnabled(true);
  m_filter->setMaximumWidth(220);
  m_info->setForegroundRole(QPalette::PlaceholderText);
  m_info->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_goLive->setObjectName(QStringLiteral("goLive"));
  m_goLive->setAccessibleName(tr("Go live"));
  m_goLive->hide();
  auto* exporting = new QToolButton(this);
  exporting->setText(tr("Export"));
  exporting->setToolTip(tr("Write the rows that are seen to a file"));
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 4);
  row->setSpacing(8);
  row->addWidget(m_stream);
  row->addWidget(m_filter, 1);
  row->addWidget(m_info, 2);
  row->addWidget(m_goLive);
  row->addWidget(exporting);
  m_table->setObjectName(QStringLiteral("results"));
  m_table->setAccessibleName(tr("Results"));
  m_table->setModel(m_proxy);
  m_table->setFrameShape(QFrame::NoFrame);
  m_table->setShowGrid(false);
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setContextMenuPolicy(Qt::CustomContextMenu);
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setDefaultSectionSize(24);
  m_table->horizontalHeader()->setHighlightSections(false);
  m_table->horizontalHeader()->setStretchLastSection(true);
  m_table->horizontalHeader()->setDefaultSectionSize(130);
  m_table->horizontalHeader()->setSectionsMovable(true);
  m_table->horizontalHeader()->setSortIndicatorShown(true);
  m_table->horizontalHeader()->setSortIndicatorClearable(true);
  m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  m_table->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(row);
  column->addWidget(m_table, 1);
  connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, [this](int section, Qt::SortOrder order) { m_proxy->sort(section, order); });
  connect(m_filter, &QLineEdit::textChanged, m_proxy, &QSortFilterProxyModel::setFilterFixedString);
  connect(m_stream, &QComboBox::textActivated, this, &ResultsPanel::streamChosen);
  connect(exporting, &QToolButton::clicked, this, &ResultsPanel::exportRows);
  connect(m_table, &QWidget::customContextMenuRequested, this, &ResultsPanel::buildMenu);
  connect(m_table->horizontalHeader(), &QWidget::customContextMenuRequested, this, &ResultsPanel::buildMenu);
  connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
    const bool atTop = value == 0;
    if (atTop == m_following) return;
    m_following = atTop;
    m_rowsWhenLeft = static_cast<int>(m_model->rowsSeen());
    refreshInfo();
  });
  connect(m_goLive, &QPushButton::clicked, m_table, &QTableView::scrollToTop);
  auto* copy = new QShortcut(QKeySequence::Copy, m_table, nullptr, nullptr, Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this, [this] { QApplication::clipboard()->setText(asTsv(true)); });
}

void ResultsPanel::setTheme(const Theme& theme) {
  m_nothing->setTheme(theme);
  m_table->viewport()->update();
}

void ResultsPanel::setModel(ResultsModel* model) {
  m_model = model ? model : m_nothing;
  m_proxy->setSourceModel(m_model);
  m_rowsWhenLeft = static_cast<int>(m_model->rowsSeen());
  refreshInfo();
}

void ResultsPanel::setStreams(const QStringList& names, const QString& shown) {
  m_stream->clear();
  m_stream->addItems(names);
  m_stream->setCurrentText(shown);
  m_rowsWhenLeft = 0;
}

void ResultsPanel::choose(const QString& stream) { m_stream->setCurrentText(stream); }

void ResultsPanel::refreshInfo() {
  m_info->setText(tr("newest first · %1 of %2 rows kept").arg(withThousands(m_model->closedRows(), 0), withThousands(ResultsModel::kMostRows, 0)));
  const int fresh = static_cast<int>(m_model->rowsSeen()) - m_rowsWhenLeft;
  m_goLive->setVisible(!m_following);
  if (!m_following) m_goLive->setText(tr("%n new rows - go live", nullptr, fresh));
}

std::vector<int> ResultsPanel::columnsSeen() const {
  std::vector<int> out;
  const QHeaderView* header = m_table->horizontalHeader();
  for (int visual = 0; visual < header->count(); ++visual) {
    const int logical = header->logicalIndex(visual);
    if (!header->isSectionHidden(logical)) out.push_back(logical);
  }
  return out;
}

std::vector<int> ResultsPanel::rowsSeen(bool selectedOnly) const {
  std::vector<int> out;
  const QModelIndexList selected = m_table->selectionModel()->selectedRows();
  if (selectedOnly && !selected.isEmpty()) {
    for (const QModelIndex& index : selected) out.push_back(index.row());
    std::sort(out.begin(), out.end());
  } else {
    for (int row = 0; row < m_proxy->rowCount(); ++row) out.push_back(row);
  }
  return out;
}

QString ResultsPanel::asTsv(bool selectedOnly) const {
  QString out;
  QStringList cells;
  for (const int c : columnsSeen()) cells << m_proxy->headerData(c, Qt::Horizontal).toString();
  out += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
  for (const int r : rowsSeen(selectedOnly)) {
    cells.clear();
    for (const int c : columnsSeen()) {
      QString cell = m_proxy->index(r, c).data(ResultsModel::kPlainRole).toString();
      cells << cell.replace(QLatin1Char('\t'), QLatin1Char(' ')).replace(QLatin1Char('\n'), QLatin1Char(' '));
    }
    out += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
  }
  return out;
}

QString ResultsPanel::asJsonLines(bool selectedOnly) const {
  QString out;
  for (const int r : rowsSeen(selectedOnly)) {
    QStringList cells;
    for (const int c : columnsSeen()) {
      const QModelIndex cell = m_proxy->index(r, c);
      cells << cell.data(ResultsModel::kNameRole).toString() + QLatin1Char(':') + cell.data(ResultsModel::kJsonRole).toString();
    }
    out += QLatin1Char('{') + cells.join(QLatin1Char(',')) + QStringLiteral("}\n");
  }
  return out;
}

QString ResultsPanel::asSql(bool selectedOnly) const {
  QStringList rows;
  for (const int r : rowsSeen(selectedOnly)) {
    QStringList cells;
    for (const int c : columnsSeen()) {
      const QString json = m_proxy->index(r, c).data(ResultsModel::kJsonRole).toString();
      QString plain = m_proxy->index(r, c).data(ResultsModel::kPlainRole).toString();
      const bool quoted = json.startsWith(QLatin1Char('"')) || json.startsWith(QLatin1Char('{')) || json.startsWith(QLatin1Char('['));
      cells << (quoted ? QLatin1Char('\'') + plain.replace(QLatin1Char('\''), QStringLiteral("''")) + QLatin1Char('\'') : json.toUpper());
    }
    rows << QLatin1Char('(') + cells.join(QStringLiteral(", ")) + QLatin1Char(')');
  }
  return QStringLiteral("VALUES\n  ") + rows.join(QStringLiteral(",\n  ")) + QStringLiteral(";\n");
}

QString ResultsPanel::asCsv() const {
  const auto quoted = [](QString cell) {
    if (!cell.contains(QLatin1Char(',')) && !cell.contains(QLatin1Char('"')) && !cell.contains(QLatin1Char('\n'))) return cell;
    return QLatin1Char('"') + cell.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
  };
  QString out;
  QStringList cells;
  for (const int c : columnsSeen()) cells << quoted(m_proxy->index(0, c).data(ResultsModel::kNameRole).toString().remove(QLatin1Char('"')));
  out += cells.join(QLatin1Char(',')) + QStringLiteral("\r\n");
  for (const int r : rowsSeen(false)) {
    cells.clear();
    for (const int c : columnsSeen()) cells << quoted(m_proxy->index(r, c).data(ResultsModel::kPlainRole).toString());
    out += cells.join(QLatin1Char(',')) + QStringLiteral("\r\n");
  }
  return out;
}

void ResultsPanel::exportRows() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Export rows"), m_stream->currentText() + QStringLiteral(".csv"), tr("CSV (*.csv);;JSON Lines (*.jsonl)"));
  if (path.isEmpty()) return;
  QSaveFile out(path);
  const QByteArray text = (path.endsWith(QLatin1String(".jsonl")) ? asJsonLines(false) : asCsv()).toUtf8();
  if (out.open(QIODevice::WriteOnly) && out.write(text) == text.size() && out.commit())
    emit message(tr("%n rows written to %1", nullptr, m_proxy->rowCount()).arg(path), false);
  else
    emit message(tr("Cannot write %1: %2").arg(path, out.errorString()), true);
}

void ResultsPanel::buildMenu(const QPoint& at) {
  QMenu menu;
  QClipboard* clipboard = QApplication::clipboard();
  menu.addAction(tr("Copy as TSV"), this, [this, clipboard] { clipboard->setText(asTsv(true)); });
  menu.addAction(tr("Copy as JSON"), this, [this, clipboard] { clipboard->setText(asJsonLines(true)); });
  menu.addAction(tr("Copy as SQL"), this, [this, clipboard] { clipboard->setText(asSql(true)); });
  menu.addSeparator();
  QAction* full = menu.addAction(tr("Full precision"));
  full->setCheckable(true);
  full->setChecked(m_model->isFullPrecision());
  connect(full, &QAction::toggled, m_model, &ResultsModel::setFullPrecision);
  QMenu* columns = menu.addMenu(tr("Columns"));
  QHeaderView* header = m_table->horizontalHeader();
  for (int c = 0; c < header->count(); ++c) {
    QAction* action = columns->addAction(m_model->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString());
    action->setCheckable(true);
    action->setChecked(!header->isSectionHidden(c));
    connect(action, &QAction::toggled, this, [header, c](bool on) { header->setSectionHidden(c, !on); });
  }
  menu.addSeparator();
  menu.addAction(tr("Export..."), this, &ResultsPanel::exportRows);
  menu.exec(m_table->viewport()->mapToGlobal(at));
}

}  // namespace weir
