#include "connectors/files/file_ranges.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"

namespace inlet::files {
namespace {

std::uint64_t num_bytes(const FileRange& range) {
  const std::uint64_t end = range.end.value_or(range.size);
  return end - std::min(end, range.begin);
}

Json to_json(const FileRange& range) {
  Json json = {{"path", range.path},
               {"version", range.version},
               {"size", range.size},
               {"begin", range.begin}};
  if (range.end) json["end"] = *range.end;
  return json;
}

std::optional<std::uint64_t> number(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

std::optional<FileRange> to_range(const Json& json) {
  if (!json.is_object() || !json.contains("path") || !json["path"].is_string()) return std::nullopt;
  const auto version = number(json, "version");
  const auto size = number(json, "size");
  const auto begin = number(json, "begin");
  if (!version || !size || !begin) return std::nullopt;
  return FileRange{.path = json["path"].get<std::string>(),
                   .version = static_cast<std::uint32_t>(*version),
                   .size = *size,
                   .begin = *begin,
                   .end = number(json, "end")};
}

}  // namespace

std::vector<FileRange> cut(const DataFile& file, std::uint64_t begin,
                           std::uint64_t partition_bytes) {
  const bool is_cuttable =
      file.kind.format == PageFormat::NdJson && file.kind.codec == decode::Codec::None;
  const std::uint64_t length = file.size - std::min(file.size, begin);
  const std::uint64_t step = std::max<std::uint64_t>(1, partition_bytes);
  const std::uint64_t num_ranges =
      is_cuttable ? std::max<std::uint64_t>(1, (length + step - 1) / step) : 1;
  const FileRange whole{
      .path = file.path, .version = Ledger::version_of(file), .size = file.size, .begin = begin};
  std::vector<FileRange> ranges(num_ranges, whole);
  for (std::uint64_t i = 1; i < num_ranges; ++i) {
    ranges[i].begin = begin + length / num_ranges * i;
    ranges[i - 1].end = ranges[i].begin;
  }
  if (num_ranges > 1) ranges.back().end = file.size;
  return ranges;
}

std::vector<Partition> to_partitions(const std::vector<FileRange>& ranges,
                                     std::uint64_t partition_bytes) {
  std::vector<Partition> partitions;
  std::uint64_t filled = 0;
  for (const FileRange& range : ranges) {
    const std::uint64_t more = num_bytes(range);
    if (partitions.empty() || filled + more > partition_bytes) {
      partitions.push_back(Json::array());
      filled = 0;
    }
    partitions.back().push_back(to_json(range));
    filled += more;
  }
  return partitions;
}

Result<std::vector<FileRange>> to_ranges(const Partition& partition) {
  std::vector<FileRange> ranges;
  for (const Json& json : partition) {
    auto range = to_range(json);
    if (!range) {
      return fail(ErrorKind::Config,
                  format("not a partition of the files connector: {:.200}", to_text(partition)));
    }
    ranges.push_back(*std::move(range));
  }
  return ranges;
}

}  // namespace inlet::files
