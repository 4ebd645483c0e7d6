// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/welcome_card.h"

#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace weir {

WelcomeCard::WelcomeCard(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("welcome"));
  setAttribute(Qt::WA_StyledBackground);
  auto* card = new QWidget(this);
  card->setObjectName(QStringLiteral("card"));
  card->setAttribute(Qt::WA_StyledBackground);
  card->setMaximumWidth(470);
  auto* column = new QVBoxLayout(card);
  column->setContentsMargins(28, 28, 28, 24);
  column->setSpacing(12);
  auto* icon = new QLabel(card);
  icon->setPixmap(QIcon(QStringLiteral(":/weir/icon.svg")).pixmap(48, 48));
  auto* heading = new QLabel(tr("See a VWAP move in five seconds"), card);
  heading->setFont(uiFont(17, QFont::DemiBold));
  heading->setWordWrap(true);
  auto* text = new QLabel(tr("The demo starts an exchange inside this program. It needs no network, and it drops its "
                             "connection once so that you can see a gap."),
                          card);
  text->setWordWrap(true);
  const auto button = [&](const QString& label, auto signal) {
    auto* b = new QPushButton(label, card);
    connect(b, &QPushButton::clicked, this, signal);
    return b;
  };
  auto* demoButton = button(tr("Run the demo"), &WelcomeCard::demo);
  demoButton->setObjectName(QStringLiteral("primary"));
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  buttons->addWidget(demoButton);
  buttons->addWidget(button(tr("Connect to a URL"), &WelcomeCard::connectToUrl));
  buttons->addWidget(button(tr("Open"), &WelcomeCard::openFile));
  buttons->addStretch(1);
  auto* hint = new QLabel(tr("F5 runs the file at any time. Ctrl+Shift+P lists every command."), card);
  hint->setForegroundRole(QPalette::PlaceholderText);
  hint->setWordWrap(true);
  column->addWidget(icon);
  column->addWidget(heading);
  column->addWidget(text);
  column->addLayout(buttons);
  column->addWidget(hint);
  auto* outer = new QVBoxLayout(this);
  outer->addStretch(1);
  auto* centered = new QHBoxLayout;
  centered->addStretch(1);
  centered->addWidget(card, 20);
  centered->addStretch(1);
  outer->addLayout(centered);
  outer->addStretch(2);
}

}  // namespace weir
