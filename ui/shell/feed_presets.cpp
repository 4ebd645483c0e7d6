// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/feed_presets.h"

#include <QDir>
#include <QFile>
#include <algorithm>
#include <map>

#include "core/bind/checker.h"

namespace weir {

namespace {

const QString kFolder = QStringLiteral(":/weir/examples");

// The first line of an example says whose feed it is, and after a colon what is peculiar about it.
FeedPreset readPreset(const QString& file) {
  QFile in(kFolder + QLatin1Char('/') + file);
  FeedPreset preset{{}, {}, file, in.open(QIODevice::ReadOnly) ? QString::fromUtf8(in.readAll()) : QString()};
  const QString line = preset.script.section(QLatin1Char('\n'), 0, 0).mid(3);
  preset.name = line.section(QLatin1String(": "), 0, 0);
  preset.peculiarity = line.section(QLatin1String(": "), 1);
  return preset;
}

}  // namespace

const std::vector<FeedPreset>& feedPresets() {
  static const std::vector<FeedPreset> all = [] {
    std::vector<FeedPreset> out;
    for (const QString& file : QDir(kFolder).entryList({QStringLiteral("*.sql")})) out.push_back(readPreset(file));
    std::sort(out.begin(), out.end(),
              [](const FeedPreset& a, const FeedPreset& b) { return a.name.compare(b.name, Qt::CaseInsensitive) < 0; });
    return out;
  }();
  return all;
}

DraftSource draftOf(const FeedPreset& preset) {
  DraftSource draft;
  const logical::Plan script = checkScript(preset.script.toStdString()).script;
  if (script.feeds().empty()) return draft;
  const logical::Stream& stream = script.stream(script.feeds().front());
  draft.stream = QString::fromStdString(stream.name);
  draft.url = QString::fromStdString(stream.options.written("websocket.url"));
  for (const auto& [name, value] : stream.options.under("websocket.headers."))
    draft.headers.append({QString::fromStdString(name), QString::fromStdString(value)});
  if (stream.options.has("websocket.open.message"))
    draft.openMessages << QString::fromStdString(stream.options.written("websocket.open.message"));
  std::map<int, QString> numbered;
  for (const auto& [number, message] : stream.options.under("websocket.open.message."))
    numbered.emplace(QString::fromStdString(number).toInt(), QString::fromStdString(message));
  for (const auto& [number, message] : numbered) draft.openMessages << message;
  return draft;
}

}  // namespace weir
