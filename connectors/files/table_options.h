#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "inlet/connect/options.h"
#include "inlet/connect/page.h"
#include "inlet/connect/source.h"
#include "inlet/decode/decompress.h"

namespace inlet::files {

/// The table of the files that lie right in the connection's folder.
inline constexpr std::string_view kRootTable = "files";

enum class ChangedFiles { Error, Read, Ignore };

/// What a file is, by its name or by the options.
struct FileKind {
  std::optional<PageFormat>
      format;  ///< missing: `.json`, which may hold a document or lines; its first bytes tell
  decode::Codec codec = decode::Codec::None;
};

/// One table's options, read once.
struct TableOptions {
  std::string pattern;  ///< glob below the connection's folder
  std::optional<FileKind> forced_format;
  std::optional<decode::Codec> forced_codec;
  std::string schema;
  std::string records;
  std::string csv_header;
  IngestionType ingestion_type = IngestionType::Append;
  ChangedFiles changed_files = ChangedFiles::Error;
  std::chrono::milliseconds settle{0};
  std::size_t page_bytes = 0;

  static Result<TableOptions> read(const TableRequest& request, std::span<const OptionSpec> specs);
  /// nullopt: not a file of this table.
  std::optional<FileKind> kind_of(std::string_view path) const;
};

/// By the name alone; nullopt for a name that says nothing.
std::optional<FileKind> kind_by_name(std::string_view path);

}  // namespace inlet::files
