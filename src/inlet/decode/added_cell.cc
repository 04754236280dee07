#include <simdjson.h>

#include "inlet/base/format.h"
#include "inlet/decode/added_cell_internal.h"
#include "inlet/decode/json_text.h"

namespace inlet::decode {
namespace {

constexpr int kMaxDepth = 128;

std::optional<std::string> unescaped(std::string_view json) {
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  const simdjson::padded_string padded(json);
  std::string_view text;
  if (parser.iterate(padded).get(document)) return std::nullopt;
  if (document.get_string().get(text)) return std::nullopt;
  return std::string(text);
}

}  // namespace

Result<AddedCell> AddedCell::make(std::string_view name, std::string_view json) {
  const auto broken = [&] {
    return fail(ErrorKind::Bug, format("the value added as {} is no JSON: {}", name, json));
  };
  auto compact = compact_json(json, kMaxDepth);
  if (!compact) return broken();
  AddedCell cell;
  cell.name_ = name;
  cell.json_ = std::move(*compact);
  switch (cell.json_[0]) {
    case 't': cell.kind_ = Scalar::Kind::True; break;
    case 'f': cell.kind_ = Scalar::Kind::False; break;
    case '"': {
      auto text = unescaped(cell.json_);
      if (!text) return broken();
      cell.kind_ = Scalar::Kind::String;
      cell.text_ = std::move(*text);
      break;
    }
    case '{':
    case '[':
    case 'n': break;
    default:
      cell.kind_ = Scalar::Kind::Number;
      cell.text_ = cell.json_;
      break;
  }
  return cell;
}

bool AddedCell::append_to(ColumnBuilder& column, Coercion& coercion) const {
  if (kind_) return coercion.append(column, {.kind = *kind_, .text = text_});
  const TypeKind kind = column.type().kind;
  if (kind != TypeKind::String && kind != TypeKind::Json) return false;
  column.append_bytes(json_);
  return true;
}

}  // namespace inlet::decode
