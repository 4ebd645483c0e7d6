// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/results_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QShortcut>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/data/csv_text.h"
#include "ui/widgets/empty_hint.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/script_file.h"
#include "ui/widgets/table_rows.h"

namespace weir {

ResultsPanel::ResultsPanel(const Theme& theme, QWidget* parent, const QString& name, const QString& title)
    : QWidget(parent),
      m_nothing(new ResultsModel(theme, this)),
      m_model(m_nothing),
      m_proxy(new QSortFilterProxyModel(this)),
      m_table(new QTableView(this)),
      m_stream(new QComboBox(this)),
      m_filter(new QLineEdit(this)),
      m_info(new QLabel(this)),
      m_goLive(new QPushButton(this)),
      m_columns(new QToolButton(this)),
      m_copy(new QToolButton(this)),
      m_export(new QToolButton(this)) {
  setObjectName(QStringLiteral("resultsPanel"));
  m_info->setTextFormat(Qt::PlainText);
  setAttribute(Qt::WA_StyledBackground);
  m_proxy->setSourceModel(m_model);
  m_proxy->setSortRole(ResultsModel::kSortRole);
  m_proxy->setFilterKeyColumn(-1);
  m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
  m_proxy->setDynamicSortFilter(true);
  m_stream->setObjectName(name + QStringLiteral("Stream"));
  m_stream->setAccessibleName(tr("Stream shown"));
  m_stream->setMinimumWidth(140);
  m_stream->hide();
  m_filter->setObjectName(name + QStringLiteral("Filter"));
  m_filter->setPlaceholderText(tr("Filter rows"));
  m_filter->setAccessibleName(tr("Filter rows"));
  m_filter->setClearButtonEnabled(true);
  m_filter->setMaximumWidth(220);
  m_info->setObjectName(name + QStringLiteral("Info"));
  m_info->setForegroundRole(QPalette::PlaceholderText);
  m_info->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_goLive->setObjectName(QStringLiteral("goLive"));
  m_goLive->setAccessibleName(tr("Go live"));
  m_goLive->hide();
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 4);
  row->setSpacing(8);
  row->addWidget(m_stream);
  row->addWidget(m_filter, 1);
  row->addWidget(m_info, 2);
  row->addWidget(m_goLive);
  const auto tool = [&](QToolButton* button, const QString& what, const QString& text) {
    button->setObjectName(name + what);
    button->setAccessibleName(text);
    button->setToolTip(text);
    button->setIconSize({16, 16});
    button->setPopupMode(QToolButton::InstantPopup);
    row->addWidget(button);
  };
  tool(m_columns, QStringLiteral("Columns"), tr("Columns"));
  tool(m_copy, QStringLiteral("Copy"), tr("Copy the selected rows, or all"));
  tool(m_export, QStringLiteral("Export"), tr("Write the rows that are seen to a file"));
  m_table->setObjectName(name);
  m_table->setAccessibleName(title);
  m_table->setModel(m_proxy);
  TableRows::dress(*m_table);
  m_table->setContextMenuPolicy(Qt::CustomContextMenu);
  QHeaderView* header = m_table->horizontalHeader();
  header->setSectionsMovable(true);
  header->setSortIndicatorShown(true);
  header->setSortIndicatorClearable(true);
  header->setSortIndicator(-1, Qt::AscendingOrder);
  header->setResizeContentsPrecision(0);
  header->setContextMenuPolicy(Qt::CustomContextMenu);
  m_empty = new EmptyHint(*m_table, tr("No rows yet: press Run."));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(row);
  column->addWidget(m_table, 1);
  for (QToolButton* button : {m_columns, m_copy}) {
    auto* menu = new QMenu(button);
    menu->setObjectName(button->objectName() + QStringLiteral("Menu"));
    connect(menu, &QMenu::aboutToShow, this, [this, menu, button] {
      menu->clear();
      button == m_columns ? fillColumnMenu(*menu) : fillCopyMenu(*menu);
    });
    button->setMenu(menu);
  }
  connect(header, &QHeaderView::sortIndicatorChanged, this,
          [this](int section, Qt::SortOrder order) { m_proxy->sort(section, order); });
  connect(header, &QHeaderView::sectionResized, this, [this](int section) {
    if (!m_isFitting && QApplication::mouseButtons() != Qt::NoButton) m_sizedByHand.insert(section);
  });
  connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
    m_proxy->setFilterFixedString(text);
    refreshInfo();
  });
  connect(m_stream, &QComboBox::textActivated, this, &ResultsPanel::streamChosen);
  connect(m_export, &QToolButton::clicked, this, &ResultsPanel::exportRows);
  connect(m_table, &QWidget::customContextMenuRequested, this,
          [this](const QPoint& at) { showMenu(m_table->viewport()->mapToGlobal(at)); });
  connect(header, &QWidget::customContextMenuRequested, this,
          [this, header](const QPoint& at) { showMenu(header->viewport()->mapToGlobal(at)); });
  connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
    const bool atTop = value == 0;
    if (m_isHolding || atTop == m_following) return;
    m_following = atTop;
    m_rowsWhenLeft = m_model->rowsSeen();
    refreshInfo();
  });
  connect(m_proxy, &QAbstractItemModel::rowsInserted, this,
          [this](const QModelIndex&, int first, int last) { hold(first, last - first + 1); });
  connect(m_proxy, &QAbstractItemModel::rowsRemoved, this,
          [this](const QModelIndex&, int first, int last) { hold(first, first - last - 1); });
  connect(m_goLive, &QPushButton::clicked, m_table, &QTableView::scrollToTop);
  auto* copy = new QShortcut(QKeySequence::Copy, m_table, nullptr, nullptr, Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this, [this] { QApplication::clipboard()->setText(asTsv(true)); });
  setTheme(theme);
}

void ResultsPanel::setTheme(const Theme& theme) {
  m_nothing->setTheme(theme);
  m_columns->setIcon(lineIcon(QStringLiteral("columns"), theme.text2, theme.bg1));
  m_copy->setIcon(lineIcon(QStringLiteral("copy"), theme.text2, theme.bg1));
  m_export->setIcon(lineIcon(QStringLiteral("export"), theme.text2, theme.bg1));
  m_table->viewport()->update();
}

void ResultsPanel::setModel(ResultsModel* model) {
  m_model = model ? model : m_nothing;
  QHeaderView* header = m_table->horizontalHeader();
  // Order, widths and what is hidden belong to the columns that were there.
  header->setSortIndicator(-1, Qt::AscendingOrder);
  m_proxy->setSourceModel(m_model);
  m_isFitting = true;
  for (int c = 0; c < header->count(); ++c) {
    header->moveSection(header->visualIndex(c), c);
    header->setSectionHidden(c, false);
    header->resizeSection(c, header->minimumSectionSize());
  }
  if (header->count() > 0) header->moveSection(header->visualIndex(m_model->timeColumn()), 0);
  m_isFitting = false;
  m_sizedByHand.clear();
  m_isSpread = false;
  m_following = true;
  m_rowsWhenLeft = m_model->rowsSeen();
  m_table->scrollToTop();
  refreshInfo();
}

void ResultsPanel::setStreams(const QStringList& names, const QString& shown) {
  m_stream->clear();
  m_stream->addItems(names);
  m_stream->setCurrentText(shown);
  m_stream->setVisible(names.size() > 1);
}

void ResultsPanel::choose(const QString& stream) { m_stream->setCurrentText(stream); }

void ResultsPanel::refreshInfo() {
  const QString stream = m_stream->currentText();
  QString text;
  if (m_model != m_nothing || m_model->columnCount() > 0) {
    text =
        tr("%1 · %2 of %3 rows kept")
            .arg(m_model->keeps(), withThousands(m_model->closedRows(), 0), withThousands(ResultsModel::kMostRows, 0));
    if (!stream.isEmpty()) text = stream + QStringLiteral(" · ") + text;
    if (!m_filter->text().isEmpty()) text += tr(" · %1 match").arg(withThousands(m_proxy->rowCount(), 0));
  }
  m_info->setText(text);
  m_info->setToolTip(plainToolTip(text));
  const auto fresh = static_cast<int>(m_model->rowsSeen() - m_rowsWhenLeft);
  m_empty->say(m_filter->text().isEmpty() || m_model->rowCount() == 0 ? tr("No rows yet: press Run.")
                                                                      : tr("No row matches the filter."));
  m_goLive->setVisible(!m_following);
  if (!m_following)
    m_goLive->setText(fresh == 0   ? tr("Go live")
                      : fresh == 1 ? tr("1 new row - go live")
                                   : tr("%n new rows - go live", nullptr, fresh));
  fitColumns();
}

// Rows that come or go above those that are looked at take the scroll bar with them.
void ResultsPanel::hold(int first, int rows) {
  QScrollBar* bar = m_table->verticalScrollBar();
  if (m_following || first > bar->value()) return;
  m_isHolding = true;
  // The table learns of its new length when it is laid out next; the bar must be able to go there now.
  if (rows > 0) bar->setMaximum(bar->maximum() + rows);
  bar->setValue(std::max(1, bar->value() + rows));
  m_isHolding = false;
}

void ResultsPanel::fitColumns() {
  constexpr int kWidest = 360;
  if (!m_table->isVisible()) return;
  QHeaderView* header = m_table->horizontalHeader();
  m_isFitting = true;
  for (int c = 0; c < header->count(); ++c) {
    if (header->isSectionHidden(c) || m_sizedByHand.contains(c)) continue;
    const int wanted =
        std::max(header->sectionSizeHint(c), static_cast<QAbstractItemView*>(m_table)->sizeHintForColumn(c));
    if (const int width = std::min(wanted, kWidest); width > header->sectionSize(c)) header->resizeSection(c, width);
  }
  spreadColumns();
  m_isFitting = false;
}

// Columns stand apart where there is room, once: widths that change under the eye would be worse than a margin.
void ResultsPanel::spreadColumns() {
  constexpr int kMostApart = 72;
  // The last one is the state, whose longest word may come later.
  constexpr int kLast = 130;
  if (m_isSpread || m_model->rowCount() == 0) return;
  m_isSpread = true;
  QHeaderView* header = m_table->horizontalHeader();
  const int shown = header->count() - header->hiddenSectionCount();
  if (shown < 2) return;
  int used = 0;
  for (int c = 0; c < header->count(); ++c)
    if (!header->isSectionHidden(c))
      used += header->visualIndex(c) == header->count() - 1 ? std::max(header->sectionSizeHint(c), kLast)
                                                            : header->sectionSize(c);
  const int apart = std::min((m_table->viewport()->width() - used) / (shown - 1), kMostApart);
  if (apart <= 0) return;
  for (int c = 0; c < header->count(); ++c)
    if (!header->isSectionHidden(c) && header->visualIndex(c) < header->count() - 1)
      header->resizeSection(c, header->sectionSize(c) + apart);
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
      cells << cell.data(ResultsModel::kNameRole).toString() + QLatin1Char(':') +
                   cell.data(ResultsModel::kJsonRole).toString();
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
      const bool quoted =
          json.startsWith(QLatin1Char('"')) || json.startsWith(QLatin1Char('{')) || json.startsWith(QLatin1Char('['));
      cells << (quoted ? QLatin1Char('\'') + plain.replace(QLatin1Char('\''), QStringLiteral("''")) + QLatin1Char('\'')
                       : json.toUpper());
    }
    rows << QLatin1Char('(') + cells.join(QStringLiteral(", ")) + QLatin1Char(')');
  }
  return QStringLiteral("VALUES\n  ") + rows.join(QStringLiteral(",\n  ")) + QStringLiteral(";\n");
}

QString ResultsPanel::asCsv() const {
  std::string out;
  const std::vector<int> columns = columnsSeen();
  const auto line = [&](const auto& appendCell) {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) out += ',';
      appendCell(columns[i]);
    }
    out += "\r\n";
  };
  line([&](int c) {
    appendCsvField(out, m_proxy->headerData(c, Qt::Horizontal, ResultsModel::kNameRole).toString().toStdString(),
                   false);
  });
  for (const int r : rowsSeen(false))
    line([&](int c) {
      const QModelIndex cell = m_proxy->index(r, c);
      appendCsvField(out, cell.data(ResultsModel::kPlainRole).toString().toStdString(),
                     cell.data(ResultsModel::kJsonRole).toString() == QLatin1String("null"));
    });
  return QString::fromStdString(out);
}

void ResultsPanel::exportRows() {
  const QString path =
      QFileDialog::getSaveFileName(this, tr("Export rows"), m_stream->currentText() + QStringLiteral(".csv"),
                                   tr("CSV (*.csv);;JSON Lines (*.jsonl)"));
  if (path.isEmpty()) return;
  const QString why = saveTo(path, (path.endsWith(QLatin1String(".jsonl")) ? asJsonLines(false) : asCsv()).toUtf8(),
                             NewFile::OwnerOnly);
  emit message(why.isEmpty() ? tr("%n rows written to %1", nullptr, m_proxy->rowCount()).arg(path) : why,
               why.isEmpty() ? LogLevel::Info : LogLevel::Error);
}

void ResultsPanel::fillCopyMenu(QMenu& menu) {
  QClipboard* clipboard = QApplication::clipboard();
  menu.addAction(tr("Copy as TSV"), this, [this, clipboard] { clipboard->setText(asTsv(true)); });
  menu.addAction(tr("Copy as JSON"), this, [this, clipboard] { clipboard->setText(asJsonLines(true)); });
  menu.addAction(tr("Copy as SQL"), this, [this, clipboard] { clipboard->setText(asSql(true)); });
}

void ResultsPanel::fillColumnMenu(QMenu& menu) {
  QHeaderView* header = m_table->horizontalHeader();
  for (int visual = 0; visual < header->count(); ++visual) {
    const int c = header->logicalIndex(visual);
    QAction* action = menu.addAction(m_model->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString());
    action->setCheckable(true);
    action->setChecked(!header->isSectionHidden(c));
    connect(action, &QAction::toggled, header, [header, c](bool on) { header->setSectionHidden(c, !on); });
  }
  menu.addSeparator();
  QAction* full = menu.addAction(tr("Full precision"));
  full->setCheckable(true);
  full->setChecked(m_model->isFullPrecision());
  connect(full, &QAction::toggled, m_model, &ResultsModel::setFullPrecision);
}

void ResultsPanel::showMenu(const QPoint& globalAt) {
  QMenu menu;
  fillCopyMenu(menu);
  menu.addSeparator();
  fillColumnMenu(*menu.addMenu(tr("Columns")));
  menu.addSeparator();
  menu.addAction(tr("Export..."), this, &ResultsPanel::exportRows);
  menu.exec(globalAt);
}

}  // namespace weir
