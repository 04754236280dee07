#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "connectors/files/byte_stream.h"
#include "connectors/files/folder.h"
#include "inlet/connect/page.h"

namespace inlet::files {

/// One file as pages that end where records end, so that each can be decoded by itself: lines of
/// JSON lines, rows of CSV (each page begins with the header), a whole JSON document. Errors name
/// the file.
class FilePages {
 public:
  /// From `position` on, which is where a page of this file ended (0: the start).
  static Result<FilePages> open(const Folder& folder, const DataFile& file,
                                const TableOptions& options, std::uint64_t position);

  /// The records that begin in [`begin`, `end`) of a file of lines that is not compressed; `begin`
  /// may lie within one.
  static Result<FilePages> open_lines(const Folder& folder, const DataFile& file,
                                      const TableOptions& options, std::uint64_t begin,
                                      std::uint64_t end);

  /// The next page, without offset and time; nullopt at the end of the file.
  Result<std::optional<Page>> next();
  /// Where the page before ended.
  std::uint64_t position() const { return position_; }

 private:
  FilePages(const Folder& folder, const DataFile& file, const TableOptions& options);
  Status start(std::uint64_t position);
  Status skip_line();
  Status read_start_until(const std::function<bool()>& is_enough);
  void take_header(std::string_view start);
  Result<std::string> next_body();
  Result<std::string> whole_document();
  std::size_t record_end(std::string_view bytes) const;
  Error within_file(Error error) const;

  std::string url_;
  std::optional<PageFormat> format_;
  std::string records_;
  std::string header_;  // CSV: the line that pages after the first begin with
  std::size_t page_bytes_;
  std::uint64_t position_ = 0;
  std::uint64_t end_ = std::numeric_limits<std::uint64_t>::max();  // no record begins from here on
  std::unique_ptr<ByteStream> stream_;
  std::string start_;  // bytes that start() has read and no page has taken yet
};

}  // namespace inlet::files
