#include <string>

#include "inlet/base/try.h"
#include "inlet/data/row_key.h"
#include "inlet/index/key_reader_internal.h"
#include "inlet/index/parallel_internal.h"

namespace inlet::index {

Status read_keys(const delta::Snapshot& base, std::span<const delta::DataFile* const> files,
                 const KeyPaths& paths, const KeyPacker& packer, std::uint32_t first_ordinal,
                 unsigned num_threads, RunBuilder& builder) {
  std::vector<std::string> wanted = paths.keys;
  wanted.insert(wanted.end(), paths.sequence.begin(), paths.sequence.end());
  const std::vector<std::string> columns = columns_of(base.schema(), wanted);
  return in_parallel(num_threads, files.size(), [&](std::size_t number) {
    const std::uint32_t ordinal = first_ordinal + static_cast<std::uint32_t>(number);
    std::vector<Entry> entries;
    std::string key_bytes;
    std::string sequence_bytes;
    const auto visit = [&](const Batch& rows, std::span<const std::uint64_t> positions) -> Status {
      const RowKey key = TRY(RowKey::make(rows, paths.keys));
      const RowKey sequence = TRY(RowKey::make(rows, paths.sequence));
      entries.clear();
      for (std::size_t row = 0; row < rows.num_rows(); ++row) {
        key_bytes.clear();
        sequence_bytes.clear();
        key.append_to(key_bytes, row);
        sequence.append_to(sequence_bytes, row);
        entries.push_back(Entry::make(packer.pack(key_bytes), packer.pack_sequence(sequence_bytes),
                                      ordinal, static_cast<std::uint32_t>(positions[row])));
      }
      return builder.add(entries);
    };
    return base.read(*files[number], columns, visit);
  });
}

std::vector<Entry> make_entries(const WrittenKeys& written, const KeyPacker& packer,
                                std::uint32_t ordinal) {
  std::vector<Entry> entries;
  entries.reserve(written.keys.size());
  for (std::uint32_t row = 0; row < written.keys.size(); ++row) {
    const std::string_view sequence =
        row < written.sequences.size() ? written.sequences[row] : std::string_view();
    entries.push_back(
        Entry::make(packer.pack(written.keys[row]), packer.pack_sequence(sequence), ordinal, row));
  }
  return entries;
}

}  // namespace inlet::index
