// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/plan/logical.h"

namespace weir::flink {

/// Where a script is to run, and how.
struct Cluster {
  std::string brokers;          ///< of Kafka, `HOST:PORT`, several with commas between
  std::string prefix = "weir";  ///< of the topics, which are called `PREFIX.STREAM`
  std::string job;              ///< what Flink calls it
  int parallelism = 1;
  bool isExactlyOnce = false;
  std::string savepoint;  ///< to go on from; empty to begin at the beginning of the topics
};

/// One statement of Flink SQL, without the `;`, and what it was made of.
struct Statement {
  std::string sql;
  Span span;  ///< in the script; of settings it is empty
};

/// A script as Flink SQL: settings, tables over topics, views, and one statement that starts the job.
struct Deployment {
  std::vector<Statement> statements;
  std::vector<std::string> results;  ///< the streams whose topics the job fills
};

/// Translates a checked script. What Flink SQL cannot say, or says differently, is refused at its place; what it does
/// at another time, or only on one machine, is warned of. Rows that are not late come out equal to 1e-12.
Result<Deployment> deploymentOf(const logical::Plan& plan, const Cluster& cluster);

/// The statements as a file for Flink's SQL client, each below the place that it was made of. `text` is the script.
std::string printed(const Deployment& deployment, const std::string& file, std::string_view text);

/// SQL that reads the topics of results, to be run where they are to be seen.
std::string readerOf(const logical::Plan& plan, const Cluster& cluster, const std::vector<std::string>& results);

}  // namespace weir::flink
