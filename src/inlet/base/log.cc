#include "inlet/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "inlet/base/json.h"

namespace inlet {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::Trace: return spdlog::level::trace;
    case LogLevel::Debug: return spdlog::level::debug;
    case LogLevel::Info: return spdlog::level::info;
    case LogLevel::Warn: return spdlog::level::warn;
    case LogLevel::Error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// spdlog logger without a name and without a place in spdlog's global registry.
std::shared_ptr<spdlog::logger> make_logger(const std::string& pattern) {
  auto logger =
      std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_pattern(pattern, spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  return logger;
}

bool needs_quotes(std::string_view value) {
  return value.empty() || value.find_first_of(" \t\r\n\"=") != std::string_view::npos;
}

class TextSink final : public LogSink {
 public:
  void write(const LogRecord& record) override {
    std::string line(record.message);
    for (const LogField& field : record.fields) {
      line.append(" ").append(field.key).append("=");
      line.append(needs_quotes(field.value) ? to_text(Json(field.value)) : field.value);
    }
    logger_->log(to_spdlog(record.level), "{}", line);
  }

 private:
  std::shared_ptr<spdlog::logger> logger_ = make_logger("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v");
};

class JsonSink final : public LogSink {
 public:
  void write(const LogRecord& record) override {
    // The logger adds the time and the level in front of the members written here.
    Json members = Json::object();
    members["message"] = record.message;
    for (const LogField& field : record.fields) members[field.key] = field.value;
    logger_->log(to_spdlog(record.level), "{}", std::string_view(to_text(members)).substr(1));
  }

 private:
  std::shared_ptr<spdlog::logger> logger_ =
      make_logger(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)");
};

}  // namespace

Log::Log(std::shared_ptr<LogSink> sink, LogLevel threshold)
    : sink_(std::move(sink)), threshold_(threshold) {}

Log Log::with(std::string_view key, std::string_view value) const {
  Log child = *this;
  child.fields_.push_back({std::string(key), std::string(value)});
  return child;
}

bool Log::is_enabled(LogLevel level) const {
  return sink_ != nullptr && level >= threshold_;
}

void Log::write(LogLevel level, std::string_view message,
                std::initializer_list<LogField> fields) const {
  if (!is_enabled(level)) return;
  std::vector<LogField> all = fields_;
  all.insert(all.end(), fields.begin(), fields.end());
  sink_->write({level, message, all});
}

void Log::debug(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::Debug, message, fields);
}
void Log::info(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::Info, message, fields);
}
void Log::warn(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::Warn, message, fields);
}
void Log::error(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::Error, message, fields);
}

std::shared_ptr<LogSink> make_text_sink() {
  return std::make_shared<TextSink>();
}
std::shared_ptr<LogSink> make_json_sink() {
  return std::make_shared<JsonSink>();
}

}  // namespace inlet
