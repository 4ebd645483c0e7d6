// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/jobs_panel.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/empty_hint.h"
#include "ui/widgets/table_rows.h"
#include "ui/widgets/theme.h"

namespace weir {

using cluster::Job;

namespace {

constexpr int kEveryMs = 2000;
enum Column { Name, State, Tasks, Lag, Restarts, Since, Why };

QString lagText(int64_t lag) { return lag < 0 ? QString() : QString::number(lag); }

}  // namespace

JobsPanel::JobsPanel(QWidget* parent)
    : QWidget(parent),
      m_tree(new QTreeWidget(this)),
      m_state(new QLabel(this)),
      m_open(new QPushButton(tr("Open results"), this)),
      m_stop(new QPushButton(tr("Stop with savepoint..."), this)),
      m_cancel(new QPushButton(tr("Cancel job"), this)) {
  setObjectName(QStringLiteral("jobsPanel"));
  setAttribute(Qt::WA_StyledBackground);
  m_tree->setObjectName(QStringLiteral("jobs"));
  m_tree->setAccessibleName(tr("Jobs on Flink"));
  m_tree->setHeaderLabels(
      {tr("Job"), tr("State"), tr("Tasks"), tr("Lag"), tr("Restarts"), tr("Since (UTC)"), tr("Newest failure")});
  m_tree->headerItem()->setToolTip(Lag, tr("Records of the topic that the job has not read yet"));
  TableRows::dress(*m_tree);
  m_tree->setRootIsDecorated(true);
  m_tree->header()->resizeSection(Name, 220);
  m_tree->header()->resizeSection(Since, 160);
  new EmptyHint(*m_tree, tr("Nothing here: Query, Deploy to Flink makes a job of the text that is open."));
  m_state->setTextFormat(Qt::PlainText);
  m_state->setWordWrap(true);
  m_open->setToolTip(tr("Read what the job writes, and draw it"));
  auto* side = new QVBoxLayout;
  for (QPushButton* button : {m_open, m_stop, m_cancel}) side->addWidget(button);
  side->addStretch(1);
  auto* row = new QHBoxLayout;
  row->addWidget(m_tree, 1);
  row->addLayout(side);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 8, 0);
  column->setSpacing(4);
  column->addLayout(row, 1);
  column->addWidget(m_state);
  m_state->hide();
  m_timer.setInterval(kEveryMs);
  connect(&m_timer, &QTimer::timeout, this, &JobsPanel::look);
  connect(m_tree, &QTreeWidget::currentItemChanged, this, &JobsPanel::choose);
  connect(m_tree, &QTreeWidget::itemActivated, this, &JobsPanel::openResults);
  connect(m_open, &QPushButton::clicked, this, &JobsPanel::openResults);
  connect(m_stop, &QPushButton::clicked, this, &JobsPanel::stop);
  connect(m_cancel, &QPushButton::clicked, this, &JobsPanel::cancel);
  choose();
}

void JobsPanel::setChoice(const ClusterChoice& choice) {
  const bool isOther = choice.jobManager() != m_choice.jobManager();
  m_choice = choice;
  if (isOther) {
    m_manager = choice.jobManager().isEmpty() ? nullptr : std::make_unique<cluster::JobManager>(choice.jobManager());
    m_isAsking = false;
    list({});
  }
  if (isVisible()) look();
  choose();
}

void JobsPanel::setLocalTime(bool local) {
  m_localTime = local;
  m_tree->headerItem()->setText(Since, local ? tr("Since (local)") : tr("Since (UTC)"));
  list(std::vector(m_jobs));
}

void JobsPanel::showEvent(QShowEvent*) {
  m_timer.start();
  look();
}

void JobsPanel::hideEvent(QHideEvent*) { m_timer.stop(); }

void JobsPanel::look() {
  if (!m_manager || std::exchange(m_isAsking, true)) return;
  m_manager->lookAtAll(
      [this](const std::vector<Job>& jobs) {
        m_isAsking = false;
        m_state->hide();
        list(jobs);
      },
      [this](const QString& error, const QString& hint) {
        m_isAsking = false;
        m_state->setText(hint.isEmpty() ? error : tr("%1 (%2)").arg(error, hint));
        m_state->show();
      });
}

// The one that was chosen stays so.
void JobsPanel::list(const std::vector<Job>& jobs) {
  const Job* const before = current();
  const QString chosen = before ? before->id : QString();
  m_jobs = jobs;
  const QSignalBlocker quiet(m_tree);
  m_tree->clear();
  for (size_t i = 0; i < m_jobs.size(); ++i) {
    const Job& job = m_jobs[i];
    const QDateTime since = QDateTime::fromMSecsSinceEpoch(job.started);
    auto* item = new QTreeWidgetItem(
        m_tree, {job.name, job.state.toLower(), tr("%1 of %2").arg(job.running).arg(job.tasks), lagText(job.lag()),
                 QString::number(job.restarts),
                 (m_localTime ? since.toLocalTime() : since.toUTC()).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
                 job.failure});
    item->setToolTip(Name, job.id);
    item->setToolTip(Why, job.failure);
    item->setData(0, Qt::UserRole, static_cast<uint>(i));
    for (const cluster::JobSource& source : job.sources) {
      auto* child = new QTreeWidgetItem(item, {source.name, QString(), QString(), lagText(source.lag)});
      child->setData(0, Qt::UserRole, static_cast<uint>(i));
      child->setTextAlignment(Lag, Qt::AlignRight | Qt::AlignVCenter);
    }
    for (const int column : {Tasks, Lag, Restarts}) item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    item->setExpanded(true);
    if (job.id == chosen) m_tree->setCurrentItem(item);
  }
  if (!m_tree->currentItem() && m_tree->topLevelItemCount() > 0) m_tree->setCurrentItem(m_tree->topLevelItem(0));
  choose();
}

const Job* JobsPanel::current() const {
  const QTreeWidgetItem* const item = m_tree->currentItem();
  const size_t at = item ? item->data(0, Qt::UserRole).toUInt() : m_jobs.size();
  return at < m_jobs.size() ? &m_jobs[at] : nullptr;
}

void JobsPanel::choose() {
  const Job* const job = current();
  const bool runs = job && !job->hasEnded();
  m_open->setEnabled(job && m_choice.readers.contains(job->name));
  m_stop->setEnabled(runs);
  m_cancel->setEnabled(runs);
}

void JobsPanel::openResults() {
  const Job* const job = current();
  if (!job) return;
  if (const auto reader = m_choice.readers.find(job->name); reader != m_choice.readers.end())
    return emit opened(tr("%1 results").arg(job->name), reader->second);
  emit message(tr("What %1 writes is not known here: it was deployed elsewhere.").arg(job->name), LogLevel::Warning);
}

void JobsPanel::stop() {
  const Job* const job = current();
  if (!job) return;
  bool isMeant = false;
  const QString folder = QInputDialog::getText(this, tr("Stop %1").arg(job->name),
                                               tr("Folder for the savepoint, as Flink's machines see it"),
                                               QLineEdit::Normal, {}, &isMeant);
  if (!isMeant) return;
  m_manager->savepoint(
      job->id, folder.trimmed(), true,
      [this, name = job->name](const QString& place) {
        emit message(tr("%1 has stopped. To go on: deploy it from %2").arg(name, place), LogLevel::Info);
        look();
      },
      [this](const QString& error, const QString& hint) {
        emit message(hint.isEmpty() ? error : tr("%1 (%2)").arg(error, hint), LogLevel::Error);
      });
}

void JobsPanel::cancel() {
  const Job* const job = current();
  if (!job) return;
  m_manager->cancel(
      job->id, [this] { look(); },
      [this](const QString& error, const QString&) { emit message(error, LogLevel::Error); });
}

}  // namespace weir
