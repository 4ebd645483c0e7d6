// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/script_file.h"

#include <QFile>
#include <QFileInfo>
#include <QObject>

#include "core/base/text.h"

namespace weir {

namespace {

constexpr qint64 kLargestFile = 16 << 20;

QString problemOf(const QByteArray& content, const QString& path) {
  // Before its size: a capture is usually larger than any script.
  if (withoutMark({content.constData(), static_cast<size_t>(content.size())}).starts_with("{\"weir_capture\""))
    return QObject::tr(
               "%1 is a capture, not SQL. Play it as a feed from a terminal: weir replay --serve 127.0.0.1:9000 %1\n"
               "Or through a pipeline: weir replay %1 PIPELINE.sql")
        .arg(path);
  if (content.size() > kLargestFile) return QObject::tr("%1 is larger than 16 MB. Open a smaller file.").arg(path);
  if (content.contains('\0') || !isUtf8({content.constData(), static_cast<size_t>(content.size())}))
    return QObject::tr("%1 is not text in UTF-8. Convert it to UTF-8 first, for example with iconv.").arg(path);
  return {};
}

}  // namespace

ScriptFile readScript(const QString& path) {
  ScriptFile file;
  const QFileInfo info(path);
  file.exists = !path.isEmpty() && info.exists();
  if (!file.exists) return file;
  QFile in(path);
  if (!info.isFile()) {
    file.problem = QObject::tr("%1 is not a regular file. Choose one that is.").arg(path);
  } else if (!in.open(QIODevice::ReadOnly)) {
    file.problem =
        QObject::tr("Cannot read %1: %2. Look at its permissions and open it again.").arg(path, in.errorString());
  } else {
    // The size that a file tells need not be true.
    file.content = in.read(kLargestFile + 1);
    file.problem =
        in.error() == QFileDevice::NoError
            ? problemOf(file.content, path)
            : QObject::tr("Cannot read %1: %2. Open it again once it can be read.").arg(path, in.errorString());
  }
  if (!file.problem.isEmpty()) file.content.clear();
  return file;
}

QString saveTo(const QString& path, const QByteArray& content, NewFile rights) {
  const bool wasThere = QFileInfo::exists(path);
  const std::string why = saveFile(QFile::encodeName(path).toStdString(),
                                   {content.constData(), static_cast<size_t>(content.size())}, rights);
  if (why.empty()) return {};
  const QString told = QObject::tr("Nothing was saved: cannot write %1: %2.").arg(path, QString::fromStdString(why));
  return wasThere ? told + QObject::tr(" The file is as it was.") : told;
}

}  // namespace weir
