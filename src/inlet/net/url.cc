#include "inlet/net/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/net/http.h"

namespace inlet::net {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, FreeUrl>;

bool is_unreserved(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

int hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

std::string lowered(std::string text) {
  for (char& byte : text) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return text;
}

std::string part(const CurlUrl& url, CURLUPart name, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), name, &text, flags) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

// For messages: nothing behind `?`, nothing that may be user info.
std::string nameable(std::string_view url) {
  return redact_url(url.substr(0, url.find_first_of("?#")), {});
}

Result<CurlUrl> parse(std::string_view url) {
  CurlUrl handle(curl_url());
  const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, std::string(url).c_str(), 0);
  if (code == CURLUE_UNSUPPORTED_SCHEME) {
    return fail(ErrorKind::Config,
                format("only http and https URLs are read, got {}", nameable(url)));
  }
  if (code != CURLUE_OK) {
    return fail(ErrorKind::Config, format("not an absolute http or https URL ({}): {}",
                                          curl_url_strerror(code), nameable(url)));
  }
  const std::string scheme = part(handle, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorKind::Config,
                format("only http and https URLs are read, got {}", nameable(url)));
  }
  if (!part(handle, CURLUPART_USER).empty() || !part(handle, CURLUPART_PASSWORD).empty()) {
    return fail(ErrorKind::Config,
                format("a URL must not hold a user name or a password (give them as options): {}",
                       nameable(url)));
  }
  return handle;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char byte : text) {
    if (is_unreserved(byte)) {
      encoded.push_back(byte);
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    encoded.append({'%', kDigits[value >> 4U], kDigits[value & 15U]});
  }
  return encoded;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t index = 0; index < text.size(); ++index) {
    const int high = index + 2 < text.size() ? hex_digit(text[index + 1]) : -1;
    const int low = index + 2 < text.size() ? hex_digit(text[index + 2]) : -1;
    if (text[index] == '%' && high >= 0 && low >= 0) {
      decoded.push_back(static_cast<char>(high * 16 + low));
      index += 2;
    } else {
      decoded.push_back(text[index]);
    }
  }
  return decoded;
}

Status check_url(std::string_view url) {
  TRY(parse(url));
  return {};
}

Result<std::string> resolve_url(std::string_view base, std::string_view reference) {
  const CurlUrl url = TRY(parse(base));
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(reference).c_str(), 0) != CURLUE_OK) {
    return fail(ErrorKind::Config, format("not a URL: {}", nameable(reference)));
  }
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  std::string resolved = part(url, CURLUPART_URL);
  TRY(check_url(resolved));
  return resolved;
}

std::string with_query(std::string_view url, const QueryParameters& parameters) {
  const std::string_view fragment = url.substr(std::min(url.find('#'), url.size()));
  std::string result(url.substr(0, url.size() - fragment.size()));
  for (const auto& [name, value] : parameters) {
    const bool is_first = result.find('?') == std::string::npos;
    const bool is_joined = result.ends_with('?') || result.ends_with('&');
    result.append(is_first ? "?" : is_joined ? "" : "&");
    result.append(percent_encode(name)).append("=").append(percent_encode(value));
  }
  return result.append(fragment);
}

QueryParameters query_of(std::string_view url) {
  QueryParameters parameters;
  url = url.substr(0, url.find('#'));
  const auto question = url.find('?');
  if (question == std::string_view::npos) return parameters;
  std::string_view query = url.substr(question + 1);
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    std::string pair(query.substr(0, end));
    std::replace(pair.begin(), pair.end(), '+', ' ');
    const auto equals = std::min(pair.find('='), pair.size());
    if (!pair.empty()) {
      parameters.emplace_back(
          percent_decode(std::string_view(pair).substr(0, equals)),
          percent_decode(std::string_view(pair).substr(std::min(equals + 1, pair.size()))));
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return parameters;
}

Result<std::string> origin_of(std::string_view url) {
  const CurlUrl parsed = TRY(parse(url));
  return format("{}://{}:{}", part(parsed, CURLUPART_SCHEME), lowered(part(parsed, CURLUPART_HOST)),
                part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT));
}

std::string redact_url(std::string_view url, const std::vector<std::string>& secret_parameters) {
  const auto scheme = url.find("://");
  const auto authority = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto authority_end = std::min(url.find_first_of("/?#", authority), url.size());
  const auto at = url.substr(0, authority_end).rfind('@');
  std::string redacted(url.substr(0, authority));
  url.remove_prefix(at == std::string_view::npos ? authority : at + 1);

  const auto question = std::min(url.find_first_of("?#"), url.size());
  redacted.append(url.substr(0, question));
  url.remove_prefix(question);
  // What is left: `?a=b&c=d#fragment`, each piece with the mark in front of it.
  while (!url.empty()) {
    const auto end = std::min(url.find_first_of("?&#", 1), url.size());
    const std::string_view piece = url.substr(0, end);
    const auto equals = std::min(piece.find('='), piece.size());
    const std::string name = lowered(percent_decode(piece.substr(1, equals - 1)));
    const bool is_secret =
        std::any_of(secret_parameters.begin(), secret_parameters.end(),
                    [&](const std::string& secret) { return lowered(secret) == name; });
    if (is_secret) {
      redacted.append(piece.substr(0, equals)).append("=***");
    } else {
      redacted.append(piece);
    }
    url.remove_prefix(end);
  }
  return redacted;
}

}  // namespace inlet::net
