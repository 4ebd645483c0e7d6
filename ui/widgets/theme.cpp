// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QLocale>
#include <QPalette>
#include <QStyleFactory>
#include <cmath>

#include "ui/widgets/focus_ring.h"

// Resources of a static library are there once somebody asks for them.
static void loadResources() {
  Q_INIT_RESOURCE(weir);
  Q_INIT_RESOURCE(help);
  Q_INIT_RESOURCE(examples);
}

namespace weir {

const Theme& darkTheme() {
  static const Theme kTheme = {.isDark = true,
                               .bg0 = "#0D1014",
                               .bg1 = "#13171C",
                               .bg2 = "#1A1F26",
                               .bg3 = "#232A33",
                               .line = "#262D36",
                               .line2 = "#343D48",
                               .ctl = "#6B7784",
                               .text1 = "#E4E9EF",
                               .text2 = "#A8B3BF",
                               .text3 = "#87939F",
                               .accent = "#56BFE0",
                               .fill = "#17789B",
                               .selection = "#173B4D",
                               .success = "#45C08A",
                               .warn = "#E8AE45",
                               .error = "#F47F79",
                               .stale = "#B99CF5",
                               .idle = "#8D99A6",
                               .up = "#2FBF9B",
                               .down = "#F27B60",
                               .keyword = "#7FB2FF",
                               .type = "#C7A6FF",
                               .function = "#62CBE8",
                               .string = "#9CCF85",
                               .number = "#F0B36B",
                               .comment = "#828E9A",
                               .option = "#D7BA7D",
                               .currentLine = "#1B2129",
                               .series = {QColor("#5B93FF"), QColor("#F2A83B"), QColor("#7CE5CF"), QColor("#D9739F"),
                                          QColor("#F4E79E"), QColor("#CDB5FF")}};
  return kTheme;
}

const Theme& lightTheme() {
  static const Theme kTheme = {.isDark = false,
                               .bg0 = "#E9EDF1",
                               .bg1 = "#FFFFFF",
                               .bg2 = "#F5F7F9",
                               .bg3 = "#E6EBF0",
                               .line = "#DDE3E9",
                               .line2 = "#C9D1D9",
                               .ctl = "#7A8692",
                               .text1 = "#17202A",
                               .text2 = "#47535F",
                               .text3 = "#5C6874",
                               .accent = "#0A6C90",
                               .fill = "#0A6C90",
                               .selection = "#D3EAF4",
                               .success = "#12754B",
                               .warn = "#8A5600",
                               .error = "#B82C28",
                               .stale = "#6B43BF",
                               .idle = "#5F6B78",
                               .up = "#087558",
                               .down = "#B93814",
                               .keyword = "#1B4FB5",
                               .type = "#7A3DB8",
                               .function = "#006A8A",
                               .string = "#2F6B1E",
                               .number = "#9A4E00",
                               .comment = "#5C6874",
                               .option = "#7A5B00",
                               .currentLine = "#F3F7FA",
                               .series = {QColor("#1F63D6"), QColor("#B86A00"), QColor("#0FA08A"), QColor("#A83279"),
                                          QColor("#5A5200"), QColor("#8F7BE8")}};
  return kTheme;
}

const Theme& colourBlindTheme(bool dark) {
  const auto make = [](Theme theme, const char* up, const char* down) {
    theme.isColourBlind = true;
    theme.up = up;
    theme.down = down;
    return theme;
  };
  static const Theme kDark = make(darkTheme(), "#5B93FF", "#F2A83B");
  static const Theme kLight = make(lightTheme(), "#1F63D6", "#B86A00");
  return dark ? kDark : kLight;
}

bool systemIsDark() {
  static const bool kDark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
  return kDark;
}

QColor Theme::mixed(const QColor& under, const QColor& over, double share) {
  const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
  return {mix(under.red(), over.red()), mix(under.green(), over.green()), mix(under.blue(), over.blue())};
}

QColor Theme::grid() const { return mixed(bg1, line, 0.75); }

double Theme::contrast(const QColor& a, const QColor& b) {
  const auto luminance = [](const QColor& c) {
    const auto linear = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
  };
  const double x = luminance(a);
  const double y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

QFont uiFont(double px, QFont::Weight weight) {
  QFont font(QStringLiteral("Inter"));
  font.setPointSizeF(px * 0.75);
  font.setWeight(weight);
  return font;
}

QFont monoFont(double px, QFont::Weight weight) {
  QFont font(QStringLiteral("JetBrains Mono"));
  font.setPointSizeF(px * 0.75);
  font.setWeight(weight);
  return font;
}

QString withThousands(double value, int decimals) {
  QLocale locale = QLocale::c();
  locale.setNumberOptions({});
  const QString text = locale.toString(std::fabs(value), 'f', decimals);
  return value < 0 ? QChar(0x2212) + text : text;
}

void applyTheme(QApplication& app, const Theme& t) {
  systemIsDark();  // while the system's palette still stands
  loadResources();
  FocusRing::install(app);
  app.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QPalette p;
  p.setColor(QPalette::Window, t.bg0);
  p.setColor(QPalette::WindowText, t.text1);
  p.setColor(QPalette::Base, t.bg1);
  p.setColor(QPalette::AlternateBase, t.bg1);
  p.setColor(QPalette::Text, t.text1);
  p.setColor(QPalette::Button, t.bg0);
  p.setColor(QPalette::ButtonText, t.text1);
  p.setColor(QPalette::Highlight, t.selection);
  p.setColor(QPalette::HighlightedText, t.text1);
  p.setColor(QPalette::ToolTipBase, t.bg2);
  p.setColor(QPalette::ToolTipText, t.text1);
  p.setColor(QPalette::PlaceholderText, t.text3);
  p.setColor(QPalette::Link, t.accent);
  p.setColor(QPalette::Mid, t.line);
  p.setColor(QPalette::Dark, t.line2);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, Theme::mixed(t.bg0, t.text3, 0.55));
  app.setPalette(p);
  app.setFont(uiFont(13));
  const QString sheet = QStringLiteral(R"(
QMainWindow { background: %bg0; }
QMainWindow::separator { background: %bg0; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: %accent; }
QMenuBar { background: %bg0; color: %text1; }
QMenuBar::item { padding: 4px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: %bg3; }
QMenu { background: %bg2; border: 1px solid %line2; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: %bg3; }
QMenu::item:disabled { color: %text3; }
QToolBar { background: %bg0; border: none; spacing: 4px; padding: 4px; }
QToolButton { color: %text1; border: none; border-radius: 5px; padding: 5px 10px; background: transparent; }
QToolButton:hover { background: %bg3; }
QToolButton:pressed { background: %line2; }
QToolButton:checked { background: %selection; color: %text1; }
QToolButton:disabled { color: %disabled; }
QToolButton#range { padding-right: 24px; }
QToolButton#run { background: %fill; color: white; font-weight: 600; padding: 5px 14px; }
QToolButton#run:hover { background: %fillhover; }
QToolButton#run:disabled { background: %bg3; color: %text3; }
QToolButton#live { border: 1px solid %ctl; color: %idle; padding: 4px 10px; font-weight: 600; }
QToolButton#live[state="live"] { border-color: %success; color: %success; }
QToolButton#live[state="troubled"] { border-color: %warn; color: %warn; }
QToolButton#live[state="paused"] { border-color: %warn; color: %warn; }
QToolButton#live[state="detached"] { border-color: %accent; color: %accent; }
QToolButton#problemCount { color: %error; padding: 0 6px; font-weight: 600; }
QPushButton { background: %bg2; color: %text1; border: 1px solid %ctl; border-radius: 5px; padding: 5px 14px; }
QPushButton:hover { background: %bg3; }
QPushButton:pressed, QPushButton:checked { background: %selection; }
QPushButton:disabled { color: %disabled; background: %bg1; border-color: %line2; }
QPushButton#primary { background: %fill; color: white; border: none; font-weight: 600; padding: 7px 16px; }
QPushButton#primary:hover { background: %fillhover; }
QPushButton#primary:disabled { background: %bg3; color: %disabled; }
QLineEdit { background: %bg1; color: %text1; border: 1px solid %ctl; border-radius: 5px; padding: 4px 8px; selection-background-color: %selection; }
QLineEdit:focus { border-color: %accent; }
QCheckBox::indicator { border: 1px solid %ctl; border-radius: 3px; background: %bg1; width: 13px; height: 13px; }
QCheckBox::indicator:checked { border-color: %fill; background: %fill; image: url(:/weir/check.svg); }
QCheckBox::indicator:disabled { border-color: %line2; }
QTabWidget::pane { border: none; background: %bg1; }
QTabBar { background: %bg0; }
QTabBar::tab { background: %bg0; color: %text2; padding: 7px 14px; border: none; border-top: 2px solid transparent; }
QTabBar::tab:selected { background: %bg1; color: %text1; border-top: 2px solid %accent; }
QTabBar::tab:hover { color: %text1; }
QTabBar::scroller { width: 44px; }
QTabBar QToolButton { background: %bg0; border-radius: 0; padding: 0; }
QTabBar QToolButton:hover { background: %bg3; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QHeaderView { background: %bg1; }
QHeaderView::section { background: %bg1; color: %text3; border: none; border-bottom: 1px solid %line; padding: 4px 8px; }
QStatusBar { background: %bg0; color: %text2; min-height: 26px; border-top: 1px solid %line; }
QStatusBar::item { border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: %line2; border-radius: 4px; min-height: 28px; margin: 1px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: %line2; border-radius: 4px; min-width: 28px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip { background: %bg2; color: %text1; border: 1px solid %line2; padding: 4px 6px; }
QDockWidget { color: %text1; }
#dockTitle, #paneTitle { background: %bg1; border-bottom: 1px solid %line; }
#card { background: %bg2; border: 1px solid %line; border-radius: 6px; }
#cardsPane, #welcome { background: %bg1; }
#messageBar { border-left: 3px solid %accent; background: %tint; }
#messageBar[error="true"] { border-left: 3px solid %error; background: %badtint; }
#messageBar QToolButton { color: %accent; font-weight: 600; }
#findBar { background: %bg2; border-bottom: 1px solid %line; }
#completion { background: %bg2; border: 1px solid %line2; }
#completionList { background: %bg2; }
#commandPalette { background: %bg2; border: 1px solid %line2; }
QPushButton#commandBox { color: %text3; background: %bg1; border: 1px solid %line2; text-align: left; padding: 5px 12px; min-width: 220px; }
QPushButton#goLive { color: %accent; border: 1px solid %accent; padding: 2px 10px; }
QToolButton#cardButton { border: 1px solid %ctl; padding: 2px 8px; }
QComboBox { background: %bg1; color: %text1; border: 1px solid %ctl; border-radius: 5px; padding: 3px 8px; }
QTabBar::close-button { subcontrol-position: right; image: url(:/weir/close-%mode.svg); width: 16px; height: 16px; }
QTabBar::close-button:hover { background: %bg3; border-radius: 4px; }
QComboBox:focus { border-color: %accent; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow, QToolButton::menu-indicator { image: url(:/weir/down-%mode.svg); width: 14px; height: 14px; }
QToolButton::menu-indicator { subcontrol-position: right center; right: 4px; }
QAbstractScrollArea::corner { background: transparent; border: none; }
#resultsPanel, #historyPanel, #framesPanel, #eventsPanel { background: %bg1; }
QMainWindow > QTabBar::tab { border-top: none; border-bottom: 2px solid transparent; padding: 6px 14px; min-height: 18px; }
QMainWindow > QTabBar::tab:selected { border-top: none; border-bottom: 2px solid %accent; }
#dockTitle QToolButton { padding: 0; }
#resultsPanel QToolButton { padding: 4px; }
#resultsPanel QToolButton::menu-indicator { image: none; }
#demoBadge, #previewBadge { color: %warn; border: 1px solid %warn; border-radius: 4px; padding: 1px 8px; font-weight: 600; }
)");
  QString text = sheet;
  const std::initializer_list<std::pair<const char*, QColor>> tokens = {
      {"%bg0", t.bg0},
      {"%bg1", t.bg1},
      {"%bg2", t.bg2},
      {"%bg3", t.bg3},
      {"%line2", t.line2},
      {"%line", t.line},
      {"%ctl", t.ctl},
      {"%text1", t.text1},
      {"%text2", t.text2},
      {"%text3", t.text3},
      {"%accent", t.accent},
      {"%fillhover", t.isDark ? QColor("#14698A") : QColor("#085A79")},
      {"%fill", t.fill},
      {"%selection", t.selection},
      {"%disabled", Theme::mixed(t.bg0, t.text3, 0.55)},
      {"%idle", t.idle},
      {"%success", t.success},
      {"%warn", t.warn},
      {"%error", t.error},
      {"%badtint", Theme::mixed(t.bg1, t.error, 0.10)},
      {"%tint", Theme::mixed(t.bg1, t.accent, 0.10)}};
  for (const auto& [token, color] : tokens) text.replace(QLatin1String(token), color.name());
  text.replace(QLatin1String("%mode"), t.isDark ? QLatin1String("dark") : QLatin1String("light"));
  app.setStyleSheet(text);
}

}  // namespace weir
