// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/deploy_dialog.h"

#include <QCheckBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace weir {

namespace {

constexpr int kMostTasks = 10'000;

std::string stdText(const QLineEdit* line) { return line->text().trimmed().toStdString(); }

}  // namespace

DeployDialog::DeployDialog(logical::Plan script, const QString& title, const QString& text, const ClusterChoice& choice,
                           QWidget* parent)
    : QDialog(parent),
      m_script(std::move(script)),
      m_title(title),
      m_text(text.toStdString()),
      m_choice(choice),
      m_kafka(new QLineEdit(choice.kafka, this)),
      m_gateway(new QLineEdit(choice.gateway, this)),
      m_jobs(new QLineEdit(choice.jobs, this)),
      m_prefix(new QLineEdit(choice.prefix, this)),
      m_parallelism(new QSpinBox(this)),
      m_exactlyOnce(new QCheckBox(tr("Publish results in transactions: each comes once"), this)),
      m_savepoint(new QLineEdit(this)),
      m_sql(new QPlainTextEdit(this)),
      m_report(new QPlainTextEdit(this)),
      m_deploy(new QPushButton(tr("Deploy"), this)),
      m_close(new QPushButton(tr("Close"), this)) {
  setWindowTitle(tr("Deploy %1 to Flink").arg(title));
  setObjectName(QStringLiteral("deployDialog"));
  resize(900, 680);
  m_parallelism->setRange(1, kMostTasks);
  m_parallelism->setValue(choice.parallelism);
  m_exactlyOnce->setChecked(choice.isExactlyOnce);
  m_kafka->setPlaceholderText(QStringLiteral("broker:9092"));
  m_gateway->setPlaceholderText(QStringLiteral("http://flink:8083"));
  m_jobs->setPlaceholderText(tr("port 8081 of the gateway's host"));
  m_savepoint->setPlaceholderText(tr("the beginning of the topics"));
  const auto named = [](QWidget* widget, const char* id, const QString& name) {
    widget->setObjectName(QLatin1String(id));
    widget->setAccessibleName(name);
  };
  named(m_kafka, "deployKafka", tr("Kafka's brokers"));
  named(m_gateway, "deployGateway", tr("Flink's SQL gateway"));
  named(m_jobs, "deployJobs", tr("Flink's JobManager"));
  named(m_prefix, "deployPrefix", tr("Prefix of the topics"));
  named(m_parallelism, "deployParallelism", tr("Tasks side by side"));
  named(m_exactlyOnce, "deployExactlyOnce", tr("Exactly once"));
  named(m_savepoint, "deploySavepoint", tr("Savepoint to go on from"));
  named(m_sql, "deploySql", tr("Flink SQL"));
  named(m_report, "deployReport", tr("Report"));
  m_deploy->setObjectName(QStringLiteral("primary"));
  m_deploy->setDefault(true);
  for (QPlainTextEdit* page : {m_sql, m_report}) {
    page->setReadOnly(true);
    page->setTabChangesFocus(true);
    page->setFont(monoFont(12));
  }
  m_sql->setLineWrapMode(QPlainTextEdit::NoWrap);
  auto* form = new QFormLayout;
  form->addRow(tr("Kafka"), m_kafka);
  form->addRow(tr("SQL gateway"), m_gateway);
  form->addRow(tr("JobManager"), m_jobs);
  form->addRow(tr("Prefix"), m_prefix);
  form->addRow(tr("Parallelism"), m_parallelism);
  form->addRow(QString(), m_exactlyOnce);
  form->addRow(tr("Go on from"), m_savepoint);
  auto* split = new QSplitter(Qt::Vertical, this);
  split->addWidget(m_sql);
  split->addWidget(m_report);
  split->setStretchFactor(0, 3);
  split->setStretchFactor(1, 2);
  auto* buttons = new QHBoxLayout;
  buttons->addStretch(1);
  buttons->addWidget(m_close);
  buttons->addWidget(m_deploy);
  auto* column = new QVBoxLayout(this);
  column->addLayout(form);
  column->addWidget(split, 1);
  column->addLayout(buttons);
  for (QLineEdit* line : {m_kafka, m_gateway, m_prefix, m_savepoint})
    connect(line, &QLineEdit::textChanged, this, &DeployDialog::translate);
  connect(m_parallelism, &QSpinBox::valueChanged, this, &DeployDialog::translate);
  connect(m_exactlyOnce, &QCheckBox::toggled, this, &DeployDialog::translate);
  connect(m_deploy, &QPushButton::clicked, this, &DeployDialog::deploy);
  connect(m_close, &QPushButton::clicked, this, &DeployDialog::reject);
  translate();
}

ClusterChoice DeployDialog::chosen() const {
  ClusterChoice choice = m_choice;
  choice.kafka = m_kafka->text().trimmed();
  choice.gateway = m_gateway->text().trimmed();
  choice.jobs = m_jobs->text().trimmed();
  choice.prefix = m_prefix->text().trimmed();
  choice.parallelism = m_parallelism->value();
  choice.isExactlyOnce = m_exactlyOnce->isChecked();
  return choice;
}

flink::Cluster DeployDialog::cluster() const {
  const std::string prefix = stdText(m_prefix);
  return {.brokers = stdText(m_kafka),
          .prefix = prefix,
          .job = prefix + "." + QFileInfo(m_title).completeBaseName().toStdString(),
          .parallelism = m_parallelism->value(),
          .isExactlyOnce = m_exactlyOnce->isChecked(),
          .savepoint = stdText(m_savepoint)};
}

void DeployDialog::translate() {
  const bool isPlaced = !m_kafka->text().trimmed().isEmpty() && QUrl(m_gateway->text().trimmed()).host().size() > 0 &&
                        !m_prefix->text().trimmed().isEmpty();
  auto translated = flink::deploymentOf(m_script, cluster());
  m_report->clear();
  m_deployment.reset();
  const std::string file = m_title.toStdString();
  for (const Diagnostic& each : translated.diagnostics())
    tell(QString::fromStdString(each.span.end > 0 ? weir::render(each, file, m_text) : each.message));
  if (!translated) {
    const Diagnostic& first = translated.diagnostics().front();
    m_sql->setPlainText(QString());
    if (first.span.end > 0) emit placed(first.span.begin);
  } else {
    m_deployment = std::move(*translated);
    m_sql->setPlainText(QString::fromStdString(flink::printed(*m_deployment, file, m_text)));
    if (m_report->toPlainText().isEmpty()) tell(tr("All of it can run on Flink."));
    if (!isPlaced) tell(tr("Say where Kafka and Flink's SQL gateway are, and the prefix of the topics."));
  }
  m_deploy->setEnabled(m_deployment && isPlaced && !m_deployer);
}

void DeployDialog::tell(const QString& line) { m_report->appendPlainText(line.trimmed()); }

void DeployDialog::deploy() {
  const ClusterChoice choice = chosen();
  m_report->clear();
  m_deployer = std::make_unique<cluster::Deployer>(QUrl(choice.gateway), QUrl(choice.jobs));
  m_deployer->onStep = [this](const QString& what) { tell(what); };
  m_deployer->onSubmitted = [this](const QString&) { submitted(); };
  m_deploy->setEnabled(false);
  m_close->setEnabled(false);
  m_isSending = true;
  m_deployer->start(*m_deployment, [this](const cluster::Deployer::Outcome& outcome) {
    // Not taken apart under its own call.
    QMetaObject::invokeMethod(
        this, [this, outcome] { ended(outcome); }, Qt::QueuedConnection);
  });
}

void DeployDialog::ended(const cluster::Deployer::Outcome& outcome) {
  m_deployer.reset();
  m_isSending = false;
  m_close->setEnabled(true);
  m_deploy->setEnabled(true);
  if (!outcome.error.isEmpty()) {
    tell(outcome.error);
    if (!outcome.hint.isEmpty()) tell(tr("hint: %1").arg(outcome.hint));
    if (outcome.span.end > 0) emit placed(outcome.span.begin);
  } else {
    tell(tr("Job %1 runs.").arg(outcome.job));
  }
}

void DeployDialog::submitted() {
  m_isSending = false;
  m_close->setEnabled(true);
  m_choice = chosen();
  m_choice.readers[QString::fromStdString(cluster().job)] =
      QString::fromStdString(flink::readerOf(m_script, cluster(), m_deployment->results));
  emit deployed(m_choice);
}

void DeployDialog::reject() {
  if (!m_isSending) QDialog::reject();
}

}  // namespace weir
