#include "connectors/python/python_class.h"

#include <array>
#include <utility>

#include "connectors/python/host_modules.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::python_class {
namespace {

std::vector<Secret> secrets_of(const ClassSpec& spec) {
  std::vector<Secret> secrets;
  for (const auto& [name, secret] : spec.secrets) secrets.push_back(secret);
  return secrets;
}

std::string modules_text() {
  Json modules = Json::array();
  for (const HostModule& module : host_modules()) {
    modules.push_back(Json::array({module.name, module.source}));
  }
  return to_text(modules);
}

ErrorKind kind_of(std::string_view name) {
  using enum ErrorKind;
  for (const ErrorKind kind : {Config, Auth, NotFound, RateLimited, Unavailable}) {
    if (to_string(kind) == name) return kind;
  }
  return Config;
}

}  // namespace

PythonObject::PythonObject(ClassSpec spec, const Log& log)
    : spec_(std::move(spec)), log_(log.with("connector", spec_.name), secrets_of(spec_)) {}

// Over the socket: command lines and environments can be read by others.
Status PythonObject::start() {
  if (process_ != nullptr) return {};
  process_ = TRY(ChildProcess::start(spec_.program, log_));
  Json options(spec_.texts);
  for (const auto& [name, secret] : spec_.secrets) options[name] = secret.reveal();
  TRY(process_->send(modules_text()));
  TRY(process_->send(to_text({{"call", "open"},
                              {"class", spec_.name},
                              {"path", spec_.path},
                              {"pickle", spec_.pickle.reveal()},
                              {"options", std::move(options)}})));
  const Frame frame = TRY(process_->next({}));
  if (frame.kind == Frame::Kind::Failure) return std::unexpected(failure(frame.body));
  return {};
}

Status PythonObject::begin(const Json& request) {
  what_ = "making it";
  if (Status started = start(); !started) {
    abandon();
    return std::unexpected(in_call(std::move(started).error()));
  }
  what_ = request.at("call").get<std::string>();
  if (request.contains("table")) what_ += " of " + request.at("table").get<std::string>();
  if (Status sent = process_->send(to_text(request)); !sent) {
    abandon();
    return std::unexpected(in_call(std::move(sent).error()));
  }
  return {};
}

Result<Frame> PythonObject::next(const std::stop_token& stop) {
  Result<Frame> frame = process_->next(stop);
  if (!frame) {
    abandon();
    return std::unexpected(in_call(std::move(frame).error()));
  }
  if (frame->kind == Frame::Kind::Failure) return std::unexpected(in_call(failure(frame->body)));
  return frame;
}

Result<Json> PythonObject::call(const Json& request) {
  TRY(begin(request));
  const Frame frame = TRY(next({}));
  return parse_json(frame.body);
}

Error PythonObject::failure(std::string_view body) const {
  const auto json = parse_json(body);
  if (!json) return json.error();
  Error error{kind_of(json->at("kind").get<std::string>()), json->at("message")};
  if (json->contains("retry_after")) {
    error.retry_after = std::chrono::seconds(json->at("retry_after").get<long long>());
  }
  return error;
}

Error PythonObject::in_call(Error error) const {
  if (error.kind == ErrorKind::Cancelled) return error;
  error.message = log_.masked(std::move(error.message));
  return std::move(error).within(format("python:{}: {}", spec_.name, what_));
}

}  // namespace inlet::python_class
