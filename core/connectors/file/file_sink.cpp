// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/file/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDateTime>
#include <QObject>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/data/time_text.h"

namespace weir {

namespace {

constexpr Micros kDay = fromMillis(86'400'000);

bool writeWhole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

// `trades.csv` becomes `trades.2026-11-27T101112.csv`, and with a number where that is taken.
std::string asideName(const std::string& path, Micros now) {
  const std::filesystem::path whole(path);
  const std::string stamp = QDateTime::fromMSecsSinceEpoch(toMillis(now), Qt::UTC)
                                .toString(QStringLiteral("yyyy-MM-ddTHHmmss"))
                                .toStdString();
  for (int number = 1;; ++number) {
    std::filesystem::path aside = whole;
    aside.replace_filename(whole.stem().string() + "." + stamp + (number > 1 ? "-" + std::to_string(number) : "") +
                           whole.extension().string());
    std::error_code ignored;
    if (!std::filesystem::exists(aside, ignored)) return aside.string();
  }
}

}  // namespace

FileSink::FileSink(const EndpointSetup& setup, const logical::Stream& stream)
    : m_name(setup.name),
      m_shownPath(QString::fromStdString(setup.written.text("file.path"))),
      m_path(setup.options.text("file.path")),
      m_clock(setup.clock),
      m_schema(stream.schema),
      m_encoder(makeEncoder(encoderSettings(setup.options))),
      m_hasHeading(setup.options.boolean("csv.header")),
      m_delimiter(setup.options.text("csv.delimiter").front()),
      m_rotation(parseRotation(setup.options.text("file.rotate"))),
      m_since(setup.clock.now()) {}

FileSink::~FileSink() { close(); }

void FileSink::enter(ConnectionState state) {
  m_state = state;
  m_since = m_clock.now();
  if (listener()) listener()->stateChanged();
}

void FileSink::setError(const std::string& why) {
  m_error = QObject::tr("cannot write %1: %2")
                .arg(isStandardOutput() ? QObject::tr("standard output") : m_shownPath, QString::fromStdString(why));
  m_hint = QObject::tr("is the disk full, or the folder another's?");
  ++m_errors;
}

bool FileSink::open() {
  constexpr mode_t kOwnerOnly = 0600;
  m_file = isStandardOutput() ? STDOUT_FILENO
                              : ::open(m_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kOwnerOnly);
  if (m_file < 0) {
    setError(std::strerror(errno));
    return false;
  }
  struct stat found {};
  fstat(m_file, &found);
  m_isRegular = S_ISREG(found.st_mode);
  m_size = m_isRegular ? found.st_size : 0;
  m_day = m_size > 0 ? found.st_mtim.tv_sec / 86'400 : m_clock.now() / kDay;
  // Who appends to half a line would spoil both.
  char last = '\n';
  const int look = m_size > 0 ? ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC) : -1;
  if (look >= 0 && pread(look, &last, 1, m_size - 1) == 1 && last != '\n') append("\n", 0);
  if (look >= 0) ::close(look);
  if (!m_hasHeading || m_size > 0) return true;
  std::string heading;
  appendCsvHeading(heading, *m_schema, m_delimiter);
  if (append(heading + "\n", 0)) return true;
  close();
  return false;
}

void FileSink::close() {
  if (m_file < 0) return;
  // Rows that count as sent are on the disk.
  if (fsync(m_file) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS) setError(std::strerror(errno));
  if (!isStandardOutput()) ::close(m_file);
  m_file = -1;
}

void FileSink::start() {
  if (!open()) return enter(ConnectionState::Refused);
  m_wasOpen = true;
  enter(ConnectionState::Open);
}

void FileSink::reconnect() {
  close();
  start();
}

// Said once for each reason: a full disk fails all that comes.
void FileSink::failRows(uint64_t rows) {
  m_counters.failed += rows;
  if (rows > 0 && std::exchange(m_reported, m_error) != m_error && listener()) listener()->rowsFailed(rows, m_error);
}

bool FileSink::append(const std::string& lines, uint64_t rows) {
  // Another may have appended since: what is taken back must be ours.
  struct stat found {};
  if (m_isRegular && fstat(m_file, &found) == 0) m_size = found.st_size;
  if (!writeWhole(m_file, lines)) {
    setError(std::strerror(errno));
    // The lines of a batch go together, so that none of them is counted twice or stands half.
    if (m_isRegular && ftruncate(m_file, m_size) != 0) setError(std::strerror(errno));
    failRows(rows);
    return false;
  }
  m_size += static_cast<int64_t>(lines.size());
  m_bytes += lines.size();
  m_counters.sent += rows;
  return true;
}

bool FileSink::rotate() {
  close();
  std::error_code failed;
  std::filesystem::rename(m_path, asideName(m_path, m_clock.now()), failed);
  if (failed) setError(failed.message());
  return open();
}

void FileSink::publish(const Batch& batch) {
  std::string lines;
  uint64_t rows = 0;
  for (size_t row = 0; row < batch.rows(); ++row) {
    const std::string line = m_encoder->encode(batch, row);
    if (m_watch) m_watch(line, true, true);
    lines += line;
    lines += '\n';
    ++rows;
  }
  m_counters.published += rows;
  if (m_file < 0) {
    if (m_error.isEmpty()) m_error = QObject::tr("the file is closed");
    return failRows(rows);
  }
  const int64_t day = m_clock.now() / kDay;
  const bool isDue =
      m_rotation && m_size > 0 &&
      (m_rotation->isDaily ? day != m_day : m_size + static_cast<int64_t>(lines.size()) > m_rotation->bytes);
  if (isDue && !rotate()) {
    failRows(rows);
    return enter(ConnectionState::GaveUp);
  }
  m_day = day;
  if (append(lines, rows) && m_state == ConnectionState::Open) enter(ConnectionState::Live);
}

void FileSink::stop() {
  const uint64_t before = m_errors;
  close();
  if (m_errors > before && listener()) listener()->rowsFailed(0, m_error);
  if (!hasEnded()) enter(ConnectionState::Closed);
}

ConnectionHealth FileSink::health() const {
  ConnectionHealth h;
  h.name = m_name;
  h.url = m_shownPath;
  h.isSink = true;
  h.state = m_state;
  h.since = m_since;
  h.error = m_error;
  h.hint = m_hint;
  h.errors = m_errors;
  h.bytes = m_bytes;
  h.published = m_counters.published;
  h.sent = m_counters.sent;
  h.failed = m_counters.failed;
  return h;
}

}  // namespace weir
