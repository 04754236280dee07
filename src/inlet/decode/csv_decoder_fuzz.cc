#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "inlet/decode/csv_decoder.h"
#include "inlet/decode/infer.h"

// Any bytes are a CSV page: what is inferred from it decodes it, and every row is counted once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace inlet;
  Page page{.body = std::string(reinterpret_cast<const char*>(data), size),
            .format = PageFormat::Csv};
  auto inferred = decode::infer_schema({page});
  if (!inferred) return 0;
  auto decoder = decode::make_csv_decoder(std::move(inferred->schema), {});
  if (!decoder) return 0;
  const auto decoded = (*decoder)->decode(page);
  if (!decoded) return 0;
  const bool is_accounted = decoded->num_records == decoded->batch.num_rows() + decoded->bad.size();
  if (!is_accounted) std::abort();
  return 0;
}
