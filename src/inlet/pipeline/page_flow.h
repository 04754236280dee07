#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "inlet/base/ordered_queue.h"
#include "inlet/base/queue.h"
#include "inlet/connect/source.h"
#include "inlet/decode/decoder.h"
#include "inlet/pipeline/run.h"

namespace inlet::pipeline {

/// A record that goes to quarantine, and where it came from.
struct RefusedRecord {
  decode::BadRecord record;
  Origin origin;
};

/// One page after decoding, or several small ones together: neighbours, in the source's order.
struct FlowItem {
  decode::DecodedPage decoded;  ///< of all of them; its `bad` is moved to `refused`
  std::vector<RefusedRecord> refused = {};
  Offset offset = {};       ///< of the last page
  bool is_mid_air = false;  ///< which repeats the offset before it: no reader can resume there
  std::uint64_t num_pages = 0;
  std::uint64_t page_bytes = 0;
};

struct FlowOptions {
  Offset start = {};
  std::size_t page_queue_bytes = 32 << 20;
  std::size_t batch_queue_bytes = 64 << 20;
  /// Small pages are decoded together up to so many bytes; 0: each page by itself.
  std::size_t group_bytes = 4 << 20;
  unsigned num_decoders = 1;
};

/// One table's reader thread and decode workers (design: reader -> pages -> decoders -> batches in
/// order). The owner calls next() from its own thread. Destruction stops and joins the threads.
class PageFlow {
 public:
  using Read = std::function<Result<Offset>(RecordSink&, std::stop_token)>;
  using MakeDecoder = std::function<Result<std::unique_ptr<decode::Decoder>>()>;
  using OnStep = std::function<void(Step)>;

  /// Starts at once. `stop` ends the read; what was pushed before it is still delivered.
  PageFlow(FlowOptions options, Read read, MakeDecoder make_decoder, OnStep on_step,
           std::stop_token stop);
  ~PageFlow();

  /// The next pages, nullopt at the end of the read, or the error that ended it (after every page
  /// before it).
  Result<std::optional<FlowItem>> next();
  /// The offset that the source returned; call after next() has given nullopt.
  const Offset& end_offset() const { return end_offset_; }

 private:
  /// A page, or typed rows with nothing to decode.
  struct Incoming {
    Page page;
    std::optional<Batch> rows = {};
    bool is_mid_air = false;
  };
  using Group = ByteQueue<Incoming>::Group;
  class Sink;

  void read(const Read& read);
  void decode(const MakeDecoder& make_decoder);
  static Result<FlowItem> decode_group(decode::Decoder& decoder, std::vector<Incoming>& group);
  void finish(Result<Offset> outcome);

  const OnStep on_step_;
  const Offset start_;
  const std::size_t group_bytes_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> on_outer_stop_;
  ByteQueue<Incoming> pages_;
  OrderedQueue<Result<FlowItem>> items_;
  Offset end_offset_;
  std::optional<Error> read_error_;
  std::vector<std::jthread> threads_;
};

}  // namespace inlet::pipeline
