#pragma once

#include <random>
#include <string>
#include <vector>

#include "inlet/delta/table_fixture_test.h"
#include "inlet/index/key_locator.h"

namespace inlet::index {

/// Tables with a column of every type that can be a key, of few different values so that keys
/// repeat; and the answer that a full read of such a table gives.
class RandomTable : public delta::TableFixture {
 protected:
  static Schema every_type();
  /// Every kind of key there is: each type, some together, nested ones.
  static std::vector<std::vector<std::string>> every_key();

  /// Partition columns of each type that they can have; some are keys, or part of one.
  static std::vector<std::vector<std::string>> every_division();
  delta::Snapshot make_divided(const std::vector<std::string>& columns, const std::string& folder);

  /// Values from `start` on, of about `spread` different ones per column.
  static Batch random_rows(std::mt19937_64& random, std::size_t num_rows, std::int64_t spread,
                           std::int64_t start = 0);

  delta::Snapshot add_file(const delta::Snapshot& table, Batch batch);
  /// Marks about one row in `one_in` of every file as dead.
  delta::Snapshot kill_some(const delta::Snapshot& table, std::mt19937_64& random,
                            std::uint64_t one_in);
  /// Some files as one new one without their dead rows, as another writer's OPTIMIZE leaves them.
  delta::Snapshot rewrite(const delta::Snapshot& table, const std::vector<std::string>& paths);

  /// RowKey bytes of a live row, and where it is.
  struct Row {
    std::uint32_t file = 0;
    std::uint64_t position = 0;
    std::string key = {};
    std::string sequence = {};
  };
  static std::vector<Row> live_rows(const delta::Snapshot& table,
                                    const std::vector<std::string>& keys,
                                    const std::vector<std::string>& sequence);

  /// Keys of which about half are there, and what a full read finds of them.
  struct Question {
    std::vector<std::string> keys;
    std::vector<std::string> expected;
  };
  static Question ask(const delta::Snapshot& table, const std::vector<std::string>& paths,
                      const std::vector<std::string>& sequence, std::mt19937_64& random,
                      std::size_t num_keys);
  static void expect_answer(KeyLocator& locator, const delta::Snapshot& table,
                            const Question& question);
  /// `locator` gives what reading everything gives, for keys of which about half are there.
  static void expect_right(KeyLocator& locator, const delta::Snapshot& table,
                           const std::vector<std::string>& paths,
                           const std::vector<std::string>& sequence, std::mt19937_64& random,
                           std::size_t num_keys = 12);

  /// RowKey bytes of one long.
  static std::string long_key(std::int64_t value);
};

}  // namespace inlet::index
