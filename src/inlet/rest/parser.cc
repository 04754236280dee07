#include <algorithm>
#include <array>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/rest/expression_tree.h"
#include "inlet/rest/lexer_internal.h"

namespace inlet::rest {
namespace {

constexpr int kMaxDepth = 64;

using Operators = std::vector<std::string_view>;

// Binary operators, loosest first; `not` stands between `and` and the comparisons.
const std::array<Operators, 5>& levels() {
  static const std::array<Operators, 5> kLevels = {Operators{"or"}, Operators{"and"},
                                                   Operators{"==", "!=", "<=", ">=", "<", ">"},
                                                   Operators{"+", "-"}, Operators{"*", "/", "%"}};
  return kLevels;
}
constexpr std::size_t kComparison = 2;

NodePtr make_node(Node::Kind kind, std::size_t position) {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  node->position = position;
  return node;
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Checked<NodePtr> run() {
    NodePtr node = TRY(conditional());
    if (peek().kind != Token::Kind::End) return unexpected_token();
    return node;
  }

 private:
  const Token& peek() const { return tokens_[at_]; }
  bool is_next(std::string_view text) const {
    const Token& token = peek();
    return token.text == text &&
           (token.kind == Token::Kind::Symbol || token.kind == Token::Kind::Name);
  }
  bool take(std::string_view text) {
    if (!is_next(text)) return false;
    ++at_;
    return true;
  }
  Checked<void> expect(std::string_view text) {
    if (take(text)) return {};
    return std::unexpected(Mistake{peek().position, format("expected \"{}\"", text)});
  }
  std::unexpected<Mistake> unexpected_token() const {
    const Token& token = peek();
    if (token.kind == Token::Kind::End) {
      return std::unexpected(Mistake{token.position, "the expression ends too early"});
    }
    return std::unexpected(Mistake{token.position, format("unexpected \"{}\"", token.text)});
  }

  Checked<NodePtr> conditional() {
    if (++depth_ > kMaxDepth) {
      return std::unexpected(Mistake{peek().position, "the expression is nested too deeply"});
    }
    NodePtr condition = TRY(binary(0));
    --depth_;
    if (!is_next("?")) return condition;
    NodePtr node = make_node(Node::Kind::Conditional, tokens_[at_++].position);
    node->parts.push_back(std::move(condition));
    node->parts.push_back(TRY(conditional()));
    TRY(expect(":"));
    node->parts.push_back(TRY(conditional()));
    return node;
  }

  Checked<NodePtr> binary(std::size_t level) {
    if (level == levels().size()) return unary();
    if (level == kComparison && is_next("not")) return negation();
    NodePtr left = TRY(binary(level + 1));
    while (true) {
      const auto& operators = levels()[level];
      const auto found = std::find_if(operators.begin(), operators.end(),
                                      [&](std::string_view text) { return is_next(text); });
      if (found == operators.end()) return left;
      NodePtr node = make_node(Node::Kind::Binary, tokens_[at_++].position);
      node->name = *found;
      node->parts.push_back(std::move(left));
      node->parts.push_back(
          TRY(level + 1 == kComparison && is_next("not") ? negation() : binary(level + 1)));
      left = std::move(node);
    }
  }

  Checked<NodePtr> negation() {
    NodePtr node = make_node(Node::Kind::Unary, tokens_[at_++].position);
    node->name = "not";
    if (++depth_ > kMaxDepth) return unexpected_token();
    node->parts.push_back(TRY(binary(kComparison)));
    --depth_;
    return node;
  }

  Checked<NodePtr> unary() {
    if (!is_next("-")) return postfix();
    NodePtr node = make_node(Node::Kind::Unary, tokens_[at_++].position);
    node->name = "-";
    node->parts.push_back(TRY(postfix()));
    return node;
  }

  Checked<NodePtr> postfix() {
    NodePtr node = TRY(primary());
    while (true) {
      if (take(".")) {
        if (peek().kind != Token::Kind::Name) return unexpected_token();
        node = TRY(step_into(std::move(node), tokens_[at_++].text));
      } else if (is_next("[")) {
        node = TRY(index(std::move(node)));
      } else {
        return node;
      }
    }
  }

  Checked<NodePtr> step_into(NodePtr node, Step step) {
    if (node->kind != Node::Kind::Reference) {
      return std::unexpected(Mistake{tokens_[at_ - 1].position, "only a name has members"});
    }
    node->reference.steps.push_back(std::move(step));
    return node;
  }

  Checked<NodePtr> index(NodePtr node) {
    const std::size_t position = tokens_[at_++].position;
    NodePtr item = TRY(conditional());
    TRY(expect("]"));
    if (item->kind == Node::Kind::Constant && node->kind == Node::Kind::Reference) {
      if (item->constant.is_string()) {
        return step_into(std::move(node), item->constant.get<std::string>());
      }
      if (item->constant.is_number_integer()) {
        return step_into(std::move(node), item->constant.get<long long>());
      }
    }
    NodePtr result = make_node(Node::Kind::Index, position);
    result->parts.push_back(std::move(node));
    result->parts.push_back(std::move(item));
    return result;
  }

  Checked<NodePtr> primary() {
    const Token token = peek();
    if (take("(")) {
      NodePtr node = TRY(conditional());
      TRY(expect(")"));
      return node;
    }
    ++at_;
    NodePtr node = make_node(Node::Kind::Constant, token.position);
    switch (token.kind) {
      case Token::Kind::Integer: node->constant = token.number; return node;
      case Token::Kind::Number: node->constant = std::stod(token.text); return node;
      case Token::Kind::Text: node->constant = token.text; return node;
      case Token::Kind::Duration:
        node->constant = token.number;
        node->type = ValueType::Duration;
        return node;
      case Token::Kind::Name: return name(token);
      case Token::Kind::Symbol:
      case Token::Kind::End: break;
    }
    --at_;
    return unexpected_token();
  }

  Checked<NodePtr> name(const Token& token) {
    NodePtr node = make_node(Node::Kind::Constant, token.position);
    if (token.text == "null") return node;
    if (token.text == "true" || token.text == "false") {
      node->constant = token.text == "true";
      return node;
    }
    if (take("(")) {
      node->kind = Node::Kind::Call;
      node->name = token.text;
      if (take(")")) return node;
      do {
        node->parts.push_back(TRY(conditional()));
      } while (take(","));
      TRY(expect(")"));
      return node;
    }
    node->kind = Node::Kind::Reference;
    node->reference.root = token.text;
    return node;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::string_view name_of(ValueType type) {
  switch (type) {
    case ValueType::Any: return "any value";
    case ValueType::Null: return "null";
    case ValueType::Boolean: return "a boolean";
    case ValueType::Integer: return "an integer";
    case ValueType::Number: return "a number";
    case ValueType::Text: return "a text";
    case ValueType::Time: return "a time";
    case ValueType::Duration: return "a duration";
    case ValueType::List: return "a list";
    case ValueType::Object: return "an object";
  }
  return "any value";
}

std::string to_pointer(const Reference& reference) {
  std::string pointer;
  for (const Step& step : reference.steps) {
    pointer += '/';
    if (const auto* item = std::get_if<long long>(&step)) {
      pointer += std::to_string(*item);
      continue;
    }
    for (const char letter : std::get<std::string>(step)) {
      if (letter == '~') {
        pointer += "~0";
      } else if (letter == '/') {
        pointer += "~1";
      } else {
        pointer += letter;
      }
    }
  }
  return pointer;
}

std::string spelling_of(const Reference& reference) {
  std::string text = reference.root;
  for (const Step& step : reference.steps) {
    if (const auto* item = std::get_if<long long>(&step)) {
      text += format("[{}]", *item);
    } else {
      text += "." + std::get<std::string>(step);
    }
  }
  return text;
}

Checked<NodePtr> parse_expression(std::string_view text) {
  return Parser(TRY(tokenize(text))).run();
}

}  // namespace inlet::rest
