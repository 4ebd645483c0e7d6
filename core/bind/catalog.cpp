// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/catalog.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/bind/template_binder.h"
#include "core/formats/format_list.h"
#include "core/options/connector_options.h"

namespace weir {

namespace {

void fail(Diagnostics& diagnostics, Code code, Span span, std::string message, std::string hint = {}) {
  diagnostics.push_back({Severity::Error, code, span, std::move(message), std::move(hint)});
}

// Finds the column that an option names.
std::optional<size_t> columnOf(const logical::Stream& stream, const std::string& name, Span span,
                               Diagnostics& diagnostics) {
  const auto index = stream.schema->find(name);
  if (!index && !stream.inferred)
    fail(diagnostics, Code::UnknownColumn, span, "unknown column '" + name + "'",
         didYouMean(name, stream.schema->names()));
  return index;
}

// Some formats say what they hold; the others have their one column, or none that could be known.
void inferByFormat(logical::Stream& stream, Span span, Diagnostics& diagnostics) {
  const FormatSpec& format = formatNamed(stream.options.text("format"));
  if (format.asJson) return;
  if (format.ownColumns.empty())
    return fail(diagnostics, Code::Format, stream.options.has("format") ? stream.options.valueSpan("format") : span,
                "the columns of a " + std::string(format.name) + " source must be written out",
                std::string(format.whyNotLearnt));
  if (stream.schema->fields.empty()) stream.schema = std::make_shared<Schema>(Schema{format.ownColumns});
  stream.inferred = false;
}

void checkFormat(const logical::Stream& stream, Span span, Diagnostics& diagnostics) {
  const std::string name = stream.options.text("format");
  const FormatSpec* const format = findFormat(name);
  for (const auto& [key, value] : stream.options.values()) {
    const FormatSpec* const owner = formatWith(key);
    if (owner && !(format && format->has(key)))
      fail(diagnostics, Code::OptionValue, stream.options.valueSpan(key),
           "option '" + key + "' is for format '" + std::string(owner->name) + "', but this stream has format '" +
               name + "'");
  }
  if (stream.inferred || !format || !format->checkSchema) return;
  if (const auto why = format->checkSchema(*stream.schema))
    fail(diagnostics, Code::Format, stream.options.has("format") ? stream.options.valueSpan("format") : span,
         "format '" + name + "' " + *why);
}

// The columns that options name, but for that of event time, which says more of it.
void checkColumns(const logical::Stream& stream, Diagnostics& diagnostics) {
  for (const auto& [key, value] : stream.options.values()) {
    const OptionType type = findOption(key)->type;
    const bool names = type == OptionType::Column || type == OptionType::Columns || type == OptionType::NumberColumn;
    if (!names || key == "event.time.field") continue;
    for (const std::string& name : stream.options.list(key)) {
      const auto column = columnOf(stream, name, stream.options.valueSpan(key), diagnostics);
      if (!column || type != OptionType::NumberColumn || isNumber(stream.schema->fields[*column].type)) continue;
      fail(diagnostics, Code::OptionValue, stream.options.valueSpan(key),
           key + " needs a column of numbers, but '" + name + "' is " +
               std::string(typeName(stream.schema->fields[*column].type)),
           "declare it LONG");
    }
  }
}

// By what rows of a source belong together, where its connector knows.
void noteGroup(logical::Stream& stream) {
  const ConnectorOptions* const connector = findConnector(stream.options.text("extension"));
  if (stream.kind != StreamKind::Source || !connector || connector->group.empty()) return;
  if (const auto column = stream.schema->find(stream.options.text(connector->group))) stream.groupColumns = {*column};
}

// A sequence goes on by one: it must be a number, or a text that holds one.
void checkSequence(const logical::Stream& stream, Diagnostics& diagnostics) {
  const auto column = stream.schema->find(stream.options.text("sequence.key"));
  if (!column) return;
  const Type type = stream.schema->fields[*column].type;
  if (isNumber(type) || type == Type::String || type == Type::Object) return;
  fail(diagnostics, Code::OptionValue, stream.options.valueSpan("sequence.key"),
       "sequence.key needs a column of numbers, but '" + stream.schema->fields[*column].name + "' is " +
           std::string(typeName(type)),
       "declare it LONG");
}

void checkEventTime(logical::Stream& stream, const ast::CreateStream& create, Diagnostics& diagnostics) {
  const Options& options = stream.options;
  const bool byOption = options.has("event.time.field");
  if (byOption && create.watermark)
    fail(diagnostics, Code::OptionValue, create.watermark->span, "event time is given twice",
         "keep either WATERMARK or \"event.time.field\"");
  if (!byOption && !create.watermark) return;
  logical::EventTimeRule rule;
  rule.unit = options.text("event.time.unit");
  rule.idleMs = options.integer("event.time.idle.ms");
  // Only what comes from outside comes as it happens, unless the text says so of another stream.
  if (stream.kind == StreamKind::Source || options.has("event.time.max.ahead.ms"))
    rule.maxAheadMs = options.integer("event.time.max.ahead.ms");
  rule.missingIsArrival = options.text("event.time.missing") == "arrival";
  rule.latenessMs = byOption ? options.integer("event.time.lateness.ms") : create.watermark->latenessMs;
  const std::string name = byOption ? options.text("event.time.field") : create.watermark->column.text;
  const Span span = byOption ? options.valueSpan("event.time.field") : create.watermark->column.span;
  const auto column = columnOf(stream, name, span, diagnostics);
  if (!column) return;
  rule.column = *column;
  const Field& field = stream.schema->fields[*column];
  const Type type = field.type;
  if (!isNumber(type) && type != Type::String)
    fail(diagnostics, Code::TypeMismatch, span,
         "event time column '" + name + "' must be LONG, DOUBLE or STRING, got " + std::string(typeName(type)));
  if (rule.unit == "iso8601" && type != Type::String && !field.isTime)
    fail(diagnostics, Code::TypeMismatch, span,
         "event time in iso8601 needs a TIMESTAMP or STRING column, got " + std::string(typeName(type)),
         "declare '" + name + "' TIMESTAMP");
  stream.eventTime = rule;
}

// A table has no rows that come one after the other: what is said of those has no meaning.
bool isOfRows(std::string_view key) {
  for (const std::string_view family : {"event.time.", "dedupe.", "sequence.", "error."})
    if (key.starts_with(family)) return true;
  return false;
}

void checkLoadedTable(const logical::Stream& table, const ast::CreateStream& create, Diagnostics& diagnostics) {
  const Options& options = table.options;
  const std::string extension = options.text("extension");
  if (table.kind == StreamKind::Sink)
    return fail(diagnostics, Code::OptionValue, options.valueSpan("type"), "a table is no sink",
                "CREATE STREAM the sink, and write into it by a query");
  const ConnectorOptions* const connector = findConnector(extension);
  if (!connector->checkTable)
    return fail(diagnostics, Code::OptionValue, options.valueSpan("extension"),
                "a table is loaded whole, which nothing that comes over " + extension + " ever is",
                "CREATE STREAM the source, and fill a table without WITH from it: INSERT INTO " + table.name +
                    " SELECT ...; or take extension = 'file'");
  connector->checkTable(options, diagnostics);
  for (const auto& [key, value] : options.values())
    if (isOfRows(key))
      fail(diagnostics, Code::OptionValue, options.valueSpan(key),
           "option '" + key + "' is for rows that come one after the other, but a table is loaded whole",
           "leave it out");
  if (create.watermark)
    fail(diagnostics, Code::OptionValue, create.watermark->span, "a table has no time, and no watermark",
         "leave WATERMARK out");
}

std::vector<WrittenOption> writtenOptions(const std::vector<ast::Option>& options) {
  std::vector<WrittenOption> written;
  written.reserve(options.size());
  for (const ast::Option& option : options)
    written.push_back({option.key.text, option.value, option.key.span, option.valueSpan});
  return written;
}

}  // namespace

void Catalog::define(const ast::CreateConnection& create, Span span, Diagnostics& diagnostics) {
  const std::string& name = create.name.text;
  if (const logical::Connection* known = findConnection(name)) {
    if (create.ifNotExists) return;
    fail(diagnostics, Code::AlreadyDefined, create.name.span,
         "connection '" + name + "' is already defined (line " +
             std::to_string(placeOf(m_source, known->span.begin).line) + ")",
         "give it another name, or write CREATE CONNECTION IF NOT EXISTS");
    return;
  }
  const auto options = Options::checkConnection(writtenOptions(create.options), span);
  diagnostics.insert(diagnostics.end(), options.diagnostics().begin(), options.diagnostics().end());
  // Nobody is blamed for going over one that is wrong itself.
  if (!options) return markConnectionBroken(name);
  Diagnostics ofTemplates;
  checkTemplates(*options, ofTemplates);
  diagnostics.insert(diagnostics.end(), ofTemplates.begin(), ofTemplates.end());
  if (!ofTemplates.empty()) return markConnectionBroken(name);
  m_connections.emplace(name, logical::Connection{name, *options, create.name.span});
}

const logical::Connection* Catalog::findConnection(const std::string& name) const {
  const auto found = m_connections.find(name);
  return found == m_connections.end() ? nullptr : &found->second;
}

std::map<std::string, logical::Connection> Catalog::takeConnections() {
  for (auto& named : m_connections) {
    logical::Connection& connection = named.second;
    const auto isOver = [&](StreamKind kind) {
      return std::any_of(m_streams.begin(), m_streams.end(), [&](const auto& entry) {
        return entry.second.kind == kind && entry.second.connection() == connection.name;
      });
    };
    // Nobody waits for messages of one that is only written to.
    if (isOver(StreamKind::Sink) && !isOver(StreamKind::Source))
      connection.options = connection.options.ofKind(StreamKind::Sink);
  }
  return std::move(m_connections);
}

bool Catalog::takesNameOfConnection(const ast::Name& name, Diagnostics& diagnostics) const {
  const logical::Connection* connection = findConnection(name.text);
  if (!connection) return false;
  fail(diagnostics, Code::AlreadyDefined, name.span,
       "'" + name.text + "' is a connection already (line " +
           std::to_string(placeOf(m_source, connection->span.begin).line) + ")",
       "give the stream another name");
  return true;
}

Result<Options> Catalog::optionsOf(const ast::CreateStream& create, Span span) const {
  const auto over = std::find_if(create.options.begin(), create.options.end(),
                                 [](const ast::Option& option) { return option.key.text == "connection"; });
  const logical::Connection* connection = nullptr;
  if (over != create.options.end()) {
    connection = findConnection(over->value);
    if (!connection) {
      std::vector<std::string> names;
      for (const auto& [name, known] : m_connections) names.push_back(name);
      const std::string guess = didYouMean(over->value, names);
      return Diagnostic{Severity::Error, Code::UnknownStream, over->valueSpan,
                        "unknown connection '" + over->value + "'",
                        guess.empty() ? "declare it: CREATE CONNECTION Name WITH (extension = ..., ...)" : guess};
    }
  }
  std::vector<WrittenOption> written = writtenOptions(create.options);
  const auto has = [&](std::string_view key) {
    return std::any_of(written.begin(), written.end(), [&](const WrittenOption& option) { return option.key == key; });
  };
  // A table from outside can only be read.
  if (create.isTable && has("extension") && !has("type"))
    written.push_back({"type", "source", create.name.span, create.name.span});
  return Options::check(written, span, connection ? &connection->options : nullptr);
}

void Catalog::define(const ast::CreateStream& create, Span span, Diagnostics& diagnostics, const SchemaPtr& columns) {
  if (logical::Stream* known = find(create.name.text)) {
    if (create.ifNotExists) return;
    fail(diagnostics, Code::AlreadyDefined, create.name.span,
         "stream '" + create.name.text + "' is already defined (line " +
             std::to_string(placeOf(m_source, known->span.begin).line) + ")",
         "give it another name, or write CREATE STREAM IF NOT EXISTS");
    return;
  }
  if (takesNameOfConnection(create.name, diagnostics)) return;
  logical::Stream stream;
  stream.name = create.name.text;
  stream.isTable = create.isTable;
  stream.declared = true;
  stream.inferred = create.inferred && !columns;
  stream.span = create.name.span;
  auto schema = std::make_shared<Schema>();
  for (const ast::ColumnDef& column : create.columns) {
    const TypeSpelling type = *findType(column.type.text);
    if (type.lossy)
      diagnostics.push_back({Severity::Warning, Code::UnknownType, column.type.span,
                             uppered(column.type.text) + " is stored as DOUBLE: decimals are not exact", ""});
    schema->fields.push_back({column.name.text, type.type, column.notNull, type.isTime});
  }
  // Written columns come first, whatever the messages were taken to hold.
  if (create.inferred && columns)
    for (const Field& field : columns->fields)
      if (!schema->find(field.name)) schema->fields.push_back(field);
  if (create.inferred && columns && columns->isCut)
    diagnostics.push_back({Severity::Warning, Code::Limit, create.name.span,
                           "the messages of '" + stream.name + "' have more than " +
                               std::to_string(columns->fields.size()) + " columns: the others are not read",
                           "write the columns that you need in front of the ..."});
  stream.schema = schema;

  const auto options = optionsOf(create, span);
  const auto isOverBroken = [this](const ast::Option& option) {
    return option.key.text == "connection" && m_brokenConnections.contains(option.value);
  };
  if (std::none_of(create.options.begin(), create.options.end(), isOverBroken))
    diagnostics.insert(diagnostics.end(), options.diagnostics().begin(), options.diagnostics().end());
  if (options) {
    stream.options = *options;
    stream.kind = stream.options.kind();
    if (stream.isTable && stream.kind != StreamKind::Internal) checkLoadedTable(stream, create, diagnostics);
    if (stream.inferred && stream.kind != StreamKind::Sink) inferByFormat(stream, create.name.span, diagnostics);
    checkFormat(stream, create.name.span, diagnostics);
    checkTemplates(stream.options, diagnostics);
    checkEventTime(stream, create, diagnostics);
    checkColumns(stream, diagnostics);
    noteGroup(stream);
    checkSequence(stream, diagnostics);
    for (const auto& [column, path] : stream.options.under("json.mapping."))
      columnOf(stream, column, stream.options.valueSpan("json.mapping." + column), diagnostics);
  } else {
    markBroken(stream.name);
  }
  m_streams.emplace(stream.name, std::move(stream));
}

logical::Stream* Catalog::find(const std::string& name) {
  const auto found = m_streams.find(name);
  return found == m_streams.end() ? nullptr : &found->second;
}

logical::Stream& Catalog::add(logical::Stream stream) {
  const std::string name = stream.name;
  return m_streams.insert_or_assign(name, std::move(stream)).first->second;
}

std::vector<std::string> Catalog::names() const {
  std::vector<std::string> out;
  for (const auto& [name, stream] : m_streams)
    if (!name.starts_with('#')) out.push_back(name);
  return out;
}

}  // namespace weir
