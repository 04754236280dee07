#pragma once

#include <memory>

#include "inlet/decode/decoder.h"

namespace inlet::decode {

/// Decodes CSV pages (RFC 4180). The first row of a page is its header: cells go to the columns of
/// these names, in any order; the delimiter is the one seen most in it (comma, semicolon, tab,
/// bar). A cell with nothing in it is null, and so is "" unless the column is text. A short row
/// ends in nulls. Cells that no column takes are rescued under the header's name, or `_cN` (from 0)
/// past its end. A badly quoted row, one that is not UTF-8 and one with a null key are bad records.
/// Fails with Config for a key that is not in the schema.
Result<std::unique_ptr<Decoder>> make_csv_decoder(Schema schema, DecodeOptions options);

}  // namespace inlet::decode
