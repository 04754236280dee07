// Examples in the documents that no program reads otherwise.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "inlet/rest/declarative.h"

namespace inlet {
namespace {

// The first block of this language in a document of the repository.
std::string first_block(const std::string& document, const std::string& language) {
  std::ifstream stream(std::string(INLET_SOURCE_DIR) + "/" + document);
  std::stringstream text;
  text << stream.rdbuf();
  const std::string all = text.str();
  const std::string opening = "```" + language + "\n";
  const auto begin = all.find(opening);
  if (begin == std::string::npos) return "";
  const auto body = begin + opening.size();
  return all.substr(body, all.find("\n```", body) + 1 - body);
}

class ConnectorHowTo : public ::testing::Test {
 protected:
  std::string text_ = first_block("docs/how-to/write-a-connector.md", "yaml");
};

TEST_F(ConnectorHowTo, ItsConnectorLoads) {
  const auto spec = rest::describe(text_, "shop/connector.yaml");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->table_names(), (std::vector<std::string>{"orders", "refunds"}));
}

TEST_F(ConnectorHowTo, ItsMistakeIsReportedAsShown) {
  const auto found = text_.find("options.region");
  ASSERT_NE(found, std::string::npos);
  text_.replace(found, std::string("options.region").size(), "options.regoin");
  const auto spec = rest::describe(text_, "shop/connector.yaml");
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().message + "\n", first_block("docs/how-to/write-a-connector.md", "text"));
}

}  // namespace
}  // namespace inlet
