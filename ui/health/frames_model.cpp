// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/frames_model.h"

#include <QDateTime>
#include <QLocale>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace weir {

void FramesModel::add(std::vector<Frame> frames) {
  // Of more than it keeps only the newest were ever seen.
  if (frames.size() > kMostFrames) frames.erase(frames.begin(), frames.end() - kMostFrames);
  if (frames.empty()) return;
  beginInsertRows({}, 0, static_cast<int>(frames.size()) - 1);
  for (Frame& frame : frames) m_frames.push_front(std::move(frame));
  endInsertRows();
  const auto count = static_cast<int>(m_frames.size());
  if (count <= kMostFrames) return;
  beginRemoveRows({}, kMostFrames, count - 1);
  m_frames.resize(kMostFrames);
  endRemoveRows();
}

void FramesModel::setLocalTime(bool local) {
  m_localTime = local;
  emit headerDataChanged(Qt::Horizontal, Time, Time);
  if (!m_frames.empty()) emit dataChanged(index(0, Time), index(rowCount() - 1, Time));
}

int FramesModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_frames.size());
}

int FramesModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant FramesModel::data(const QModelIndex& index, int role) const {
  constexpr qsizetype kShown = 300;
  if (!index.isValid()) return {};
  const Frame& frame = at(index.row());
  if (role == Qt::TextAlignmentRole)
    return static_cast<int>(Qt::AlignVCenter | (index.column() == Bytes ? Qt::AlignRight : Qt::AlignLeft));
  if (role == Qt::FontRole)
    return index.column() == Time || index.column() == Bytes || index.column() == Message ? monoFont(12) : uiFont(12.5);
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case Time:
      return QDateTime::fromMSecsSinceEpoch(toMillis(frame.at), m_localTime ? Qt::LocalTime : Qt::UTC)
          .toString(QStringLiteral("HH:mm:ss.zzz"));
    case Connection: return frame.connection;
    case Direction: return frame.isOutgoing ? tr("out") : tr("in");
    case Kind: return frame.isText ? tr("text") : tr("binary");
    case Bytes: return withThousands(static_cast<double>(frame.size), 0);
    case Message:
      return frame.isText ? QString::fromUtf8(frame.payload.left(kShown)).simplified()
                          : QString::fromLatin1(frame.payload.left(kShown / 3).toHex(' '));
    default: return {};
  }
}

QVariant FramesModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return static_cast<int>(Qt::AlignVCenter | (section == Bytes ? Qt::AlignRight : Qt::AlignLeft));
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case Time: return m_localTime ? tr("Time (local)") : tr("Time (UTC)");
    case Connection: return tr("Connection");
    case Direction: return tr("Way");
    case Kind: return tr("Kind");
    case Bytes: return tr("Bytes");
    case Message: return tr("Message");
    default: return {};
  }
}

void FramesFilter::setText(const QString& text) {
  m_text = text;
  invalidateFilter();
}

void FramesFilter::setConnection(const QString& connection) {
  m_connection = connection;
  invalidateFilter();
}

void FramesFilter::setWay(Way way) {
  m_way = way;
  invalidateFilter();
}

bool FramesFilter::filterAcceptsRow(int row, const QModelIndex&) const {
  const Frame& frame = static_cast<FramesModel*>(sourceModel())->at(row);
  if (m_way != Way::Both && (m_way == Way::Out) != frame.isOutgoing) return false;
  if (!m_connection.isEmpty() && frame.connection != m_connection) return false;
  return m_text.isEmpty() || QString::fromUtf8(frame.payload).contains(m_text, Qt::CaseInsensitive);
}

}  // namespace weir
