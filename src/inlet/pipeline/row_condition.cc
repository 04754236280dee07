#include "inlet/pipeline/row_condition.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/data/row_key.h"
#include "inlet/decode/coercion.h"

namespace inlet::pipeline {

/// A part of the condition, over a column or over other parts.
struct RowCondition::Node {
  enum class Kind { Compare, In, IsNull, IsTrue, Not, And, Or };
  Kind kind = Kind::IsTrue;
  std::string column = {};
  std::string comparison = {};             // of Compare
  std::vector<std::string> literals = {};  // RowKey bytes of Compare and In
  std::vector<std::unique_ptr<const Node>> parts = {};
};

namespace {

using Node = RowCondition::Node;
using Kind = Node::Kind;
using NodePointer = std::unique_ptr<const Node>;
using Truth = std::optional<bool>;  // SQL's: nullopt is null

struct Token {
  enum class Kind { Word, Quoted, Text, Number, Sign, End } kind = Kind::End;
  std::string text = {};
  std::size_t place = 0;
};

bool is_word_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Splits the text; a Sign with an unknown character is refused by who expects something else.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) { next(); }

  const Token& now() const { return now_; }
  bool is_word(std::string_view word) const {
    return now_.kind == Token::Kind::Word &&
           std::ranges::equal(now_.text, word, [](char a, char b) {
             return std::toupper(static_cast<unsigned char>(a)) == b;
           });
  }
  bool take_word(std::string_view word) { return is_word(word) && (next(), true); }
  bool take_sign(std::string_view sign) {
    return now_.kind == Token::Kind::Sign && now_.text == sign && (next(), true);
  }
  Token take() {
    Token taken = now_;
    next();
    return taken;
  }

 private:
  void next() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    now_ = {.place = at_ + 1};
    if (at_ == text_.size()) return;
    const char first = text_[at_];
    if (first == '\'' || first == '`') {
      quoted(first);
    } else if (std::isdigit(static_cast<unsigned char>(first)) != 0 || first == '-') {
      run(Token::Kind::Number, [](char c) { return is_word_byte(c) || c == '-' || c == '+'; });
    } else if (is_word_byte(first)) {
      run(Token::Kind::Word, is_word_byte);
    } else {
      run(Token::Kind::Sign, [](char c) { return std::string_view("=<>!").contains(c); });
    }
  }

  // A doubled quote stands for one.
  void quoted(char quote) {
    now_.kind = quote == '`' ? Token::Kind::Quoted : Token::Kind::Text;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        if (at_ == text_.size() || text_[at_] != quote) return;
      }
      now_.text.push_back(text_[at_]);
    }
    now_ = {.kind = Token::Kind::Sign, .text = std::string(1, quote), .place = now_.place};
  }

  template <class Belongs>
  void run(Token::Kind kind, const Belongs& belongs) {
    const std::size_t begin = at_++;
    const bool is_single = kind == Token::Kind::Sign && !belongs(text_[begin]);
    while (!is_single && at_ < text_.size() && belongs(text_[at_])) ++at_;
    now_.kind = kind;
    now_.text = std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Token now_;
};

const Field* find_field(const std::vector<Field>& fields, std::string_view path) {
  for (const Field& field : fields) {
    if (field.name == path) return &field;
    const bool is_inside = field.type.kind == TypeKind::Struct && path.starts_with(field.name) &&
                           path.size() > field.name.size() && path[field.name.size()] == '.';
    if (!is_inside) continue;
    if (const Field* found = find_field(field.type.fields, path.substr(field.name.size() + 1))) {
      return found;
    }
  }
  return nullptr;
}

// Reads the text from the weakest operator down.
class Parser {
 public:
  Parser(std::string_view text, const Schema& schema)
      : text_(text), tokens_(text), schema_(schema) {}

  Result<NodePointer> whole() {
    NodePointer root = TRY(any());
    if (tokens_.now().kind != Token::Kind::End) return refuse("AND, OR or the end was expected");
    return root;
  }

 private:
  Result<NodePointer> any() {
    NodePointer left = TRY(all());
    while (tokens_.take_word("OR")) left = joined(Kind::Or, std::move(left), TRY(all()));
    return left;
  }

  Result<NodePointer> all() {
    NodePointer left = TRY(one());
    while (tokens_.take_word("AND")) left = joined(Kind::And, std::move(left), TRY(one()));
    return left;
  }

  Result<NodePointer> one() {
    if (tokens_.take_word("NOT")) return negated(TRY(one()));
    if (!tokens_.take_sign("(")) return about_column();
    NodePointer inside = TRY(any());
    if (!tokens_.take_sign(")")) return refuse("a closing parenthesis is missing");
    return inside;
  }

  Result<NodePointer> about_column() {
    const Token& first = tokens_.now();
    if (first.kind != Token::Kind::Word && first.kind != Token::Kind::Quoted) {
      return refuse("a column was expected");
    }
    const Field* field = find_field(schema_.fields, first.text);
    if (field == nullptr) return unknown_column(first);
    Node node{.column = tokens_.take().text};
    if (tokens_.take_word("IS")) {
      const bool is_negated = tokens_.take_word("NOT");
      if (!tokens_.take_word("NULL")) return refuse("NULL was expected");
      node.kind = Kind::IsNull;
      NodePointer made = std::make_unique<const Node>(std::move(node));
      return is_negated ? negated(std::move(made)) : std::move(made);
    }
    const bool is_negated = tokens_.take_word("NOT");
    if (tokens_.take_word("IN")) {
      node.kind = Kind::In;
      TRY(literals(field->type, node));
      NodePointer made = std::make_unique<const Node>(std::move(node));
      return is_negated ? negated(std::move(made)) : std::move(made);
    }
    if (is_negated) return refuse("IN was expected");
    return compared(*field, std::move(node));
  }

  Result<NodePointer> compared(const Field& field, Node node) {
    for (const std::string_view sign : {"=", "==", "<>", "!=", "<=", ">=", "<", ">"}) {
      if (!tokens_.take_sign(sign)) continue;
      node.kind = Kind::Compare;
      node.comparison = sign;
      node.literals.push_back(TRY(literal(field.type, node.column)));
      return std::make_unique<const Node>(std::move(node));
    }
    if (field.type.kind != TypeKind::Boolean) {
      return refuse(format("{} is no boolean; a comparison was expected", node.column));
    }
    node.kind = Kind::IsTrue;
    return std::make_unique<const Node>(std::move(node));
  }

  Status literals(const Type& type, Node& node) {
    if (!tokens_.take_sign("(")) return refuse("( was expected");
    do {
      node.literals.push_back(TRY(literal(type, node.column)));
    } while (tokens_.take_sign(","));
    if (!tokens_.take_sign(")")) return refuse(") was expected");
    return {};
  }

  // As the column would hold it, in bytes that compare as values do.
  Result<std::string> literal(const Type& type, const std::string& column) {
    const Token token = tokens_.now();
    const bool is_truth = tokens_.is_word("TRUE") || tokens_.is_word("FALSE");
    if (token.kind != Token::Kind::Text && token.kind != Token::Kind::Number && !is_truth) {
      return refuse("a literal was expected: 'text', 12.5, TRUE or FALSE");
    }
    std::string text = token.text;
    if (is_truth)
      std::ranges::transform(text, text.begin(), [](char c) { return std::tolower(c); });
    BatchBuilder cell(std::make_shared<const Schema>(Schema{{{.name = "value", .type = type}}}));
    decode::Coercion coercion(CoercionPolicy::Lenient, {});
    const bool is_nested = !type.fields.empty();
    if (is_nested || !coercion.append_text(cell.column(0), text)) {
      return refuse(format("column {} of type {} cannot be compared with {}", column, to_text(type),
                           token.text));
    }
    tokens_.take();
    const Batch batch = cell.finish();
    std::string bytes;
    TRY(RowKey::make(batch, {"value"})).append_to(bytes, 0);
    return bytes;
  }

  static NodePointer joined(Kind kind, NodePointer left, NodePointer right) {
    Node node{.kind = kind};
    node.parts.push_back(std::move(left));
    node.parts.push_back(std::move(right));
    return std::make_unique<const Node>(std::move(node));
  }

  static NodePointer negated(NodePointer part) {
    Node node{.kind = Kind::Not};
    node.parts.push_back(std::move(part));
    return std::make_unique<const Node>(std::move(node));
  }

  std::unexpected<Error> refuse(std::string_view why) const {
    return fail(ErrorKind::Config, format("the condition \"{}\" cannot be read at byte {}: {}",
                                          text_, tokens_.now().place, why));
  }

  std::unexpected<Error> unknown_column(const Token& name) const {
    std::vector<std::string> known;
    for (const Field& field : schema_.fields) known.push_back(field.name);
    return refuse(format("there is no column \"{}\"{}", name.text, did_you_mean(name.text, known)));
  }

  std::string_view text_;
  Tokens tokens_;
  const Schema& schema_;
};

bool holds(std::string_view comparison, const std::string& value, const std::string& literal) {
  if (comparison == "=" || comparison == "==") return value == literal;
  if (comparison == "<>" || comparison == "!=") return value != literal;
  if (comparison == "<") return value < literal;
  if (comparison == "<=") return value <= literal;
  if (comparison == ">") return value > literal;
  return value >= literal;
}

using Truths = std::vector<Truth>;
Truths evaluate(const Node& node, const Batch& rows);

Truth truth_of(const Node& node, const RowKey& column, std::size_t row) {
  if (node.kind == Kind::IsNull) return column.has_null(row);
  if (column.has_null(row)) return std::nullopt;
  std::string value;
  column.append_to(value, row);
  switch (node.kind) {
    case Kind::Compare: return holds(node.comparison, value, node.literals.front());
    case Kind::In: return std::ranges::find(node.literals, value) != node.literals.end();
    default: return value.back() == 1;
  }
}

Truth join(Kind kind, Truth left, Truth right) {
  const bool decides = kind == Kind::Or;  // the truth that settles it whatever the other is
  if (left == decides || right == decides) return decides;
  return left && right ? Truth(!decides) : std::nullopt;
}

Truths evaluate_column(const Node& node, const Batch& rows) {
  Truths truths(rows.num_rows());
  // A column that these rows lack is null in all of them.
  const auto column = RowKey::make(rows, {node.column});
  for (std::size_t row = 0; row < truths.size(); ++row) {
    if (column) truths[row] = truth_of(node, *column, row);
    if (!column && node.kind == Kind::IsNull) truths[row] = true;
  }
  return truths;
}

Truths evaluate(const Node& node, const Batch& rows) {
  if (node.parts.empty()) return evaluate_column(node, rows);
  Truths truths = evaluate(*node.parts.front(), rows);
  if (node.kind == Kind::Not) {
    for (Truth& truth : truths) truth = truth ? Truth(!*truth) : truth;
    return truths;
  }
  const Truths others = evaluate(*node.parts.back(), rows);
  for (std::size_t row = 0; row < truths.size(); ++row) {
    truths[row] = join(node.kind, truths[row], others[row]);
  }
  return truths;
}

}  // namespace

RowCondition::RowCondition(std::unique_ptr<const Node> root) : root_(std::move(root)) {}
RowCondition::RowCondition(RowCondition&&) noexcept = default;
RowCondition& RowCondition::operator=(RowCondition&&) noexcept = default;
RowCondition::~RowCondition() = default;

Result<RowCondition> RowCondition::parse(std::string_view text, const Schema& schema) {
  return RowCondition(TRY(Parser(text, schema).whole()));
}

std::vector<std::uint32_t> RowCondition::matches(const Batch& rows) const {
  std::vector<std::uint32_t> found;
  const Truths truths = evaluate(*root_, rows);
  for (std::uint32_t row = 0; row < truths.size(); ++row) {
    if (truths[row] == Truth(true)) found.push_back(row);
  }
  return found;
}

}  // namespace inlet::pipeline
