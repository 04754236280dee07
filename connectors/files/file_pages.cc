#include "connectors/files/file_pages.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::files {
namespace {

constexpr std::size_t kFormatBytes = std::size_t{64} << 10;
constexpr std::size_t kDocumentStep = std::size_t{4} << 20;
// One record or one JSON document: it has to fit into memory, several times over.
constexpr std::size_t kMaxRecordBytes = std::size_t{256} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The place past the closing quote of the cell that opens at `quote`; npos when it is not closed.
std::size_t quoted_end(std::string_view bytes, std::size_t quote) {
  for (std::size_t i = bytes.find('"', quote + 1); i != std::string_view::npos;
       i = bytes.find('"', i + 2)) {
    if (i + 1 == bytes.size() || bytes[i + 1] != '"') return i + 1;
  }
  return std::string_view::npos;
}

// A quote opens a cell only at the cell's start; elsewhere it is a character like others.
bool opens_cell(std::string_view bytes, std::size_t quote) {
  constexpr std::string_view kBefore = ",;\t|\n";
  const bool is_after_mark = bytes.substr(0, quote) == kByteOrderMark;
  return quote == 0 || is_after_mark || kBefore.find(bytes[quote - 1]) != std::string_view::npos;
}

enum class Row { First, Last };

// The place past the first or last line end that is in no quotes; 0 when there is none.
std::size_t row_end(std::string_view bytes, Row which) {
  std::size_t end = 0;
  for (std::size_t begin = 0; begin < bytes.size();) {
    std::size_t quote = bytes.find('"', begin);
    while (quote != std::string_view::npos && !opens_cell(bytes, quote))
      quote = bytes.find('"', quote + 1);
    const std::string_view plain = bytes.substr(begin, std::min(quote, bytes.size()) - begin);
    const std::size_t line_end = which == Row::First ? plain.find('\n') : plain.rfind('\n');
    if (line_end != std::string_view::npos) end = begin + line_end + 1;
    if (quote == std::string_view::npos || (end > 0 && which == Row::First)) break;
    begin = quoted_end(bytes, quote);
  }
  return end;
}

// The place past the first line end at or after `from`; the end of the bytes when there is none.
std::size_t past_line_end(std::string_view bytes, std::size_t from) {
  const std::size_t line_end = bytes.find('\n', from);
  return line_end == std::string_view::npos ? bytes.size() : line_end + 1;
}

// `.json` files often hold lines: a whole object on the first line and another one on the second.
PageFormat format_of(std::string_view start) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = std::min(start.find_first_not_of(kSpace), start.size());
  const std::size_t line_end = start.find('\n', begin);
  if (begin == start.size() || start[begin] != '{' || line_end == std::string_view::npos)
    return PageFormat::Json;
  const std::size_t last = start.find_last_not_of(kSpace, line_end);
  const std::size_t next = start.find_first_not_of(kSpace, line_end);
  const bool is_lines =
      last != begin && start[last] == '}' && next != std::string_view::npos && start[next] == '{';
  return is_lines ? PageFormat::NdJson : PageFormat::Json;
}

}  // namespace

FilePages::FilePages(const Folder& folder, const DataFile& file, const TableOptions& options)
    : url_(folder.url_of(file.path)),
      format_(file.kind.format),
      records_(options.records),
      header_(options.csv_header),
      page_bytes_(options.page_bytes),
      stream_(make_byte_stream(folder.store(), url_, file.size, file.kind.codec)) {}

Result<FilePages> FilePages::open(const Folder& folder, const DataFile& file,
                                  const TableOptions& options, std::uint64_t position) {
  FilePages pages(folder, file, options);
  if (Status started = pages.start(position); !started) {
    return std::unexpected(pages.within_file(std::move(started).error()));
  }
  return pages;
}

// A record begins after a line end, so the byte before tells whether one begins right here.
Result<FilePages> FilePages::open_lines(const Folder& folder, const DataFile& file,
                                        const TableOptions& options, std::uint64_t begin,
                                        std::uint64_t end) {
  FilePages pages = TRY(open(folder, file, options, begin == 0 ? 0 : begin - 1));
  pages.end_ = end;
  if (begin == 0) return pages;
  if (Status skipped = pages.skip_line(); !skipped) {
    return std::unexpected(pages.within_file(std::move(skipped).error()));
  }
  return pages;
}

Status FilePages::skip_line() {
  stream_->unread(std::exchange(start_, {}));
  while (true) {
    const std::string bytes = TRY(stream_->read(kFormatBytes));
    const std::size_t num_skipped = past_line_end(bytes, 0);
    position_ += num_skipped;
    stream_->unread(std::string_view(bytes).substr(num_skipped));
    if (bytes.empty() || bytes[num_skipped - 1] == '\n') return {};
  }
}

Error FilePages::within_file(Error error) const {
  return std::move(error).within(url_);
}

Status FilePages::start(std::uint64_t position) {
  if (!header_.empty()) header_ += '\n';
  const bool needs_start = position == 0 || !format_ || format_ == PageFormat::Csv;
  if (needs_start) start_ = TRY(stream_->read(page_bytes_));
  if (start_.starts_with("\xFF\xFE") || start_.starts_with("\xFE\xFF")) {
    return fail(ErrorKind::Config,
                "the file is UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)");
  }
  if (!format_) {
    TRY(read_start_until([this] {
      return start_.size() >= kFormatBytes || start_.find('\n') != std::string::npos;
    }));
    format_ = format_of(start_);
  }
  if (position == 0) return {};
  if (format_ == PageFormat::Csv && header_.empty()) {
    TRY(read_start_until([this] { return row_end(start_, Row::First) > 0; }));
    take_header(start_);
  }
  stream_->unread(start_);
  start_.clear();
  position_ = position;
  return stream_->skip(position);
}

Status FilePages::read_start_until(const std::function<bool()>& is_enough) {
  while (start_.size() < kMaxRecordBytes && !is_enough()) {
    const std::string more = TRY(stream_->read(page_bytes_));
    if (more.empty()) break;
    start_ += more;
  }
  return {};
}

void FilePages::take_header(std::string_view start) {
  const std::size_t end = row_end(start, Row::First);
  header_ = start.substr(0, end == 0 ? start.size() : end);
  if (header_.starts_with(kByteOrderMark)) header_.erase(0, kByteOrderMark.size());
}

Result<std::optional<Page>> FilePages::next() {
  const std::uint64_t begin = position_;
  if (begin >= end_) return std::optional<Page>();
  Result<std::string> body = format_ == PageFormat::Json ? whole_document() : next_body();
  if (!body) return std::unexpected(within_file(std::move(body).error()));
  if (body->empty()) return std::optional<Page>();
  if (end_ - begin < body->size()) body->resize(past_line_end(*body, end_ - begin - 1));
  position_ += body->size();
  if (begin == 0 && body->starts_with(kByteOrderMark)) body->erase(0, kByteOrderMark.size());
  if (format_ == PageFormat::Csv) {
    if (header_.empty()) {
      take_header(*body);
    } else {
      body->insert(0, header_);
    }
  }
  return std::optional<Page>(Page{.body = std::move(*body),
                                  .format = *format_,
                                  .records = format_ == PageFormat::Json ? records_ : std::string(),
                                  .origin = {.url = url_, .byte_offset = begin}});
}

std::size_t FilePages::record_end(std::string_view bytes) const {
  return format_ == PageFormat::Csv ? row_end(bytes, Row::Last) : bytes.rfind('\n') + 1;
}

Result<std::string> FilePages::next_body() {
  std::string bytes = std::exchange(start_, {});
  if (bytes.empty()) bytes = TRY(stream_->read(page_bytes_));
  std::size_t wanted = std::max(bytes.size(), page_bytes_);
  while (bytes.size() == wanted) {
    const std::size_t end = record_end(bytes);
    if (end > 0) {
      stream_->unread(std::string_view(bytes).substr(end));
      bytes.resize(end);
      return bytes;
    }
    if (bytes.size() > kMaxRecordBytes) {
      return fail(
          ErrorKind::Config,
          format("no record ends within {} bytes after byte {}: is it the right format, and "
                 "are all quotes closed?",
                 bytes.size(), position_));
    }
    const std::string more = TRY(stream_->read(wanted));
    wanted += wanted;
    bytes += more;
  }
  return bytes;
}

Result<std::string> FilePages::whole_document() {
  std::string bytes = std::exchange(start_, {});
  while (bytes.size() <= kMaxRecordBytes) {
    const std::string more = TRY(stream_->read(kDocumentStep));
    if (more.empty()) return bytes;
    bytes += more;
  }
  return fail(ErrorKind::Config,
              format("a JSON document of more than {} bytes cannot be read; write it as JSON lines",
                     kMaxRecordBytes));
}

}  // namespace inlet::files
