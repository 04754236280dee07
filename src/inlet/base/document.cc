#include "inlet/base/document.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"

namespace inlet {

/// Copies a yaml-cpp tree into Documents.
class DocumentReader {
 public:
  explicit DocumentReader(std::shared_ptr<const std::string> file) : file_(std::move(file)) {}

  Result<Document> read(const YAML::Node& node, int depth = 0) {
    Document document;
    document.file_ = file_;
    document.place_ = place(node.Mark());
    document.key_place_ = document.place_;
    if (depth > kMaxDepth) return std::unexpected(document.error("nested too deep"));
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: break;
      case YAML::NodeType::Scalar:
        document.kind_ = Document::Kind::Scalar;
        document.text_ = node.Scalar();
        document.is_quoted_ = node.Tag() == "!";
        break;
      case YAML::NodeType::Sequence: TRY(read_items(node, depth, document)); break;
      case YAML::NodeType::Map: TRY(read_members(node, depth, document)); break;
    }
    return document;
  }

 private:
  static constexpr int kMaxDepth = 64;

  static Document::Place place(const YAML::Mark& mark) {
    return {.line = mark.line + 1, .column = mark.column + 1};
  }

  Status read_items(const YAML::Node& node, int depth, Document& document) {
    document.kind_ = Document::Kind::List;
    for (const YAML::Node& item : node) {
      document.items_.push_back(TRY(read(item, depth + 1)));
    }
    return {};
  }

  Status read_members(const YAML::Node& node, int depth, Document& document) {
    document.kind_ = Document::Kind::Map;
    std::set<std::string> seen;
    for (const auto& member : node) {
      if (!member.first.IsScalar()) {
        return std::unexpected(document.error("a member's name must be plain text"));
      }
      Document value = TRY(read(member.second, depth + 1));
      value.key_place_ = place(member.first.Mark());
      const std::string& key = member.first.Scalar();
      if (!seen.insert(key).second) {
        return std::unexpected(value.key_error(format("\"{}\" is given twice", key)));
      }
      document.members_.emplace_back(key, std::move(value));
    }
    return {};
  }

  std::shared_ptr<const std::string> file_;
};

namespace {

// The number that the whole of `text` spells, if it does.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// YAML 1.2's core schema for unquoted scalars.
Json scalar_to_json(const std::string& text) {
  if (text.empty() || text == "~" || text == "null") return nullptr;
  if (text == "true") return true;
  if (text == "false") return false;
  if (text.find_first_not_of("+-.0123456789eE") != std::string::npos) return text;
  if (const auto integer = parse_number<long long>(text)) return *integer;
  if (const auto number = parse_number<double>(text)) return *number;
  return text;
}

}  // namespace

Result<Document> Document::parse(std::string_view text, std::string name) {
  auto file = std::make_shared<const std::string>(std::move(name));
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (!root.IsDefined() || root.IsNull()) {
      return fail(ErrorKind::Config, format("{}: the file is empty", *file));
    }
    return DocumentReader(file).read(root);
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::Config, format("{}:{}:{}: {}", *file, error.mark.line + 1,
                                          error.mark.column + 1, error.msg));
  }
}

Result<Document> Document::load(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return fail(ErrorKind::Config, format("cannot read {}: {}", file.string(),
                                          std::generic_category().message(errno)));
  }
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  return parse(text, file.string());
}

const Document* Document::find(std::string_view key) const {
  for (const auto& [name, value] : members_) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string Document::where() const {
  return format("{}:{}:{}", *file_, place_.line, place_.column);
}

Error Document::error_at(Place place, std::string_view message) const {
  return {ErrorKind::Config, format("{}:{}:{}: {}", *file_, place.line, place.column, message)};
}

Error Document::error(std::string_view message) const {
  return error_at(place_, message);
}

Error Document::key_error(std::string_view message) const {
  return error_at(key_place_, message);
}

Result<std::string> Document::as_text() const {
  if (!is_scalar()) return std::unexpected(error("expected text"));
  return text_;
}

Result<bool> Document::as_bool() const {
  if (is_scalar() && text_ == "true") return true;
  if (is_scalar() && text_ == "false") return false;
  return std::unexpected(error(format("expected true or false, got \"{}\"", text_)));
}

Result<long long> Document::as_integer() const {
  const Json value = is_scalar() ? scalar_to_json(text_) : Json();
  if (!value.is_number_integer()) {
    return std::unexpected(error(format("expected a whole number, got \"{}\"", text_)));
  }
  return value.get<long long>();
}

Status Document::expect_members(const std::vector<std::string_view>& known) const {
  if (!is_map()) return std::unexpected(error("expected members (name: value)"));
  for (const auto& [name, value] : members_) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return std::unexpected(
        value.key_error(format("unknown member \"{}\"{}", name,
                               did_you_mean(name, std::span<const std::string_view>(known)))));
  }
  return {};
}

Json Document::to_json() const {
  switch (kind_) {
    case Kind::Null: return nullptr;
    case Kind::Scalar: return is_quoted_ ? Json(text_) : scalar_to_json(text_);
    case Kind::List: {
      Json list = Json::array();
      for (const Document& item : items_) list.push_back(item.to_json());
      return list;
    }
    case Kind::Map: {
      Json map = Json::object();
      for (const auto& [name, value] : members_) map[name] = value.to_json();
      return map;
    }
  }
  return nullptr;
}

}  // namespace inlet
