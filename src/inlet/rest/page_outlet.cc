#include "inlet/rest/page_outlet.h"

#include <utility>

#include "inlet/base/try.h"

namespace inlet::rest {

// With no page to carry it the offset is dropped: on a later page that ends in mid-air it would say
// that a part of that page's rows is behind the reader, and they would come twice.
void PageOutlet::move_to(Offset offset) {
  if (held_) held_->offset = std::move(offset);
}

Status PageOutlet::push(Page page) {
  TRY(flush());
  page.offset = reached_;
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
  reached_ = page.offset;
  return sink_.page(std::move(page));
}

}  // namespace inlet::rest
