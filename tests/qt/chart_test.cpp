// SPDX-License-Identifier: GPL-3.0-or-later
// The charts by themselves: what is painted where, what mouse and keys do, what is shared, kept and exported.
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QSet>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>
#include <QWheelEvent>
#include <cmath>

#include "ui/charts/chart_deck.h"
#include "ui/charts/gap_layer.h"
#include "ui/charts/legend_table.h"
#include "ui/charts/plot_style.h"
#include "ui/health/gap_book.h"
#include "ui/results/result_views.h"
#include "ui/shell/main_window.h"

using namespace weir;

namespace {

constexpr int64_t kStart = 1'000'000'000'000;
const QString kStats = QStringLiteral("TradeStats");
const QString kSlow = QStringLiteral("Slow");

/// Windows of a second, with all that a chart can show.
logical::Stream stream(const QString& name) {
  auto schema = std::make_shared<Schema>();
  schema->fields = {{"symbol", Type::String}, {"volume", Type::Double}, {"trades", Type::Long},
                    {"sigma", Type::Double},  {"open", Type::Double},   {"high", Type::Double},
                    {"low", Type::Double},    {"close", Type::Double}};
  logical::Stream out;
  out.name = name.toStdString();
  out.schema = schema;
  out.groupColumns = {0};
  out.windowed = true;
  out.windowMs = 1000;
  return out;
}

struct Row {
  int64_t second;
  std::string symbol;
  double price;
};

ResultBlock batch(const logical::Stream& of, const std::vector<Row>& rows) {
  BatchBuilder builder(of.schema);
  for (const Row& row : rows) {
    builder.column(0).appendText(row.symbol);
    builder.column(1).appendReal(4.5);
    builder.column(2).appendInteger(61);
    builder.column(3).appendReal(row.price * 0.0001);
    builder.column(4).appendReal(row.price * 0.9995);
    builder.column(5).appendReal(row.price * 1.001);
    builder.column(6).appendReal(row.price * 0.999);
    builder.column(7).appendReal(row.price);
    builder.finishRow({.at = kStart + row.second * 1000, .isWindowEnd = true});
  }
  return {*builder.take(), of.groupColumns};
}

/// A deck of charts over rows that the test gives.
struct Charts {
  explicit Charts(const QStringList& names = {kStats}) {
    std::map<std::string, logical::Stream> streams;
    std::map<std::string, uint64_t> identities;
    for (const QString& name : names) {
      streams.emplace(name.toStdString(), stream(name));
      identities.emplace(name.toStdString(), identities.size() + 1);
    }
    views.setScript(streams, identities);
    deck.setState(ChartState::Running);
    deck.resize(620, 520);
    deck.show(views, names);
    deck.QWidget::show();
  }
  void add(const QString& name, const std::vector<Row>& rows) {
    views.find(name.toStdString())->series.addClosed(batch(stream(name), rows));
  }
  void open(const QString& name, const std::vector<Row>& rows) {
    views.find(name.toStdString())->series.setOpen(batch(stream(name), rows));
  }
  /// A minute of prices that are far apart.
  void fill() {
    for (const ChartPane* pane : deck.panes())
      for (int64_t second = 1; second <= 60; ++second)
        add(pane->stream(), {{second, "BTCUSDT", 94'000.0 + static_cast<double>(second * 7 % 40)},
                             {second, "ETHUSDT", 3'300.0 + static_cast<double>(second * 5 % 9)},
                             {second, "SOLUSDT", 187.0 + static_cast<double>(second % 4) / 10}});
    refresh(60);
  }
  void refresh(int64_t second) {
    const int64_t first = deck.firstTime();
    deck.forEach([&](ChartPane& pane) {
      pane.chart().refresh(kStart + second * 1000, first);
      pane.refreshLegend();
    });
    QApplication::processEvents();
  }
  ChartPane& pane(size_t index = 0) { return *deck.panes()[index]; }
  ChartView& chart(size_t index = 0) { return pane(index).chart(); }

  ResultViews views{darkTheme()};
  ChartDeck deck{darkTheme()};
};

void moveMouse(ChartView& chart, const QPointF& at) {
  QMouseEvent event(QEvent::MouseMove, at, chart.viewport()->mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                    Qt::NoModifier);
  QApplication::sendEvent(chart.viewport(), &event);
}

void turnWheel(ChartView& chart, const QPointF& at, int delta) {
  QWheelEvent event(at, chart.viewport()->mapToGlobal(at), QPoint(), QPoint(0, delta), Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(chart.viewport(), &event);
}

QByteArray contentOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class ChartTest final : public QObject {
  Q_OBJECT

private slots:
  void everyAxisHasLabels_data() {
    QTest::addColumn<int>("height");
    QTest::newRow("low") << 190;
    QTest::newRow("usual") << 320;
    QTest::newRow("high") << 800;
  }

  void everyAxisHasLabels() {
    QFETCH(int, height);
    Charts charts;
    charts.fill();
    charts.deck.resize(620, height);
    QTRY_COMPARE(charts.pane().height(), height);
    QTRY_VERIFY(charts.chart().viewport()->height() > height / 2);
    for (const AxisMode mode : {AxisMode::Percent, AxisMode::Price}) {
      charts.chart().setAxisMode(mode);
      const QStringList labels = charts.chart().plot().axisLabels();
      QVERIFY2(!labels.isEmpty(), qPrintable(QString::number(height)));
      QCOMPARE(QSet<QString>(labels.begin(), labels.end()).size(), labels.size());
      if (mode == AxisMode::Percent) QVERIFY2(labels.front().endsWith(QLatin1String(" %")), qPrintable(labels.front()));
    }
  }

  void theBoxOfAGapKeepsClear_data() {
    QTest::addColumn<double>("after");
    QTest::newRow("lines low") << 100.0;
    QTest::newRow("lines high") << 110.0;
  }

  // One series at the lower edge on one side of the gap, or at the upper: the box is on the other.
  void theBoxOfAGapKeepsClear() {
    QFETCH(double, after);
    Charts charts;
    for (int64_t second = 1; second <= 20; ++second) charts.add(kStats, {{second, "A", 105}});
    for (int64_t second = 28; second <= 60; ++second) charts.add(kStats, {{second, "A", after}});
    charts.chart().setCandles(false);
    charts.refresh(60);
    charts.chart().layer<GapLayer>().setGaps({{kStart + 20'000, kStart + 27'000}});
    charts.chart().layer<GapLayer>().setLost({{kStart + 20'000, 37}});
    charts.chart().grab();
    const PlotItem& plot = charts.chart().plot();
    QCOMPARE(plot.boxes().size(), size_t{1});
    const QRectF box = plot.boxes().front();
    QVERIFY(plot.view().priceRect().contains(box));
    QCOMPARE(PlotFrame(plot.view(), {}).covered(box), 0.0);
    QVERIFY(box.left() > plot.view().timeToX(static_cast<double>(kStart + 27'000)) ||
            box.right() < plot.view().timeToX(static_cast<double>(kStart + 20'000)));
  }

  // The VWAP goes over candles; its deviation, named after it, does not.
  void theValueOfCandlesIsTheirVwapOrTheirClose() {
    logical::Stream bars = stream(kStats);
    QCOMPARE(SeriesStore(bars).valueName(), QStringLiteral("close"));
    QVERIFY(!SeriesStore(bars).hasLineOverCandles());
    auto schema = std::make_shared<Schema>(*bars.schema);
    schema->fields[3].name = "vwap_stddev";
    bars.schema = schema;
    QCOMPARE(SeriesStore(bars).valueName(), QStringLiteral("close"));
    schema->fields.push_back({"vwap", Type::Double});
    QCOMPARE(SeriesStore(bars).valueName(), QStringLiteral("vwap"));
    QVERIFY(SeriesStore(bars).hasLineOverCandles() && SeriesStore(bars).hasSigma());
  }

  void numbersKeepTheirDigits() {
    const QFontMetricsF metrics(uiFont(12));
    const auto told = [&](double value, double width = 1000) {
      return fittedNumber(value, priceDecimals(value), width, metrics);
    };
    QCOMPARE(told(94260.28), QStringLiteral("94,260.28"));
    QCOMPARE(told(2.5123e-5), QStringLiteral("0.000025123"));
    QCOMPARE(told(0), QStringLiteral("0.00000"));
    QVERIFY(told(1.23e-15).startsWith(QLatin1String("1.23e")));
    // Narrow: with fewer decimals, then in powers of ten, and at no time without its first digits.
    const double narrow = metrics.horizontalAdvance(QStringLiteral("94,260.3")) + 0.5;
    QCOMPARE(told(94260.28, narrow), QStringLiteral("94,260.3"));
    QVERIFY2(told(983'540'677'533'886.75, narrow).startsWith(QLatin1String("9.8")),
             qPrintable(told(983'540'677'533'886.75, narrow)));
    QVERIFY(told(2.5123e-5, narrow).startsWith(QLatin1String("2.")));
    QCOMPARE(percentText(-0.001), QStringLiteral("0.00 %"));
    QCOMPARE(percentText(0.005), QStringLiteral("+0.01 %"));
    QCOMPARE(percentSign(-0.2), -1);
  }

  // A source's losses are on the charts of what is made of it, and stay there when it is run again.
  void gapsAreOfTheirSource() {
    GapBook book;
    book.beginRun({{"A", 1}, {"B", 2}}, {}, 0);
    RunSnapshot snapshot;
    snapshot.gaps = {{"A", {{100, 200}, {300, std::nullopt}}}, {"B", {{150, 160}}}};
    snapshot.connections.resize(2);
    snapshot.connections[0].name = QStringLiteral("A");
    snapshot.connections[0].lost = 7;
    snapshot.connections[1].name = QStringLiteral("B");
    snapshot.connections[1].lost = 1;
    book.take(snapshot);
    QCOMPARE(book.gapsOf({"B"}).size(), size_t{1});
    QCOMPARE(book.lostOf({"B"}), (std::map<int64_t, uint64_t>{{150, 1}}));
    QCOMPARE(book.lostOf({"A"}), (std::map<int64_t, uint64_t>{{300, 7}}));
    QCOMPARE(book.gapsOf({"A", "B"}).size(), size_t{3});
    QCOMPARE(book.gapsOf({"A", "B"})[1].from, int64_t{150});
    // Run again: A as it was, B another.
    book.beginRun({{"A", 1}, {"B", 3}}, {}, 400);
    QCOMPARE(book.gapsOf({"A"}).back().to.value_or(0), int64_t{400});
    QVERIFY(book.gapsOf({"B"}).empty());
    snapshot.gaps = {{"A", {{500, 600}}}};
    snapshot.connections.resize(1);
    snapshot.connections[0].lost = 2;
    book.take(snapshot);
    QCOMPARE(book.lostOf({"A"}), (std::map<int64_t, uint64_t>{{300, 7}, {500, 2}}));
  }

  void boxesDoNotMeet() {
    Charts charts;
    charts.fill();
    charts.chart().layer<GapLayer>().setGaps({{kStart + 20'000, kStart + 27'000}});
    charts.chart().setMarks(kStart + 10'000, kStart + 40'000);
    for (int x = 20; x < 480; x += 46) {
      moveMouse(charts.chart(), QPointF(x, 60));
      charts.chart().grab();
      const std::vector<QRectF>& boxes = charts.chart().plot().boxes();
      QVERIFY(boxes.size() >= 2);
      for (size_t i = 0; i < boxes.size(); ++i)
        for (size_t k = i + 1; k < boxes.size(); ++k)
          QVERIFY2(!boxes[i].intersects(boxes[k]), qPrintable(QString::number(x)));
    }
  }

  void theCrosshairIsATime() {
    Charts charts({kStats, kSlow});
    charts.fill();
    moveMouse(charts.chart(0), QPointF(200, 60));
    const auto time = charts.chart(0).cursorTime();
    QVERIFY(time.has_value());
    QCOMPARE(charts.chart(1).cursorTime(), time);
    // The data moves on, the mouse rests.
    charts.refresh(70);
    QCOMPARE(charts.chart(0).cursorTime(), time);
    QCOMPARE(charts.chart(1).cursorTime(), time);
    // Marks are shared, too.
    charts.chart(0).mark(false);
    QCOMPARE(charts.chart(1).markA(), time);
    QVERIFY(!charts.chart(1).markB());
    QTest::keyClick(&charts.chart(1), Qt::Key_Escape);
    QVERIFY(!charts.chart(0).markA());
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&charts.chart(0), &leave);
    QVERIFY(!charts.chart(1).cursorTime());
  }

  void theLastKnownPointAndNothingOfTheFuture() {
    Charts charts;
    charts.add(kStats, {{10, "A", 5}, {11, "A", 6}});
    charts.open(kStats, {{12, "A", 7}});
    charts.refresh(11);
    const ChartSeries& series = charts.views.find("TradeStats")->series.series().front();
    const PlotView& plot = charts.chart().plot().view();
    QVERIFY(!plot.pointAt(series, kStart + 9'999));
    QCOMPARE(plot.pointAt(series, kStart + 10'999)->value, 5.0);
    // The open window stands at the clock, not at its end.
    QCOMPARE(plot.pointAt(series, kStart + 11'000)->value, 7.0);
    QCOMPARE(plot.pointAt(series, kStart + 11'000)->count, 61U);
  }

  // A stream without windows gives its rows as they arrive.
  void rowsOfAnyOrderAreASeriesInOrder() {
    SeriesStore store(stream(kStats));
    const int64_t seconds = 400;
    // 7 and 400 have no factor in common: each second once.
    for (int64_t from = 0; from < seconds; from += 50) {
      std::vector<Row> rows;
      for (int64_t i = from; i < from + 50; ++i)
        rows.push_back({i * 7 % seconds, "A", static_cast<double>(i * 7 % seconds)});
      store.addClosed(batch(stream(kStats), rows));
    }
    const ChartSeries& series = store.series().front();
    QCOMPARE(series.points.size(), static_cast<size_t>(seconds));
    for (int64_t i = 0; i < seconds; ++i) {
      QCOMPARE(series.points[static_cast<size_t>(i)].at, kStart + i * 1000);
      QCOMPARE(series.lowerBound(kStart + i * 1000), static_cast<size_t>(i));
    }
    const ChartSeries::Extent extent = series.extent(3, 333);
    QCOMPARE(extent.low, 3.0);
    QCOMPARE(extent.high, 332.0);
    QCOMPARE(extent.sum, (3.0 + 332.0) * 330 / 2);
    size_t blocks = 0;
    series.forEachBlock(0, series.points.size(), [&](const ChartSeries::Extent& block) {
      QCOMPARE(block.low, 16.0 * static_cast<double>(blocks++));
    });
    QCOMPARE(blocks, size_t{25});
  }

  // Chart and tables hold the same rows: nobody decodes them a second time.
  void rowsAreDecodedOnce() {
    Charts charts;
    const std::shared_ptr<ResultView> view = charts.views.find(kStats.toStdString());
    const ResultBlock block = batch(view->stream, {{1, "A", 5}, {1, "B", 6}, {2, "A", 7}});
    QCOMPARE(block.rows().front().use_count(), 1L);
    view->addClosed(block);
    QCOMPARE(block.rows().front().use_count(), 3L);
    QCOMPARE(view->series.series().size(), size_t{2});
    QCOMPARE(view->changes->closedRows(), 3);
    QCOMPARE(block.rows()[0]->key, block.rows()[2]->key);
    QVERIFY(block.rows()[0]->key != block.rows()[1]->key);
    // Each window in the order of its groups, the last window on top.
    QCOMPARE(view->latest->index(0, 1).data().toString(), QStringLiteral("A"));
    QCOMPARE(view->latest->index(2, 1).data().toString(), QStringLiteral("B"));
  }

  void floatsKeepTheirOwnDigits() {
    logical::Stream of = stream(kStats);
    auto schema = std::make_shared<Schema>(*of.schema);
    schema->fields[7].type = Type::Float;
    of.schema = schema;
    SeriesStore store(of);
    store.addClosed(batch(of, {{1, "A", static_cast<double>(0.1F)}}));
    QCOMPARE(store.series().front().points.front().value, 0.1);
  }

  void seriesAndPointsAreBounded() {
    constexpr size_t kMost = 2'000;
    SeriesStore store(stream(kStats), kMost);
    std::vector<Row> rows;
    for (int64_t second = 0; second < 3'000; ++second) rows.push_back({second, "busy", static_cast<double>(second)});
    store.addClosed(batch(stream(kStats), rows));
    QCOMPARE(store.series().front().points.size(), kMost);
    rows.clear();
    for (size_t i = 1; i < SeriesStore::kMostSeries + 30; ++i) rows.push_back({3'000, "s" + std::to_string(i), 1});
    for (int twice = 0; twice < 2; ++twice) store.addClosed(batch(stream(kStats), rows));
    QCOMPARE(store.series().size(), SeriesStore::kMostSeries);
    QCOMPARE(store.undrawn(), size_t{30});
    size_t points = 0;
    for (const ChartSeries& series : store.series()) points += series.points.size();
    QVERIFY2(points <= kMost && points > kMost - 10, qPrintable(QString::number(points)));
    // What is rare stays, and the newest of what is not.
    QCOMPARE(store.series()[7].points.size(), size_t{2});
    const ChartSeries& busy = store.series().front();
    QCOMPARE(busy.points.back().at, kStart + 2'999'000);
    const ChartSeries::Extent extent = busy.extent(0, busy.points.size());
    QCOMPARE(extent.low, busy.points.front().value);
    QCOMPARE(extent.high, 2'999.0);
    LegendTable legend(darkTheme());
    legend.setStore(&store);
    QVERIFY2(legend.note().startsWith(QLatin1String("30 further series")), qPrintable(legend.note()));
  }

  void zoomingKeepsWhatIsUnderTheMouse() {
    Charts charts({kStats, kSlow});
    charts.fill();
    QSignalSpy ranges(&charts.deck, &ChartDeck::rangeChanged);
    ChartView& chart = charts.chart();
    const QPointF at(150, 60);
    const double before = chart.plot().view().xToTime(at.x());
    turnWheel(chart, at, 120);
    QVERIFY(!chart.isFollowing());
    QVERIFY(!charts.chart(1).isFollowing());
    QVERIFY(std::fabs(chart.plot().view().xToTime(at.x()) - before) < 5);
    QCOMPARE(charts.chart(1).shownTo(), chart.shownTo());
    QCOMPARE(ranges.size(), 1);
    QCOMPARE(ranges.front().front().toLongLong(), chart.shownTo() - chart.shownFrom());
    // With keys the newest stays in view.
    charts.deck.setFollowing(true);
    charts.refresh(61);
    chart.zoomBy(0.8);
    QVERIFY(chart.isFollowing());
    QVERIFY(chart.shownTo() >= kStart + 61'000);
    QCOMPARE(ChartDeck::rangeText(300'000), QStringLiteral("5 min"));
    QCOMPARE(ChartDeck::rangeText(48'000), QStringLiteral("48 sec"));
    QCOMPARE(ChartDeck::rangeText(14'400'000), QStringLiteral("4 h"));
  }

  void lookingBackDoesNotZoom() {
    Charts charts;
    charts.fill();
    const int64_t range = charts.chart().shownTo() - charts.chart().shownFrom();
    for (int i = 0; i < 8; ++i) QTest::keyClick(&charts.chart(), Qt::Key_Left);
    charts.refresh(62);
    QCOMPARE(charts.chart().shownTo() - charts.chart().shownFrom(), range);
  }

  void candlesAreThereInPerCent() {
    Charts charts;
    charts.fill();
    charts.chart().setAxisMode(AxisMode::Percent);
    QVERIFY(charts.chart().plot().view().showsCandles(0));
    QVERIFY(!charts.chart().plot().view().showsBand(0));
    const QImage candles = charts.chart().grab().toImage();
    QSignalSpy changed(&charts.pane(), &ChartPane::settingsChanged);
    QMenu menu;
    charts.pane().fillMenu(menu);
    menu.findChild<QAction*>(QStringLiteral("chartCandles"))->trigger();
    QCOMPARE(changed.size(), 1);
    QVERIFY(!charts.chart().plot().view().showsCandles(0));
    QVERIFY(charts.chart().plot().view().showsBand(0));
    QVERIFY(charts.chart().grab().toImage() != candles);
    menu.findChild<QAction*>(QStringLiteral("chartBand"))->trigger();
    QVERIFY(!charts.chart().plot().view().showsBand(0));
    // They are kept with the chart's other settings.
    const QJsonObject settings = charts.pane().settings();
    Charts again;
    again.fill();
    again.pane().setSettings(settings);
    QVERIFY(!again.chart().plot().view().showsCandles(0) && !again.chart().plot().view().showsBand(0));
  }

  // The open window is beyond what is seen, and so is its bar: not over the axis.
  void theOpenBarStaysInThePlot() {
    Charts charts;
    charts.fill();
    charts.open(kStats, {{61, "BTCUSDT", 94'100}});
    charts.refresh(60);
    charts.chart().setFollowing(false);
    charts.chart().setTimeView(kStart + 59'000, 30'000);
    const QImage image = charts.chart().grab().toImage();
    const PlotView& plot = charts.chart().plot().view();
    const QRectF volume = plot.volumeRect();
    for (int x = static_cast<int>(volume.right()) + 2; x < image.width(); ++x)
      for (int y = static_cast<int>(volume.top()); y < static_cast<int>(volume.bottom()); ++y) {
        const QColor color = image.pixelColor(x, y);
        QVERIFY(color != darkTheme().up && color != darkTheme().down);
      }
  }

  void keysAreActionsOfTheChart() {
    Charts charts;
    charts.fill();
    charts.deck.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&charts.deck));
    QSignalSpy pauses(&charts.deck, &ChartDeck::pauseWanted);
    ChartView& chart = charts.chart();
    chart.setFocus();
    QTest::keyClick(&chart, Qt::Key_Space);
    QCOMPARE(pauses.size(), 1);
    QVERIFY(chart.toolTip().isEmpty());
    // The legend's own Space hides a series.
    auto* legend = charts.pane().findChild<LegendTable*>();
    legend->setFocus();
    QTest::keyClick(legend, Qt::Key_Space);
    QCOMPARE(pauses.size(), 1);
    QVERIFY(chart.plot().view().isHidden(0));
    chart.setFocus();
    const int64_t range = chart.shownTo() - chart.shownFrom();
    QTest::keyClick(&chart, Qt::Key_Equal);
    QVERIFY(chart.shownTo() - chart.shownFrom() < range);
    moveMouse(chart, QPointF(200, 60));
    QTest::keyClick(&chart, Qt::Key_A);
    QCOMPARE(chart.markA(), chart.cursorTime());
    // Another key, as the settings set it.
    for (QAction* action : charts.deck.commands())
      if (action->objectName() == QLatin1String("chartPause")) action->setShortcut(QKeySequence(Qt::Key_P));
    QTest::keyClick(&chart, Qt::Key_P);
    QCOMPARE(pauses.size(), 2);
    QTest::keyClick(&chart, Qt::Key_Space);
    QCOMPARE(pauses.size(), 2);
  }

  void whatIsExportedIsWhatIsSeen() {
    QTemporaryDir folder;
    Charts charts;
    charts.fill();
    const QString csv = folder.filePath(QStringLiteral("a.csv"));
    QCOMPARE(charts.pane().exportTo(csv), QString());
    // Rows are the user's alone, unless somebody has opened the file before.
    constexpr auto kOthers =
        QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther | QFileDevice::WriteOther;
    QVERIFY((QFile::permissions(csv) & kOthers) == 0);
    QVERIFY(QFile::setPermissions(csv, QFile::permissions(csv) | QFileDevice::ReadGroup));
    QCOMPARE(charts.pane().exportTo(csv), QString());
    QVERIFY((QFile::permissions(csv) & kOthers) == QFileDevice::ReadGroup);
    QVERIFY(contentOf(csv).startsWith("time,series,value,volume,open,high,low,close,sigma,state\r\n"));
    QVERIFY(contentOf(csv).contains("ETHUSDT"));
    charts.chart().setHiddenSeries({1});
    charts.chart().setCandles(false);
    charts.chart().setBand(false);
    QVERIFY(charts.chart().asCsv().startsWith(QLatin1String("time,series,value,volume,state\r\n")));
    QVERIFY(!charts.chart().asCsv().contains(QLatin1String("ETHUSDT")));
    // The picture tells what it is of.
    const QString svg = folder.filePath(QStringLiteral("a.svg"));
    QCOMPARE(charts.pane().exportTo(svg), QString());
    QVERIFY(contentOf(svg).contains("symbol"));
    const QString png = folder.filePath(QStringLiteral("a.png"));
    QCOMPARE(charts.pane().exportTo(png), QString());
    QVERIFY(QImage(png).height() >
            qRound(charts.chart().viewport()->height() * charts.chart().devicePixelRatioF()) + 60);
    QVERIFY(!charts.pane().exportTo(folder.filePath(QStringLiteral("none/a.png"))).isEmpty());
  }

  void aChartWithoutRowsSaysSo() {
    Charts charts;
    auto* empty = charts.pane().findChild<QWidget*>(QStringLiteral("chartEmpty"));
    auto* run = charts.pane().findChild<QPushButton*>(QStringLiteral("chartRun"));
    QVERIFY(empty->isVisible());
    QCOMPARE(charts.pane().findChild<QLabel*>(QStringLiteral("chartEmptyText"))->text(),
             QStringLiteral("No rows yet from TradeStats."));
    QVERIFY(!run->isVisible());
    charts.deck.setState(ChartState::Stopped);
    QVERIFY(run->isVisible());
    QSignalSpy wanted(&charts.deck, &ChartDeck::runRequested);
    QTest::mouseClick(run, Qt::LeftButton);
    QCOMPARE(wanted.size(), 1);
    charts.fill();
    QVERIFY(!empty->isVisible() && charts.chart().isVisible());
  }

  void aChartThatRestsSaysSo() {
    Charts charts;
    charts.fill();
    const QImage running = charts.chart().grab().toImage();
    charts.deck.setState(ChartState::Paused);
    QVERIFY(charts.chart().accessibleDescription().contains(QLatin1String("paused")));
    const QImage paused = charts.chart().grab().toImage();
    QVERIFY(paused != running);
    charts.deck.setState(ChartState::Stopped);
    QVERIFY(charts.chart().accessibleDescription().contains(QLatin1String("stopped")));
    QVERIFY(charts.chart().grab().toImage() != paused);
    charts.deck.setState(ChartState::Running);
    QCOMPARE(charts.chart().grab().toImage(), running);
  }

  void theWindowKnowsOfItsCharts() {
    MainWindow window(darkTheme(), {});
    window.show();
    emit window.charts().rangeChanged(48'000);
    QCOMPARE(window.findChild<QToolButton*>(QStringLiteral("range"))->text(), QStringLiteral("48 sec"));
    // Their keys are among those that can be changed.
    window.findChild<QAction*>(QStringLiteral("settings"))->trigger();
    auto* keys = window.findChild<QTreeWidget*>(QStringLiteral("keys"));
    QVERIFY(keys);
    QString pause;
    for (int i = 0; i < keys->topLevelItemCount(); ++i)
      if (keys->topLevelItem(i)->data(0, Qt::UserRole).toString() == QLatin1String("chartPause"))
        pause = keys->topLevelItem(i)->text(1);
    QCOMPARE(pause, QStringLiteral("Space"));
  }

  void wordsAreCurrent() {
    Charts charts;
    charts.add(kStats, {{10, "A", 5}, {11, "A", 6}});
    charts.refresh(11);
    QCOMPARE(charts.chart().accessibleDescription(), QStringLiteral("A 6.000, from 5.000 to 6.000"));
    charts.open(kStats, {{12, "A", 7}});
    charts.refresh(12);
    QCOMPARE(charts.chart().accessibleDescription(), QStringLiteral("A 7.000, from 5.000 to 7.000"));
    QAccessibleInterface* legend = QAccessible::queryAccessibleInterface(charts.pane().findChild<LegendTable*>());
    QVERIFY(legend);
    QCOMPARE(legend->childCount(), 1);
    QVERIFY(legend->child(0)->text(QAccessible::Name).startsWith(QLatin1String("A, last 7.000")));
    QCOMPARE(legend->indexOfChild(legend->child(0)), 0);
    QVERIFY(legend->child(0)->state().selected);
    QVERIFY(!legend->child(1));
  }
};

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  ChartTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "chart_test.moc"
