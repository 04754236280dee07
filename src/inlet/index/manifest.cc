#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"
#include "inlet/index/disk_internal.h"
#include "inlet/index/manifest_internal.h"

namespace inlet::index {
namespace {

constexpr const char* kFileName = "manifest.json";
/// Of all files of the index: another number whenever what an entry or a text holds gets another
/// meaning.
constexpr int kFormat = 2;

Json to_json(const Manifest& manifest) {
  Json files = Json::array();
  for (const IndexedFile& file : manifest.files) {
    files.push_back({file.path, file.size, file.num_rows, file.modified_ms, file.ordinal,
                     file.deletion_vector, file.is_pruned});
  }
  Json runs = Json::array();
  for (const RunFile& run : manifest.runs) runs.push_back({run.name, run.checksum});
  return {{"format", kFormat},
          {"table_id", manifest.identity.table_id},
          {"key_columns", manifest.identity.key_columns},
          {"sequence_columns", manifest.identity.sequence_columns},
          {"version", manifest.version},
          {"next_ordinal", manifest.next_ordinal},
          {"next_run", manifest.next_run},
          {"probed_cost", manifest.probed_cost},
          {"files", std::move(files)},
          {"runs", std::move(runs)}};
}

// Throws where the text is not what to_json() makes.
Manifest from_json(const Json& json) {
  Manifest manifest{.identity = {.table_id = json.at("table_id"),
                                 .key_columns = json.at("key_columns"),
                                 .sequence_columns = json.at("sequence_columns")},
                    .version = json.at("version"),
                    .next_ordinal = json.at("next_ordinal"),
                    .next_run = json.at("next_run"),
                    .probed_cost = json.at("probed_cost"),
                    .files = {},
                    .runs = {}};
  for (const Json& file : json.at("files")) {
    manifest.files.push_back({.path = file.at(0),
                              .size = file.at(1),
                              .num_rows = file.at(2),
                              .modified_ms = file.at(3),
                              .ordinal = file.at(4),
                              .deletion_vector = file.at(5),
                              .is_pruned = file.at(6)});
  }
  for (const Json& run : json.at("runs")) {
    manifest.runs.push_back({.name = run.at(0), .checksum = run.at(1)});
  }
  return manifest;
}

std::string checksum_of(std::string_view text) {
  return format("{:016x}", hash_bytes(text));
}

}  // namespace

bool IndexedFile::covers(const delta::DataFile& file) const {
  return path == file.path && size == file.size && num_rows == file.num_rows &&
         modified_ms == file.modified_ms && (!is_pruned || deletion_vector == file.deletion_vector);
}

Result<Manifest> load_manifest(const std::filesystem::path& folder) {
  const std::string content = TRY(read_file(folder / kFileName));
  const std::size_t line = content.find('\n');
  const auto refuse = [&] {
    return fail(ErrorKind::Unavailable,
                format("not a manifest of a key index: {}", (folder / kFileName).string()));
  };
  if (line == std::string::npos) return refuse();
  const std::string_view text = std::string_view(content).substr(line + 1);
  if (content.substr(0, line) != checksum_of(text)) return refuse();
  const Json json = TRY(parse_json(text));
  try {
    if (json.at("format") != kFormat) return refuse();
    return from_json(json);
  } catch (const Json::exception&) {
    return refuse();
  }
}

Status store_manifest(const std::filesystem::path& folder, const Manifest& manifest) {
  const std::string text = to_text(to_json(manifest));
  return replace_file(folder / kFileName, checksum_of(text) + "\n" + text);
}

}  // namespace inlet::index
