// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connect_dialog.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSet>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include "ui/shell/feed_presets.h"
#include "ui/widgets/theme.h"

namespace weir {

namespace {

constexpr int kMessages = 10;
constexpr int kPresetsShown = 20;

}  // namespace

ConnectDialog::ConnectDialog(QWidget* parent)
    : QDialog(parent),
      m_preset(new QComboBox(this)),
      m_url(new QLineEdit(this)),
      m_stream(new QLineEdit(this)),
      m_headers(new QPlainTextEdit(this)),
      m_open(new QPlainTextEdit(this)),
      m_sample(new QPushButton(tr("Sample ten messages"), this)),
      m_state(new QLabel(this)),
      m_records(new QComboBox(this)),
      m_time(new QComboBox(this)),
      m_unit(new QComboBox(this)),
      m_columns(new QTableWidget(0, 3, this)),
      m_sql(new QPlainTextEdit(this)),
      m_again(new QPushButton(tr("Make again"), this)),
      m_create(new QPushButton(tr("Create"), this)) {
  setWindowTitle(tr("Connect to a URL"));
  setObjectName(QStringLiteral("connectDialog"));
  resize(860, 640);
  m_preset->addItem(tr("Your own server"));
  for (const FeedPreset& preset : feedPresets()) m_preset->addItem(preset.name);
  m_preset->setMaxVisibleItems(kPresetsShown);
  m_headers->setPlaceholderText(tr("Authorization: Bearer ${env:TOKEN}"));
  m_headers->setMaximumHeight(56);
  m_open->setPlaceholderText(tr("Texts sent after the handshake, one a line"));
  m_open->setMaximumHeight(70);
  m_open->setFont(monoFont(12));
  m_state->setWordWrap(true);
  m_state->setTextFormat(Qt::PlainText);
  m_columns->setHorizontalHeaderLabels({tr("Column"), tr("Type"), tr("Sample")});
  m_columns->verticalHeader()->hide();
  m_columns->horizontalHeader()->setStretchLastSection(true);
  m_columns->setShowGrid(false);
  m_sql->setFont(monoFont(12));
  for (QPlainTextEdit* text : {m_headers, m_open, m_sql}) text->setTabChangesFocus(true);
  for (const char* unit : {"ms", "s", "us", "ns", "iso8601"}) m_unit->addItem(QLatin1String(unit));
  m_preset->setObjectName(QStringLiteral("preset"));
  m_url->setObjectName(QStringLiteral("url"));
  m_stream->setObjectName(QStringLiteral("streamName"));
  m_headers->setObjectName(QStringLiteral("headers"));
  m_open->setObjectName(QStringLiteral("openMessages"));
  m_records->setObjectName(QStringLiteral("records"));
  m_time->setObjectName(QStringLiteral("eventTime"));
  m_unit->setObjectName(QStringLiteral("eventTimeUnit"));
  m_sql->setObjectName(QStringLiteral("draftSql"));
  m_state->setObjectName(QStringLiteral("sampleState"));
  m_again->setObjectName(QStringLiteral("makeAgain"));
  m_again->setToolTip(tr("Write the SQL anew from what stands above; your own changes go"));
  m_again->hide();
  m_sample->setObjectName(QStringLiteral("sample"));
  m_create->setObjectName(QStringLiteral("primary"));
  const auto named = [](QWidget* widget, const QString& name) { widget->setAccessibleName(name); };
  named(m_preset, tr("Preset"));
  named(m_url, tr("URL"));
  named(m_stream, tr("Name of the stream"));
  named(m_headers, tr("Headers"));
  named(m_open, tr("Open messages"));
  named(m_records, tr("Where the events are"));
  named(m_time, tr("Column with the event's time"));
  named(m_unit, tr("Unit of the event's time"));
  named(m_columns, tr("Columns"));
  named(m_sql, tr("SQL"));
  auto* form = new QFormLayout;
  form->addRow(tr("Preset"), m_preset);
  form->addRow(tr("URL"), m_url);
  form->addRow(tr("Stream"), m_stream);
  form->addRow(tr("Headers"), m_headers);
  form->addRow(tr("Open messages"), m_open);
  auto* sampling = new QHBoxLayout;
  sampling->addWidget(m_sample);
  sampling->addWidget(m_state, 1);
  form->addRow(QString(), sampling);
  form->addRow(tr("Events at"), m_records);
  auto* times = new QHBoxLayout;
  times->addWidget(m_time, 1);
  times->addWidget(m_unit);
  form->addRow(tr("Event time"), times);
  auto* halves = new QHBoxLayout;
  halves->addWidget(m_columns, 1);
  halves->addWidget(m_sql, 1);
  auto* buttons = new QHBoxLayout;
  auto* cancel = new QPushButton(tr("Cancel"), this);
  buttons->addWidget(m_again);
  buttons->addStretch(1);
  buttons->addWidget(cancel);
  buttons->addWidget(m_create);
  auto* column = new QVBoxLayout(this);
  column->addLayout(form);
  column->addLayout(halves, 1);
  column->addLayout(buttons);
  connect(m_preset, &QComboBox::activated, this, &ConnectDialog::choosePreset);
  connect(m_sample, &QPushButton::clicked, this, &ConnectDialog::sample);
  connect(m_records, &QComboBox::activated, this, [this] { m_hasChosenRecords = true; });
  connect(m_records, &QComboBox::currentIndexChanged, this, [this] {
    // Other events have other columns: nothing is left out of them yet.
    m_columns->setRowCount(0);
    infer();
  });
  connect(m_columns, &QTableWidget::itemChanged, this, [this] {
    offerTimes();
    preview();
  });
  connect(m_time, &QComboBox::activated, this, [this] {
    const QVariant unit = m_time->currentData();
    if (!unit.toString().isEmpty()) m_unit->setCurrentText(unit.toString());
    preview();
  });
  connect(m_unit, &QComboBox::activated, this, &ConnectDialog::preview);
  connect(m_sql->document(), &QTextDocument::modificationChanged, m_again, &QWidget::setVisible);
  connect(m_again, &QPushButton::clicked, this, [this] {
    m_sql->document()->setModified(false);
    m_title.clear();
    preview();
  });
  for (QLineEdit* line : {m_url, m_stream}) connect(line, &QLineEdit::textChanged, this, &ConnectDialog::preview);
  for (QPlainTextEdit* text : {m_headers, m_open})
    connect(text, &QPlainTextEdit::textChanged, this, &ConnectDialog::preview);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(m_create, &QPushButton::clicked, this, [this] {
    const QString own = m_stream->text().toLower() + QStringLiteral(".sql");
    emit created(m_title.isEmpty() ? own : m_title, m_sql->toPlainText());
    accept();
  });
  choosePreset(0);
}

void ConnectDialog::choosePreset(int index) {
  const FeedPreset* const preset = index > 0 ? &feedPresets()[static_cast<size_t>(index - 1)] : nullptr;
  DraftSource source;
  source.url = QStringLiteral("wss://");
  if (preset) source = draftOf(*preset);
  QStringList headers;
  for (const auto& [name, value] : source.headers) headers << name + QLatin1String(": ") + value;
  m_url->setText(source.url);
  m_stream->setText(source.stream);
  m_headers->setPlainText(headers.join(QLatin1Char('\n')));
  m_open->setPlainText(source.openMessages.join(QLatin1Char('\n')));
  endSampling({});
  m_messages.clear();
  m_dialogue = {};
  m_records->clear();
  m_columns->setRowCount(0);
  offerTimes();
  m_sql->document()->setModified(false);
  m_title = preset ? preset->file : QString();
  if (preset) {
    m_state->setText(preset->peculiarity);
    m_sql->setPlainText(preset->script);
    m_sql->document()->setModified(true);
  }
  preview();
}

DraftSource ConnectDialog::draft() const {
  DraftSource d;
  d.stream = m_stream->text();
  d.url = m_url->text().trimmed();
  for (const QString& line : m_headers->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
    const auto colon = line.indexOf(QLatin1Char(':'));
    if (colon > 0) d.headers.append({line.left(colon).trimmed(), line.mid(colon + 1).trimmed()});
  }
  d.openMessages = m_open->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
  d.dialogue = m_dialogue;
  d.format = likelyFormat(m_messages);
  d.records = m_records->currentData().toString();
  for (int row = 0; row < m_columns->rowCount(); ++row)
    if (m_columns->item(row, 0)->checkState() == Qt::Checked)
      d.columns.push_back(
          {m_columns->item(row, 0)->text(), m_columns->item(row, 1)->text(), m_columns->item(row, 2)->text()});
  if (m_time->count() > 0)
    d.time = DraftTime{m_time->currentIndex() > 0 ? m_time->currentText() : QString(), m_unit->currentText()};
  return d;
}

void ConnectDialog::endSampling(const QString& state) {
  // It may be in the course of telling us something.
  if (m_sampler) {
    m_sampler->disconnect(this);
    m_ended = std::move(m_sampler);
  }
  m_sample->setText(tr("Sample ten messages"));
  m_state->setText(QStringList({state, m_dialogue.words.join(QLatin1Char(' '))}).join(QLatin1Char(' ')).trimmed());
}

void ConnectDialog::sample() {
  if (m_sampler) return endSampling(tr("Cancelled after %1 messages.").arg(m_messages.size()));
  m_messages.clear();
  m_dialogue = {};
  m_hasChosenRecords = false;
  m_columns->setRowCount(0);
  const DraftSource source = draft();
  m_state->setText(tr("Connecting to %1 ...").arg(source.url));
  m_sample->setText(tr("Cancel"));
  m_sampler = std::make_unique<FeedSampler>(source, m_clock);
  connect(m_sampler.get(), &FeedSampler::sampled, this, [this](const QByteArray& message) {
    m_messages << message;
    m_state->setText(tr("%1 of %2 messages").arg(m_messages.size()).arg(kMessages));
    // What is there already can be looked at while the feed is slow.
    {
      const QSignalBlocker quiet(m_records);
      const QVariant chosen = m_hasChosenRecords ? m_records->currentData() : QVariant();
      m_records->clear();
      for (const QString& path : recordPaths(m_messages))
        m_records->addItem(path.isEmpty() ? tr("the message itself") : path, path);
      if (const int kept = chosen.isValid() ? m_records->findData(chosen) : -1; kept >= 0)
        m_records->setCurrentIndex(kept);
    }
    infer();
  });
  connect(m_sampler.get(), &FeedSampler::learned, this, [this](const DialogueAdvice& advice) {
    m_dialogue = advice;
    preview();
  });
  connect(m_sampler.get(), &FeedSampler::silent, this, [this] {
    m_state->setText(tr("Connected, but nothing comes: does it wait for a subscription or a login (open messages)?"));
  });
  connect(m_sampler.get(), &FeedSampler::done, this,
          [this] { endSampling(tr("%1 messages sampled.").arg(m_messages.size())); });
  connect(m_sampler.get(), &FeedSampler::failed, this, [this](const QString& why) { endSampling(why); });
  m_sampler->start(kMessages);
}

void ConnectDialog::infer() {
  const std::vector<DraftColumn> columns = draftColumns(m_messages, m_records->currentData().toString());
  // What was left out stays out while more comes in.
  QSet<QString> unwanted;
  for (int row = 0; row < m_columns->rowCount(); ++row)
    if (m_columns->item(row, 0)->checkState() == Qt::Unchecked) unwanted.insert(m_columns->item(row, 0)->text());
  m_columns->blockSignals(true);
  m_columns->setRowCount(static_cast<int>(columns.size()));
  for (int row = 0; row < m_columns->rowCount(); ++row) {
    const DraftColumn& c = columns[static_cast<size_t>(row)];
    auto* name = new QTableWidgetItem(c.name);
    name->setCheckState(unwanted.contains(c.name) ? Qt::Unchecked : Qt::Checked);
    m_columns->setItem(row, 0, name);
    m_columns->setItem(row, 1, new QTableWidgetItem(c.type));
    auto* value = new QTableWidgetItem(c.sample.left(120));
    value->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    m_columns->setItem(row, 2, value);
  }
  m_columns->blockSignals(false);
  offerTimes();
  preview();
}

// The column that was chosen stays chosen as long as it is there.
void ConnectDialog::offerTimes() {
  const QString before = m_time->currentIndex() > 0 ? m_time->currentText() : QString();
  const std::vector<DraftColumn> columns = draft().columns;
  const DraftTime likely = likelyTime(columns);
  m_time->clear();
  m_time->addItem(tr("none: the time of arrival"));
  for (const DraftTime& t : possibleTimes(columns)) m_time->addItem(t.column, t.unit);
  const int kept = before.isEmpty() ? -1 : m_time->findText(before);
  if (kept > 0) return m_time->setCurrentIndex(kept);
  m_time->setCurrentIndex(likely.column.isEmpty() ? 0 : m_time->findText(likely.column));
  if (!likely.unit.isEmpty()) m_unit->setCurrentText(likely.unit);
}

void ConnectDialog::preview() {
  const DraftSource d = draft();
  const bool usable = hasAddress(d) && !d.stream.isEmpty();
  // What was written by hand, or is an example, may have its address from elsewhere.
  m_create->setEnabled(usable || m_sql->document()->isModified());
  m_sample->setEnabled(usable);
  if (!m_sql->document()->isModified())
    m_sql->setPlainText(usable ? draftScript(d) : tr("-- The URL is ws://, wss://, or kafka://HOST:PORT/TOPIC"));
}

}  // namespace weir
