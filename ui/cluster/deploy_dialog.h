// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <memory>
#include <optional>

#include "core/cluster/deployer.h"
#include "core/flink/deployment.h"
#include "core/plan/logical.h"
#include "ui/cluster/cluster_choice.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace weir {

/// The text that is open as a job on Flink: where to, what it becomes, what is refused of it, and how it begins.
class DeployDialog final : public QDialog {
  Q_OBJECT
public:
  /// `title` is the file's name; `script` is checked and has no error.
  DeployDialog(logical::Plan script, const QString& title, const QString& text, const ClusterChoice& choice,
               QWidget* parent = nullptr);

signals:
  /// A job was started; the choice knows how its results are read.
  void deployed(const ClusterChoice& choice);
  /// Something in the text is refused: where.
  void placed(uint32_t offset);

public slots:
  /// Not while statements go out: what was begun would be nobody's.
  void reject() override;

private:
  ClusterChoice chosen() const;
  flink::Cluster cluster() const;
  void translate();
  void deploy();
  void tell(const QString& line);
  void submitted();
  void ended(const cluster::Deployer::Outcome& outcome);

  logical::Plan m_script;
  QString m_title;
  std::string m_text;
  ClusterChoice m_choice;
  std::optional<flink::Deployment> m_deployment;
  std::unique_ptr<cluster::Deployer> m_deployer;
  bool m_isSending = false;
  QLineEdit* m_kafka;
  QLineEdit* m_gateway;
  QLineEdit* m_jobs;
  QLineEdit* m_prefix;
  QSpinBox* m_parallelism;
  QCheckBox* m_exactlyOnce;
  QLineEdit* m_savepoint;
  QPlainTextEdit* m_sql;
  QPlainTextEdit* m_report;
  QPushButton* m_deploy;
  QPushButton* m_close;
};

}  // namespace weir
