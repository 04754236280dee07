#include <string>

#include "inlet/base/try.h"
#include "inlet/data/row_key.h"
#include "inlet/index/entry_feed_internal.h"
#include "inlet/index/file_reader_internal.h"
#include "inlet/index/key_reader_internal.h"

namespace inlet::index {
Status read_keys(const delta::Snapshot& base, std::span<const delta::DataFile* const> files,
                 const KeyPaths& paths, const KeyPacker& packer, std::uint32_t first_ordinal,
                 unsigned num_threads, RunBuilder& builder) {
  std::vector<std::string> wanted = paths.keys;
  wanted.insert(wanted.end(), paths.sequence.begin(), paths.sequence.end());
  const std::vector<std::string> columns = columns_of(base.schema(), wanted);
  const auto visit = [&](std::size_t number, const Batch& rows,
                         std::span<const std::uint64_t> positions) -> Status {
    EntryFeed feed(first_ordinal + static_cast<std::uint32_t>(number), builder);
    const RowKey key = TRY(RowKey::make(rows, paths.keys));
    const RowKey sequence = TRY(RowKey::make(rows, paths.sequence));
    std::string key_bytes;
    std::string sequence_bytes;
    for (std::size_t row = 0; row < rows.num_rows(); ++row) {
      key_bytes.clear();
      sequence_bytes.clear();
      key.append_to(key_bytes, row);
      sequence.append_to(sequence_bytes, row);
      TRY(feed.add({packer.pack(key_bytes), key_bytes},
                   {packer.pack_sequence(sequence_bytes), sequence_bytes},
                   static_cast<std::uint32_t>(positions[row])));
    }
    return feed.flush();
  };
  return read_files(base, files, columns, num_threads, visit);
}

Status add_keys(const WrittenKeys& written, const KeyPacker& packer, std::uint32_t ordinal,
                RunBuilder& builder) {
  EntryFeed feed(ordinal, builder);
  for (std::uint32_t row = 0; row < written.keys.size(); ++row) {
    const std::string_view sequence =
        row < written.sequences.size() ? written.sequences[row] : std::string_view();
    const std::string_view key = written.keys[row];
    TRY(feed.add({packer.pack(key), key}, {packer.pack_sequence(sequence), sequence}, row));
  }
  return feed.flush();
}

}  // namespace inlet::index
