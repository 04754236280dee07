#include "inlet/rest/template.h"

#include <charconv>
#include <string_view>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/net/url.h"
#include "inlet/rest/function.h"

namespace inlet::rest {
namespace {

// `position` bytes to the right of where the scalar's text begins.
Error error_within(const Document& node, std::size_t position, std::string_view message) {
  const std::string where = node.where();
  const auto colon = where.rfind(':');
  int column = 1;
  std::from_chars(where.data() + colon + 1, where.data() + where.size(), column);
  const std::size_t quote = node.is_quoted() ? 1 : 0;
  return {ErrorKind::Config, format("{}:{}: {}", where.substr(0, colon),
                                    static_cast<std::size_t>(column) + quote + position, message)};
}

// The end of the expression that begins at `start`: its closing brace, texts skipped.
std::size_t find_end(std::string_view text, std::size_t start) {
  char quote = 0;
  for (std::size_t i = start; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == quote) {
        quote = 0;
      }
    } else if (text[i] == '\'' || text[i] == '"') {
      quote = text[i];
    } else if (text[i] == '}') {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

Result<Template> Template::compile(const Document& node, const Scope& scope) {
  if (!node.is_scalar()) return std::unexpected(node.error("expected text"));
  Template result;
  result.where_ = node.where();
  result.constant_ = node.to_json();
  const std::string& text = node.text();
  std::size_t at = 0;
  while (at < text.size()) {
    const auto start = text.find("${", at);
    if (start != at) result.parts_.push_back({text.substr(at, start - at), std::nullopt});
    if (start == std::string::npos) break;
    const auto end = find_end(text, start + 2);
    if (end == std::string::npos)
      return std::unexpected(error_within(node, start, "\"${\" without \"}\""));
    auto expression =
        Expression::compile(std::string_view(text).substr(start + 2, end - start - 2), scope);
    if (!expression) {
      const Mistake& mistake = expression.error();
      return std::unexpected(error_within(node, start + 2 + mistake.position, mistake.message));
    }
    result.parts_.push_back({"", *std::move(expression)});
    at = end + 1;
  }
  return result;
}

bool Template::is_constant() const {
  return parts_.empty() || (parts_.size() == 1 && !parts_[0].expression);
}

bool Template::is_secret() const {
  for (const Part& part : parts_) {
    if (part.expression && part.expression->is_secret()) return true;
  }
  return false;
}

ValueType Template::type() const {
  if (parts_.size() == 1 && parts_[0].expression) return parts_[0].expression->type();
  if (is_constant() && constant_.is_boolean()) return ValueType::Boolean;
  if (is_constant() && constant_.is_number_integer()) return ValueType::Integer;
  return ValueType::Text;
}

std::vector<const Reference*> Template::references() const {
  std::vector<const Reference*> references;
  for (const Part& part : parts_) {
    if (!part.expression) continue;
    for (const Reference* reference : part.expression->references())
      references.push_back(reference);
  }
  return references;
}

Result<Json> Template::evaluate(const Environment& environment) const {
  if (is_constant()) return constant_;
  const auto within = [this](Error error) {
    return std::unexpected(std::move(error).within(where_));
  };
  if (parts_.size() == 1) {
    auto value = parts_[0].expression->evaluate(environment);
    if (!value) return within(std::move(value).error());
    if (type() == ValueType::Time || type() == ValueType::Duration) {
      return value->is_null() ? *value : Json(text_of(*value, type()));
    }
    return value;
  }
  std::string text;
  for (const Part& part : parts_) {
    if (!part.expression) {
      text += part.text;
      continue;
    }
    const auto value = part.expression->evaluate(environment);
    if (!value) return within(value.error());
    text += text_of(*value, part.expression->type());
  }
  return text;
}

Result<std::optional<std::string>> Template::text(const Environment& environment) const {
  if (is_constant()) return parts_.empty() ? std::string() : parts_[0].text;
  const Json value = TRY(evaluate(environment));
  if (value.is_null()) return std::nullopt;
  return text_of(value, ValueType::Any);
}

Result<std::optional<std::string>> Template::path_text(const Environment& environment) const {
  std::string path;
  for (const Part& part : parts_) {
    if (!part.expression) {
      path += part.text;
      continue;
    }
    const auto value = part.expression->evaluate(environment);
    if (!value) return std::unexpected(Error(value.error()).within(where_));
    if (value->is_null()) return std::nullopt;
    path += net::percent_encode(text_of(*value, part.expression->type()));
  }
  return path;
}

}  // namespace inlet::rest
