#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inlet {

enum class LogLevel { Trace, Debug, Info, Warn, Error };

/// One key and its value. Secret has no conversion to it.
struct LogField {
  std::string key;
  std::string value;
};

/// One event as it was logged: the child's fields first, then the event's own.
struct LogRecord {
  LogLevel level = LogLevel::Info;
  std::string_view message;
  const std::vector<LogField>& fields;
};

/// Where records go. write() is called from any thread and must not throw.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(const LogRecord& record) = 0;
};

/// A value handed down, never global: a sink, a threshold and the fields that every line carries.
/// Copies share the sink. Safe from any thread. A default-constructed Log drops everything.
class Log {
 public:
  Log() = default;
  Log(std::shared_ptr<LogSink> sink, LogLevel threshold);

  /// A log whose lines also carry `key`=`value` (pipeline, table, page).
  Log with(std::string_view key, std::string_view value) const;

  bool is_enabled(LogLevel level) const;
  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields = {}) const;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const;

 private:
  std::shared_ptr<LogSink> sink_;
  LogLevel threshold_ = LogLevel::Info;
  std::vector<LogField> fields_;
};

/// Human lines (time, level, message, key=value) to stderr; colours when it is a terminal.
std::shared_ptr<LogSink> make_text_sink();
/// One JSON object a line to stderr, for machines.
std::shared_ptr<LogSink> make_json_sink();

}  // namespace inlet
