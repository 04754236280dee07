#include "inlet/pipeline/flow_offsets.h"

#include <string>
#include <utility>

#include "inlet/base/json.h"

namespace inlet::pipeline {
namespace {

const std::string kDeletesMember = "deletes";

}  // namespace

FlowOffsets FlowOffsets::split(const Offset& both) {
  Json upserts = both.json();
  Json deletes = upserts.value(kDeletesMember, Json::object());
  upserts.erase(kDeletesMember);
  return {.upserts = Offset::make(std::move(upserts)).value_or(Offset{}),
          .deletes = Offset::make(std::move(deletes)).value_or(Offset{})};
}

Offset FlowOffsets::join() const {
  if (deletes.is_start()) return upserts;
  Json both = upserts.json();
  both[kDeletesMember] = deletes.json();
  return Offset::make(std::move(both)).value_or(upserts);
}

}  // namespace inlet::pipeline
