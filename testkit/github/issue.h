#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "testkit/github/repository.h"
#include "testkit/github/site.h"

namespace inlet::simulator::github {

/// What is known of one issue without writing it: enough for filters and sorting. Every tenth issue
/// is a pull request.
struct Issue {
  static Issue make(const Site& site, const Repository& repository, std::int64_t index);

  std::int64_t number() const { return index + 1; }
  std::span<const std::int64_t> labels() const { return {drawn_labels.data(), num_labels}; }
  /// The title and body, as the inside of JSON strings.
  void append_title(std::string& out) const;
  void append_body(std::string& out) const;

  std::int64_t index = 0;
  std::int64_t id = 0;
  std::uint64_t seed = 0;
  std::uint64_t version = 0;
  bool is_pull = false;
  bool is_open = true;
  Seconds created = 0;
  Seconds updated = 0;
  Seconds closed = 0;  ///< Means nothing while open.
  std::int64_t creator = 0;
  std::optional<std::int64_t> assignee;
  std::int64_t milestone = 0;  ///< Its number; 0 for none.
  std::int64_t num_comments = 0;
  std::size_t num_labels = 0;
  std::array<std::int64_t, 3> drawn_labels{};
};

/// True for the issue numbers that are pull requests.
bool is_pull_number(std::int64_t number);

/// Appends one issue in the site's shape.
void write_issue(const Site& site, const Repository& repository, std::int64_t index,
                 std::string& out);
/// Appends one label.
void write_label(const Site& site, const Repository& repository, std::int64_t label,
                 std::string& out);
std::string label_name(std::int64_t label);
/// Appends one milestone (1 to 3), as a member's value.
void write_milestone(const Site& site, const Repository& repository, std::int64_t number,
                     std::string& out);
/// The role that GitHub calls author_association.
std::string_view association(std::int64_t user);

}  // namespace inlet::simulator::github
