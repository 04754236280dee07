#include <algorithm>
#include <utility>

#include "connectors/files/file_pages.h"
#include "connectors/files/file_ranges.h"
#include "connectors/files/folder.h"
#include "connectors/files/ledger.h"
#include "connectors/files/share_plan.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/connect/connector_spec.h"
#include "inlet/data/spark_ddl.h"
#include "inlet/data/spark_schema.h"
#include "inlet/decode/infer.h"

namespace inlet::files {
namespace {

// What inference looks at: the start of the oldest files, so that it gives the same answer run
// after run.
constexpr std::size_t kMaxSamples = 8;
constexpr std::size_t kSampleBytes = std::size_t{1} << 20;

class FilesSource final : public Source {
 public:
  FilesSource(Folder folder, std::vector<OptionSpec> table_options, const SourceContext& context)
      : folder_(std::move(folder)), table_options_(std::move(table_options)), context_(context) {}

  Result<std::vector<std::string>> list_tables() override { return folder_.tables(); }
  Result<Schema> get_table_schema(const TableRequest& request) override;
  Result<TableMetadata> read_table_metadata(const TableRequest& request) override;
  Result<Offset> read_table(const ReadRequest& request, RecordSink& sink) override;
  Result<std::optional<std::vector<Share>>> get_partitions(const ReadRequest& request,
                                                           std::uint64_t partition_bytes) override;
  Status read_partition(const PartitionRequest& request, RecordSink& sink) override;
  Status check() override { return folder_.check(); }

 private:
  Result<std::vector<DataFile>> list(const TableOptions& options) const;
  Result<std::vector<DataFile>> files_to_read(const TableOptions& options, Ledger& ledger) const;
  Status read_file(const DataFile& file, const TableOptions& options, std::stop_token stop,
                   Ledger& ledger, RecordSink& sink) const;
  Result<DataFile> planned_file(const FileRange& range, const TableOptions& options) const;
  Status read_range(const FileRange& range, const TableOptions& options, std::stop_token stop,
                    RecordSink& sink) const;
  std::unexpected<Error> no_files(const TableOptions& options) const;

  Folder folder_;
  std::vector<OptionSpec> table_options_;
  SourceContext context_;
};

Result<std::vector<DataFile>> FilesSource::list(const TableOptions& options) const {
  return folder_.list(options, options.settle.count() == 0 ? Timestamp::max()
                                                           : context_.clock.now() - options.settle);
}

std::unexpected<Error> FilesSource::no_files(const TableOptions& options) const {
  return fail(ErrorKind::NotFound, format("no data files match {} in {}; see `path` and, for files "
                                          "without a known ending, `format`",
                                          options.pattern, folder_.url()));
}

Result<TableMetadata> FilesSource::read_table_metadata(const TableRequest& request) {
  const TableOptions options = TRY(TableOptions::read(request, table_options_));
  const bool has_files = TRY(folder_.has_files(options));
  if (!has_files) return no_files(options);
  return TableMetadata{.ingestion_type = options.ingestion_type};
}

Result<Schema> declared_schema(const std::string& text, store::Store& store) {
  const bool is_file = text.ends_with(".json") && text.find_first_of(" <") == std::string::npos;
  if (!is_file) return parse_spark_ddl(text);
  const std::string url = TRY(store::to_url(text));
  const Json json = TRY(parse_json(TRY(store.get(url))));
  return from_spark_json(json);
}

Result<Schema> FilesSource::get_table_schema(const TableRequest& request) {
  TableOptions options = TRY(TableOptions::read(request, table_options_));
  if (!options.schema.empty()) {
    auto schema = declared_schema(options.schema, folder_.store());
    if (!schema) return std::unexpected(std::move(schema).error().within("option schema"));
    return schema;
  }
  const std::vector<DataFile> files = TRY(list(options));
  options.page_bytes = std::min(options.page_bytes, kSampleBytes);
  std::vector<Page> samples;
  for (const DataFile& file : files) {
    if (samples.size() == kMaxSamples) break;
    FilePages pages = TRY(FilePages::open(folder_, file, options, 0));
    std::optional<Page> page = TRY(pages.next());
    if (page) samples.push_back(std::move(*page));
  }
  if (samples.empty()) return no_files(options);
  auto inferred = TRY(decode::infer_schema(samples));
  for (const auto& [path, reason] : inferred.why)
    context_.log.debug("inferred", {{"column", path}, {"why", reason}});
  return std::move(inferred.schema);
}

Result<std::vector<DataFile>> FilesSource::files_to_read(const TableOptions& options,
                                                         Ledger& ledger) const {
  std::vector<DataFile> listing = TRY(list(options));
  if (listing.empty() && ledger.is_empty()) return no_files(options);
  TRY(ledger.compare(listing));
  std::vector<DataFile> files;
  for (DataFile& file : listing) {
    const Ledger::State state = ledger.state(file);
    const bool is_changed = state == Ledger::State::Changed;
    if (is_changed && options.changed_files == ChangedFiles::Error) {
      return fail(ErrorKind::Config, format("{} has changed since it was read; give new data a new "
                                            "file name, or set changed_files: read "
                                            "(all of its records again) or ignore",
                                            folder_.url_of(file.path)));
    }
    if (is_changed && options.changed_files == ChangedFiles::Ignore) ledger.add(file);
    const bool is_wanted =
        state == Ledger::State::New || (is_changed && options.changed_files == ChangedFiles::Read);
    if (is_wanted) files.push_back(std::move(file));
  }
  // What was begun is finished first.
  if (const auto& reading = ledger.reading()) {
    const auto begun = std::ranges::find(files, reading->path, &DataFile::path);
    if (begun == files.end() || Ledger::version_of(*begun) != reading->version) {
      return fail(
          ErrorKind::Config,
          format("{} was changed or removed when only a part of it, {} bytes, had been read; "
                 "put it back, or load the table again with --full-refresh",
                 folder_.url_of(reading->path), reading->position));
    }
    std::rotate(files.begin(), begun, begun + 1);
  }
  return files;
}

Status FilesSource::read_file(const DataFile& file, const TableOptions& options,
                              std::stop_token stop, Ledger& ledger, RecordSink& sink) const {
  const bool is_begun = ledger.reading() && ledger.reading()->path == file.path;
  const std::uint64_t begin = is_begun ? ledger.reading()->position : 0;
  // Where a share ended, a record need not.
  FilePages pages =
      TRY(is_cuttable(file) ? FilePages::open_lines(folder_, file, options, begin, file.size)
                            : FilePages::open(folder_, file, options, begin));
  std::optional<Page> page = TRY(pages.next());
  while (page) {
    if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "the run was stopped");
    const std::uint64_t end = pages.position();
    // The last page has to know that it is the last: its offset says that the file is done.
    std::optional<Page> next = TRY(pages.next());
    if (!next) ledger.add(file);
    page->offset = next ? ledger.offset_within(file, end) : ledger.offset();
    page->origin.fetched_at = context_.clock.now();
    TRY(sink.page(std::move(*page)));
    page = std::move(next);
  }
  ledger.add(file);
  return {};
}

Result<Offset> FilesSource::read_table(const ReadRequest& request, RecordSink& sink) {
  const TableOptions options = TRY(TableOptions::read(request.table, table_options_));
  Ledger ledger = TRY(Ledger::parse(request.start));
  const std::vector<DataFile> files = TRY(files_to_read(options, ledger));
  for (const DataFile& file : files) TRY(read_file(file, options, request.stop, ledger, sink));
  return ledger.offset();
}

Result<std::optional<std::vector<Share>>> FilesSource::get_partitions(
    const ReadRequest& request, std::uint64_t partition_bytes) {
  const TableOptions options = TRY(TableOptions::read(request.table, table_options_));
  Ledger ledger = TRY(Ledger::parse(request.start));
  const std::vector<DataFile> files = TRY(files_to_read(options, ledger));
  return plan_shares(files, std::move(ledger), partition_bytes);
}

Result<DataFile> FilesSource::planned_file(const FileRange& range,
                                           const TableOptions& options) const {
  DataFile file = TRY(folder_.find(range.path, options));
  if (Ledger::version_of(file) == range.version) return file;
  return fail(ErrorKind::Unavailable,
              format("{} was changed after the read was planned; read the table again",
                     folder_.url_of(range.path)));
}

Status FilesSource::read_range(const FileRange& range, const TableOptions& options,
                               std::stop_token stop, RecordSink& sink) const {
  const DataFile file = TRY(planned_file(range, options));
  FilePages pages =
      TRY(range.end ? FilePages::open_lines(folder_, file, options, range.begin, *range.end)
                    : FilePages::open(folder_, file, options, range.begin));
  while (std::optional<Page> page = TRY(pages.next())) {
    if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "the run was stopped");
    page->origin.fetched_at = context_.clock.now();
    TRY(sink.page(*std::move(page)));
  }
  // It may have become another under the reader's hands.
  TRY(planned_file(range, options));
  return {};
}

Status FilesSource::read_partition(const PartitionRequest& request, RecordSink& sink) {
  const TableOptions options = TRY(TableOptions::read(request.table, table_options_));
  for (const FileRange& range : TRY(to_ranges(request.partition))) {
    TRY(read_range(range, options, request.stop, sink));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Source>> make(const ConnectorSpec& spec, const Options& connection,
                                     const SourceContext& context) {
  const std::string url = TRY(connection.text("url"));
  Folder folder = TRY(Folder::make(url, context.store));
  const TableSpec* any = TRY(spec.find_table(kRootTable));
  return std::make_unique<FilesSource>(std::move(folder), any->options, context);
}

}  // namespace inlet::files
