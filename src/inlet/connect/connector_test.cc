#include "inlet/connect/connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inlet {
namespace {

constexpr Connector kRegistry[] = {{"github", nullptr, nullptr, nullptr},
                                   {"files", nullptr, nullptr, nullptr}};

TEST(Connector, IsFoundByName) {
  const auto found = find_connector(kRegistry, "files");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, &kRegistry[1]);
}

TEST(Connector, OffersTheNearestNameForAnUnknownOne) {
  const auto missing = find_connector(kRegistry, "githb");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(missing.error().message, "no connector \"githb\" (did you mean \"github\"?)");
}

TEST(TableMetadata, NamesItsTypesBothWays) {
  for (const auto type : {IngestionType::Snapshot, IngestionType::Cdc,
                          IngestionType::CdcWithDeletes, IngestionType::Append}) {
    EXPECT_EQ(parse_ingestion_type(to_text(type)), type);
  }
  const auto unknown = parse_ingestion_type("apend");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().message,
            "no ingestion type \"apend\" (did you mean \"append\"?); use snapshot, cdc, "
            "cdc_with_deletes or append");
}

}  // namespace
}  // namespace inlet
