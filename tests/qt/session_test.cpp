// SPDX-License-Identifier: GPL-3.0-or-later
// Not one line of SQL is lost: over crashes, restarts, several windows, closed tabs and files that others change.
#include <sys/resource.h>
#include <sys/stat.h>
#include <QAction>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QLabel>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <csignal>

#include "core/demo/demo_exchange.h"
#include "core/session/workspace.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/shell/main_window.h"

using namespace weir;

namespace {

bool write(const QString& path, const QByteArray& content) {
  QFile out(path);
  return out.open(QIODevice::WriteOnly) && out.write(content) == content.size();
}

QByteArray contentOf(const QString& path) {
  QFile in(path);
  return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

Workspace::Session sessionOf(const QStringList& texts) {
  Workspace::Session session;
  for (const QString& text : texts) {
    OpenDocument document;
    document.title = QStringLiteral("scratch.sql");
    document.text = text;
    session.documents.push_back(document);
  }
  return session;
}

QStringList textsOf(const Workspace::Session& session) {
  QStringList out;
  for (const OpenDocument& d : session.documents) out << d.text;
  return out;
}

/// The session that `folder` holds now, as after a crash of whoever owns it.
std::unique_ptr<QTemporaryDir> copyOf(const QTemporaryDir& folder) {
  auto copy = std::make_unique<QTemporaryDir>();
  QFile::copy(folder.filePath(QStringLiteral("session.json")), copy->filePath(QStringLiteral("session.json")));
  return copy;
}

QString messageOf(const MainWindow& window) { return window.findChild<QLabel*>(QStringLiteral("messageText"))->text(); }

/// A window that shows a new file; null where that failed.
std::unique_ptr<MainWindow> windowOf(const QString& file, const QByteArray& content) {
  auto window = std::make_unique<MainWindow>(darkTheme(), DemoServices());
  window->show();
  return write(file, content) && window->openFile(file) ? std::move(window) : nullptr;
}

QToolButton* offer(const MainWindow& window, const QString& text) {
  for (auto* button : window.findChildren<QToolButton*>(QStringLiteral("messageOffer")))
    if (button->isVisible() && button->text() == text) return button;
  return nullptr;
}

}  // namespace

class SessionTest final : public QObject {
  Q_OBJECT

private slots:
  void whatIsKeptIsTheUsersAlone() {
    QTemporaryDir parent;
    const mode_t before = umask(0);
    const QString folder = parent.filePath(QStringLiteral("a/b"));
    {
      Workspace workspace(folder);
      QVERIFY(workspace.save(sessionOf({QStringLiteral("SELECT 1;")})).isEmpty());
      QVERIFY(
          workspace.addToHistory({QDateTime::currentDateTimeUtc(), QStringLiteral("t"), QStringLiteral("SELECT 1;")})
              .isEmpty());
      for (const QString& made : {parent.filePath(QStringLiteral("a")), folder})
        QCOMPARE(int(QFile::permissions(made) & 0x77), 0);
      const QFileInfoList files = QDir(folder).entryInfoList(QDir::Files | QDir::Hidden);
      QCOMPARE(files.size(), 3);
      for (const QFileInfo& file : files) QVERIFY2((file.permissions() & 0x77) == 0, qPrintable(file.fileName()));
    }
    umask(before);
  }

  void windowsThatShareAFolderKeepTheirOwn() {
    QTemporaryDir folder;
    auto first = std::make_unique<Workspace>(folder.path());
    auto second = std::make_unique<Workspace>(folder.path());
    Workspace::Session kept = sessionOf({QStringLiteral("SELECT 1;")});
    kept.settings[QStringLiteral("look")] = QStringLiteral("light");
    QVERIFY(first->save(kept).isEmpty());
    // The second begins with the first one's settings, without its texts, and leaves them alone.
    const Workspace::Session begun = second->load(nullptr);
    QVERIFY(begun.documents.empty());
    QCOMPARE(begun.settings[QLatin1String("look")].toString(), QStringLiteral("light"));
    QVERIFY(second->save(sessionOf({QStringLiteral("SELECT 2;"), QStringLiteral("SELECT 1;")})).isEmpty());
    QCOMPARE(textsOf(first->load(nullptr)), QStringList{QStringLiteral("SELECT 1;")});
    second.reset();
    first.reset();
    // The next start has both, each text once, and keeps them in one session.
    auto third = std::make_unique<Workspace>(folder.path());
    const QStringList both{QStringLiteral("SELECT 1;"), QStringLiteral("SELECT 2;")};
    QCOMPARE(textsOf(third->load(nullptr)), both);
    QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("session-2.json"))));
    third.reset();
    QCOMPARE(textsOf(Workspace(folder.path()).load(nullptr)), both);
  }

  void programsThatAreKilledLoseNothing() {
    QTemporaryDir folder;
    {
      Workspace workspace(folder.path());
      QVERIFY(workspace.save(sessionOf({QStringLiteral("-- never saved")})).isEmpty());
    }
    const QString session = folder.filePath(QStringLiteral("session.json"));
    const QString other = folder.filePath(QStringLiteral("session-2.json"));
    const QString file = folder.filePath(QStringLiteral("b.sql"));
    QVERIFY(write(file, "SELECT 2;\n"));
    QProcess one, two;
    one.start(QStringLiteral(WEIR_PROGRAM), {QStringLiteral("--data-folder"), folder.path()});
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(session + QStringLiteral(".lock")), 15000);
    two.start(QStringLiteral(WEIR_PROGRAM),
              {QStringLiteral("--new-instance"), QStringLiteral("--data-folder"), folder.path(), file});
    QTRY_VERIFY_WITH_TIMEOUT(contentOf(other).contains("b.sql"), 15000);
    for (QProcess* process : {&one, &two}) {
      process->kill();
      QVERIFY(process->waitForFinished());
    }
    const Workspace::Session found = Workspace(folder.path()).load(nullptr);
    QVERIFY(textsOf(found).contains(QStringLiteral("-- never saved")));
    QVERIFY(std::any_of(found.documents.begin(), found.documents.end(),
                        [&](const OpenDocument& d) { return d.path == file; }));
    QVERIFY(!QFile::exists(other));
  }

  void unsavedTextSurvivesACrash() {
    QTemporaryDir folder;
    MainWindow first(darkTheme(), {}, folder.path());
    first.show();
    first.openText(QStringLiteral("a.sql"), QStringLiteral("SELECT 1;"));
    first.documents().newScratch();
    QTest::keyClicks(&first.editor(), QStringLiteral("-- half a tho"));
    // The first window never closes: what it has kept is all that there is.
    QTRY_VERIFY(contentOf(folder.filePath(QStringLiteral("session.json"))).contains("half a tho"));
    {
      const auto crashed = copyOf(folder);
      MainWindow second(darkTheme(), {}, crashed->path());
      QVERIFY(second.restoreSession());
      QCOMPARE(second.documents().count(), 2);
      QCOMPARE(second.editor().text(), QStringLiteral("-- half a tho"));
      second.documents().setCurrent(0);
      QCOMPARE(second.editor().text(), QStringLiteral("SELECT 1;"));
    }
    // A broken file is set aside, not fatal.
    QTemporaryDir broken;
    QVERIFY(write(broken.filePath(QStringLiteral("session.json")), "{\"documents\":["));
    MainWindow third(darkTheme(), {}, broken.path());
    QVERIFY(!third.restoreSession());
    QVERIFY(QFile::exists(broken.filePath(QStringLiteral("session.broken.json"))));
    QVERIFY(messageOf(third).contains(QLatin1String("set aside")));
  }

  void brokenSessionsAreKeptBesideOneAnother() {
    QTemporaryDir folder;
    const QString session = folder.filePath(QStringLiteral("session.json"));
    for (int i = 1; i <= 7; ++i) {
      QVERIFY(write(session, "{ broken " + QByteArray::number(i)));
      QString problem;
      Workspace(folder.path()).load(&problem);
      QVERIFY2(problem.contains(QLatin1String("set aside")), qPrintable(problem));
      QVERIFY(!QFile::exists(session));
      // None is lost before there are five.
      if (i <= 5) QCOMPARE(contentOf(folder.filePath(QStringLiteral("session.broken.json"))), QByteArray("{ broken 1"));
    }
    QCOMPARE(QDir(folder.path()).entryList({QStringLiteral("session.broken*.json")}).size(), 5);
    QCOMPARE(contentOf(folder.filePath(QStringLiteral("session.broken-7.json"))), QByteArray("{ broken 7"));
    QVERIFY(QFile::exists(folder.filePath(QStringLiteral("session.broken-3.json"))));
  }

  // A folder stands for a file that cannot be opened: rights would not keep root out.
  void aSessionThatCannotBeOpenedIsNotReplaced() {
    QTemporaryDir folder;
    const QString session = folder.filePath(QStringLiteral("session.json"));
    QVERIFY(QDir().mkpath(session + QStringLiteral("/inside")));
    Workspace workspace(folder.path());
    QString problem;
    QVERIFY(workspace.load(&problem).documents.empty());
    QVERIFY2(problem.contains(QLatin1String("could not be read")), qPrintable(problem));
    workspace.save(sessionOf({QStringLiteral("SELECT 1;")}));
    QVERIFY(QFile::exists(session + QStringLiteral("/inside")) ||
            QFile::exists(folder.filePath(QStringLiteral("session.broken.json/inside"))));
  }

  void aBrokenSessionOfAnotherWindowIsSaidAndKept() {
    QTemporaryDir folder;
    QVERIFY(write(folder.filePath(QStringLiteral("session-2.json")), "{ broken"));
    QString problem;
    Workspace(folder.path()).load(&problem);
    QVERIFY2(problem.contains(QLatin1String("another window")), qPrintable(problem));
    QCOMPARE(contentOf(folder.filePath(QStringLiteral("session-2.broken.json"))), QByteArray("{ broken"));
  }

  void whatIsKeptOfFilesIsBounded() {
    QTemporaryDir folder;
    Workspace::Session session = sessionOf({QStringLiteral("SELECT 1;")});
    QJsonObject files;
    for (int i = 0; i < 150; ++i)
      files[QStringLiteral("/f%1.sql").arg(i)] =
          QJsonObject{{QStringLiteral("shown"), QJsonArray()}, {QStringLiteral("used"), 1000 + i}};
    session.settings[QStringLiteral("files")] = files;
    QVERIFY(Workspace(folder.path()).save(session).isEmpty());
    const DemoServices demo{[] { return demoScript(QStringLiteral("ws://127.0.0.1:1")); }, {}};
    {
      MainWindow window(darkTheme(), demo, folder.path());
      window.show();
      QVERIFY(window.restoreSession());
      // Only with a run is there something to keep.
      window.runDemo();
      QTRY_VERIFY(window.engine().runNumber() > 0);
      QTest::qWait(100);
      window.close();
    }
    const QJsonObject kept = Workspace(folder.path()).load(nullptr).settings[QLatin1String("files")].toObject();
    QCOMPARE(kept.size(), 100);
    QVERIFY(kept.contains(QStringLiteral("/f149.sql")) && !kept.contains(QStringLiteral("/f0.sql")));
  }

  void recentFilesAreBounded() {
    QTemporaryDir folder;
    MainWindow window(darkTheme(), {}, folder.path());
    window.show();
    for (int i = 0; i < 20; ++i) {
      const QString file = folder.filePath(QStringLiteral("f%1.sql").arg(i));
      QVERIFY(write(file, "SELECT 1;") && window.openFile(file));
      window.findChild<QAction*>(QStringLiteral("save"))->trigger();
    }
    window.close();
    const auto crashed = copyOf(folder);
    const QStringList recent = Workspace(crashed->path()).load(nullptr).recentFiles;
    QCOMPARE(recent.size(), 12);
    QCOMPARE(recent.first(), folder.filePath(QStringLiteral("f19.sql")));
  }

  void whoNeverPausesIsKeptToo() {
    QTemporaryDir folder;
    MainWindow window(darkTheme(), {}, folder.path());
    window.show();
    const QString session = folder.filePath(QStringLiteral("session.json"));
    for (int i = 0; i < 30 && !contentOf(session).contains("xxx"); ++i)
      QTest::keyClick(&window.editor(), Qt::Key_X, Qt::NoModifier, 60);
    QVERIFY(contentOf(session).contains("xxx"));
  }

  void unsavedWordsOfAFileSurviveEveryRestart() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("a.sql"));
    QVERIFY(write(file, "SELECT 1;"));
    {
      MainWindow window(darkTheme(), {}, folder.path());
      window.show();
      QVERIFY(window.openFile(file));
      QTest::keyClicks(&window.editor(), QStringLiteral("--"));
      window.close();
    }
    for (int restart = 0; restart < 2; ++restart) {
      MainWindow window(darkTheme(), {}, folder.path());
      window.show();
      QVERIFY(window.restoreSession());
      QCOMPARE(window.editor().text(), QStringLiteral("--SELECT 1;"));
      QVERIFY(window.editor().isModified());
      window.close();
    }
    QCOMPARE(contentOf(file), QByteArray("SELECT 1;"));
    MainWindow window(darkTheme(), {}, folder.path());
    QVERIFY(window.restoreSession());
    window.editor().undo();
    QCOMPARE(window.editor().text(), QStringLiteral("SELECT 1;"));
    QVERIFY(!window.editor().isModified());
  }

  void aFileThatIsGoneLeavesItsText() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("a.sql"));
    QVERIFY(write(file, "SELECT 1;"));
    {
      MainWindow window(darkTheme(), {}, folder.path());
      window.show();
      QVERIFY(window.openFile(file));
      QVERIFY(QFile::remove(file));
      window.close();
    }
    MainWindow window(darkTheme(), {}, folder.path());
    QVERIFY(window.restoreSession());
    QCOMPARE(window.editor().text(), QStringLiteral("SELECT 1;"));
  }

  void closedTabsComeBackAfterARestart() {
    QTemporaryDir folder;
    {
      MainWindow window(darkTheme(), {}, folder.path());
      window.show();
      window.openText(QStringLiteral("a.sql"), QStringLiteral("SELECT 1;"));
      window.openText(QStringLiteral("b.sql"), QStringLiteral("SELECT 2;"));
      window.documents().closeTab(1);
      window.close();
    }
    MainWindow window(darkTheme(), {}, folder.path());
    QVERIFY(window.restoreSession());
    QCOMPARE(window.documents().count(), 1);
    window.findChild<QAction*>(QStringLiteral("reopenTab"))->trigger();
    QCOMPARE(window.editor().text(), QStringLiteral("SELECT 2;"));
  }

  void aFileThatOthersChangeIsReadAgain() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("a.sql"));
    const auto shown = windowOf(file, "SELECT 1;");
    QVERIFY(shown);
    MainWindow& window = *shown;
    QVERIFY(write(file, "SELECT 2;"));
    QTRY_COMPARE(window.editor().text(), QStringLiteral("SELECT 2;"));
    QVERIFY(!window.editor().isModified());
    // Undo brings the text back that was read over.
    window.editor().undo();
    QCOMPARE(window.editor().text(), QStringLiteral("SELECT 1;"));
  }

  void aFileThatOthersChangeIsNotOverwritten() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("a.sql"));
    const auto shown = windowOf(file, "SELECT 1;");
    QVERIFY(shown);
    MainWindow& window = *shown;
    QTest::keyClicks(&window.editor(), QStringLiteral("--"));
    QVERIFY(write(file, "SELECT 2;"));
    QAction* save = window.findChild<QAction*>(QStringLiteral("save"));
    save->trigger();
    QCOMPARE(contentOf(file), QByteArray("SELECT 2;"));
    QVERIFY(!window.documents().save(file).isEmpty());
    QTRY_VERIFY(offer(window, QStringLiteral("Keep mine")));
    QCOMPARE(window.editor().text(), QStringLiteral("--SELECT 1;"));
    QTest::mouseClick(offer(window, QStringLiteral("Keep mine")), Qt::LeftButton);
    save->trigger();
    QCOMPARE(contentOf(file), QByteArray("--SELECT 1;"));
    QTest::keyClicks(&window.editor(), QStringLiteral("--"));
    QVERIFY(write(file, "SELECT 3;"));
    QTRY_VERIFY(offer(window, QStringLiteral("Reload")));
    QTest::mouseClick(offer(window, QStringLiteral("Reload")), Qt::LeftButton);
    QCOMPARE(window.editor().text(), QStringLiteral("SELECT 3;"));
    QVERIFY(!window.editor().isModified());
  }

  void whatIsNotTextIsNeitherShownNorOverwritten_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("words");
    QTest::newRow("not UTF-8") << QByteArray("SELECT 'caf\xE9';") << QStringLiteral("UTF-8");
    QTest::newRow("binary") << QByteArray("SELECT\0 1;", 10) << QStringLiteral("UTF-8");
    QTest::newRow("too large") << QByteArray((16 << 20) + 1, ' ') << QStringLiteral("16 MB");
    QTest::newRow("capture") << QByteArray("{\"weir_capture\":1,\"started\":0,\"sources\":{}}\n")
                             << QStringLiteral("weir replay --serve");
  }

  void whatIsNotTextIsNeitherShownNorOverwritten() {
    QFETCH(QByteArray, content);
    QFETCH(QString, words);
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("a.sql"));
    QVERIFY(write(file, content));
    MainWindow window(darkTheme(), {});
    QVERIFY(!window.openFile(file));
    QVERIFY2(messageOf(window).contains(words), qPrintable(messageOf(window)));
    QCOMPARE(window.documents().count(), 1);
    QVERIFY(window.documents().path().isEmpty());
    QVERIFY(!window.documents().save(file).isEmpty());
    QCOMPARE(contentOf(file), content);
  }

  void whatNeverEndsIsNotOpened() {
    MainWindow window(darkTheme(), {});
    for (const char* path : {"/dev/zero", "/dev", "/nowhere/a.sql"})
      QVERIFY2(!window.openFile(QLatin1String(path)), path);
    QTemporaryDir folder;
    const QString pipe = folder.filePath(QStringLiteral("pipe.sql"));
    QCOMPARE(::mkfifo(pipe.toLocal8Bit().constData(), 0600), 0);
    QVERIFY(!window.openFile(pipe));
    QCOMPARE(window.documents().count(), 1);
  }

  void aFileThatCannotBeReadAnyMoreIsNotRestored() {
    QTemporaryDir folder;
    const QString plain = folder.filePath(QStringLiteral("plain.sql"));
    const QString changed = folder.filePath(QStringLiteral("changed.sql"));
    for (const QString& file : {plain, changed}) QVERIFY(write(file, "SELECT 1;"));
    {
      MainWindow window(darkTheme(), {}, folder.path());
      window.show();
      QVERIFY(window.openFile(plain));
      QVERIFY(window.openFile(changed));
      QTest::keyClicks(&window.editor(), QStringLiteral("--"));
      window.close();
    }
    const QByteArray other("\xFF\xFE");
    for (const QString& file : {plain, changed}) QVERIFY(write(file, other));
    MainWindow window(darkTheme(), {}, folder.path());
    QVERIFY(window.restoreSession());
    // The unsaved words are there, but no longer under the file's path.
    QCOMPARE(window.documents().count(), 1);
    QCOMPARE(window.editor().text(), QStringLiteral("--SELECT 1;"));
    QVERIFY(window.documents().path().isEmpty());
    for (const QString& file : {plain, changed}) {
      QVERIFY2(messageOf(window).contains(file), qPrintable(messageOf(window)));
      QCOMPARE(contentOf(file), other);
    }
  }

  void aFileThatBecameUnreadableIsNotOverwritten() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("a.sql"));
    const auto shown = windowOf(file, "SELECT 1;");
    QVERIFY(shown);
    MainWindow& window = *shown;
    QTest::keyClicks(&window.editor(), QStringLiteral("--"));
    QVERIFY(write(file, "\xFF"));
    window.findChild<QAction*>(QStringLiteral("save"))->trigger();
    QVERIFY2(messageOf(window).startsWith(QLatin1String("Not saved")), qPrintable(messageOf(window)));
    QCOMPARE(contentOf(file), QByteArray("\xFF"));
  }

  // A file may have so many bytes, as on a disk that is full behind them.
  void aFullDiskEmptiesNothing() {
    QTemporaryDir folder;
    QTemporaryDir data;
    const QString file = folder.filePath(QStringLiteral("a.sql"));
    const QString session = data.filePath(QStringLiteral("session.json"));
    const auto shown = windowOf(file, "SELECT 1;");
    QVERIFY(shown);
    const Workspace workspace(data.path());
    QCOMPARE(workspace.save(sessionOf({QStringLiteral("SELECT 2;")})), QString());
    const QByteArray kept = contentOf(session);
    const auto filesIn = [](const QTemporaryDir& where) {
      return QDir(where.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    };
    const QStringList before = filesIn(folder) + filesIn(data);
    const QString large(20000, QLatin1Char('-'));
    QTest::keyClicks(&shown->editor(), QStringLiteral("--"));
    shown->openText(QStringLiteral("b.sql"), large);

    rlimit unlimited{};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, unlimited.rlim_max};
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
    const QString whySession = workspace.save(sessionOf({large}));
    const QString whyNew = shown->documents().save(folder.filePath(QStringLiteral("b.sql")));
    const QString whyOver = shown->documents().save(file);
    setrlimit(RLIMIT_FSIZE, &unlimited);
    std::signal(SIGXFSZ, handler);

    QVERIFY2(whySession.contains(QLatin1String("What was kept before stands")), qPrintable(whySession));
    QVERIFY2(whyNew.contains(QLatin1String("Nothing was saved")), qPrintable(whyNew));
    QVERIFY2(whyOver.contains(QLatin1String("Nothing was saved")) &&
                 whyOver.contains(QLatin1String("The file is as it was")),
             qPrintable(whyOver));
    QCOMPARE(contentOf(session), kept);
    QCOMPARE(contentOf(file), QByteArray("SELECT 1;"));
    QCOMPARE(filesIn(folder) + filesIn(data), before);
    QCOMPARE(shown->documents().save(file), QString());
    QCOMPARE(contentOf(file), large.toUtf8());
  }

  void theDemoIsNotAddedAgain() {
    QTemporaryDir folder;
    int port = 1;
    const DemoServices demo{[&] { return demoScript(QStringLiteral("ws://127.0.0.1:%1").arg(++port)); }, {}};
    for (int start = 0; start < 3; ++start) {
      MainWindow window(darkTheme(), demo, folder.path());
      window.show();
      window.restoreSession();
      if (start == 0) window.openText(QStringLiteral("mine.sql"), QStringLiteral("-- mine"));
      window.documents().setCurrent(0);
      window.runDemo();
      QCOMPARE(window.documents().count(), 2);
      window.close();
    }
  }
};

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  SessionTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "session_test.moc"
