#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "inlet/base/try.h"
#include "inlet/connect/registry.h"
#include "inlet/net/http.h"
#include "inlet/store/store.h"
#include "testkit/contract_suite.h"
#include "testkit/manual_clock.h"
#include "testkit/temporary_folder.h"

namespace inlet {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

using OptionMap = std::map<std::string, std::string>;

constexpr const char* kToken = "planted-5ecret";

class PythonClasses : public testing::Test {
 protected:
  void SetUp() override { std::ofstream(folder_ / "day") << "1"; }

  Result<std::unique_ptr<Source>> make(const std::string& name, OptionMap parameters = {}) const {
    const Connector* connector = TRY(find_connector(registry(), "python"));
    const auto specs = TRY(connector->connection_options());
    const auto colon = name.find(':');
    parameters.insert({{"python_module", name.substr(0, colon)},
                       {"python_class", name.substr(colon + 1)},
                       {"python_path", INLET_SOURCE_DIR "/testkit/python"},
                       {"api_token", kToken},
                       {"day_file", (folder_ / "day").string()}});
    const Options options = TRY(Options::make(specs, parameters, "connection"));
    return connector->make(options, {clock_, *http_, *store_, Log()});
  }

  std::vector<std::string> check(const std::string& table, std::size_t num_rows) const {
    return testkit::check_contract({.make = [this] { return make("shop:Shop"); },
                                    .table = {.table = table, .options = {{"page", "50"}}},
                                    .variants = {{{"page", "7"}}},
                                    .num_rows = num_rows,
                                    .max_resumes = 2});
  }

  testkit::TemporaryFolder folder_;
  testkit::ManualClock clock_{Timestamp{}};
  std::unique_ptr<net::HttpClient> http_ = net::make_http_client({});
  std::unique_ptr<store::Store> store_ = store::make_store({});
};

class RefusingSink final : public RecordSink {
 public:
  Status page(Page) override { return fail(ErrorKind::Cancelled, "stopped"); }
  Status batch(Batch, Offset) override { return fail(ErrorKind::Bug, "classes give pages"); }
};

TEST_F(PythonClasses, KeepTheContract) {
  EXPECT_THAT(check("events", 200), IsEmpty());
  EXPECT_THAT(check("orders", 120), IsEmpty());
  EXPECT_THAT(check("customers", 50), IsEmpty());
  EXPECT_THAT(check("products", 30), IsEmpty());
  EXPECT_THAT(check("visits", 400), IsEmpty());
}

TEST_F(PythonClasses, AreNotLookedForBeforeTheyAreAsked) {
  EXPECT_TRUE(make("there_is:None"));
}

TEST_F(PythonClasses, FailInCallsThatNameClassMethodAndTable) {
  const auto source = make("broken:Raises").value();
  RefusingSink sink;
  const auto end = source->read_table({.table = {.table = "things"}}, sink);
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().message,
              HasSubstr("python:broken:Raises: read_table of things: ValueError: bad cursor"));
  EXPECT_THAT(end.error().message, testing::Not(HasSubstr(kToken)));
}

TEST_F(PythonClasses, AreUsableAfterACallThatFailed) {
  const auto source = make("shop:Shop").value();
  RefusingSink sink;
  EXPECT_EQ(source->read_table({.table = {.table = "events"}}, sink).error().kind,
            ErrorKind::Cancelled);
  EXPECT_EQ(source->read_table_metadata({.table = "order"}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(source->list_tables().value().size(), 5U);
}

TEST_F(PythonClasses, EndInTheMiddleOfACallWhenItIsStopped) {
  const auto source = make("broken:Sleeps", {{"pid_file", (folder_ / "pid").string()}}).value();
  std::stop_source stop;
  std::jthread stopper([&] {
    while (!std::filesystem::exists(folder_ / "pid")) std::this_thread::yield();
    stop.request_stop();
  });
  RefusingSink sink;
  const ReadRequest read{.table = {.table = "things"}, .stop = stop.get_token()};
  EXPECT_EQ(source->read_table(read, sink).error().kind, ErrorKind::Cancelled);
}

TEST_F(PythonClasses, HaveNoDeletesWithoutTheMethod) {
  const auto source = make("broken:Sound").value();
  RefusingSink sink;
  EXPECT_THAT(source->read_table_deletes({.table = {.table = "things"}}, sink).error().message,
              HasSubstr("has no method \"read_table_deletes\""));
}

}  // namespace
}  // namespace inlet
