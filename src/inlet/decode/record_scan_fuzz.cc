#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "inlet/decode/decoder.h"
#include "inlet/decode/infer.h"
#include "inlet/decode/record_scan.h"

// Any bytes are a page: whatever is found in it lies within it, and decoding finds the same
// records.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace inlet;
  for (const PageFormat format : {PageFormat::Json, PageFormat::NdJson}) {
    for (const char* records : {"", "/a", "/*/a"}) {
      const Page page{.body = std::string(reinterpret_cast<const char*>(data), size),
                      .format = format,
                      .records = records};
      const auto is_within = [&](std::string_view view) {
        return view.empty() || (view.data() >= page.body.data() &&
                                view.data() + view.size() <= page.body.data() + page.body.size());
      };
      std::uint64_t num_records = 0;
      const Status scanned = decode::scan_records(
          page, {"/a", "/a/0/b", ""}, [&](const decode::ScannedRecord& record) -> Status {
            ++num_records;
            if (!is_within(record.bytes)) std::abort();
            for (const std::string_view value : record.values) {
              if (!is_within(value)) std::abort();
            }
            return {};
          });
      auto decoder = decode::make_decoder({{{"a", Type{.kind = TypeKind::Json}}}}, {});
      if (!decoder) std::abort();
      const auto decoded = (*decoder)->decode(page);
      if (scanned.has_value() != decoded.has_value()) std::abort();
      if (decoded && decoded->num_records != num_records) std::abort();
      static_cast<void>(decode::infer_schema({page}));
    }
  }
  return 0;
}
