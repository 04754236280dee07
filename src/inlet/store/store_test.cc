#include "inlet/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "testkit/temporary_folder.h"

namespace inlet::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class StoreTest : public testing::Test {
 protected:
  std::string url(std::string_view name) const { return to_url((folder_ / name).string()).value(); }

  std::vector<std::string> names(std::string_view folder) {
    std::vector<std::string> found;
    const Status listed = store_->list(url(folder), [&](const ObjectInfo& object) -> Status {
      found.push_back(object.url.substr(url("").size()));
      return {};
    });
    EXPECT_TRUE(listed) << listed.error().message;
    return found;
  }

  testkit::TemporaryFolder folder_;
  std::unique_ptr<Store> store_ = make_store({});
};

TEST_F(StoreTest, WhatIsPutCanBeGot) {
  ASSERT_TRUE(store_->put(url("a/b.txt"), "hello", IfPresent::Replace));
  EXPECT_EQ(store_->get(url("a/b.txt")).value(), "hello");
  ASSERT_TRUE(store_->put(url("a/b.txt"), "again", IfPresent::Replace));
  EXPECT_EQ(store_->get(url("a/b.txt")).value(), "again");
  const ObjectInfo info = store_->head(url("a/b.txt")).value();
  EXPECT_EQ(info.size, 5U);
  EXPECT_EQ(info.url, url("a/b.txt"));
  EXPECT_GT(info.modified.time_since_epoch().count(), 1'600'000'000'000'000);
}

TEST_F(StoreTest, ARangeEndsWithTheObject) {
  ASSERT_TRUE(store_->put(url("x"), "0123456789", IfPresent::Replace));
  EXPECT_EQ(store_->get_range(url("x"), 2, 3).value(), "234");
  EXPECT_EQ(store_->get_range(url("x"), 8, 100).value(), "89");
  EXPECT_EQ(store_->get_range(url("x"), 10, 5).value(), "");
  EXPECT_EQ(store_->get_range(url("x"), 99, 5).value(), "");
  EXPECT_EQ(store_->get_range(url("x"), 0, 0).value(), "");
}

TEST_F(StoreTest, AListComesInOrderWithSubFolders) {
  for (const char* name : {"t/b", "t/a", "t/c/d", "t/a b", "u/z"}) {
    ASSERT_TRUE(store_->put(url(name), "1", IfPresent::Replace));
  }
  EXPECT_THAT(names("t"), ElementsAre("/t/a", "/t/a%20b", "/t/b", "/t/c/d"));
}

TEST_F(StoreTest, WhatAListNamesCanBeGotWhateverItsName) {
  const std::vector<std::string> odd = {"t/a%3Ab", "t/c d", "t/e#f", "t/ü"};
  std::filesystem::create_directories(folder_ / "t");
  for (const std::string& name : odd) std::ofstream(folder_ / name) << name;
  std::vector<std::string> found;
  ASSERT_TRUE(store_->list(url("t"), [&](const ObjectInfo& object) -> Status {
    auto text = store_->get(object.url);
    EXPECT_TRUE(text) << text.error().message;
    if (text) found.push_back(*text);
    return {};
  }));
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(odd));
}

TEST_F(StoreTest, AWalkStopsWithTheVisitorsError) {
  ASSERT_TRUE(store_->put(url("t/a"), "1", IfPresent::Replace));
  ASSERT_TRUE(store_->put(url("t/b"), "1", IfPresent::Replace));
  int num_seen = 0;
  const Status listed = store_->list(url("t"), [&](const ObjectInfo&) -> Status {
    ++num_seen;
    return fail(ErrorKind::BadRecord, "enough");
  });
  EXPECT_EQ(listed.error().kind, ErrorKind::BadRecord);
  EXPECT_EQ(num_seen, 1);
}

TEST_F(StoreTest, WhatIsNotThereIsNotFoundAndNamed) {
  const auto missing = store_->get(url("missing"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("missing"));
  EXPECT_EQ(store_->head(url("missing")).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(store_->list(url("no-folder"), [](const ObjectInfo&) { return Status(); }).error().kind,
            ErrorKind::NotFound);
}

TEST_F(StoreTest, ARemovedObjectIsGone) {
  ASSERT_TRUE(store_->put(url("x"), "1", IfPresent::Replace));
  ASSERT_TRUE(store_->remove(url("x")));
  EXPECT_EQ(store_->get(url("x")).error().kind, ErrorKind::NotFound);
}

TEST_F(StoreTest, OfManyThatPutIfAbsentOneWins) {
  std::atomic<int> num_won = 0;
  std::atomic<int> num_lost = 0;
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < 6; ++writer) {
      threads.emplace_back([&, writer] {
        const Status put = store_->put(url("one"), std::to_string(writer), IfPresent::Fail);
        if (put) {
          ++num_won;
        } else if (put.error().kind == ErrorKind::Conflict) {
          ++num_lost;
        }
      });
    }
  }
  EXPECT_EQ(num_won, 1);
  EXPECT_EQ(num_lost, 5);
}

TEST_F(StoreTest, AnUnknownOptionIsRefusedWithASuggestion) {
  StoreOptions options;
  options.emplace("aws_acess_key_id", Secret("very-secret"));
  const auto refused = make_store(std::move(options))->get("s3://bucket/key");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Config);
  EXPECT_THAT(refused.error().message, HasSubstr("aws_acess_key_id"));
  EXPECT_THAT(refused.error().message, HasSubstr("did you mean \"aws_access_key_id\""));
  EXPECT_THAT(refused.error().message, testing::Not(HasSubstr("very-secret")));
}

TEST(ToUrlTest, PathsAndUrlsBecomeUrlsWithoutASlashAtTheEnd) {
  EXPECT_EQ(to_url("/tmp/a b/").value(), "file:///tmp/a%20b");
  EXPECT_EQ(to_url("s3://bucket/folder/").value(), "s3://bucket/folder");
  EXPECT_EQ(to_url("here").value(),
            to_url((std::filesystem::current_path() / "here").string()).value());
  EXPECT_EQ(to_url("ftp://host/x").error().kind, ErrorKind::Config);
}

}  // namespace
}  // namespace inlet::store
