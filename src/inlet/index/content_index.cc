#include <algorithm>
#include <filesystem>
#include <optional>
#include <tuple>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"
#include "inlet/data/row_key.h"
#include "inlet/index/content_index_internal.h"
#include "inlet/index/entry_feed_internal.h"
#include "inlet/index/file_reader_internal.h"
#include "inlet/index/key_index_internal.h"

namespace inlet::index {
namespace {

// An entry has the hash where others have a sequence.
PackedSequence packed(std::uint64_t content) {
  return {.value = content};
}

class Contents final : public ContentIndex {
 public:
  Contents(std::optional<TemporaryFolder> folder, KeyIndex index, KeyPacker packer,
           std::uint64_t max_memory_bytes)
      : temporary_(std::move(folder)),
        index_(std::move(index)),
        packer_(std::move(packer)),
        max_memory_bytes_(max_memory_bytes) {}

  Status catch_up(const IndexOptions& options, const ContentColumns& columns,
                  const delta::Snapshot& table, const std::vector<delta::DataFile>& files) {
    files_ = files;
    index_.follow(table.version(), files_, KeyIndex::Deletions::Unknown);
    std::vector<const delta::DataFile*> missing;
    for (const std::uint32_t file : index_.missing(files_)) missing.push_back(&files_[file]);
    if (!missing.empty()) {
      RunBuilder builder(index_.new_run_path(), options.max_memory_bytes, options.num_threads);
      TRY(read(columns, table, missing, options.num_threads, builder));
      TRY(builder.finish());
      TRY(index_.add(missing));
    }
    TRY(index_.tidy(files_, [](const delta::DataFile&) { return nullptr; }));
    TRY(index_.store());
    begin_set();
    return {};
  }

  void add(std::string_view key, std::uint64_t content) override {
    const PackedKey packed = packer_.pack(key);
    Wanted& row = group_.emplace_back(Wanted{.high = packed.high,
                                             .low = packed.low,
                                             .kind = packed.kind,
                                             .number = static_cast<std::uint32_t>(num_rows())});
    contents_.push_back(content);
    if (packed.kind != KeyKind::Long) return;
    row.low = long_keys_.size();
    long_keys_ += key;
    row.bytes = key;  // of which only the size counts until all are here
  }

  std::size_t num_rows() const override { return contents_.size(); }
  std::uint64_t num_bytes() const override {
    return num_rows() * (sizeof(Wanted) + sizeof(std::uint64_t)) + long_keys_.size();
  }

  Status match(const std::function<void(const Match&)>& visit) override {
    for (Wanted& row : group_) {
      if (row.kind != KeyKind::Long) continue;
      row.bytes = std::string_view(long_keys_).substr(row.low, row.bytes.size());
      row.low = 0;
    }
    std::ranges::sort(group_, [](const Wanted& a, const Wanted& b) {
      return std::tie(a.high, a.number) < std::tie(b.high, b.number);
    });
    return index_.find(files_, group_,
                       [&](const Wanted& row, std::uint32_t file, const Entry& entry, auto) {
                         visit({.row = row.number,
                                .file = file,
                                .position = entry.row,
                                .is_equal = entry.sequence == contents_[row.number]});
                       });
  }

  Status end_group(std::span<const std::uint64_t> written) override {
    EntryBatch entries;
    for (const Wanted& row : group_) {
      const std::uint64_t place = written[row.number];
      if (place == Written::kNot) continue;
      const auto file = static_cast<std::uint32_t>(place >> 32U);
      entries.add(Entry::make({row.high, row.low, row.kind}, packed(contents_[row.number]),
                              index_.next_ordinal() + file, static_cast<std::uint32_t>(place)),
                  row.bytes, {});
    }
    group_.clear();
    contents_.clear();
    long_keys_.clear();
    return entries.is_empty() ? Status{} : written_->add(entries);
  }

  Result<std::vector<std::uint64_t>> superseded() override {
    TRY(written_->finish());
    written_.reset();
    Run run = TRY(Run::open(written_path_));
    run.expect_scan();
    std::vector<std::uint64_t> superseded;
    const std::span<const Entry> entries = TRY(run.read(0, run.num_entries()));
    for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
      while (end < entries.size() && entries[end].high == entries[begin].high) ++end;
      if (end - begin == 1) continue;
      TRY(find_superseded(run, entries.subspan(begin, end - begin), superseded));
    }
    std::ranges::sort(superseded);
    return superseded;
  }

  Status note_commit(const delta::Snapshot& now, std::span<const std::string_view> paths) override {
    const bool is_next = now.version() == index_.version() + 1;
    files_ = TRY(now.files());
    index_.follow(now.version(), files_,
                  is_next ? KeyIndex::Deletions::OnlyGrew : KeyIndex::Deletions::Unknown);
    std::vector<const delta::DataFile*> added;
    for (const std::string_view path : paths) {
      const auto file = std::ranges::find(files_, path, &delta::DataFile::path);
      if (file == files_.end()) return {};
      added.push_back(&*file);
    }
    TRY(index_.add(added));
    return index_.store();
  }

 private:
  // Gives `builder` an entry for every live row of `files` that is not closed.
  Status read(const ContentColumns& columns, const delta::Snapshot& table,
              std::span<const delta::DataFile* const> files, unsigned num_threads,
              RunBuilder& builder) const {
    std::vector<std::string> wanted = columns.compared;
    for (const std::string& column : columns_of(table.schema(), columns.keys)) {
      if (std::ranges::find(wanted, column) == wanted.end()) wanted.push_back(column);
    }
    if (!columns.closed_by.empty()) wanted.push_back(columns.closed_by);
    const auto visit = [&](std::size_t number, const Batch& rows,
                           std::span<const std::uint64_t> positions) -> Status {
      EntryFeed feed(index_.next_ordinal() + static_cast<std::uint32_t>(number), builder);
      const RowKey key = TRY(RowKey::make(rows, columns.keys));
      RowHasher content(rows, columns.compared);
      const auto closed = ColumnView::find(rows, columns.closed_by);
      std::string bytes;
      for (std::size_t row = 0; row < rows.num_rows(); ++row) {
        if (closed && !closed->is_null(row)) continue;
        bytes.clear();
        key.append_to(bytes, row);
        TRY(feed.add({packer_.pack(bytes), bytes}, {packed(content(row).low)},
                     static_cast<std::uint32_t>(positions[row])));
      }
      return feed.flush();
    };
    return read_files(table, files, wanted, num_threads, visit);
  }

  void begin_set() {
    written_path_ = index_.new_run_path();
    written_.emplace(written_path_, max_memory_bytes_, 1);
  }

  // Of entries that share half a key: all but the last written of each key.
  Status find_superseded(Run& run, std::span<const Entry> entries,
                         std::vector<std::uint64_t>& superseded) const {
    std::vector<const Entry*> last;  // of each key, of which there is mostly one
    for (const Entry& entry : entries) {
      const Entry** of_key = nullptr;
      for (const Entry*& known : last) {
        if (TRY(have_one_key(run, *known, entry))) of_key = &known;
      }
      if (of_key == nullptr) {
        last.push_back(&entry);
        continue;
      }
      const auto [earlier, later] = std::minmax({place_of(**of_key), place_of(entry)});
      superseded.push_back(earlier);
      if (place_of(entry) == later) *of_key = &entry;
    }
    return {};
  }

  static Result<bool> have_one_key(Run& run, const Entry& a, const Entry& b) {
    if (a.key_kind() != b.key_kind()) return false;
    if (a.key_kind() != KeyKind::Long) return a.low == b.low;
    const std::string_view text = TRY(run.key_text(a));
    return TRY(run.key_text(b)) == text;
  }

  // As end_group() was given it.
  std::uint64_t place_of(const Entry& entry) const {
    return Written::at(entry.ordinal() - index_.next_ordinal(), entry.row);
  }

  std::optional<TemporaryFolder> temporary_;
  KeyIndex index_;
  const KeyPacker packer_;
  const std::uint64_t max_memory_bytes_;
  std::vector<delta::DataFile> files_;
  std::vector<Wanted> group_;
  std::vector<std::uint64_t> contents_;  // of the group's rows by number
  std::string long_keys_;                // likewise, one after the other
  std::filesystem::path written_path_;
  std::optional<RunBuilder> written_;
};

// Nullopt: another process works in the folder.
Result<std::optional<KeyIndex>> open_index(const std::filesystem::path& folder,
                                           const ContentColumns& columns,
                                           const delta::Snapshot& table, const KeyPacker& packer) {
  Identity identity{.table_id = table.table_id(), .key_columns = packer.key_columns()};
  identity.sequence_columns = {"contents without those closed by " + columns.closed_by};
  for (const std::string& name : columns.compared) {
    const Field* field = table.schema().find(name);
    if (field == nullptr) return fail(ErrorKind::Config, format("no column {}", name));
    identity.sequence_columns.push_back(name + " " + to_text(field->type));
  }
  return KeyIndex::open(folder, identity);
}

}  // namespace

Result<std::unique_ptr<ContentIndex>> open_contents_with(
    KeyHash hash, const IndexOptions& options, const ContentColumns& columns,
    const delta::Snapshot& table, const std::vector<delta::DataFile>& files) {
  const KeyPacker packer = TRY(KeyPacker::make(table.schema(), columns.keys, {}, hash));
  if (!options.folder.empty() && options.use != IndexUse::Never) {
    std::vector<std::string> what = {"contents"};
    what.insert(what.end(), columns.keys.begin(), columns.keys.end());
    auto index =
        open_index(index_folder(options.folder, table.url(), what), columns, table, packer);
    if (index && *index) {
      auto kept = std::make_unique<Contents>(std::nullopt, **std::move(index), packer,
                                             options.max_memory_bytes);
      if (kept->catch_up(options, columns, table, files)) return kept;
    }
  }
  TemporaryFolder folder = TRY(TemporaryFolder::make());
  auto index = TRY(open_index(folder.path(), columns, table, packer));
  if (!index) return fail(ErrorKind::Bug, "a temporary folder is used by another process");
  auto contents = std::make_unique<Contents>(std::move(folder), *std::move(index), packer,
                                             options.max_memory_bytes);
  TRY(contents->catch_up(options, columns, table, files));
  return contents;
}

Result<std::unique_ptr<ContentIndex>> open_contents(const IndexOptions& options,
                                                    const ContentColumns& columns,
                                                    const delta::Snapshot& table,
                                                    const std::vector<delta::DataFile>& files) {
  const KeyHash hash = [](std::string_view key) { return hash_bytes(key); };
  return open_contents_with(hash, options, columns, table, files);
}

}  // namespace inlet::index
