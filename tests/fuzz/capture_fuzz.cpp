// SPDX-License-Identifier: GPL-3.0-or-later
// Any capture is replayed through windows, or refused with its line.
#include <sstream>

#include "core/bind/checker.h"
#include "core/feed/capture.h"
#include "core/plan/lower/lower.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  static const char* const kSql =
      "CREATE STREAM T (s STRING, p DOUBLE, ts LONG) WITH (\"event.time.field\" = 'ts', \"dedupe.key\" = 's', "
      "\"dedupe.memory\" = '4');"
      "INSERT INTO V SELECT s, AVG(p) AS a, window_has_gap() AS g FROM T WINDOW TUMBLING(1 sec) GROUP BY s;"
      "INSERT INTO W SELECT COUNT(*) AS n FROM V WINDOW SESSION(5 sec);";
  BoundResult checked = checkScript(kSql);
  std::istringstream in("{\"weir_capture\":1,\"started\":0,\"sources\":{}}\n" +
                        std::string(reinterpret_cast<const char*>(data), size));
  CaptureReader reader(in);
  if (!reader.readHeader()) return 0;
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline, 7);
  // A clock that leaps by years would step through every window on the way.
  const Diagnostics failed = playPast(reader, pipeline, feeder, [](Micros at) { return at < 1'000'000'000'000; });
  for (const Diagnostic& d : failed) render(d, "fuzz.weircap", "");
  pipeline.flush();
  return 0;
}
