// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/connector.h"
#include "core/connectors/file/file_past.h"
#include "core/connectors/file/file_sink.h"
#include "core/connectors/file/file_source.h"
#include "core/connectors/file/options/file_path.h"

namespace weir {

namespace {

std::unique_ptr<Source> makeSource(const EndpointSetup& setup, const logical::Stream& stream) {
  return std::make_unique<FileSource>(setup, stream);
}

std::unique_ptr<Sink> makeSink(const EndpointSetup& setup, const logical::Stream& stream) {
  return std::make_unique<FileSink>(setup, stream);
}

Diagnostics validate(const Options& options, const Options& written) {
  if (options.kind() != StreamKind::Source) return {};
  const auto files = filesOf(options.text("file.path"));
  if (files) return {};
  Diagnostic why = files.diagnostics().front();
  why.span = written.valueSpan("file.path");
  return {why};
}

double pace(const Options& options) { return options.real("file.pace"); }

std::string stamp(const Options& options) { return stampOf(options.text("file.path")); }

bool canReadAgain(const Options& options) { return options.text("file.path") != "-"; }

}  // namespace

const Connector fileConnector{.makeSource = makeSource,
                              .makeSink = makeSink,
                              .validate = validate,
                              .openPast = openFiles,
                              .pace = pace,
                              .canReadAgain = canReadAgain,
                              .stamp = stamp};

}  // namespace weir
