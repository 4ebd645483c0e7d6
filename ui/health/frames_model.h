// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <deque>

#include "core/session/frame_log.h"

namespace weir {

/// Raw messages of all connections, newest first. Keeps the last 2,000.
class FramesModel final : public QAbstractTableModel {
  Q_OBJECT
public:
  static constexpr int kMostFrames = 2000;
  enum Column { Time, Connection, Direction, Kind, Bytes, Message, kColumns };
  using QAbstractTableModel::QAbstractTableModel;

  /// Takes frames that came one after the other, oldest first.
  void add(std::vector<Frame> frames);
  const Frame& at(int row) const { return m_frames[static_cast<size_t>(row)]; }
  void setLocalTime(bool local);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
  std::deque<Frame> m_frames;
  bool m_localTime = false;
};

/// Lets through the messages of a connection and a direction that contain a text.
class FramesFilter final : public QSortFilterProxyModel {
  Q_OBJECT
public:
  enum class Way { Both, In, Out };
  using QSortFilterProxyModel::QSortFilterProxyModel;
  void setText(const QString& text);
  /// Empty: all.
  void setConnection(const QString& connection);
  void setWay(Way way);

protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
  QString m_text;
  QString m_connection;
  Way m_way = Way::Both;
};

}  // namespace weir
