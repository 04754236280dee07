#include "inlet/data/spark_ddl.h"

#include <cctype>
#include <string>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet {
namespace {

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}
bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

class DdlReader {
 public:
  explicit DdlReader(std::string_view text) : text_(text) {}

  Result<std::vector<Field>> columns() {
    std::vector<Field> fields;
    do {
      fields.push_back(TRY(column()));
    } while (takes(','));
    if (place_ != text_.size()) return wrong("a comma or the end");
    return fields;
  }

 private:
  std::unexpected<Error> wrong(std::string_view expected) const {
    return fail(ErrorKind::Config, format("schema, character {}: expected {} before \"{}\"",
                                          place_ + 1, expected, text_.substr(place_, 20)));
  }

  void skip_space() {
    while (place_ < text_.size() && is_space(text_[place_])) ++place_;
  }

  bool takes(char wanted) {
    skip_space();
    if (place_ == text_.size() || text_[place_] != wanted) return false;
    ++place_;
    skip_space();
    return true;
  }

  bool takes_word(std::string_view wanted) {
    skip_space();
    std::string word;
    for (const char c : text_.substr(place_, wanted.size())) word.push_back(lower(c));
    const std::size_t end = place_ + wanted.size();
    const bool goes_on = end < text_.size() && std::isalnum(static_cast<unsigned char>(text_[end]));
    if (word != wanted || goes_on) return false;
    place_ = end;
    skip_space();
    return true;
  }

  std::string_view until(std::string_view ends) {
    skip_space();
    const std::size_t begin = place_;
    while (place_ < text_.size() && !is_space(text_[place_]) &&
           ends.find(text_[place_]) == std::string_view::npos) {
      ++place_;
    }
    return text_.substr(begin, place_ - begin);
  }

  // Text in quotes that are doubled inside; the opening one is taken.
  Result<std::string> quoted(char quote) {
    std::string out;
    while (place_ < text_.size()) {
      const char c = text_[place_++];
      const bool is_doubled = place_ < text_.size() && text_[place_] == quote;
      if (c == quote && !is_doubled) return out;
      if (c == quote) ++place_;
      out.push_back(c);
    }
    return wrong(format("a closing {}", quote));
  }

  Result<std::string> name() {
    skip_space();
    if (place_ < text_.size() && text_[place_] == '`') {
      ++place_;
      return quoted('`');
    }
    const std::string_view word = until(":,<>()");
    if (word.empty()) return wrong("a column's name");
    return std::string(word);
  }

  Result<Field> column() {
    Field field;
    field.name = TRY(name());
    takes(':');
    field.type = TRY(type());
    if (takes_word("not")) {
      if (!takes_word("null")) return wrong("NULL");
      field.is_nullable = false;
    }
    if (takes_word("comment")) {
      const char quote = place_ < text_.size() ? text_[place_] : ' ';
      if (quote != '\'' && quote != '"') return wrong("a comment in quotes");
      ++place_;
      field.comment = TRY(quoted(quote));
      skip_space();
    }
    return field;
  }

  Result<Type> type() {
    if (takes_word("struct")) return structure();
    if (takes_word("array")) {
      if (!takes('<')) return wrong("<");
      Type element = TRY(type());
      if (!takes('>')) return wrong(">");
      return Type::list(std::move(element));
    }
    if (takes_word("map")) {
      if (!takes('<')) return wrong("<");
      Type key = TRY(type());
      if (!takes(',')) return wrong("a comma");
      Type value = TRY(type());
      if (!takes('>')) return wrong(">");
      return Type::map(std::move(key), std::move(value));
    }
    return scalar();
  }

  Result<Type> structure() {
    std::vector<Field> fields;
    if (!takes('<')) return wrong("<");
    do {
      fields.push_back(TRY(column()));
    } while (takes(','));
    if (!takes('>')) return wrong(">");
    return Type::structure(std::move(fields));
  }

  Result<Type> scalar() {
    std::string word;
    for (const char c : until(",<>()")) word.push_back(lower(c));
    if (word.empty()) return wrong("a type");
    if (takes('(')) {
      const std::size_t end = text_.find(')', place_);
      if (end == std::string_view::npos) return wrong(")");
      word.push_back('(');
      for (const char c : text_.substr(place_, end - place_)) {
        if (!is_space(c)) word.push_back(c);
      }
      word.push_back(')');
      place_ = end + 1;
      skip_space();
    }
    return parse_scalar_type(word);
  }

  std::string_view text_;
  std::size_t place_ = 0;
};

}  // namespace

Result<Schema> parse_spark_ddl(std::string_view text) {
  Schema schema{TRY(DdlReader(text).columns())};
  TRY(validate(schema));
  return schema;
}

}  // namespace inlet
