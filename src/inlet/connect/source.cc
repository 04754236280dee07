#include "inlet/connect/source.h"

#include "inlet/base/format.h"

namespace inlet {

Result<Offset> Source::read_table_deletes(const ReadRequest& request, RecordSink&) {
  return fail(ErrorKind::Config, format("table {} has no deletes to read: its ingestion type is "
                                        "not cdc_with_deletes",
                                        request.table.table));
}

Result<std::optional<std::vector<Share>>> Source::get_partitions(const ReadRequest&,
                                                                 std::uint64_t) {
  return std::optional<std::vector<Share>>();
}

Status Source::read_partition(const PartitionRequest& request, RecordSink&) {
  return fail(ErrorKind::Config, format("table {} is not read in partitions", request.table.table));
}

}  // namespace inlet
