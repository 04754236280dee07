#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlet::decode {

/// What the samples held at one path: counts of each kind of value, and the same for everything
/// below it.
class SeenValues {
 public:
  /// Numbers by what is needed to keep their digits.
  struct Numbers {
    std::uint64_t num_long = 0;       ///< integers of 64 bits
    std::uint64_t num_big = 0;        ///< longer integers
    std::uint64_t num_fractions = 0;  ///< with a decimal point
    std::uint64_t num_exponents = 0;
    int max_integer_digits = 0;
    int min_scale = 0;  ///< of the fractions
    int max_scale = 0;
    int max_significant_digits = 0;
    bool has_trailing_zero = false;  ///< a fraction such as 1.50: written with fixed digits
    std::uint64_t total() const { return num_long + num_big + num_fractions + num_exponents; }
  };

  void add_null() { ++num_nulls_; }
  void add_boolean() { ++num_booleans_; }
  /// `text` is of JSON's grammar.
  void add_number(std::string_view text);
  /// An unescaped string.
  void add_string(std::string_view text);
  void add_object() { ++num_objects_; }
  void add_list() { ++num_lists_; }
  /// A value nested too deeply to have columns of its own.
  void add_deep() { ++num_deep_; }
  /// A cell of a format whose values are all text: what it would be in JSON.
  void add_cell(std::string_view text);

  /// What is seen in the member `name` (made at first sight) and in the elements.
  SeenValues& member(std::string_view name);
  SeenValues& element();

  /// In the order of first sight.
  const std::vector<std::pair<std::string, std::unique_ptr<SeenValues>>>& members() const {
    return members_;
  }
  const SeenValues* elements() const { return element_.get(); }
  /// All members taken together as the values of one map.
  std::unique_ptr<SeenValues> all_members() const;

  std::uint64_t num_nulls() const { return num_nulls_; }
  std::uint64_t num_booleans() const { return num_booleans_; }
  const Numbers& numbers() const { return numbers_; }
  std::uint64_t num_strings() const { return num_strings_; }
  std::uint64_t num_timestamps() const { return num_timestamps_; }
  std::uint64_t num_dates() const { return num_dates_; }
  std::uint64_t num_objects() const { return num_objects_; }
  std::uint64_t num_lists() const { return num_lists_; }
  std::uint64_t num_deep() const { return num_deep_; }
  /// How many of boolean, number, string, object, list occurred.
  int num_kinds() const;

 private:
  void merge(const SeenValues& other);

  std::uint64_t num_nulls_ = 0;
  std::uint64_t num_booleans_ = 0;
  std::uint64_t num_strings_ = 0;     // timestamps and dates included
  std::uint64_t num_timestamps_ = 0;  // RFC 3339 with a zone
  std::uint64_t num_dates_ = 0;
  std::uint64_t num_objects_ = 0;
  std::uint64_t num_lists_ = 0;
  std::uint64_t num_deep_ = 0;
  Numbers numbers_;
  std::vector<std::pair<std::string, std::unique_ptr<SeenValues>>> members_;
  std::map<std::string, SeenValues*, std::less<>> by_name_;
  std::unique_ptr<SeenValues> element_;
};

}  // namespace inlet::decode
