#include "connectors/files/file_ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "inlet/base/format.h"
#include "inlet/connect/connector_spec.h"
#include "inlet/net/http.h"
#include "testkit/manual_clock.h"
#include "testkit/simulator/gzip.h"
#include "testkit/temporary_folder.h"

namespace inlet::files {

extern const Connector kConnector;

namespace {

using testing::HasSubstr;
using testing::SizeIs;

class BodySink final : public RecordSink {
 public:
  Status page(Page page) override {
    text += page.body;
    ++num_pages;
    return {};
  }
  Status batch(Batch, Offset) override { return fail(ErrorKind::Bug, "files are pages"); }

  std::string text;
  int num_pages = 0;
};

class FileRanges : public testing::Test {
 protected:
  void write(const std::string& path, std::string_view text) {
    std::ofstream(folder_ / path, std::ios::binary) << text;
    const auto time = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000 + ++num_writes_));
    std::filesystem::last_write_time(folder_ / path, std::chrono::file_clock::from_sys(time));
  }

  std::unique_ptr<Source> source() {
    const auto specs = kConnector.connection_options().value();
    const Options connection =
        Options::make(specs, {{"url", folder_.path().string()}}, "connection").value();
    return kConnector
        .make(connection, {.clock = clock_, .http = *http_, .store = *store_, .log = {}})
        .value();
  }

  std::vector<Share> shares(std::uint64_t partition_bytes, Offset start = {}) {
    const ReadRequest request{.table = table_, .start = std::move(start)};
    return source()->get_partitions(request, partition_bytes).value().value();
  }

  std::vector<Partition> partitions(std::uint64_t partition_bytes, Offset start = {}) {
    std::vector<Partition> partitions;
    for (Share& share : shares(partition_bytes, std::move(start))) {
      partitions.push_back(std::move(share.partition));
    }
    return partitions;
  }

  /// What the serial read pushes, and where it ends.
  std::pair<std::string, Offset> read_serially(const Offset& start) {
    BodySink sink;
    Offset end = source()->read_table({.table = table_, .start = start}, sink).value();
    return {std::move(sink.text), std::move(end)};
  }

  /// Expects that after each share the serial read, and shares of another size, go on with what the
  /// later ones have, and end at one place.
  void expect_resumes(std::uint64_t partition_bytes) {
    const std::vector<Share> all = shares(partition_bytes);
    std::string rest;
    for (std::size_t i = all.size(); i-- > 0;) {
      const auto [text, end] = read_serially(all[i].offset);
      EXPECT_EQ(text, rest) << "after share " << i << " of " << partition_bytes;
      EXPECT_EQ(end, all.back().offset);
      EXPECT_EQ(read_all(partition_bytes / 2 + 1, all[i].offset), rest);
      rest.insert(0, read(all[i].partition).value());
    }
    EXPECT_EQ(read_serially({}), std::pair(rest, all.back().offset));
  }

  Result<std::string> read(const Partition& partition) {
    BodySink sink;
    const Status status = source()->read_partition({.table = table_, .partition = partition}, sink);
    if (!status) return std::unexpected(status.error());
    return sink.text;
  }

  /// What all partitions push, one after the other.
  std::string read_all(std::uint64_t partition_bytes, Offset start = {}) {
    std::string text;
    for (const Partition& partition : partitions(partition_bytes, std::move(start))) {
      text += read(partition).value();
    }
    return text;
  }

  testkit::TemporaryFolder folder_;
  testkit::ManualClock clock_;
  std::unique_ptr<net::HttpClient> http_ = net::make_http_client({.user_agent = "test"});
  std::unique_ptr<store::Store> store_ = store::make_store({});
  TableRequest table_ = {.table = "files", .options = {{"page_size", "1KiB"}}};
  int num_writes_ = 0;
};

TEST_F(FileRanges, EveryCutOfLinesGivesEachLineOnce) {
  // Empty lines, both line ends, and no line end at the end.
  const std::string text = "{\"v\":1}\n\n{\"v\":22}\r\n{\"v\":333}\n{}\n\n\n{\"v\":4444}";
  write("a.jsonl", text);
  for (std::uint64_t num_bytes = 1; num_bytes <= text.size() + 1; ++num_bytes) {
    EXPECT_EQ(read_all(num_bytes), text) << "in ranges of " << num_bytes;
  }
}

TEST_F(FileRanges, LinesLongerThanPagesAndRangesAreReadWhole) {
  std::string text;
  for (const int length : {10, 5'000, 70'000, 1, 200'000, 2'000, 3}) {
    text += format("{{\"v\":\"{}\"}}\n", std::string(static_cast<std::size_t>(length), 'x'));
  }
  write("a.jsonl", text);
  for (const std::uint64_t num_bytes : {700, 1'000, 4'096, 65'536, 100'000}) {
    EXPECT_EQ(read_all(num_bytes), text) << "in ranges of " << num_bytes;
  }
}

TEST_F(FileRanges, SmallFilesShareAPartition) {
  std::string text;
  for (int i = 0; i < 10; ++i) {
    write(format("{}.jsonl", i), format("{{\"v\":{}}}\n", i));
    text += format("{{\"v\":{}}}\n", i);
  }
  EXPECT_THAT(partitions(1'000), SizeIs(1));
  EXPECT_THAT(partitions(24), SizeIs(4));
  EXPECT_EQ(read_all(24), text);
}

TEST_F(FileRanges, WhatIsNotPlainLinesIsNotCut) {
  const std::string text = "{\"v\":1}\n{\"v\":2}\n{\"v\":3}\n";
  write("a.jsonl.gz", simulator::gzip(text));
  write("b.csv", "v\n1\n\"2\n2\"\n3\n");
  write("c.json", "[\n{\"v\":1},\n{\"v\":2}\n]");
  EXPECT_THAT(partitions(1), SizeIs(3));
  EXPECT_EQ(read_all(1), text + "v\n1\n\"2\n2\"\n3\n" + "[\n{\"v\":1},\n{\"v\":2}\n]");
}

TEST_F(FileRanges, ARangeIsReadInPages) {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += format("{{\"v\":{}}}\n", i);
  write("a.jsonl", text);
  BodySink sink;
  const auto cuts = partitions(text.size() / 2 + 1);
  ASSERT_THAT(cuts, SizeIs(2));
  ASSERT_TRUE(source()->read_partition({.table = table_, .partition = cuts[1]}, sink));
  EXPECT_GE(sink.num_pages, 5);
}

TEST_F(FileRanges, ThereIsNothingToReadAfterTheEnd) {
  write("a.jsonl", "{\"v\":1}\n");
  BodySink sink;
  const Offset end = source()->read_table({.table = table_}, sink).value();
  EXPECT_THAT(partitions(100, end), SizeIs(0));
}

TEST_F(FileRanges, AFileThatWasBegunGoesOnWhereItsPageEnded) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += format("{{\"v\":{}}}\n", i);
  write("a.jsonl", text);
  write("b.jsonl.gz", simulator::gzip(text));
  class FirstPage final : public RecordSink {
   public:
    Status page(Page page) override {
      if (!body.empty()) return fail(ErrorKind::Cancelled, "one is enough");
      body = std::move(page.body);
      offset = std::move(page.offset);
      return {};
    }
    Status batch(Batch, Offset) override { return {}; }
    std::string body;
    Offset offset;
  } first;
  ASSERT_FALSE(source()->read_table({.table = table_}, first));
  EXPECT_EQ(first.body + read_all(300, first.offset), text + text);
}

TEST_F(FileRanges, AfterEachShareASerialReadGoesOn) {
  write("a.jsonl", "{\"v\":1}\n\n{\"v\":22}\r\n{\"v\":333}\n{}\n\n\n{\"v\":4444}");
  write("b.csv", "v\n1\n2\n");
  write("c.jsonl", "");
  write("d.jsonl", "{\"v\":\"" + std::string(100, 'x') + "\"}\n{\"v\":2}\n");
  for (const std::uint64_t num_bytes : {7, 20, 58, 200}) expect_resumes(num_bytes);
}

TEST_F(FileRanges, SharesSayHowMuchIsRead) {
  write("a.jsonl", std::string(50, '\n'));
  write("b.csv", "v\n1\n");
  std::vector<std::uint64_t> sizes;
  for (const Share& share : shares(20)) sizes.push_back(share.num_bytes);
  EXPECT_THAT(sizes, testing::ElementsAre(17, 17, 20));
}

TEST_F(FileRanges, AFileThatWasChangedSinceIsNotRead) {
  write("a.jsonl", "{\"v\":1}\n{\"v\":2}\n");
  const auto cuts = partitions(8);
  write("a.jsonl", "{\"v\":10}\n{\"v\":2}\n");
  const auto changed = read(cuts[1]);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(changed.error().message, HasSubstr("was changed after the read was planned"));
}

TEST_F(FileRanges, AFileThatIsChangedWhileItIsReadIsNotReadToTheEnd) {
  write("a.jsonl", "{\"v\":1}\n{\"v\":2}\n");
  class ChangingSink final : public RecordSink {
   public:
    explicit ChangingSink(std::function<void()> change) : change_(std::move(change)) {}
    Status page(Page) override {
      change_();
      return {};
    }
    Status batch(Batch, Offset) override { return {}; }

   private:
    std::function<void()> change_;
  } sink([this] { write("a.jsonl", "{\"v\":3}\n{\"v\":4}\n"); });
  const auto cuts = partitions(100);
  const Status status = source()->read_partition({.table = table_, .partition = cuts[0]}, sink);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("was changed after the read was planned"));
}

TEST_F(FileRanges, WhatIsNoPartitionIsRefused) {
  write("a.jsonl", "{\"v\":1}\n");
  for (const char* text : {"[1]", "[{}]", R"([{"path": "a.jsonl", "size": -1}])", R"({"x": 1})"}) {
    const auto refused = read(parse_json(text).value());
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().message, HasSubstr("not a partition"));
  }
}

}  // namespace
}  // namespace inlet::files
