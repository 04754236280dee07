#include "inlet/rest/page_outlet.h"

#include <utility>

#include "inlet/base/try.h"

namespace inlet::rest {

void PageOutlet::move_to(Offset offset) {
  offset_ = std::move(offset);
  if (held_) held_->offset = offset_;
}

Status PageOutlet::push(Page page) {
  TRY(flush());
  page.offset = offset_;
  held_ = std::move(page);
  ++num_pages_;
  return {};
}

Status PageOutlet::finish(Offset end) {
  move_to(std::move(end));
  return flush();
}

Status PageOutlet::flush() {
  if (!held_) return {};
  Page page = *std::exchange(held_, std::nullopt);
  return sink_.page(std::move(page));
}

}  // namespace inlet::rest
