#include "inlet/rest/body_template.h"

#include "inlet/base/try.h"

namespace inlet::rest {

Result<BodyTemplate> BodyTemplate::compile(const Document& node, const Scope& scope) {
  BodyTemplate body;
  body.kind_ = node.kind();
  if (node.is_scalar()) body.scalar_.push_back(TRY(Template::compile(node, scope)));
  for (const Document& item : node.items()) {
    body.parts_.emplace_back("", TRY(BodyTemplate::compile(item, scope)));
  }
  for (const auto& [name, value] : node.members()) {
    body.parts_.emplace_back(name, TRY(BodyTemplate::compile(value, scope)));
  }
  return body;
}

void BodyTemplate::collect(std::vector<const Template*>& templates) const {
  for (const Template& scalar : scalar_) templates.push_back(&scalar);
  for (const auto& [name, part] : parts_) part.collect(templates);
}

std::vector<const Template*> BodyTemplate::templates() const {
  std::vector<const Template*> templates;
  collect(templates);
  return templates;
}

Result<Json> BodyTemplate::evaluate(const Environment& environment) const {
  if (!scalar_.empty()) return scalar_[0].evaluate(environment);
  if (kind_ == Document::Kind::Null) return Json();
  Json result = kind_ == Document::Kind::List ? Json::array() : Json::object();
  for (const auto& [name, part] : parts_) {
    Json value = TRY(part.evaluate(environment));
    if (kind_ == Document::Kind::List) {
      result.push_back(std::move(value));
    } else if (!value.is_null() || part.kind_ == Document::Kind::Null) {
      result[name] = std::move(value);
    }
  }
  return result;
}

}  // namespace inlet::rest
