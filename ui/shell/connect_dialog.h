// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <memory>

#include "core/net/qt_clock.h"
#include "core/session/feed_sampler.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QTableWidget;

namespace weir {

/// From a URL to a CREATE STREAM: an example or one's own address, ten sampled messages, the path of the
/// events, the columns with sample values, the time of the events, and the SQL for them. SQL that was edited by hand is
/// not written over unless one asks for it.
class ConnectDialog final : public QDialog {
  Q_OBJECT
public:
  explicit ConnectDialog(QWidget* parent = nullptr);

signals:
  void created(const QString& title, const QString& sql);

private:
  void choosePreset(int index);
  void sample();
  void endSampling(const QString& state);
  void infer();
  void offerTimes();
  void preview();
  DraftSource draft() const;

  QtClock m_clock;
  std::unique_ptr<FeedSampler> m_sampler;
  std::unique_ptr<FeedSampler> m_ended;  ///< the one before
  QList<QByteArray> m_messages;
  DialogueAdvice m_dialogue;  ///< what the server asked for
  QString m_title;            ///< of the example that is the draft
  QComboBox* m_preset;
  QLineEdit* m_url;
  QLineEdit* m_stream;
  QPlainTextEdit* m_headers;
  QPlainTextEdit* m_open;
  QPushButton* m_sample;
  QLabel* m_state;
  QComboBox* m_records;
  bool m_hasChosenRecords = false;  ///< by hand: more messages do not change it
  QComboBox* m_time;
  QComboBox* m_unit;
  QTableWidget* m_columns;
  QPlainTextEdit* m_sql;
  QPushButton* m_again;
  QPushButton* m_create;
};

}  // namespace weir
