#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/net/exchange_internal.h"
#include "inlet/net/url.h"

namespace inlet::net {
namespace {

constexpr int kPollMilliseconds = 200;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

// Filled by libcurl's callbacks while one answer arrives.
struct Arrival {
  Response response;
  std::uint64_t max_bytes = 0;
  bool is_too_large = false;
  std::chrono::milliseconds stall_timeout{0};
  std::chrono::steady_clock::time_point moved_at = std::chrono::steady_clock::now();
  curl_off_t num_moved = 0;
  bool is_stalled = false;
};

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* context) {
  auto& arrival = *static_cast<Arrival*>(context);
  const std::string_view line = trim({data, size * count});
  // A status line starts over: what came before belonged to a proxy or an interim answer.
  if (line.starts_with("HTTP/")) arrival.response.headers = {};
  const auto colon = line.find(':');
  if (colon != std::string_view::npos && !line.starts_with("HTTP/")) {
    arrival.response.headers.add(std::string(trim(line.substr(0, colon))),
                                 std::string(trim(line.substr(colon + 1))));
  }
  return size * count;
}

// Room for the announced body and, past it, for readers that look at whole blocks: so it is neither
// moved while it grows nor copied to be read.
void reserve_body(Arrival& arrival) {
  constexpr std::size_t kBlockBytes = 64;
  const auto length = arrival.response.headers.find("content-length");
  std::size_t announced = 0;
  if (length) std::from_chars(length->data(), length->data() + length->size(), announced);
  arrival.response.body.reserve(std::min(announced, arrival.max_bytes) + kBlockBytes);
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* context) {
  auto& arrival = *static_cast<Arrival*>(context);
  const std::size_t num_bytes = size * count;
  if (num_bytes > arrival.max_bytes - arrival.response.body.size()) {
    arrival.is_too_large = true;
    return 0;
  }
  if (arrival.response.body.empty()) reserve_body(arrival);
  arrival.response.body.append(data, num_bytes);
  return num_bytes;
}

// Called about once in kPollMilliseconds. libcurl's own limit on speed takes the mean of several
// seconds.
int on_progress(void* context, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
  auto& arrival = *static_cast<Arrival*>(context);
  const auto now = std::chrono::steady_clock::now();
  if (received + sent != arrival.num_moved) {
    arrival.num_moved = received + sent;
    arrival.moved_at = now;
  }
  arrival.is_stalled = now - arrival.moved_at > arrival.stall_timeout;
  return arrival.is_stalled ? 1 : 0;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char byte) { return (byte < 32 && byte != '\t') || byte == 127; });
}

Status append_header(HeaderList& list, std::string_view name, std::string_view value) {
  if (name.empty() || has_control(name) || name.find_first_of(": ") != std::string_view::npos) {
    return fail(ErrorKind::Config, format("not a header name: \"{}\"", name));
  }
  if (has_control(value)) {
    return fail(
        ErrorKind::Config,
        format("the value of header {} holds a line break or another control character", name));
  }
  // libcurl's way to write a header without a value is a semicolon.
  const std::string line = value.empty() ? format("{};", name) : format("{}: {}", name, value);
  list.reset(curl_slist_append(list.release(), line.c_str()));
  return {};
}

Result<HeaderList> header_lines(const Request& request) {
  HeaderList list;
  for (const auto& [name, value] : request.headers.lines()) {
    TRY(append_header(list, name, value));
  }
  for (const Credential& credential : request.credentials) {
    if (credential.place != Credential::Place::Header) continue;
    TRY(append_header(list, credential.name, credential.value.reveal()));
  }
  // Without these two libcurl adds its own: it would wait for a 100, and call every body a form.
  list.reset(curl_slist_append(list.release(), "Expect:"));
  if (!request.headers.find("Content-Type")) {
    list.reset(curl_slist_append(list.release(), "Content-Type:"));
  }
  return list;
}

std::string full_url(const Request& request) {
  QueryParameters secrets;
  for (const Credential& credential : request.credentials) {
    if (credential.place == Credential::Place::Query) {
      secrets.emplace_back(credential.name, credential.value.reveal());
    }
  }
  return with_query(request.url, secrets);
}

void set_method(CURL* easy, const Request& request) {
  if (request.method == "GET" && request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    return;
  }
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_limits(CURL* easy, const HttpLimits& limits) {
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(limits.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.request_timeout.count()));
  if (!limits.proxy.empty()) curl_easy_setopt(easy, CURLOPT_PROXY, limits.proxy.c_str());
  if (!limits.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, limits.ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_USERAGENT,
                   limits.user_agent.empty() ? "inlet" : limits.user_agent.c_str());
}

void set_transport(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, zstd");
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L << 10);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Our headers hold credentials for the server: a proxy must not see them.
  curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
}

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return ErrorKind::Auth;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CACERT_BADFILE: return ErrorKind::Config;
    default: return ErrorKind::Unavailable;
  }
}

// What was asked, fit for a message.
std::string describe(const Request& request) {
  return format("{} {}", request.method,
                redact_url(request.url.substr(0, request.url.find_first_of("?#")), {}));
}

Error transport_error(CURL* easy, CURLcode code, const char* detail, const Request& request) {
  const std::string_view reason = detail[0] != '\0' ? detail : curl_easy_strerror(code);
  Error error{kind_of(code), format("{} failed: {}", describe(request), reason)};
  curl_off_t sending_since = 0;
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sending_since);
  if (error.kind == ErrorKind::Unavailable && sending_since == 0) {
    error.retry_after = std::chrono::milliseconds(0);
  }
  return error;
}

}  // namespace

struct Exchange::Handles {
  CURL* easy = curl_easy_init();
  CURLM* multi = curl_multi_init();

  Handles() = default;
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }

  // Runs the prepared transfer to its end; nullopt when `stop` was requested. The multi interface,
  // because it can be woken at once from another thread.
  std::optional<CURLcode> run(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi); });
    curl_multi_add_handle(multi, easy);
    std::optional<CURLcode> result;
    int num_running = 1;
    while (num_running > 0 && !stop.stop_requested()) {
      if (curl_multi_perform(multi, &num_running) != CURLM_OK) break;
      if (num_running > 0) curl_multi_poll(multi, nullptr, 0, kPollMilliseconds, nullptr);
    }
    int num_left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &num_left)) {
      if (message->msg == CURLMSG_DONE) result = message->data.result;
    }
    if (!result && !stop.stop_requested()) result = CURLE_FAILED_INIT;
    curl_multi_remove_handle(multi, easy);
    return result;
  }
};

Exchange::Exchange() : handles_(std::make_unique<Handles>()) {}
Exchange::~Exchange() = default;

Result<Response> Exchange::send(const Request& request, const HttpLimits& limits) {
  TRY(check_url(request.url));
  const HeaderList headers = TRY(header_lines(request));
  const std::string url = full_url(request);
  CURL* easy = handles_->easy;
  std::array<char, CURL_ERROR_SIZE> detail{};
  Arrival arrival{.response = {},
                  .max_bytes = limits.max_response_bytes,
                  .stall_timeout = limits.stall_timeout};
  curl_easy_reset(easy);  // keeps the connections
  set_transport(easy);
  set_limits(easy, limits);
  set_method(easy, request);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &arrival);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &arrival);

  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &arrival);

  const std::optional<CURLcode> code = handles_->run(request.stop);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
  if (!code) return fail(ErrorKind::Cancelled, format("{} was cancelled", describe(request)));
  if (arrival.is_too_large) {
    return fail(ErrorKind::Config,
                format("{} failed: the answer is larger than the limit of {} bytes",
                       describe(request), limits.max_response_bytes));
  }
  if (arrival.is_stalled) {
    return fail(ErrorKind::Unavailable, format("{} failed: no byte came for {} ms",
                                               describe(request), limits.stall_timeout.count()));
  }
  if (*code != CURLE_OK) {
    return std::unexpected(transport_error(easy, *code, detail.data(), request));
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  arrival.response.status = static_cast<int>(status);
  arrival.response.url = request.url;
  return std::move(arrival.response);
}

}  // namespace inlet::net
