#include "connectors/files/table_options.h"

#include <array>
#include <cctype>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::files {
namespace {

using decode::Codec;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool drop_suffix(std::string_view& name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  return true;
}

Codec codec_by_name(std::string_view& name) {
  if (drop_suffix(name, ".gz") || drop_suffix(name, ".gzip")) return Codec::Gzip;
  if (drop_suffix(name, ".zst") || drop_suffix(name, ".zstd")) return Codec::Zstd;
  return Codec::None;
}

std::string default_pattern(std::string_view table) {
  return table == kRootTable ? "*" : format("{}/**", table);
}

std::string pattern_of(const std::string& path, std::string_view table) {
  std::string_view rest = path;
  while (rest.starts_with("./")) rest.remove_prefix(2);
  while (rest.starts_with('/')) rest.remove_prefix(1);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty() || rest == ".") return path.empty() ? default_pattern(table) : "**";
  const bool is_pattern = rest.find_first_of("*?") != std::string_view::npos;
  if (is_pattern || kind_by_name(rest)) return std::string(rest);
  return format("{}/**", rest);
}

Result<std::string> text_or_nothing(const Options& options, std::string_view name) {
  if (!options.has(name)) return std::string();
  return options.text(name);
}

std::optional<FileKind> format_of(std::string_view text) {
  if (text == "jsonl") return FileKind{.format = PageFormat::NdJson};
  if (text == "json") return FileKind{.format = PageFormat::Json};
  if (text == "csv") return FileKind{.format = PageFormat::Csv};
  return std::nullopt;
}

std::optional<Codec> codec_of(std::string_view text) {
  if (text == "none") return Codec::None;
  if (text == "gzip") return Codec::Gzip;
  if (text == "zstd") return Codec::Zstd;
  return std::nullopt;
}

ChangedFiles changed_files_of(std::string_view text) {
  if (text == "read") return ChangedFiles::Read;
  return text == "ignore" ? ChangedFiles::Ignore : ChangedFiles::Error;
}

}  // namespace

std::optional<FileKind> kind_by_name(std::string_view path) {
  const std::string name = lower(path);
  std::string_view rest = name;
  const Codec codec = codec_by_name(rest);
  if (rest.ends_with(".jsonl") || rest.ends_with(".ndjson"))
    return FileKind{PageFormat::NdJson, codec};
  if (rest.ends_with(".json")) return FileKind{std::nullopt, codec};
  if (rest.ends_with(".csv") || rest.ends_with(".tsv")) return FileKind{PageFormat::Csv, codec};
  return std::nullopt;
}

std::optional<FileKind> TableOptions::kind_of(std::string_view path) const {
  std::optional<FileKind> kind = kind_by_name(path);
  if (forced_format) {
    const std::string name = lower(path);
    std::string_view rest = name;
    kind = FileKind{forced_format->format, codec_by_name(rest)};
  }
  if (kind && forced_codec) kind->codec = *forced_codec;
  return kind;
}

Result<TableOptions> TableOptions::read(const TableRequest& request,
                                        std::span<const OptionSpec> specs) {
  const Options options =
      TRY(Options::make(specs, request.options, format("table {}", request.table)));
  TableOptions read;
  const std::string path = TRY(text_or_nothing(options, "path"));
  read.pattern = pattern_of(path, request.table);
  read.forced_format = format_of(TRY(options.text("format")));
  read.forced_codec = codec_of(TRY(options.text("compression")));
  read.schema = TRY(text_or_nothing(options, "schema"));
  read.records = TRY(text_or_nothing(options, "records"));
  read.csv_header = TRY(text_or_nothing(options, "csv_header"));
  const bool is_snapshot = TRY(options.text("ingestion_type")) == "snapshot";
  read.ingestion_type = is_snapshot ? IngestionType::Snapshot : IngestionType::Append;
  read.changed_files = changed_files_of(TRY(options.text("changed_files")));
  read.settle = TRY(options.duration("settle"));
  read.page_bytes = static_cast<std::size_t>(TRY(options.integer("page_size")));
  return read;
}

}  // namespace inlet::files
