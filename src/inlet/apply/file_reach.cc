#include <string_view>
#include <utility>

#include "inlet/apply/file_reach_internal.h"
#include "inlet/base/try.h"
#include "inlet/data/row_key.h"
#include "inlet/index/files_that_may_hold.h"

namespace inlet::apply {

Status FileReach::add(const delta::Snapshot& table, std::span<const Changes> changes) {
  if (!others_) others_ = TRY(table.files());
  if (others_->empty()) return {};
  std::string bytes;
  std::vector<std::size_t> ends;
  for (const Changes& next : changes) {
    const RowKey key = TRY(RowKey::make(*next.rows, keys_));
    for (std::size_t row = 0; row < next.rows->num_rows(); ++row) {
      key.append_to(bytes, row);
      ends.push_back(bytes.size());
    }
  }
  std::vector<std::string_view> keys;
  keys.reserve(ends.size());
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    keys.push_back(std::string_view(bytes).substr(begin, end - begin));
    begin = end;
  }
  const auto found = index::files_that_may_hold(table.schema(), keys_.front(), *others_, keys);
  std::vector<delta::DataFile> left;
  auto next = found.begin();
  for (std::uint32_t file = 0; file < others_->size(); ++file) {
    delta::DataFile& known = (*others_)[file];
    if (next == found.end() || *next != file) {
      left.push_back(std::move(known));
    } else {
      num_rows_ += known.num_rows - known.num_dead;
      ++next;
    }
  }
  others_ = std::move(left);
  return {};
}

void FileReach::clear() {
  others_.reset();
  num_rows_ = 0;
}

}  // namespace inlet::apply
