#include <array>
#include <charconv>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/connect/options.h"
#include "inlet/rest/lexer_internal.h"

namespace inlet::rest {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Checked<std::vector<Token>> run() {
    std::vector<Token> tokens;
    while (true) {
      while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
      auto token = next();
      if (!token) return std::unexpected(std::move(token).error());
      tokens.push_back(*std::move(token));
      if (tokens.back().kind == Token::Kind::End) return tokens;
    }
  }

 private:
  Checked<Token> next() {
    if (at_ == text_.size()) return Token{Token::Kind::End, at_, "", 0};
    const char first = text_[at_];
    if (is_digit(first)) return number();
    if (is_name(first)) return Token{Token::Kind::Name, at_, take_name(), 0};
    if (first == '\'' || first == '"') return quoted(first);
    return symbol();
  }

  std::string take_name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  Checked<Token> number() {
    const std::size_t start = at_;
    std::string text = take_name();
    const bool has_fraction =
        at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1]);
    if (has_fraction) {
      ++at_;
      text += "." + take_name();
    }
    Token token{has_fraction ? Token::Kind::Number : Token::Kind::Integer, start, text, 0};
    if (text.find_first_not_of("0123456789.") == std::string::npos) {
      const auto [end, error] =
          std::from_chars(text.data(), text.data() + text.size(), token.number);
      if (error != std::errc()) return std::unexpected(Mistake{start, "the number is too large"});
      return token;
    }
    const auto duration = parse_duration(text);
    if (!duration) {
      return std::unexpected(
          Mistake{start, format("\"{}\" is neither a number nor a duration (5m, 1h30m)", text)});
    }
    token.kind = Token::Kind::Duration;
    token.number = duration->count() * 1000;
    return token;
  }

  Checked<Token> quoted(char quote) {
    const std::size_t start = at_++;
    std::string content;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      content += text_[at_++];
    }
    if (at_ == text_.size()) return std::unexpected(Mistake{start, "the text does not end"});
    ++at_;
    return Token{Token::Kind::Text, start, std::move(content), 0};
  }

  Checked<Token> symbol() {
    constexpr std::array<std::string_view, 18> kSymbols = {"==", "!=", "<=", ">=", "<", ">",
                                                           "+",  "-",  "*",  "/",  "%", "(",
                                                           ")",  "[",  "]",  ".",  ",", "?"};
    for (const std::string_view symbol : kSymbols) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      at_ += symbol.size();
      return Token{Token::Kind::Symbol, at_ - symbol.size(), std::string(symbol), 0};
    }
    if (text_[at_] == ':') return Token{Token::Kind::Symbol, at_++, ":", 0};
    return std::unexpected(Mistake{at_, format("\"{}\" means nothing here", text_.substr(at_, 1))});
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Checked<std::vector<Token>> tokenize(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace inlet::rest
