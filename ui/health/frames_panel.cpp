// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/frames_panel.h"

#include <QComboBox>
#include <QDateTime>
#include <QFileDialog>
#include <QHeaderView>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/bytes_text.h"
#include "ui/widgets/empty_hint.h"
#include "ui/widgets/script_file.h"
#include "ui/widgets/table_rows.h"
#include "ui/widgets/theme.h"

namespace weir {

namespace {

enum View { kText, kJson, kHex };

}  // namespace

FramesPanel::FramesPanel(QWidget* parent)
    : QWidget(parent),
      m_model(new FramesModel(this)),
      m_filtered(new FramesFilter(this)),
      m_list(new QTableView(this)),
      m_text(new QPlainTextEdit(this)),
      m_view(new QComboBox(this)),
      m_connection(new QComboBox(this)),
      m_way(new QComboBox(this)),
      m_filter(new QLineEdit(this)),
      m_info(new QLabel(this)) {
  setObjectName(QStringLiteral("framesPanel"));
  setAttribute(Qt::WA_StyledBackground);
  m_filtered->setSourceModel(m_model);
  m_list->setObjectName(QStringLiteral("frames"));
  m_list->setAccessibleName(tr("Messages"));
  m_list->setModel(m_filtered);
  m_list->setSelectionMode(QAbstractItemView::SingleSelection);
  TableRows::dress(*m_list);
  const int widths[] = {110, 130, 50, 60, 76};
  for (int i = 0; i < FramesModel::Message; ++i) m_list->horizontalHeader()->resizeSection(i, widths[i]);
  new EmptyHint(*m_list,
                tr("No messages yet: what the connections send and receive while this is open is listed here."));
  m_info->setTextFormat(Qt::PlainText);
  m_text->setObjectName(QStringLiteral("frameText"));
  m_text->setAccessibleName(tr("Message"));
  m_text->setReadOnly(true);
  m_text->setFont(monoFont(12));
  m_text->setFrameShape(QFrame::NoFrame);
  const auto choice = [](QComboBox* box, const QString& name, const QString& title, const QStringList& items) {
    box->setObjectName(name);
    box->setAccessibleName(title);
    box->addItems(items);
  };
  choice(m_view, QStringLiteral("framesView"), tr("How a message is shown"), {tr("Text"), tr("JSON"), tr("Hex")});
  m_view->setCurrentIndex(kJson);
  choice(m_connection, QStringLiteral("framesConnection"), tr("Messages of which connection"), {tr("All connections")});
  m_connection->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  choice(m_way, QStringLiteral("framesWay"), tr("Messages in which direction"),
         {tr("In and out"), tr("In only"), tr("Out only")});
  m_filter->setObjectName(QStringLiteral("framesFilter"));
  m_filter->setPlaceholderText(tr("Only messages with"));
  m_filter->setAccessibleName(tr("Only messages with"));
  m_filter->setClearButtonEnabled(true);
  m_filter->setMaximumWidth(240);
  m_info->setObjectName(QStringLiteral("framesInfo"));
  m_info->setForegroundRole(QPalette::PlaceholderText);
  m_info->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* pause = new QToolButton(this);
  pause->setObjectName(QStringLiteral("framesPause"));
  pause->setText(tr("Pause"));
  pause->setCheckable(true);
  auto* saving = new QToolButton(this);
  saving->setObjectName(QStringLiteral("framesSave"));
  saving->setText(tr("Save"));
  saving->setToolTip(tr("Write the messages that are seen to a file"));
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 4);
  row->setSpacing(8);
  row->addWidget(m_filter);
  row->addWidget(m_connection);
  row->addWidget(m_way);
  row->addWidget(m_info, 1);
  row->addWidget(m_view);
  row->addWidget(pause);
  row->addWidget(saving);
  auto* split = new QSplitter(Qt::Horizontal, this);
  split->addWidget(m_list);
  split->addWidget(m_text);
  split->setStretchFactor(0, 3);
  split->setStretchFactor(1, 2);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(row);
  column->addWidget(split, 1);
  connect(pause, &QToolButton::toggled, this, [this](bool on) { m_paused = on; });
  connect(saving, &QToolButton::clicked, this, &FramesPanel::save);
  connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &FramesPanel::showCurrent);
  connect(m_view, &QComboBox::currentIndexChanged, this, &FramesPanel::showCurrent);
  connect(m_filter, &QLineEdit::textChanged, m_filtered, &FramesFilter::setText);
  connect(m_connection, &QComboBox::currentIndexChanged, this,
          [this](int index) { m_filtered->setConnection(index > 0 ? m_connection->itemText(index) : QString()); });
  connect(m_way, &QComboBox::currentIndexChanged, this,
          [this](int index) { m_filtered->setWay(static_cast<FramesFilter::Way>(index)); });
  for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
    connect(m_filtered, signal, this, &FramesPanel::showInfo);
}

void FramesPanel::add(std::vector<Frame> frames, uint64_t skipped) {
  if (m_paused) return;
  for (const Frame& frame : frames)
    if (m_connection->findText(frame.connection) < 0) m_connection->addItem(frame.connection);
  m_skipped = skipped;
  m_model->add(std::move(frames));
}

void FramesPanel::showInfo() {
  QString text = tr("%1 of the last %2, newest first")
                     .arg(withThousands(m_filtered->rowCount(), 0), withThousands(FramesModel::kMostFrames, 0));
  if (m_skipped > 0) text += tr("; %1 went by too fast to be shown").arg(m_skipped);
  m_info->setText(text);
}

QString FramesPanel::shown(const Frame& frame) const {
  if (m_view->currentIndex() == kHex) return hexDump(frame.payload);
  if (m_view->currentIndex() == kJson)
    if (const QJsonDocument document = QJsonDocument::fromJson(frame.payload); !document.isNull())
      return QString::fromUtf8(document.toJson(QJsonDocument::Indented));
  return textOrHex(frame.payload);
}

void FramesPanel::showCurrent() {
  const QModelIndex current = m_filtered->mapToSource(m_list->currentIndex());
  if (!current.isValid()) return m_text->clear();
  const Frame& frame = m_model->at(current.row());
  m_text->setPlainText(shown(frame) +
                       (frame.payload.size() < frame.size
                            ? tr("\n(the first %1 of %2 bytes)").arg(frame.payload.size()).arg(frame.size)
                            : QString()));
}

QByteArray FramesPanel::asText() const {
  QByteArray text;
  for (int row = m_filtered->rowCount(); row-- > 0;) {
    const Frame& frame = m_model->at(m_filtered->mapToSource(m_filtered->index(row, 0)).row());
    text += QDateTime::fromMSecsSinceEpoch(toMillis(frame.at), Qt::UTC).toString(Qt::ISODateWithMs).toUtf8() + ' ' +
            frame.connection.toUtf8() + (frame.isOutgoing ? " out " : " in ") +
            (frame.isText ? frame.payload : frame.payload.toHex(' ')) + '\n';
  }
  return text;
}

void FramesPanel::save() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Save messages"), QStringLiteral("messages.txt"));
  if (path.isEmpty()) return;
  const QString why = saveTo(path, asText(), NewFile::OwnerOnly);
  emit message(why.isEmpty() ? tr("%n messages written to %1", nullptr, m_filtered->rowCount()).arg(path) : why,
               why.isEmpty() ? LogLevel::Info : LogLevel::Error);
}

}  // namespace weir
