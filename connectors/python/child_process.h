#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/python/child_log.h"
#include "inlet/base/error.h"

namespace inlet::python_class {

/// What the child sends: an answer or a failure as JSON, or a page of records, a JSON list.
struct Frame {
  enum class Kind : std::uint8_t { Answer = 1, Records = 2, Failure = 3 };
  Kind kind = Kind::Answer;
  std::uint32_t num_records = 0;
  std::string body;
};

/// An interpreter of Python that runs inlet_host/, at the other end of a socket of its own. Its
/// streams go to `log`, which it borrows. For one thread. Destroying it ends the process; so does
/// the end of this one, however it comes.
class ChildProcess {
 public:
  /// Config when there is no such program.
  static Result<std::unique_ptr<ChildProcess>> start(const std::string& program, ChildLog& log);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  Status send(std::string_view request);
  /// The next frame. Blocks; Cancelled once `stop` is requested. When the process is no more, the
  /// error says how it ended and what it said last.
  Result<Frame> next(const std::stop_token& stop);

 private:
  /// An open file, closed at the end.
  class Descriptor {
   public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    int number() const { return number_; }
    void close();

   private:
    int number_;
  };

  explicit ChildProcess(ChildLog& log) : log_(log) {}
  Status launch(const std::string& program);
  Status read(char* into, std::size_t num_bytes);
  Status wait_for_news();
  void drain(Descriptor& pipe, ChildLog::Stream stream);
  Error ended();
  int reap();

  ChildLog& log_;
  pid_t pid_ = -1;
  Descriptor socket_;
  Descriptor output_;
  Descriptor errors_;
  Descriptor end_;   ///< readable when the process has ended
  Descriptor wake_;  ///< readable when a read is to be given up
};

}  // namespace inlet::python_class
