#include "inlet/decode/decoder.h"

#include <utility>

#include "inlet/base/try.h"
#include "inlet/decode/csv_decoder.h"
#include "inlet/decode/json_decoder_internal.h"

namespace inlet::decode {
namespace {

/// Hands each page to the decoder of its format.
class AnyDecoder final : public Decoder {
 public:
  AnyDecoder(std::unique_ptr<Decoder> json, std::unique_ptr<Decoder> csv)
      : json_(std::move(json)), csv_(std::move(csv)) {}

  Result<DecodedPage> add(const Page& page) override {
    now_ = page.format == PageFormat::Csv ? csv_.get() : json_.get();
    return now_->add(page);
  }
  Batch take_rows() override { return now_->take_rows(); }
  const Schema& output_schema() const override { return json_->output_schema(); }

 private:
  std::unique_ptr<Decoder> json_;
  std::unique_ptr<Decoder> csv_;
  Decoder* now_ = json_.get();
};

}  // namespace

Result<DecodedPage> Decoder::decode(const Page& page) {
  DecodedPage decoded = TRY(add(page));
  decoded.batch = take_rows();
  return decoded;
}

Result<std::unique_ptr<Decoder>> make_decoder(Schema schema, DecodeOptions options) {
  std::unique_ptr<Decoder> json = TRY(JsonDecoder::make(schema, options));
  std::unique_ptr<Decoder> csv = TRY(make_csv_decoder(std::move(schema), std::move(options)));
  return std::make_unique<AnyDecoder>(std::move(json), std::move(csv));
}

}  // namespace inlet::decode
