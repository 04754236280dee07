#include "testkit/github/page.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "inlet/base/format.h"

namespace inlet::simulator::github {
namespace {

constexpr std::int64_t kDefaultSize = 30;
constexpr std::int64_t kMaxSize = 100;

std::int64_t number_of(const Request& request, std::string_view name, std::int64_t fallback) {
  const std::string* text = request.parameter(name);
  if (text == nullptr) return fallback;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  return error == std::errc() && end == text->data() + text->size() && number > 0 ? number
                                                                                  : fallback;
}

std::string encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
        std::string_view("-._~").find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

class Links {
 public:
  Links(std::string address, const Request& request, std::string_view moving)
      : address_(std::move(address)), moving_(moving) {
    char separator = '?';
    for (const auto& [name, value] : request.query) {
      if (name == moving) continue;
      address_ += format("{}{}={}", separator, encode(name), encode(value));
      separator = '&';
    }
    address_ += separator;
  }

  void add(std::string_view relation, std::int64_t position) {
    if (!text_.empty()) text_ += ", ";
    text_ += format("<{}{}={}>; rel=\"{}\"", address_, moving_, position, relation);
  }
  void add_template(std::string_view relation, const std::string& address) {
    if (!text_.empty()) text_ += ", ";
    text_ += format("<{}{{?since}}>; rel=\"{}\"", address, relation);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string address_;
  std::string moving_;
  std::string text_;
};

}  // namespace

Page page_of(const Request& request, const Listing& listing) {
  Page page;
  page.size = std::min(number_of(request, "per_page", kDefaultSize), kMaxSize);
  if (listing.id_at) {
    const std::int64_t since = number_of(request, "since", 0);
    while (page.begin < listing.size && listing.id_at(page.begin) <= since) ++page.begin;
  } else {
    page.number = number_of(request, "page", 1);
    page.begin = page.number > listing.size ? listing.size
                                            : std::min((page.number - 1) * page.size, listing.size);
  }
  page.end = std::min(page.begin + page.size, listing.size);
  return page;
}

std::string link_header(const std::string& base_url, const std::string& path,
                        const Request& request, const Listing& listing, const Page& page) {
  if (listing.id_at) {
    Links links(base_url + path, request, "since");
    if (page.end == listing.size) return {};
    links.add("next", listing.id_at(page.end - 1));
    links.add_template("first", base_url + path);
    return links.take();
  }
  const std::int64_t last = std::max<std::int64_t>(1, (listing.size + page.size - 1) / page.size);
  Links links(base_url + path, request, "page");
  if (page.number > 1) links.add("prev", std::min(page.number - 1, last));
  if (page.number < last) links.add("next", page.number + 1);
  if (page.number < last) links.add("last", last);
  if (page.number > 1) links.add("first", 1);
  return links.take();
}

}  // namespace inlet::simulator::github
