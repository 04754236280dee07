#include "connectors/files/folder.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <tuple>
#include <utility>

#include "connectors/files/glob.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::files {
namespace {

bool is_hidden(std::string_view path) {
  for (std::size_t begin = 0; begin < path.size();) {
    if (path[begin] == '_' || path[begin] == '.') return true;
    const std::size_t slash = path.find('/', begin);
    if (slash == std::string_view::npos) return false;
    begin = slash + 1;
  }
  return false;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                           hex_digit(text[i + 2]) >= 0;
    out.push_back(is_escape
                      ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]))
                      : text[i]);
    if (is_escape) i += 2;
  }
  return out;
}

std::string percent_encoded(std::string_view path) {
  constexpr std::string_view kPlain = "-_.~/!$&'()*+,;=:@";
  std::string out;
  for (const char c : path) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                          kPlain.find(c) != std::string_view::npos;
    if (is_plain) {
      out.push_back(c);
    } else {
      out += format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// Ends a walk that has seen what it wanted to.
std::unexpected<Error> enough() {
  return fail(ErrorKind::Cancelled, "one is enough");
}

}  // namespace

Result<Folder> Folder::make(std::string_view path_or_url, store::Store& store) {
  std::string url = TRY(store::to_url(path_or_url));
  const std::size_t slash = url.rfind('/');
  const bool is_file = kind_by_name(url).has_value() && slash != std::string::npos;
  if (!is_file) return Folder(std::move(url), "", store);
  std::string name = percent_decoded(std::string_view(url).substr(slash + 1));
  url.resize(slash);
  return Folder(std::move(url), std::move(name), store);
}

std::string Folder::url_of(std::string_view path) const {
  return format("{}/{}", url_, percent_encoded(path));
}

std::string Folder::path_of(std::string_view url) const {
  return percent_decoded(url.substr(std::min(url.size(), url_.size() + 1)));
}

Status Folder::walk(std::string_view sub_folder,
                    const std::function<Status(DataFile)>& visit) const {
  const auto visit_object = [&](const store::ObjectInfo& object) -> Status {
    std::string path = path_of(object.url);
    if (is_hidden(path)) return {};
    return visit({.path = std::move(path), .size = object.size, .modified = object.modified});
  };
  if (!only_file_.empty()) return visit_object(TRY(store_->head(url_of(only_file_))));
  return store_->list(sub_folder.empty() ? url_ : url_of(sub_folder), visit_object);
}

Status Folder::walk_table(const TableOptions& options,
                          const std::function<Status(DataFile)>& visit) const {
  const std::string pattern = only_file_.empty() ? options.pattern : only_file_;
  return walk(literal_folder(pattern), [&](DataFile file) -> Status {
    if (!matches_glob(file.path, pattern)) return {};
    const auto kind = options.kind_of(file.path);
    if (!kind) return {};
    file.kind = *kind;
    return visit(std::move(file));
  });
}

Result<std::vector<DataFile>> Folder::list(const TableOptions& options, Timestamp until) const {
  std::vector<DataFile> files;
  TRY(walk_table(options, [&](DataFile file) -> Status {
    if (file.modified <= until) files.push_back(std::move(file));
    return {};
  }));
  std::ranges::sort(files, [](const DataFile& a, const DataFile& b) {
    return std::tie(a.modified, a.path) < std::tie(b.modified, b.path);
  });
  return files;
}

Result<DataFile> Folder::find(std::string_view path, const TableOptions& options) const {
  const store::ObjectInfo object = TRY(store_->head(url_of(path)));
  const auto kind = options.kind_of(path);
  if (!kind) return fail(ErrorKind::Config, format("{} is not a file of this table", path));
  return DataFile{
      .path = std::string(path), .size = object.size, .modified = object.modified, .kind = *kind};
}

Result<bool> Folder::has_files(const TableOptions& options) const {
  bool is_found = false;
  const Status walked = walk_table(options, [&](const DataFile&) -> Status {
    is_found = true;
    return enough();
  });
  if (is_found) return true;
  if (!walked) return std::unexpected(walked.error());
  return false;
}

Result<std::vector<std::string>> Folder::tables() const {
  std::set<std::string> names;
  TRY(walk("", [&](const DataFile& file) -> Status {
    if (!kind_by_name(file.path)) return {};
    const std::size_t slash = file.path.find('/');
    names.insert(slash == std::string::npos ? std::string(kRootTable) : file.path.substr(0, slash));
    return {};
  }));
  return std::vector<std::string>(names.begin(), names.end());
}

Status Folder::check() const {
  bool is_stopped = false;
  const Status walked = walk("", [&](const DataFile&) -> Status {
    is_stopped = true;
    return enough();
  });
  return is_stopped ? Status() : walked;
}

}  // namespace inlet::files
