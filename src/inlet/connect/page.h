#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/connect/offset.h"
#include "inlet/data/coerce.h"

namespace inlet {

enum class PageFormat { Json, NdJson, Csv };

/// Where a page's bytes came from, for quarantine, logs and reports. Never holds a secret.
struct Origin {
  std::string url = {};         ///< without user info and secret parameters; a path for files
  std::string request_id = {};  ///< the server's own, where it sends one
  std::uint64_t byte_offset = 0;
  Timestamp fetched_at = {};
};

/// Bytes as the source sent them, with all that decode/ needs to find its records.
struct Page {
  std::string body;
  PageFormat format = PageFormat::Json;
  /// JSON only: a JSON pointer (RFC 6901) to the records: an array (each item is a record) or an
  /// object (one record). Empty: the whole document. `*` as a step takes every value of an object
  /// or list.
  std::string records = {};
  /// What texts are for binary columns. As the decoder was told, where this says UTF-8.
  BinarySpelling binary = BinarySpelling::Utf8;
  /// Members put into every record of this page, as (column name, JSON text).
  std::vector<std::pair<std::string, std::string>> added = {};
  /// Positions (ascending) of records that the source's cursor has already delivered: counted as
  /// deduplicated.
  std::vector<std::uint32_t> duplicates = {};
  /// Positions (ascending) that the connector's filter leaves out: not records of this table at
  /// all.
  std::vector<std::uint32_t> filtered = {};
  /// Where the reader stands once this page is committed. A page that ends in mid-air repeats the
  /// last one.
  Offset offset = {};
  Origin origin = {};
};

}  // namespace inlet
