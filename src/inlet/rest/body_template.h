#pragma once

#include <string>
#include <utility>
#include <vector>

#include "inlet/base/document.h"
#include "inlet/rest/template.h"

namespace inlet::rest {

/// JSON with expressions in its texts.
class BodyTemplate {
 public:
  static Result<BodyTemplate> compile(const Document& node, const Scope& scope);

  std::vector<const Template*> templates() const;
  /// Members whose expression has no value are left out.
  Result<Json> evaluate(const Environment& environment) const;

 private:
  void collect(std::vector<const Template*>& templates) const;

  Document::Kind kind_ = Document::Kind::Null;
  std::vector<Template> scalar_;  ///< one, or none
  std::vector<std::pair<std::string, BodyTemplate>> parts_;
};

}  // namespace inlet::rest
