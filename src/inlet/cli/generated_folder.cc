#include "inlet/cli/generated_folder.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"

namespace inlet::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNotes = ".inlet-generated";

std::string digest(std::string_view text) {
  return format("{:016x}", hash_bytes(text));
}

std::optional<std::string> text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Digests by path: what the last time wrote.
std::map<std::string, std::string> read_notes(const fs::path& folder) {
  std::map<std::string, std::string> notes;
  std::istringstream lines(text_of(folder / kNotes).value_or(""));
  std::string digest_text;
  std::string path;
  while (lines >> digest_text && std::getline(lines >> std::ws, path)) notes[path] = digest_text;
  return notes;
}

Status write(const fs::path& file, const std::string& text) {
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (out) return {};
  return fail(ErrorKind::Config, format("{} cannot be written", file.string()));
}

}  // namespace

Status write_generated(const fs::path& folder, const GeneratedFiles& files) {
  const auto notes = read_notes(folder);
  const auto is_ours = [&](const std::string& path, const std::string& text) {
    const auto note = notes.find(path);
    return note != notes.end() && note->second == digest(text);
  };
  for (const auto& [path, text] : files) {
    const auto present = text_of(folder / path);
    if (!present || *present == text || is_ours(path, *present)) continue;
    return fail(ErrorKind::Config,
                format("{} is there, and is not as this command wrote it; move it away, or choose "
                       "another folder",
                       (folder / path).string()));
  }
  for (const auto& [path, noted] : notes) {
    const auto present = text_of(folder / path);
    std::error_code ignored;
    if (!files.contains(path) && present && digest(*present) == noted) {
      fs::remove(folder / path, ignored);
    }
  }
  std::string new_notes;
  for (const auto& [path, text] : files) {
    TRY(write(folder / path, text));
    new_notes += format("{} {}\n", digest(text), path);
  }
  return write(folder / kNotes, new_notes);
}

}  // namespace inlet::cli
