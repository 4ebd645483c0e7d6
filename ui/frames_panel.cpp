// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frames_panel.h"

#include <QComboBox>
#include <QDateTime>
#include <QFileDialog>
#include <QHeaderView>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSaveFile>
#include <QSplitter>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace weir {

FramesPanel::FramesPanel(QWidget* parent)
    : QWidget(parent), m_list(new QTreeWidget(this)), m_text(new QPlainTextEdit(this)), m_view(new QComboBox(this)), m_filter(new QLineEdit(this)), m_info(new QLabel(this)) {
  setObjectName(QStringLiteral("framesPanel"));
  setAttribute(Qt::WA_StyledBackground);
  m_list->setObjectName(QStringLiteral("frames"));
  m_list->setAccessibleName(tr("Messages"));
  m_list->setHeaderLabels({tr("Time (UTC)"), tr("Connection"), tr("Way"), tr("Kind"), tr("Bytes"), tr("Message")});
  m_list->setRootIsDecorated(false);
  m_list->setUniformRowHeights(true);
  m_list->setFrameShape(QFrame::NoFrame);
  const int widths[] = {110, 130, 50, 60, 70};
  for (int i = 0; i < 5; ++i) m_list->header()->resizeSection(i, widths[i]);
  m_text->setAccessibleName(tr("Message"));
  m_text->setReadOnly(true);
  m_text->setFont(monoFont(12));
  m_text->setFrameShape(QFrame::NoFrame);
  m_view->addItems({tr("Text"), tr("JSON"), tr("Hex")});
  m_view->setCurrentIndex(1);
  m_view->setAccessibleName(tr("How a message is shown"));
  m_filter->setPlaceholderText(tr("Only messages with"));
  m_filter->setAccessibleName(tr("Only messages with"));
  m_filter->setClearButtonEnabled(true);
  m_filter->setMaximumWidth(240);
  m_info->setForegroundRole(QPalette::PlaceholderText);
  auto* pause = new QToolButton(this);
  pause->setText(tr("Pause"));
  pause->setCheckable(true);
  auto* saving = new QToolButton(this);
  saving->setText(tr("Save"));
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 4);
  row->addWidget(m_filter);
  row->addWidget(m_view);
  row->addWidget(m_info, 1);
  row->addWidget(pause);
  row->addWidget(saving);
  auto* split = new QSplitter(Qt::Horizontal, this);
  split->addWidget(m_list);
  split->addWidget(m_text);
  split->setStretchFactor(0, 3);
  split->setStretchFactor(1, 2);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(row);
  column->addWidget(split, 1);
  connect(pause, &QToolButton::toggled, this, [this](bool on) { m_paused = on; });
  connect(saving, &QToolButton::clicked, this, &FramesPanel::save);
  connect(m_list, &QTreeWidget::currentItemChanged, this, &FramesPanel::showCurrent);
  connect(m_view, &QComboBox::currentIndexChanged, this, &FramesPanel::showCurrent);
  connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& wanted) {
    for (int i = 0; i < m_list->topLevelItemCount(); ++i) m_list->topLevelItem(i)->setHidden(!m_list->topLevelItem(i)->text(5).contains(wanted, Qt::CaseInsensitive));
  });
}

void FramesPanel::add(std::vector<Frame> frames, uint64_t skipped) {
  if (m_paused) return;
  for (Frame& frame : frames) {
    auto* item = new QTreeWidgetItem({QDateTime::fromMSecsSinceEpoch(toMillis(frame.at), m_localTime ? Qt::LocalTime : Qt::UTC).toString(QStringLiteral("HH:mm:ss.zzz")), frame.connection,
                                      frame.isOutgoing ? tr("out") : tr("in"), frame.isText ? tr("text") : tr("binary"), QString::number(frame.size),
                                      QString::fromUtf8(frame.payload.left(300)).simplified()});
    item->setTextAlignment(4, Qt::AlignRight | Qt::AlignVCenter);
    item->setHidden(!item->text(5).contains(m_filter->text(), Qt::CaseInsensitive));
    m_list->insertTopLevelItem(0, item);
    m_frames.push_front(std::move(frame));
  }
  while (m_list->topLevelItemCount() > kMostFrames) {
    delete m_list->takeTopLevelItem(m_list->topLevelItemCount() - 1);
    m_frames.pop_back();
  }
  m_info->setText(skipped > 0 ? tr("newest first, the last %1; %2 went by too fast to be shown").arg(kMostFrames).arg(skipped) : tr("newest first, the last %1").arg(kMostFrames));
}

QString FramesPanel::shown(const Frame& frame) const {
  if (m_view->currentIndex() == 2) {
    QString out;
    for (qsizetype at = 0; at < frame.payload.size(); at += 16) {
      const QByteArray line = frame.payload.mid(at, 16);
      QString plain;
      for (const char c : line) plain += c >= 32 && c < 127 ? QLatin1Char(c) : QLatin1Char('.');
      out += QStringLiteral("%1  %2  %3\n").arg(at, 6, 16, QLatin1Char('0')).arg(QString::fromLatin1(line.toHex(' ')), -47).arg(plain);
    }
    return out;
  }
  if (m_view->currentIndex() == 1) {
    const QJsonDocument document = QJsonDocument::fromJson(frame.payload);
    if (!document.isNull()) return QString::fromUtf8(document.toJson(QJsonDocument::Indented));
  }
  return QString::fromUtf8(frame.payload);
}

void FramesPanel::setLocalTime(bool local) {
  m_localTime = local;
  m_list->headerItem()->setText(0, local ? tr("Time (local)") : tr("Time (UTC)"));
}

void FramesPanel::showCurrent() {
  const int row = m_list->indexOfTopLevelItem(m_list->currentItem());
  if (row < 0 || row >= static_cast<int>(m_frames.size())) return m_text->clear();
  const Frame& frame = m_frames[static_cast<size_t>(row)];
  m_text->setPlainText(shown(frame) + (frame.payload.size() < frame.size ? tr("\n(the first %1 of %2 bytes)").arg(frame.payload.size()).arg(frame.size) : QString()));
}

void FramesPanel::save() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Save messages"), QStringLiteral("messages.txt"));
  if (path.isEmpty()) return;
  QSaveFile out(path);
  QByteArray text;
  for (auto it = m_frames.rbegin(); it != m_frames.rend(); ++it)
    text += QDateTime::fromMSecsSinceEpoch(toMillis(it->at), Qt::UTC).toString(Qt::ISODateWithMs).toUtf8() + ' ' + it->connection.toUtf8() + (it->isOutgoing ? " out " : " in ") + it->payload + '\n';
  if (out.open(QIODevice::WriteOnly) && out.write(text) == text.size() && out.commit())
    emit message(tr("%n messages written to %1", nullptr, static_cast<int>(m_frames.size())).arg(path), false);
  else
    emit message(tr("Cannot write %1: %2").arg(path, out.errorString()), true);
}

void FramesPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  emit watching(true);
}

void FramesPanel::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  emit watching(false);
}

}  // namespace weir
