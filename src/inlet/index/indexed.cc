#include <algorithm>
#include <filesystem>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"
#include "inlet/index/dead_rows_internal.h"
#include "inlet/index/indexed_internal.h"
#include "inlet/index/key_index_internal.h"
#include "inlet/index/key_reader_internal.h"
#include "inlet/index/probing_cost_internal.h"
#include "inlet/index/run_builder_internal.h"

namespace inlet::index {
namespace {

/// After so many failures of the local disk it is left alone.
constexpr int kMaxFailures = 2;

/// Part of the memory that dead rows may take.
constexpr std::uint64_t kDeadRowsPart = 4;

class Indexed final : public KeyLocator {
 public:
  Indexed(KeyHash hash, IndexOptions options, std::vector<std::string> keys,
          std::vector<std::string> sequence)
      : options_(std::move(options)),
        paths_{.keys = std::move(keys), .sequence = std::move(sequence)},
        hash_(hash),
        probe_(make_probe(paths_.keys, paths_.sequence, options_.num_threads)),
        dead_rows_(options_.max_memory_bytes / kDeadRowsPart) {}

  Result<std::vector<Located>> locate(const delta::Snapshot& base,
                                      const std::vector<delta::DataFile>& files,
                                      std::span<const std::string_view> keys) override {
    if (keys.empty()) return std::vector<Located>{};
    auto located = locate_indexed(base, files, keys);
    if (!located) give_up();
    if (located && *located) return **std::move(located);
    return probe_->locate(base, files, keys);
  }

  Status note_commit(const delta::Snapshot& now, std::span<const WrittenKeys> written) override {
    Status noted = note(now, written);
    if (!noted) give_up();
    return noted;
  }

 private:
  // Nullopt: probing is the way.
  Result<std::optional<std::vector<Located>>> locate_indexed(
      const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
      std::span<const std::string_view> keys) {
    if (!TRY(open(base, files))) return std::optional<std::vector<Located>>();
    const std::vector<std::uint32_t> missing = index_->missing(files);
    if (!missing.empty() && !TRY(is_worth_reading(base, files, missing, keys))) {
      return std::optional<std::vector<Located>>();
    }
    TRY(catch_up(base, files, missing));
    return std::optional(TRY(look_up(base, files, keys)));
  }

  // False when the index cannot be used now.
  Result<bool> open(const delta::Snapshot& base, const std::vector<delta::DataFile>& files) {
    if (options_.use == IndexUse::Never || num_failures_ >= kMaxFailures) return false;
    if (std::ranges::any_of(files, [](const delta::DataFile& file) {
          return file.num_rows > std::numeric_limits<std::uint32_t>::max();
        })) {
      return false;
    }
    packer_ = TRY(KeyPacker::make(base.schema(), paths_.keys, paths_.sequence, hash_));
    const Identity identity{.table_id = base.table_id(),
                            .key_columns = packer_->key_columns(),
                            .sequence_columns = packer_->sequence_columns()};
    if (index_ && (!index_->is_held() || index_->identity() != identity)) index_.reset();
    if (!index_)
      index_ =
          TRY(KeyIndex::open(index_folder(options_.folder, base.url(), paths_.keys), identity));
    return index_.has_value();
  }

  // An index pays when what probing has cost so far would have paid for reading all that is
  // missing: then it never costs much more than twice the better way.
  Result<bool> is_worth_reading(const delta::Snapshot& base,
                                const std::vector<delta::DataFile>& files,
                                std::span<const std::uint32_t> missing,
                                std::span<const std::string_view> keys) {
    if (options_.use == IndexUse::Always) return true;
    const std::uint64_t probing = cost_of_probing(base.schema(), paths_.keys, files, keys);
    const std::uint64_t spent = index_->probed_cost() + probing;
    if (cost_of_indexing(files, missing) <= spent) return true;
    index_->set_probed_cost(spent);
    TRY(index_->store());
    return false;
  }

  // Brings the index to the files of `base`.
  Status catch_up(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
                  std::span<const std::uint32_t> missing) {
    index_->follow(base.version(), files, KeyIndex::Deletions::Unknown);
    if (!missing.empty()) {
      RunBuilder builder(index_->new_run_path(), options_.max_memory_bytes, options_.num_threads);
      std::vector<const delta::DataFile*> added;
      for (const std::uint32_t file : missing) added.push_back(&files[file]);
      TRY(read_keys(base, added, paths_, *packer_, index_->next_ordinal(), options_.num_threads,
                    builder));
      TRY(builder.finish());
      TRY(index_->add(added));
      index_->set_probed_cost(0);
    }
    TRY(index_->tidy(files, [&](const delta::DataFile& file) { return dead_rows_.find(file); }));
    return index_->store();
  }

  Result<std::vector<Located>> look_up(const delta::Snapshot& base,
                                       const std::vector<delta::DataFile>& files,
                                       std::span<const std::string_view> keys) {
    std::vector<Wanted> wanted;
    wanted.reserve(keys.size());
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
      const PackedKey key = packer_->pack(keys[i]);
      wanted.push_back(
          {.high = key.high, .low = key.low, .kind = key.kind, .number = i, .bytes = keys[i]});
    }
    std::ranges::sort(wanted, [](const Wanted& a, const Wanted& b) { return is_before(a, b); });
    std::vector<Located> located;
    TRY(index_->find(files, wanted,
                     [&](const Wanted& key, std::uint32_t file, const Entry& entry,
                         std::string_view long_sequence) {
                       Located& row = located.emplace_back(
                           Located{.key = key.number, .file = file, .position = entry.row});
                       const PackedSequence sequence{entry.sequence, entry.sequence_kind()};
                       row.sequence = sequence.kind == SequenceKind::Long
                                          ? std::string(long_sequence)
                                          : packer_->unpack_sequence(sequence);
                     }));
    std::ranges::sort(located, [](const Located& a, const Located& b) {
      return std::tie(a.file, a.position) < std::tie(b.file, b.position);
    });
    TRY(dead_rows_.drop_dead(base, files, located));
    return located;
  }

  Status note(const delta::Snapshot& now, std::span<const WrittenKeys> written) {
    const std::vector<delta::DataFile> files = TRY(now.files());
    if (!TRY(open(now, files))) return {};
    const bool is_next = now.version() == index_->version() + 1;
    index_->follow(now.version(), files,
                   is_next ? KeyIndex::Deletions::OnlyGrew : KeyIndex::Deletions::Unknown);
    TRY(add_written(files, written));
    return index_->store();
  }

  Status add_written(const std::vector<delta::DataFile>& files,
                     std::span<const WrittenKeys> written) {
    std::unordered_map<std::string_view, const WrittenKeys*> by_path;
    for (const WrittenKeys& keys : written) by_path.emplace(keys.path, &keys);
    RunBuilder builder(index_->new_run_path(), options_.max_memory_bytes, 1);
    std::vector<const delta::DataFile*> added;
    for (const std::uint32_t number : index_->missing(files)) {
      const delta::DataFile& file = files[number];
      const auto found = by_path.find(file.path);
      if (found == by_path.end() || !is_complete(*found->second, file.num_rows)) continue;
      const auto ordinal = index_->next_ordinal() + static_cast<std::uint32_t>(added.size());
      TRY(add_keys(*found->second, *packer_, ordinal, builder));
      added.push_back(&file);
    }
    if (added.empty()) return {};
    TRY(builder.finish());
    return index_->add(added);
  }

  bool is_complete(const WrittenKeys& written, std::uint64_t num_rows) const {
    return written.keys.size() == num_rows &&
           (paths_.sequence.empty() || written.sequences.size() == num_rows);
  }

  // The next call begins with what the folder holds then.
  void give_up() {
    index_.reset();
    ++num_failures_;
  }

  const IndexOptions options_;
  const KeyPaths paths_;
  const KeyHash hash_;
  const std::unique_ptr<KeyLocator> probe_;
  DeadRows dead_rows_;
  std::optional<KeyPacker> packer_;
  std::optional<KeyIndex> index_;
  int num_failures_ = 0;
};

}  // namespace

std::unique_ptr<KeyLocator> make_indexed_with(KeyHash hash, IndexOptions options,
                                              std::vector<std::string> keys,
                                              std::vector<std::string> sequence) {
  return std::make_unique<Indexed>(hash, std::move(options), std::move(keys), std::move(sequence));
}

std::unique_ptr<KeyLocator> make_indexed(IndexOptions options, std::vector<std::string> keys,
                                         std::vector<std::string> sequence) {
  const KeyHash hash = [](std::string_view key) { return hash_bytes(key); };
  return make_indexed_with(hash, std::move(options), std::move(keys), std::move(sequence));
}

}  // namespace inlet::index
