#include "inlet/pipeline/landing.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"

namespace inlet::pipeline {
namespace {

constexpr std::string_view kEnding = ".pages";
constexpr std::string_view kRefusedFolder = "/refused/";
constexpr std::size_t kHashDigits = 16;

Json page_json(const Page& page) {
  return {{"size", page.body.size()},
          {"format", static_cast<int>(page.format)},
          {"records", page.records},
          {"binary", static_cast<int>(page.binary)},
          {"added", page.added},
          {"duplicates", page.duplicates},
          {"filtered", page.filtered},
          {"offset", page.offset.json()},
          {"url", page.origin.url},
          {"request_id", page.origin.request_id},
          {"byte_offset", page.origin.byte_offset},
          {"fetched_at", page.origin.fetched_at.time_since_epoch().count()}};
}

Result<Page> page_of(const Json& json, std::string_view body) {
  return Page{.body = std::string(body),
              .format = static_cast<PageFormat>(json.at("format").get<int>()),
              .records = json.at("records"),
              .binary = static_cast<BinarySpelling>(json.value("binary", 0)),
              .added = json.at("added"),
              .duplicates = json.at("duplicates"),
              .filtered = json.at("filtered"),
              .offset = TRY(Offset::make(json.at("offset"))),
              .origin = {.url = json.at("url"),
                         .request_id = json.at("request_id"),
                         .byte_offset = json.at("byte_offset"),
                         .fetched_at = Timestamp(std::chrono::microseconds(
                             json.at("fetched_at").get<std::int64_t>()))}};
}

// A checksum of what follows, a line that says where the pages are, the pages.
std::string segment_text(const std::vector<Page>& pages) {
  Json header = Json::array();
  for (const Page& page : pages) header.push_back(page_json(page));
  const std::string header_line = to_text(header) + "\n";
  std::size_t num_bytes = kHashDigits + 1 + header_line.size();
  for (const Page& page : pages) num_bytes += page.body.size();
  std::string text(kHashDigits, '0');
  text.reserve(num_bytes);
  text += '\n';
  text += header_line;
  for (const Page& page : pages) text += page.body;
  const std::string_view content = std::string_view(text).substr(kHashDigits + 1);
  return text.replace(0, kHashDigits, format("{:016x}", hash_bytes(content)));
}

// Empty when the text is not what segment_text() gave.
std::string_view checked_content(std::string_view text) {
  if (text.size() <= kHashDigits || text[kHashDigits] != '\n') return {};
  const std::string_view content = text.substr(kHashDigits + 1);
  const bool is_whole = text.substr(0, kHashDigits) == format("{:016x}", hash_bytes(content));
  return is_whole ? content : std::string_view();
}

// What is gone already is as well.
Status remove_all(store::Store& store, const std::vector<std::string>& urls) {
  for (const std::string& url : urls) {
    const Status removed = store.remove(url);
    if (!removed && removed.error().kind != ErrorKind::NotFound) return removed;
  }
  return {};
}

}  // namespace

Result<Landing> Landing::open(store::Store& store, std::string_view folder) {
  return Landing(store, TRY(store::to_url(folder)));
}

std::string Landing::url_of(std::uint64_t segment) const {
  return format("{}/{:012}{}", url_, segment, kEnding);
}

Status Landing::write(std::uint64_t segment, const std::vector<Page>& pages) {
  Status written = store_->put(url_of(segment), segment_text(pages), store::IfPresent::Fail);
  if (written) return written;
  return std::unexpected(std::move(written).error().within("landing " + url_of(segment)));
}

Result<std::vector<Page>> Landing::read(std::uint64_t segment) const {
  const auto text = store_->get(url_of(segment));
  if (!text && text.error().kind != ErrorKind::NotFound) return std::unexpected(text.error());
  const std::string_view content = text ? checked_content(*text) : std::string_view();
  const std::size_t header_end = content.find('\n');
  if (header_end == std::string_view::npos) {
    return fail(ErrorKind::Config,
                format("the landed pages {} are {}; start the stream again with a new checkpoint "
                       "and an empty landing folder",
                       url_of(segment), text ? "damaged" : "missing"));
  }
  const Json header = TRY(parse_json(content.substr(0, header_end)));
  std::vector<Page> pages;
  std::size_t begin = header_end + 1;
  for (const Json& one : header) {
    const std::size_t size = one.at("size");
    pages.push_back(TRY(page_of(one, content.substr(begin, size))));
    begin += size;
  }
  return pages;
}

Status Landing::remove(std::uint64_t first, std::uint64_t last) {
  std::vector<std::string> urls;
  const auto visit = [&](const store::ObjectInfo& object) -> Status {
    if (object.url.ends_with(kEnding)) urls.push_back(object.url);
    return {};
  };
  const Status listed = store_->list(url_, visit);
  if (!listed && listed.error().kind != ErrorKind::NotFound) return listed;
  const std::string first_url = url_of(first);
  const std::string last_url = url_of(std::min<std::uint64_t>(last, kLastSegment));
  std::erase_if(urls, [&](const std::string& url) { return url < first_url || url > last_url; });
  return remove_all(*store_, urls);
}

Status Landing::write_refused(std::uint64_t segment, std::string_view json) {
  return store_->put(format("{}{}{:012}.json", url_, kRefusedFolder, segment), json,
                     store::IfPresent::Replace);
}

Result<std::map<std::string, std::string>> Landing::read_refused(store::Store& store,
                                                                 std::string_view folder) {
  std::vector<std::string> urls;
  const auto visit = [&](const store::ObjectInfo& object) -> Status {
    if (object.url.find(kRefusedFolder) != std::string::npos) urls.push_back(object.url);
    return {};
  };
  const Status listed = store.list(TRY(store::to_url(folder)), visit);
  if (!listed && listed.error().kind != ErrorKind::NotFound) return std::unexpected(listed.error());
  std::map<std::string, std::string> texts;
  for (const std::string& url : urls) texts[url] = TRY(store.get(url));
  return texts;
}

Status Landing::remove_refused(store::Store& store, const std::vector<std::string>& urls) {
  return remove_all(store, urls);
}

}  // namespace inlet::pipeline
