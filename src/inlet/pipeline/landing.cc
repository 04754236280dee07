#include "inlet/pipeline/landing.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"

namespace inlet::pipeline {
namespace {

constexpr std::string_view kPages = ".pages";
constexpr std::string_view kShares = ".shares";
constexpr std::string_view kRefusedFolder = "/refused/";
constexpr std::size_t kHashDigits = 16;
constexpr std::size_t kSegmentDigits = 12;

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

// A checksum of the parts, then the parts.
std::string sealed(std::initializer_list<std::string_view> parts,
                   const std::vector<Page>& pages = {}) {
  std::size_t num_bytes = kHashDigits + 1;
  for (const std::string_view part : parts) num_bytes += part.size();
  for (const Page& page : pages) num_bytes += page.body.size();
  std::string text;
  text.reserve(num_bytes);
  text.append(kHashDigits, '0');
  text += '\n';
  for (const std::string_view part : parts) text += part;
  for (const Page& page : pages) text += page.body;
  const std::string_view content = std::string_view(text).substr(kHashDigits + 1);
  return text.replace(0, kHashDigits, format("{:016x}", hash_bytes(content)));
}

// A line that says where the pages are, the pages.
std::string segment_text(const std::vector<Page>& pages) {
  Json header = Json::array();
  for (const Page& page : pages) header.push_back(page_json(page));
  return sealed({to_text(header), "\n"}, pages);
}

// Empty when the text is not what sealed() gave.
std::string_view checked_content(std::string_view text) {
  if (text.size() <= kHashDigits || text[kHashDigits] != '\n') return {};
  const std::string_view content = text.substr(kHashDigits + 1);
  const bool is_whole = text.substr(0, kHashDigits) == format("{:016x}", hash_bytes(content));
  return is_whole ? content : std::string_view();
}

std::unexpected<Error> not_there(const std::string& url, std::string_view how) {
  return fail(ErrorKind::Config,
              format("what was landed in {} is {}; start the stream again with a "
                     "new checkpoint and an empty landing folder",
                     url, how));
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

std::string Landing::url_of(std::uint64_t segment, std::string_view ending) const {
  return format("{}/{:0{}}{}", url_, segment, kSegmentDigits, ending);
}

std::uint64_t Landing::segment_of(std::string_view url) const {
  const std::string_view name = url.substr(std::min(url.size(), url_.size() + 1));
  std::uint64_t segment = 0;
  std::from_chars(name.data(), name.data() + std::min(name.size(), kSegmentDigits), segment);
  return segment;
}

Status Landing::put(const std::string& url, std::string_view text) {
  Status written = store_->put(url, text, store::IfPresent::Fail);
  if (written) return written;
  return std::unexpected(std::move(written).error().within("landing " + url));
}

Status Landing::write(std::uint64_t segment, const std::vector<Page>& pages) {
  return put(url_of(segment, kPages), segment_text(pages));
}

Result<std::vector<Page>> Landing::read(std::uint64_t segment) const {
  const std::string url = url_of(segment, kPages);
  const auto text = store_->get(url);
  if (!text && text.error().kind != ErrorKind::NotFound) return std::unexpected(text.error());
  const std::string_view content = text ? checked_content(*text) : std::string_view();
  const std::size_t header_end = content.find('\n');
  if (header_end == std::string_view::npos) return not_there(url, text ? "damaged" : "missing");
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

Status Landing::write_shares(std::uint64_t first, const std::vector<Share>& shares) {
  Json list = Json::array();
  for (const Share& share : shares) {
    list.push_back({{"partition", share.partition}, {"size", share.num_bytes}});
  }
  return put(url_of(first, kShares), sealed({to_text(list), "\n"}));
}

Result<Json> Landing::shares_in(const std::string& url) const {
  const std::string text = TRY(store_->get(url));
  const std::string_view content = checked_content(text);
  if (content.empty()) return not_there(url, "damaged");
  return parse_json(content);
}

Result<std::map<std::uint64_t, Partition>> Landing::read_shares(std::uint64_t first,
                                                                std::uint64_t last) const {
  std::map<std::uint64_t, Partition> partitions;
  for (const store::ObjectInfo& file : TRY(files(first, last))) {
    if (!file.url.ends_with(kShares)) continue;
    std::uint64_t segment = segment_of(file.url);
    for (Json& share : TRY(shares_in(file.url))) {
      if (segment <= last) partitions.emplace(segment, std::move(share.at("partition")));
      ++segment;
    }
  }
  return partitions;
}

Result<std::uint64_t> Landing::num_bytes(std::uint64_t first, std::uint64_t last) const {
  std::uint64_t sum = 0;
  for (const store::ObjectInfo& file : TRY(files(first, last))) {
    if (file.url.ends_with(kPages)) {
      sum += file.size;
    } else {
      for (const Json& share : TRY(shares_in(file.url))) {
        sum += share.at("size").get<std::uint64_t>();
      }
    }
  }
  return sum;
}

Result<std::vector<store::ObjectInfo>> Landing::files(std::uint64_t first,
                                                      std::uint64_t last) const {
  std::vector<store::ObjectInfo> found;
  const auto visit = [&](const store::ObjectInfo& object) -> Status {
    if (!object.url.ends_with(kPages) && !object.url.ends_with(kShares)) return {};
    const std::uint64_t segment = segment_of(object.url);
    if (segment >= first && segment <= last) found.push_back(object);
    return {};
  };
  const Status listed = store_->list(url_, visit);
  if (!listed && listed.error().kind != ErrorKind::NotFound) return std::unexpected(listed.error());
  return found;
}

Status Landing::remove(std::uint64_t first, std::uint64_t last) {
  std::vector<std::string> urls;
  for (const store::ObjectInfo& file : TRY(files(first, last))) urls.push_back(file.url);
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
