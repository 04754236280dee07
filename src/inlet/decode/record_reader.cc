#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/decode/json_text_internal.h"
#include "inlet/decode/padded_text_internal.h"
#include "inlet/decode/record_reader_internal.h"

namespace inlet::decode {
namespace {

constexpr std::size_t kMaxValueInReason = 60;

/// Puts a member's name behind a path for as long as it lives.
class PathStep {
 public:
  PathStep(std::string& path, std::string_view name) : path_(path), size_(path.size()) {
    if (!path.empty()) path_ += '.';
    path_ += name;
  }
  ~PathStep() { path_.resize(size_); }
  PathStep(const PathStep&) = delete;
  PathStep& operator=(const PathStep&) = delete;

 private:
  std::string& path_;
  std::size_t size_;
};

std::string reason_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR: return "not valid UTF-8";
    case simdjson::DEPTH_ERROR: return "nested too deeply";
    case simdjson::TRAILING_CONTENT: return "more text after the record";
    case simdjson::INCORRECT_TYPE: return "the record is not a JSON object";
    default: return format("not valid JSON: {}", simdjson::error_message(error));
  }
}

/// The first bytes of a value, not cut inside of a character.
std::string_view cut(std::string_view text) {
  if (text.size() <= kMaxValueInReason) return text;
  std::size_t size = kMaxValueInReason;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

}  // namespace

RecordReader::RecordReader(PlanNode& plan, Coercion& coercion, RecordReaderOptions options)
    : plan_(plan), coercion_(coercion), options_(options) {}

Status RecordReader::read(std::string_view record, std::span<ColumnBuilder> columns,
                          std::span<const AddedMember> added) {
  rescued_.clear();
  faults_.clear();
  path_.clear();
  added_ = added;
  num_repeated_here_ = 0;
  const std::uint64_t num_truncated_times = coercion_.num_truncated_times();
  padded_.reserve(record.size() + simdjson::SIMDJSON_PADDING);
  padded_.assign(record);
  const simdjson::error_code error = read_root(columns, added);
  if (error == simdjson::SUCCESS && faults_.empty()) {
    num_repeated_members_ += num_repeated_here_;
    return {};
  }
  coercion_.set_num_truncated_times(num_truncated_times);
  if (error == simdjson::MEMALLOC) return fail(ErrorKind::Unavailable, "out of memory");
  return fail(ErrorKind::BadRecord,
              error != simdjson::SUCCESS ? reason_of(error) : faults_.front().reason);
}

simdjson::error_code RecordReader::read_root(std::span<ColumnBuilder> columns,
                                             std::span<const AddedMember> added) {
  const std::size_t row = columns.front().num_rows();
  const std::size_t capacity = padded_.size() + simdjson::SIMDJSON_PADDING;
  const auto max_depth = static_cast<std::size_t>(std::max(options_.max_depth, 0)) + 1024;
  if (parser_.max_depth() != max_depth || parser_.capacity() < padded_.size()) {
    if (const auto error = parser_.allocate(padded_.size() * 2, max_depth)) return error;
  }
  simdjson::ondemand::document document;
  const simdjson::padded_string_view text(padded_.data(), padded_.size(), capacity);
  if (const auto error = parser_.iterate(text).get(document)) return error;
  if (trim(padded_).substr(0, 1) != "{") return simdjson::INCORRECT_TYPE;
  Object object;
  if (const auto error = document.get_object().get(object)) return error;
  if (const auto error = read_members(object, plan_, columns, 1)) return error;
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    return simdjson::TRAILING_CONTENT;
  }
  for (const AddedMember& member : added) {
    if (const auto error = read_added(member, columns)) return error;
  }
  finish_members(plan_, columns, row);
  return simdjson::SUCCESS;
}

simdjson::error_code RecordReader::read_added(const AddedMember& member,
                                              std::span<ColumnBuilder> columns) {
  const PathStep step(path_, member.name);
  if (!member.column) {
    if (options_.keeps_rescued) rescued_.add(path_, member.json);
    return simdjson::SUCCESS;
  }
  // simdjson takes documents that are lists or objects; the value may be a scalar.
  const simdjson::padded_string list("[" + member.json + "]");
  simdjson::ondemand::document document;
  if (const auto error = parser_.iterate(list).get(document)) return error;
  Array array;
  if (const auto error = document.get_array().get(array)) return error;
  for (auto item : array) {
    Value value;
    if (const auto error = std::move(item).get(value)) return error;
    if (const auto error =
            read_value(value, plan_.children[*member.column], columns[*member.column], 1)) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

simdjson::error_code RecordReader::read_members(Object object, PlanNode& node,
                                                std::span<ColumnBuilder> columns, int depth) {
  if (depth > options_.max_depth) return simdjson::DEPTH_ERROR;
  const std::size_t row = columns.front().num_rows();
  std::optional<std::size_t> previous;
  for (auto item : object) {
    simdjson::ondemand::field field;
    if (const auto error = std::move(item).get(field)) return error;
    std::string_view name;
    if (const auto error = field.unescaped_key().get(name)) return error;
    const PathStep step(path_, name);
    const auto member = node.find(name, previous);
    const bool is_added =
        depth == 1 && std::ranges::find(added_, member, &AddedMember::column) != added_.end();
    if (!member || is_added) {
      if (const auto error = read_unknown(field.value(), depth)) return error;
      continue;
    }
    previous = member;
    if (const auto error =
            read_member(field.value(), node.children[*member], columns[*member], row, depth)) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

simdjson::error_code RecordReader::read_member(Value value, PlanNode& node, ColumnBuilder& column,
                                               std::size_t row, int depth) {
  if (column.num_rows() > row) {
    column.truncate(row);
    forget(path_);
    ++num_repeated_here_;
  }
  return read_value(value, node, column, depth);
}

simdjson::error_code RecordReader::read_unknown(Value value, int depth) {
  std::string json;
  if (const auto error = append_value_text(json, value, options_.max_depth - depth)) return error;
  if (!rescued_.find(path_).empty()) {
    forget(path_);
    ++num_repeated_here_;
  }
  if (options_.keeps_rescued && !is_lakeflow()) rescued_.add(path_, std::move(json));
  return simdjson::SUCCESS;
}

void RecordReader::forget(std::string_view path) {
  rescued_.drop(path);
  std::erase_if(faults_, [&](const Fault& fault) { return is_at_or_below(fault.path, path); });
}

void RecordReader::finish_members(const PlanNode& node, std::span<ColumnBuilder> columns,
                                  std::size_t row) {
  for (std::size_t i = 0; i < columns.size() && i < node.children.size(); ++i) {
    const bool is_missing = columns[i].num_rows() == row;
    if (is_missing) columns[i].append_null();
    const PlanNode& child = node.children[i];
    if (!child.is_key && !child.is_not_null) continue;
    const PathStep step(path_, child.name);
    check_present(child, columns[i], row, is_missing);
  }
}

void RecordReader::check_present(const PlanNode& node, const ColumnBuilder& column, std::size_t row,
                                 bool was_missing) {
  if (!column.is_null(row)) return;
  const std::string_view refused = rescued_.find(path_);
  // Python's framework lets an explicit null pass.
  const bool is_forgiven = is_lakeflow() && !node.is_key && !was_missing && refused.empty();
  if (is_forgiven) return;
  const std::string_view rule = node.is_key ? "it is part of the key" : "it is not nullable";
  if (!refused.empty()) {
    faults_.push_back(
        {path_, format("{}: {} is no {}, and {}", path_, cut(refused), node.type_text, rule)});
  } else {
    faults_.push_back(
        {path_, format("{} is {}, but {}", path_, was_missing ? "missing" : "null", rule)});
  }
}

}  // namespace inlet::decode
