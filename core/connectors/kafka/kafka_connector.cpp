// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/connector.h"
#include "core/connectors/kafka/kafka_sink.h"
#include "core/connectors/kafka/kafka_source.h"

namespace weir {

namespace {

std::unique_ptr<Source> makeSource(const EndpointSetup& setup, const logical::Stream& stream) {
  return std::make_unique<KafkaSource>(setup, stream);
}

std::unique_ptr<Sink> makeSink(const EndpointSetup& setup, const logical::Stream& stream) {
  return std::make_unique<KafkaSink>(setup, stream);
}

// What librdkafka thinks of values, and of files that it is to read.
Diagnostics validate(const Options& options, const Options& written) {
  const auto client = KafkaClient::make(options.kind() == StreamKind::Sink ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER,
                                        KafkaClient::settingsOf(options));
  if (client) return {};
  Diagnostic why = client.diagnostics().front();
  why.span = written.valueSpan(written.has(why.hint) ? why.hint : "kafka.bootstrap.servers");
  why.hint.clear();
  return {why};
}

QString silenceHint() {
  return QObject::tr("is anything written to kafka.topic? kafka.start = 'earliest' begins with what is there already");
}

}  // namespace

const Connector kafkaConnector{
    .makeSource = makeSource, .makeSink = makeSink, .validate = validate, .silenceHint = silenceHint};

}  // namespace weir
