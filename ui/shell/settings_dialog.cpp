// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settings_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace weir {

SettingsDialog::SettingsDialog(const Settings& settings, const std::map<QString, QAction*>& actions,
                               const std::map<QString, QString>& usual, QWidget* parent)
    : QDialog(parent), m_settings(settings), m_actions(actions), m_usual(usual) {
  setObjectName(QStringLiteral("settingsDialog"));
  setWindowTitle(tr("Settings"));
  resize(620, 520);
  auto* tabs = new QTabWidget(this);
  tabs->addTab(lookPage(), tr("General"));
  tabs->addTab(historyPage(), tr("History"));
  tabs->addTab(keysPage(), tr("Keys"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* column = new QVBoxLayout(this);
  column->addWidget(tabs, 1);
  column->addWidget(buttons);
}

QWidget* SettingsDialog::lookPage() {
  auto* page = new QWidget(this);
  m_look = new QComboBox(page);
  m_look->addItems({tr("As the system"), tr("Light"), tr("Dark")});
  m_look->setCurrentIndex(static_cast<int>(m_settings.look));
  m_look->setAccessibleName(tr("Theme"));
  m_colourBlind = new QCheckBox(tr("Up and down in blue and orange"), page);
  m_colourBlind->setChecked(m_settings.colourBlind);
  m_localTime = new QCheckBox(tr("Show local time instead of UTC"), page);
  m_localTime->setChecked(m_settings.localTime);
  m_notifyFeeds = new QCheckBox(tr("A feed that was live is lost, silent or refused"), page);
  m_notifyFeeds->setChecked(m_settings.notifyFeeds);
  m_notifyAlerts = new QCheckBox(tr("A row of a stream that is an alert"), page);
  m_notifyAlerts->setChecked(m_settings.notifyAlerts);
  auto* form = new QFormLayout(page);
  form->addRow(tr("Theme"), m_look);
  form->addRow(tr("Colours"), m_colourBlind);
  form->addRow(tr("Time"), m_localTime);
  form->addRow(tr("Notify on the desktop"), m_notifyFeeds);
  form->addRow(QString(), m_notifyAlerts);
  return page;
}

QWidget* SettingsDialog::historyPage() {
  auto* page = new QWidget(this);
  m_keepResults = new QCheckBox(tr("Keep finished windows over restarts"), page);
  m_keepResults->setChecked(m_settings.keepResults);
  m_megabytes = new QSpinBox(page);
  m_megabytes->setRange(Settings::kLeastMegabytes, Settings::kMostMegabytes);
  m_megabytes->setSuffix(tr(" MB"));
  m_megabytes->setValue(m_settings.historyMegabytes);
  m_megabytes->setAccessibleName(tr("At most so many megabytes"));
  m_days = new QSpinBox(page);
  m_days->setRange(Settings::kLeastDays, Settings::kMostDays);
  m_days->setSuffix(tr(" days"));
  m_days->setValue(m_settings.historyDays);
  m_days->setAccessibleName(tr("At most so many days"));
  auto* form = new QFormLayout(page);
  form->addRow(tr("Results"), m_keepResults);
  form->addRow(tr("At most"), m_megabytes);
  form->addRow(QString(), m_days);
  auto* note =
      new QLabel(tr("They are in a SQLite file in the data folder. A change takes effect with the next start."), page);
  note->setWordWrap(true);
  form->addRow(note);
  return page;
}

QWidget* SettingsDialog::keysPage() {
  auto* page = new QWidget(this);
  m_keys = new QTreeWidget(page);
  m_keys->setObjectName(QStringLiteral("keys"));
  m_keys->setAccessibleName(tr("Keys of the commands"));
  m_keys->setHeaderLabels({tr("Command"), tr("Keys")});
  m_keys->setRootIsDecorated(false);
  m_keys->header()->resizeSection(0, 330);
  for (const auto& [name, action] : m_actions) {
    const QString changed = m_settings.keys.contains(name) ? m_settings.keys.at(name) : m_usual.at(name);
    auto* item = new QTreeWidgetItem(m_keys, {QString(action->text()).remove(QLatin1Char('&')), changed});
    item->setData(0, Qt::UserRole, name);
  }
  m_keys->sortItems(0, Qt::AscendingOrder);
  auto* filter = new QLineEdit(page);
  filter->setPlaceholderText(tr("Find a command"));
  filter->setAccessibleName(tr("Find a command"));
  connect(filter, &QLineEdit::textChanged, this, [this](const QString& text) {
    for (int i = 0; i < m_keys->topLevelItemCount(); ++i) {
      QTreeWidgetItem* item = m_keys->topLevelItem(i);
      item->setHidden(!item->text(0).contains(text, Qt::CaseInsensitive) &&
                      !item->text(1).contains(text, Qt::CaseInsensitive));
    }
  });
  auto* edit = new QKeySequenceEdit(page);
  edit->setObjectName(QStringLiteral("keyEdit"));
  edit->setAccessibleName(tr("Keys of the chosen command"));
  auto* set = new QPushButton(tr("Set"), page);
  auto* none = new QPushButton(tr("None"), page);
  auto* usual = new QPushButton(tr("Usual"), page);
  m_clash = new QLabel(page);
  m_clash->setWordWrap(true);
  m_clash->setTextFormat(Qt::PlainText);
  connect(m_keys, &QTreeWidget::currentItemChanged, this, [edit](QTreeWidgetItem* item) {
    if (item) edit->setKeySequence(QKeySequence(item->text(1)));
  });
  connect(set, &QPushButton::clicked, this,
          [this, edit] { change(m_keys->currentItem(), edit->keySequence().toString()); });
  connect(none, &QPushButton::clicked, this, [this] { change(m_keys->currentItem(), {}); });
  connect(usual, &QPushButton::clicked, this, [this] {
    if (QTreeWidgetItem* item = m_keys->currentItem()) change(item, m_usual.at(item->data(0, Qt::UserRole).toString()));
  });
  auto* row = new QHBoxLayout;
  row->addWidget(edit, 1);
  row->addWidget(set);
  row->addWidget(none);
  row->addWidget(usual);
  auto* column = new QVBoxLayout(page);
  column->addWidget(filter);
  column->addWidget(m_keys, 1);
  column->addLayout(row);
  column->addWidget(m_clash);
  showClashes();
  return page;
}

void SettingsDialog::change(QTreeWidgetItem* item, const QString& keys) {
  if (!item) return;
  const QString name = item->data(0, Qt::UserRole).toString();
  item->setText(1, keys);
  if (keys == m_usual.at(name))
    m_settings.keys.erase(name);
  else
    m_settings.keys[name] = keys;
  showClashes();
}

// Two commands with the same keys would both be silent.
void SettingsDialog::showClashes() {
  std::map<QString, QStringList> byKeys;
  for (int i = 0; i < m_keys->topLevelItemCount(); ++i) {
    const QTreeWidgetItem* item = m_keys->topLevelItem(i);
    if (!item->text(1).isEmpty()) byKeys[item->text(1)] << item->text(0);
  }
  QStringList clashes;
  for (const auto& [keys, names] : byKeys)
    if (names.size() > 1) clashes << tr("%1 is for %2: neither will answer").arg(keys, names.join(tr(" and ")));
  m_clash->setText(clashes.join(QLatin1Char('\n')));
}

Settings SettingsDialog::settings() const {
  Settings s = m_settings;
  s.look = static_cast<Settings::Look>(m_look->currentIndex());
  s.colourBlind = m_colourBlind->isChecked();
  s.localTime = m_localTime->isChecked();
  s.notifyFeeds = m_notifyFeeds->isChecked();
  s.notifyAlerts = m_notifyAlerts->isChecked();
  s.keepResults = m_keepResults->isChecked();
  s.historyMegabytes = m_megabytes->value();
  s.historyDays = m_days->value();
  return s;
}

}  // namespace weir
