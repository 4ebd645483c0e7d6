// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/feed_sampler.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>
#include <QRegularExpression>
#include <map>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/format_list.h"
#include "core/formats/json_inference.h"
#include "core/options/connector_options.h"
#include "core/options/options.h"
#include "core/session/secrets.h"

namespace weir {

namespace {

// A member's step in a path: .name, or quoted where the name is no word.
QString memberStep(const QString& name) {
  static const QRegularExpression kWord(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]*$"));
  if (kWord.match(name).hasMatch()) return QLatin1Char('.') + name;
  return name.contains(QLatin1Char('\'')) ? QStringLiteral("[\"%1\"]").arg(name) : QStringLiteral("['%1']").arg(name);
}

QString quotedName(const QString& name) {
  static const QRegularExpression kPlain(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]*$"));
  return kPlain.match(name).hasMatch()
             ? name
             : QLatin1Char('"') + QString(name).replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
}

QString quotedText(const QString& text) {
  return QLatin1Char('\'') + QString(text).replace(QLatin1Char('\''), QStringLiteral("''")) + QLatin1Char('\'');
}

// What the server asks for besides, as options.
QList<QPair<QString, QString>> dialogueOptions(const DraftSource& draft) {
  QList<QPair<QString, QString>> out;
  const DialogueAdvice& advice = draft.dialogue;
  if (!advice.greeting.isEmpty() && !draft.openMessages.isEmpty())
    out.append({QStringLiteral("websocket.open.await.1"), advice.greeting});
  if (!advice.loginAnswer.isEmpty() && draft.openMessages.size() > 1)
    out.append({QStringLiteral("websocket.open.await.2"), advice.loginAnswer});
  if (!advice.decompress.isEmpty()) out.append({QStringLiteral("websocket.decompress"), advice.decompress});
  for (qsizetype i = 0; i < advice.replies.size(); ++i) {
    out.append({QStringLiteral("websocket.reply.when.%1").arg(i + 1), advice.replies[i].first});
    out.append({QStringLiteral("websocket.reply.send.%1").arg(i + 1), advice.replies[i].second});
  }
  return out;
}

// What the address says: where it is no connector's, the first one finds the words for that.
std::map<std::string, std::string> addressOptions(const DraftSource& draft) {
  const std::string address = draft.url.toStdString();
  return sourceOfAddress(address).value_or(
      std::map<std::string, std::string>{{"type", "source"}, {"extension", "websocket"}, {"websocket.url", address}});
}

bool isWebSocket(const std::map<std::string, std::string>& options) { return options.at("extension") == "websocket"; }

// What CREATE STREAM would say, for a connection that is made once.
std::map<std::string, std::string> optionsOf(const DraftSource& draft) {
  std::map<std::string, std::string> options = addressOptions(draft);
  if (!isWebSocket(options)) return options;
  options["websocket.reconnect"] = "false";
  for (const auto& [key, value] : draft.headers)
    options["websocket.headers." + key.toStdString()] = value.toStdString();
  int place = 0;
  for (const QString& message : draft.openMessages)
    options["websocket.open.message." + std::to_string(++place)] = message.toStdString();
  for (const auto& [key, value] : dialogueOptions(draft)) options[key.toStdString()] = value.toStdString();
  return options;
}

// The unit of a number that looks like a time of this century, or of a text that is a date.
QString timeUnit(const QString& sample) {
  if (QDateTime::fromString(sample, Qt::ISODateWithMs).isValid()) return QStringLiteral("iso8601");
  const double t = sample.toDouble();
  const auto within = [t](double scale) { return t > 1.0e9 * scale && t < 4.2e9 * scale; };
  return within(1)     ? QStringLiteral("s")
         : within(1e3) ? QStringLiteral("ms")
         : within(1e6) ? QStringLiteral("us")
         : within(1e9) ? QStringLiteral("ns")
                       : QString();
}

std::string_view view(const QByteArray& bytes) { return {bytes.constData(), static_cast<size_t>(bytes.size())}; }

// The messages that are objects or arrays, as JSON.
std::vector<std::string> readAs(const FormatSpec& format, const QList<QByteArray>& messages) {
  std::vector<std::string> out;
  for (const QByteArray& message : messages) {
    JsonMessage read = format.asJson(view(message));
    if (read.wrong.empty() && (read.text.starts_with('{') || read.text.starts_with('[')))
      out.push_back(std::move(read.text));
  }
  return out;
}

const FormatSpec& formatOf(const QList<QByteArray>& messages) {
  const FormatSpec* best = &formatList().front();
  size_t most = 0;
  for (const FormatSpec& format : formatList()) {
    const size_t count = format.asJson ? readAs(format, messages).size() : 0;
    if (count <= most) continue;
    most = count;
    best = &format;
  }
  return *best;
}

}  // namespace

QString likelyFormat(const QList<QByteArray>& messages) {
  const std::string_view name = formatOf(messages).name;
  return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
}

FeedSampler::FeedSampler(const DraftSource& source, Clock& clock, QObject* parent)
    : QObject(parent), m_draft(source), m_clock(clock) {}

void FeedSampler::start(int messages) {
  m_wanted = messages;
  connectOnce();
}

void FeedSampler::connectOnce() {
  const auto told = [this](const Diagnostics& why) {
    emit failed(
        QString::fromStdString(why.front().message + (why.front().hint.empty() ? "" : "\n" + why.front().hint)));
  };
  const auto written = Options::fromMap(optionsOf(m_draft));
  if (!written) return told(written.diagnostics());
  // A keychain may ask its user, who may close the dialog meanwhile.
  const QPointer<FeedSampler> self(this);
  const auto options = written->resolved(lookUpSecret);
  if (!self) return;
  if (!options) return told(options.diagnostics());
  m_hasHeard = false;
  m_source = connectorFor(*options).makeSource({m_draft.stream, *options, *written, m_clock}, {});
  m_source->setListener(this);
  m_source->start();
}

FeedSampler::~FeedSampler() {
  m_clock.cancel(m_silence);
  if (!m_source) return;
  m_source->setListener(nullptr);
  m_source->stop();
}

void FeedSampler::message(std::string_view payload, bool, Micros) {
  if (m_wanted <= 0) return;
  m_hasHeard = true;
  const QByteArray message(payload.data(), static_cast<qsizetype>(payload.size()));
  const qsizetype known = m_draft.dialogue.words.size();
  const bool goesBetter = m_draft.dialogue.hear(message);
  if (goesBetter || m_draft.dialogue.words.size() > known) emit learned(m_draft.dialogue);
  if (goesBetter) {
    // It is told from its own call.
    QMetaObject::invokeMethod(
        this,
        [this] {
          m_source->setListener(nullptr);
          m_source->stop();
          connectOnce();
        },
        Qt::QueuedConnection);
    return;
  }
  emit sampled(message);
  if (--m_wanted == 0) QMetaObject::invokeMethod(this, &FeedSampler::done, Qt::QueuedConnection);
}

void FeedSampler::opened() {
  constexpr Micros kPatience = 5'000'000;
  m_clock.cancel(m_silence);
  m_silence = m_clock.callAt(m_clock.now() + kPatience, [this] {
    m_silence = TimerId::None;
    if (!m_hasHeard) emit silent();
  });
}

void FeedSampler::stateChanged() {
  // One that tries again for itself would keep somebody waiting who can mend the address.
  if (m_wanted <= 0 || (!m_source->hasEnded() && m_source->state() != ConnectionState::Waiting)) return;
  const ConnectionHealth health = m_source->health();
  emit failed(health.error + QLatin1Char('\n') + health.hint);
}

QStringList recordPaths(const QList<QByteArray>& messages) {
  std::map<QString, int> votes;
  for (const std::string& message : readAs(formatOf(messages), messages)) {
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(message));
    if (document.isArray()) ++votes[QString()];
    if (!document.isObject()) continue;
    const QJsonObject root = document.object();
    bool nested = false;
    for (auto it = root.begin(); it != root.end(); ++it) {
      // No path can be written to a name with both kinds of quotes.
      if (it.key().contains(QLatin1Char('\'')) && it.key().contains(QLatin1Char('"'))) continue;
      if (it->isArray() && it->toArray().first().isObject()) {
        votes[QStringLiteral("$%1[*]").arg(memberStep(it.key()))] += 2;
        nested = true;
      } else if (it->isObject() && it->toObject().size() > 2) {
        votes[QStringLiteral("$%1").arg(memberStep(it.key()))] += 2;
        nested = true;
      }
    }
    // A greeting or an ack has few members and says little of where the events are.
    constexpr qsizetype kLeastMembers = 3;
    votes[QString()] += nested || root.size() < kLeastMembers ? 1 : 3;
  }
  QList<QPair<int, QString>> ranked;
  for (const auto& [path, count] : votes) ranked.append({-count, path});
  std::sort(ranked.begin(), ranked.end());
  QStringList out;
  for (const auto& [count, path] : ranked) out << path;
  return out.isEmpty() ? QStringList{QString()} : out;
}

std::vector<DraftColumn> draftColumns(const QList<QByteArray>& messages, const QString& path) {
  const FormatSpec& format = formatOf(messages);
  DecoderSettings settings;
  settings.format = format.name;
  settings.records = path.toStdString();
  // All that was sampled counts, so that a price that was whole at first is still a price.
  JsonInference inference(settings, {}, static_cast<size_t>(messages.size()));
  for (const QByteArray& message : messages) inference.add(view(message));
  const std::vector<std::string> texts = readAs(format, messages);
  std::vector<DraftColumn> out;
  const SchemaPtr schema = inference.schema();
  if (!schema) return out;
  for (const Field& field : schema->fields) {
    const std::string_view type = field.isTime ? "TIMESTAMP" : typeName(field.type);
    out.push_back(
        {QString::fromStdString(field.name), QString::fromUtf8(type.data(), static_cast<qsizetype>(type.size())), {}});
  }
  for (const std::string& text : texts) {
    const JsonEvents events = inference.eventsOf(text);
    for (const JsonEvents::Event& event : events.all())
      for (DraftColumn& column : out)
        if (column.sample.isEmpty())
          if (const auto value = jsonMember(event.json, column.name.toStdString()); value && !isJsonNull(*value))
            column.sample = QString::fromStdString(jsonPlainText(*value));
  }
  return out;
}

std::vector<DraftTime> possibleTimes(const std::vector<DraftColumn>& columns) {
  std::vector<DraftTime> out;
  for (const DraftColumn& c : columns) {
    if (c.type == QLatin1String("TIMESTAMP")) out.push_back({c.name, QStringLiteral("ms")});
    const bool isText = c.type == QLatin1String("STRING");
    if (!isText && c.type != QLatin1String("LONG")) continue;
    const QString unit = timeUnit(c.sample);
    const bool fits = isText == (unit == QLatin1String("iso8601"));
    out.push_back({c.name, !unit.isEmpty() && fits ? unit : isText ? QStringLiteral("iso8601") : QStringLiteral("ms")});
  }
  return out;
}

DraftTime likelyTime(const std::vector<DraftColumn>& columns) {
  static const QRegularExpression kTime(QStringLiteral("^(T|E|ts|time|timestamp|event_time|trade_time)$"),
                                        QRegularExpression::CaseInsensitiveOption);
  DraftTime best;
  for (const DraftTime& t : possibleTimes(columns)) {
    const auto column =
        std::find_if(columns.begin(), columns.end(), [&](const DraftColumn& c) { return c.name == t.column; });
    const bool isTyped = column->type == QLatin1String("TIMESTAMP");
    const bool isTime = kTime.match(t.column).hasMatch() && (isTyped || timeUnit(column->sample) == t.unit);
    if (isTime && (best.column.isEmpty() || t.column == QLatin1String("T"))) best = t;
  }
  return best;
}

namespace {

// What stands in WITH besides the address.
QStringList webSocketLines(const DraftSource& source) {
  QStringList options;
  for (const auto& [key, value] : source.headers)
    options << QStringLiteral("  \"websocket.headers.%1\" = %2").arg(key, quotedText(value));
  const QList<QPair<QString, QString>> dialogue = dialogueOptions(source);
  const bool awaits = std::any_of(dialogue.begin(), dialogue.end(), [](const auto& option) {
    return option.first.startsWith(QLatin1String("websocket.open.await."));
  });
  for (int i = 0; i < source.openMessages.size(); ++i)
    options << QStringLiteral("  \"websocket.open.message%1\" = %2")
                   .arg(i == 0 && !awaits ? QString() : QStringLiteral(".%1").arg(i + 1),
                        quotedText(source.openMessages[i]));
  for (const auto& [key, value] : dialogue) options << QStringLiteral("  \"%1\" = %2").arg(key, quotedText(value));
  return options;
}

}  // namespace

bool hasAddress(const DraftSource& source) {
  return sourceOfAddress(source.url.toStdString()) && Options::fromMap(addressOptions(source)).ok();
}

QString draftScript(const DraftSource& source) {
  QStringList columns;
  for (const DraftColumn& c : source.columns) columns << QStringLiteral("  %1 %2").arg(quotedName(c.name), c.type);
  const DraftTime time = source.time.value_or(likelyTime(source.columns));
  const std::map<std::string, std::string> address = addressOptions(source);
  QStringList options{QStringLiteral("  type = 'source'"),
                      QStringLiteral("  extension = '%1'").arg(QString::fromStdString(address.at("extension"))),
                      QStringLiteral("  format = '%1'").arg(source.format)};
  for (const auto& [key, value] : address)
    if (key != "type" && key != "extension")
      options << QStringLiteral("  \"%1\" = %2")
                     .arg(QString::fromStdString(key), quotedText(QString::fromStdString(value)));
  if (isWebSocket(address)) options << webSocketLines(source);
  if (!source.records.isEmpty()) options << QStringLiteral("  \"json.records\" = %1").arg(quotedText(source.records));
  if (!time.column.isEmpty()) {
    options << QStringLiteral("  \"event.time.field\" = %1").arg(quotedText(time.column));
    if (time.unit != QLatin1String("ms")) options << QStringLiteral("  \"event.time.unit\" = '%1'").arg(time.unit);
    options << QStringLiteral("  \"event.time.lateness.ms\" = '2000'");
  }
  QString script = QStringLiteral("CREATE STREAM %1 (\n%2\n) WITH (\n%3\n);\n")
                       .arg(quotedName(source.stream),
                            columns.isEmpty() ? QStringLiteral("  ...") : columns.join(QStringLiteral(",\n")),
                            options.join(QStringLiteral(",\n")));
  const auto named = [&](std::initializer_list<const char*> names) -> const DraftColumn* {
    for (const char* name : names)
      for (const DraftColumn& c : source.columns)
        if (c.name.compare(QLatin1String(name), c.name.size() == 1 ? Qt::CaseSensitive : Qt::CaseInsensitive) == 0)
          return &c;
    return nullptr;
  };
  const DraftColumn* price = named({"p", "price", "px", "last"});
  const DraftColumn* size = named({"q", "v", "size", "sz", "qty", "quantity", "amount", "volume"});
  const DraftColumn* symbol = named({"s", "symbol", "product_id", "instId", "pair"});
  if (!price || !size) return script;
  const auto number = [](const DraftColumn& c) {
    return c.type == QLatin1String("STRING") ? QStringLiteral("%1::DOUBLE").arg(quotedName(c.name))
                                             : quotedName(c.name);
  };
  script += QStringLiteral("\n-- Volume-weighted average price, a window every ten seconds\nSELECT\n");
  if (symbol) script += QStringLiteral("  %1 AS symbol,\n").arg(quotedName(symbol->name));
  script +=
      QStringLiteral(
          "  VWAP(%1, %2) AS vwap,\n  SUM(%2) AS volume,\n  COUNT(*) AS trades\nFROM %3\nWINDOW TUMBLING(10 sec)\n")
          .arg(number(*price), number(*size), quotedName(source.stream));
  if (symbol) script += QStringLiteral("GROUP BY %1\n").arg(quotedName(symbol->name));
  return script + QStringLiteral("INSERT INTO Vwap;\n");
}

}  // namespace weir
