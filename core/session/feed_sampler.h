// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: that of the QtClock it is given.
#pragma once

#include <QObject>
#include <QStringList>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/connectors/connector.h"
#include "core/session/dialogue_advice.h"

namespace weir {

/// A column that a sample suggests.
struct DraftColumn {
  QString name;
  QString type;
  QString sample;
};

/// The column that holds an event's time, and its unit as the option `event.time.unit` has it.
struct DraftTime {
  QString column;  ///< empty: the time of arrival
  QString unit;
};

/// What somebody wants to connect to.
struct DraftSource {
  QString stream = QStringLiteral("Trades");
  QString url;
  QList<QPair<QString, QString>> headers;
  QStringList openMessages;
  QString format = QStringLiteral("json");
  QString records;  ///< path of the events, e.g. $.data[*]; empty: the message itself
  std::vector<DraftColumn> columns;
  DialogueAdvice dialogue;        ///< what the server asks for besides
  std::optional<DraftTime> time;  ///< nothing: what `likelyTime` says
};

/// Listens to a server for its first messages. References to secrets are looked up here, and shown nowhere.
class FeedSampler final : public QObject, private SourceListener {
  Q_OBJECT
public:
  FeedSampler(const DraftSource& source, Clock& clock, QObject* parent = nullptr);
  ~FeedSampler() override;
  void start(int messages);

signals:
  void sampled(const QByteArray& message);
  void done();
  void failed(const QString& why);
  /// It is connected, and nothing has come for some seconds.
  void silent();
  /// What the server asks for, as far as is known; where it matters the sampler connects again with it.
  void learned(const DialogueAdvice& advice);

private:
  void connectOnce();
  void message(std::string_view payload, bool isText, Micros at) override;
  void opened() override;
  void lost() override {}
  void alive(Micros) override {}
  void stateChanged() override;
  QString lastWords() const override { return {}; }

  DraftSource m_draft;
  Clock& m_clock;
  std::unique_ptr<Source> m_source;  ///< from the start on
  int m_wanted = 0;
  bool m_hasHeard = false;
  TimerId m_silence = TimerId::None;
};

/// The format that most of these messages are written in.
QString likelyFormat(const QList<QByteArray>& messages);
/// Where the events may stand in these messages, likeliest first; "" is the message itself.
QStringList recordPaths(const QList<QByteArray>& messages);
/// The columns that the events at a path have.
std::vector<DraftColumn> draftColumns(const QList<QByteArray>& messages, const QString& path);
/// What these columns could tell of time, each with its unit guessed from the sample: whole numbers and texts.
std::vector<DraftTime> possibleTimes(const std::vector<DraftColumn>& columns);
/// The one of them whose name and sample say so; an empty column when none does.
DraftTime likelyTime(const std::vector<DraftColumn>& columns);
/// Whether what stands as its URL is a whole address of some connector.
bool hasAddress(const DraftSource& source);
/// The CREATE STREAM for it, and a first query where there is a price.
QString draftScript(const DraftSource& source);

}  // namespace weir
