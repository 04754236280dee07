#pragma once

#include <sys/resource.h>

namespace inlet::testkit {

/// No file of this process can grow past `num_bytes` while the object lives: what a full disk is to
/// a writer.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t num_bytes);
  ~FileSizeLimit();
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_ = {};
  void (*handler_)(int);
};

}  // namespace inlet::testkit
