#include "connectors/files/file_ranges.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"

namespace inlet::files {
namespace {

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

std::uint64_t FileRange::num_bytes() const {
  const std::uint64_t last = end.value_or(size);
  return last - std::min(last, begin);
}

bool is_cuttable(const DataFile& file) {
  return file.kind.format == PageFormat::NdJson && file.kind.codec == decode::Codec::None;
}

std::vector<FileRange> cut(const DataFile& file, std::uint64_t begin,
                           std::uint64_t partition_bytes) {
  const FileRange whole{
      .path = file.path, .version = Ledger::version_of(file), .size = file.size, .begin = begin};
  if (!is_cuttable(file)) return {whole};
  const std::uint64_t length = file.size - std::min(file.size, begin);
  const std::uint64_t step = std::max<std::uint64_t>(1, partition_bytes);
  const std::uint64_t num_ranges = std::max<std::uint64_t>(1, (length + step - 1) / step);
  std::vector<FileRange> ranges(num_ranges, whole);
  std::uint64_t position = begin;
  for (std::uint64_t i = 0; i < num_ranges; ++i) {
    ranges[i].begin = position;
    position += length / num_ranges + (i < length % num_ranges ? 1 : 0);
    ranges[i].end = position;
  }
  return ranges;
}

Partition to_partition(const std::vector<FileRange>& ranges) {
  Partition partition = Json::array();
  for (const FileRange& range : ranges) partition.push_back(to_json(range));
  return partition;
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
