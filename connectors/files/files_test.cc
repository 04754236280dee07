#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "inlet/base/format.h"
#include "inlet/connect/connector_spec.h"
#include "inlet/data/batch_json.h"
#include "inlet/decode/decoder.h"
#include "inlet/net/http.h"
#include "inlet/store/store.h"
#include "testkit/contract_suite.h"
#include "testkit/manual_clock.h"
#include "testkit/simulator/gzip.h"
#include "testkit/temporary_folder.h"

namespace inlet::files {

Result<std::unique_ptr<Source>> make(const ConnectorSpec& spec, const Options& connection,
                                     const SourceContext& context);
extern const Connector kConnector;

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using OptionMap = std::map<std::string, std::string>;

class CollectingSink final : public RecordSink {
 public:
  explicit CollectingSink(std::size_t max_pages = 1'000'000) : max_pages_(max_pages) {}

  Status page(Page page) override {
    if (pages.size() == max_pages_) return fail(ErrorKind::Cancelled, "stopped");
    pages.push_back(std::move(page));
    return {};
  }
  Status batch(Batch, Offset) override { return fail(ErrorKind::Bug, "files are pages"); }

  std::vector<Page> pages;

 private:
  std::size_t max_pages_;
};

class Files : public testing::Test {
 protected:
  void write(const std::string& path, std::string_view text, int second = 0) {
    const auto file = folder_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    set_time(path, second == 0 ? ++last_second_ : second);
  }
  void set_time(const std::string& path, int second) {
    const auto time = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000 + second));
    std::filesystem::last_write_time(folder_ / path, std::chrono::file_clock::from_sys(time));
  }

  std::unique_ptr<Source> source(const std::string& below = "") {
    const auto specs = kConnector.connection_options().value();
    const std::string url = below.empty() ? folder_.path().string() : (folder_ / below).string();
    const Options connection = Options::make(specs, {{"url", url}}, "connection").value();
    return kConnector
        .make(connection, {.clock = clock_, .http = *http_, .store = *store_, .log = {}})
        .value();
  }
  static TableRequest table(OptionMap options = {}, std::string name = "files") {
    return {.table = std::move(name), .options = std::move(options)};
  }

  /// The `v` of every record, in order; the offset goes on.
  std::vector<std::string> read(Offset& offset, const TableRequest& request,
                                std::size_t max_pages = 1'000'000) {
    CollectingSink sink(max_pages);
    auto files = source();
    const auto end = files->read_table({.table = request, .start = offset}, sink);
    if (end) {
      offset = *end;
      EXPECT_TRUE(sink.pages.empty() || *end == sink.pages.back().offset);
    } else {
      error_ = end.error();
      if (!sink.pages.empty()) offset = sink.pages.back().offset;
    }
    std::vector<std::string> values;
    const Schema schema{{{"v", Type{.kind = TypeKind::Json}}}};
    auto decoder = decode::make_decoder(schema, {.has_rescued_column = false}).value();
    for (const Page& page : sink.pages) {
      const auto decoded = decoder->decode(page);
      EXPECT_TRUE(decoded) << decoded.error().message;
      for (std::size_t row = 0; decoded && row < decoded->batch.num_rows(); ++row) {
        const std::string text = row_to_json(decoded->batch, row);
        values.push_back(text.substr(5, text.size() - 6));
      }
    }
    return values;
  }
  std::vector<std::string> read_all(OptionMap options = {}) {
    Offset offset;
    return read(offset, table(std::move(options)));
  }
  Error read_error(OptionMap options = {}, Offset offset = {}) {
    CollectingSink sink;
    auto outcome =
        source()->read_table({.table = table(std::move(options)), .start = offset}, sink);
    return outcome ? Error{.message = "no error"} : outcome.error();
  }

  static std::string numbered_lines(int first, int number) {
    std::string text;
    for (int i = first; i < first + number; ++i)
      text += format("{{\"v\": {}, \"text\": \"{}\"}}\n", i, std::string(40, 'x'));
    return text;
  }
  static std::vector<std::string> numbers(int first, int number) {
    std::vector<std::string> out;
    for (int i = first; i < first + number; ++i) out.push_back(std::to_string(i));
    return out;
  }

  testkit::TemporaryFolder folder_;
  testkit::ManualClock clock_;
  std::unique_ptr<net::HttpClient> http_ = net::make_http_client({.user_agent = "test"});
  std::unique_ptr<store::Store> store_ = store::make_store({});
  Error error_ = {.message = "none"};
  int last_second_ = 0;
};

TEST_F(Files, EachFileIsReadOnceOldestFirst) {
  write("b.jsonl", "{\"v\": 1}\n{\"v\": 2}", 20);
  write("a.jsonl", "{\"v\": 3}\n", 30);
  write("empty.jsonl", "", 25);
  Offset offset;
  EXPECT_THAT(read(offset, table()), ElementsAre("1", "2", "3"));
  EXPECT_THAT(read(offset, table()), IsEmpty());
  write("c.jsonl", "{\"v\": 4}\n", 40);
  EXPECT_THAT(read(offset, table()), ElementsAre("4"));
  EXPECT_THAT(read(offset, table()), IsEmpty());
}

TEST_F(Files, AFileThatAppearsLateWithAnOldTimeIsRead) {
  write("b.jsonl", "{\"v\": 1}", 20);
  Offset offset;
  read(offset, table());
  write("a.jsonl", "{\"v\": 2}", 10);
  write("b2.jsonl", "{\"v\": 3}", 20);
  EXPECT_THAT(read(offset, table()), ElementsAre("2", "3"));
}

TEST_F(Files, EveryFormatIsKnownByItsName) {
  write("a.ndjson", "{\"v\": 1}\n");
  write("b.json", "[{\"v\": 2}, {\"v\": 3}]");
  write("c.json", "{\n \"v\": 4}\n");
  write("d.json", "{\"v\": 5}\n{\"v\": 6}\n");
  write("e.CSV", "w,v\nx,7\n");
  write("f.tsv", "v\tw\n8\t9\n");
  write("README.md", "v\n");
  write("_SUCCESS", "");
  write(".hidden.jsonl", "{\"v\": 99}");
  EXPECT_EQ(read_all(), numbers(1, 8));
}

/// `text` (at most 255 bytes) as a zstd frame with one block that is not compressed.
std::string zstd_frame(std::string_view text) {
  const auto size = static_cast<unsigned>(text.size());
  const unsigned block = 1U | size << 3;
  std::string frame = "\x28\xB5\x2F\xFD\x20";
  for (const unsigned byte : {size, block & 255U, block >> 8, 0U})
    frame.push_back(static_cast<char>(byte));
  return frame.append(text);
}

TEST_F(Files, CompressedFilesAreReadInPages) {
  const std::string text = numbered_lines(0, 500);
  write("a.jsonl.gz", simulator::gzip(text));
  write("b.jsonl.zst", zstd_frame("{\"v\": 500}\n{\"v\": 501}\n"));
  EXPECT_EQ(read_all({{"page_size", "2kB"}}), numbers(0, 502));
}

TEST_F(Files, ReadingGoesOnAfterEveryPage) {
  write("a.jsonl", numbered_lines(0, 100));
  write("b.jsonl.gz", simulator::gzip(numbered_lines(100, 100)));
  write(
      "c.csv", "v,w\n" + [] {
        std::string rows;
        for (int i = 200; i < 300; ++i)
          rows += format("{},\"line\n of \"\"{}\"\"\"\r\n", i, std::string(30, 'y'));
        return rows;
      }());
  write("d.json", "[{\"v\": 300}]");
  Offset start;
  CollectingSink sink;
  const auto request = table({{"page_size", "1KiB"}});
  ASSERT_TRUE(source()->read_table({.table = request}, sink));
  ASSERT_GT(sink.pages.size(), 15U);
  for (std::size_t stop = 0; stop < sink.pages.size(); ++stop) {
    Offset offset;
    auto values = read(offset, request, stop);
    const auto rest = read(offset, request);
    values.insert(values.end(), rest.begin(), rest.end());
    ASSERT_EQ(values, numbers(0, 301)) << "stopped after page " << stop;
  }
  std::set<std::string> offsets;
  for (const Page& page : sink.pages) offsets.insert(page.offset.to_text());
  EXPECT_EQ(offsets.size(), sink.pages.size()) << "each page moves the offset";
}

TEST_F(Files, APageKnowsItsFileAndPlace) {
  write("sub folder/a b.jsonl", numbered_lines(0, 40));
  CollectingSink sink;
  ASSERT_TRUE(source()->read_table({.table = table({{"page_size", "1KiB"}}, "sub folder")}, sink));
  ASSERT_GT(sink.pages.size(), 1U);
  EXPECT_THAT(sink.pages[1].origin.url, HasSubstr("/sub%20folder/a%20b.jsonl"));
  EXPECT_EQ(sink.pages[1].origin.byte_offset, sink.pages[0].body.size());
  EXPECT_EQ(sink.pages[1].origin.fetched_at, clock_.now());
}

TEST_F(Files, ARecordLongerThanAPageIsAPage) {
  write("a.jsonl",
        "{\"v\": 1}\n{\"v\": 2, \"t\": \"" + std::string(5000, 'x') + "\"}\n{\"v\": 3}\n");
  EXPECT_EQ(read_all({{"page_size", "1KiB"}}), numbers(1, 3));
}

TEST_F(Files, CsvWithoutAHeaderGetsOne) {
  std::string rows;
  for (int i = 0; i < 300; ++i) rows += format("{},{}\n", i, "some text");
  write("a.csv", rows);
  EXPECT_EQ(read_all({{"csv_header", "v,w"}, {"page_size", "1KiB"}}), numbers(0, 300));
}

TEST_F(Files, AByteOrderMarkIsNoPartOfTheData) {
  write("a.csv", "\xEF\xBB\xBFv,w\n1,x\n");
  write("b.jsonl", "\xEF\xBB\xBF{\"v\": 2}\n");
  write("c.json", "\xEF\xBB\xBF[{\"v\": 3}]");
  EXPECT_EQ(read_all(), numbers(1, 3));
}

TEST_F(Files, TablesAreTheSubFolders) {
  write("a.jsonl", "{\"v\": 1}");
  write("orders/2026/01/x.jsonl", "{\"v\": 2}");
  write("orders/y.csv", "v\n3\n");
  write("items/z.json", "[{\"v\": 4}]");
  write("notes/readme.md", "");
  EXPECT_THAT(source()->list_tables().value(), ElementsAre("files", "items", "orders"));
  Offset offset;
  EXPECT_THAT(read(offset, table({}, "orders")), ElementsAre("2", "3"));
  EXPECT_THAT(read_all(), ElementsAre("1"));
  EXPECT_THAT(read_all({{"path", "orders"}}), ElementsAre("2", "3"));
  EXPECT_THAT(read_all({{"path", "**/*.json*"}}), ElementsAre("1", "2", "4"));
  EXPECT_THAT(read_all({{"path", "items/z.json"}}), ElementsAre("4"));
}

TEST_F(Files, TheConnectionMayBeOneFile) {
  write("a.jsonl", "{\"v\": 1}");
  write("b.jsonl", "{\"v\": 2}");
  CollectingSink sink;
  ASSERT_TRUE(source("a.jsonl")->read_table({.table = table()}, sink));
  ASSERT_EQ(sink.pages.size(), 1U);
  EXPECT_EQ(sink.pages[0].body, "{\"v\": 1}");
}

TEST_F(Files, FormatAndCompressionCanBeGiven) {
  write("a.log", "{\"v\": 1}\n");
  write("b.bin", simulator::gzip("{\"v\": 2}\n"));
  EXPECT_THAT(read_all({{"path", "a.*"}, {"format", "jsonl"}}), ElementsAre("1"));
  EXPECT_THAT(read_all({{"path", "b.*"}, {"format", "jsonl"}, {"compression", "gzip"}}),
              ElementsAre("2"));
  write("c.json", R"({"data": {"x": [{"v": 3}], "y": [{"v": 4}]}})");
  EXPECT_THAT(read_all({{"path", "c.json"}, {"records", "/data/*"}}), ElementsAre("3", "4"));
}

TEST_F(Files, AChangedFileIsAnErrorUnlessToldOtherwise) {
  write("a.jsonl", "{\"v\": 1}\n", 10);
  write("b.jsonl", "{\"v\": 2}\n", 11);
  Offset offset;
  read(offset, table());
  write("a.jsonl", "{\"v\": 1}\n{\"v\": 5}\n", 12);
  const Error error = read_error({}, offset);
  EXPECT_EQ(error.kind, ErrorKind::Config);
  EXPECT_THAT(error.message, HasSubstr("a.jsonl has changed"));
  Offset read_again = offset;
  EXPECT_THAT(read(read_again, table({{"changed_files", "read"}})), ElementsAre("1", "5"));
  EXPECT_THAT(read(read_again, table()), IsEmpty());
  EXPECT_THAT(read(offset, table({{"changed_files", "ignore"}})), IsEmpty());
  EXPECT_THAT(read(offset, table()), IsEmpty());
}

TEST_F(Files, AFileThatChangesHalfReadIsAnError) {
  write("a.jsonl", numbered_lines(0, 100), 10);
  const auto request = table({{"page_size", "1KiB"}});
  Offset offset;
  read(offset, request, 2);
  write("a.jsonl", numbered_lines(0, 101), 11);
  const Error error = read_error({{"page_size", "1KiB"}}, offset);
  EXPECT_THAT(error.message, HasSubstr("a.jsonl was changed or removed when only a part of it"));
}

TEST_F(Files, RecentFilesCanBeLeftToSettle) {
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
  write("a.jsonl", "{\"v\": 1}", 10);
  write("b.jsonl", "{\"v\": 2}", static_cast<int>(now - 1'700'000'000 - 30));
  Offset offset;
  EXPECT_THAT(read(offset, table({{"settle", "1m"}})), ElementsAre("1"));
  clock_.advance(std::chrono::minutes(1));
  EXPECT_THAT(read(offset, table({{"settle", "1m"}})), ElementsAre("2"));
}

TEST_F(Files, TheSchemaIsInferredOrGiven) {
  write("a.jsonl", "{\"id\": 1, \"user\": {\"login\": \"x\"}}\n");
  write("b.jsonl", "{\"id\": 2, \"at\": \"2026-01-02T03:04:05Z\"}\n");
  const auto type = [&](OptionMap options) {
    const auto schema = source()->get_table_schema(table(std::move(options)));
    return schema ? to_text(Type::structure(schema->fields)) : schema.error().message;
  };
  EXPECT_EQ(type({}), "struct<id:bigint,user:struct<login:string>,at:timestamp>");
  EXPECT_EQ(type({{"schema", "id int, user struct<login:string>"}}),
            "struct<id:int,user:struct<login:string>>");
  write(
      "s/schema.json",
      R"({"type": "struct", "fields": [{"name": "id", "type": "long", "nullable": true, "metadata": {}}]})");
  EXPECT_EQ(type({{"schema", (folder_ / "s/schema.json").string()}}), "struct<id:bigint>");
  EXPECT_THAT(type({{"schema", "id bigit"}}), HasSubstr("option schema: "));
}

TEST_F(Files, ErrorsNameTheFile) {
  std::string cut = simulator::gzip(numbered_lines(0, 1000));
  cut.resize(cut.size() / 2);
  write("cut.jsonl.gz", cut);
  EXPECT_THAT(read_error({{"path", "cut.jsonl.gz"}}).message,
              HasSubstr("/cut.jsonl.gz: the compressed file is cut off"));
  write("no.jsonl.gz", "{\"v\": 1}\n");
  EXPECT_THAT(read_error({{"path", "no.jsonl.gz"}}).message,
              HasSubstr("/no.jsonl.gz: not valid gzip data"));
  write("no.jsonl.zst", "{\"v\": 1}\n");
  EXPECT_THAT(read_error({{"path", "no.jsonl.zst"}}).message,
              HasSubstr("/no.jsonl.zst: not valid zstd data"));
  write("wide.csv", std::string("\xFF\xFEv\0\n\0", 6));
  EXPECT_THAT(read_error({{"path", "wide.csv"}}).message,
              HasSubstr("/wide.csv: the file is UTF-16"));
}

TEST_F(Files, NoFilesIsAnErrorUntilThereWereSome) {
  const Error empty = read_error();
  EXPECT_EQ(empty.kind, ErrorKind::NotFound);
  EXPECT_THAT(empty.message, HasSubstr("no data files match * in file://"));
  EXPECT_EQ(source()->get_table_schema(table()).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(source()->read_table_metadata(table({}, "nope")).error().kind, ErrorKind::NotFound);
  write("a.jsonl", "{\"v\": 1}");
  Offset offset;
  read(offset, table());
  std::filesystem::remove(folder_ / "a.jsonl");
  EXPECT_THAT(read(offset, table()), IsEmpty());
  EXPECT_EQ(error_.message, "none");
}

TEST_F(Files, CheckSaysWhetherTheFolderCanBeListed) {
  EXPECT_TRUE(source()->check());
  EXPECT_EQ(source("nope")->check().error().kind, ErrorKind::NotFound);
}

TEST_F(Files, UnknownOptionsAreRefused) {
  write("a.jsonl", "{\"v\": 1}");
  EXPECT_THAT(read_error({{"pth", "x"}}).message, HasSubstr("did you mean \"path\""));
}

TEST_F(Files, TenThousandFilesAreReadInTheOrderOfTheirTimes) {
  constexpr int kNumFiles = 10'000;
  // Written in another order than their times have.
  for (int i = 0; i < kNumFiles; ++i) {
    const int number = i * 7 % kNumFiles;
    write(format("many/{:05}.jsonl", i), format("{{\"v\": {}}}\n", number), 1 + number);
  }
  Offset offset;
  EXPECT_EQ(read(offset, table({}, "many")), numbers(0, kNumFiles));
  EXPECT_LT(offset.to_text().size(), 8'000U);
  EXPECT_THAT(read(offset, table({}, "many")), IsEmpty());
  write("many/late.jsonl", "{\"v\": 7}", 3);
  CollectingSink sink;
  const auto late = source()->read_table({.table = table({}, "many"), .start = offset}, sink);
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message, HasSubstr("touch"));
  set_time("many/late.jsonl", kNumFiles + 1);
  EXPECT_THAT(read(offset, table({}, "many")), ElementsAre("7"));
}

TEST_F(Files, KeepsTheContract) {
  write("orders/a.jsonl", numbered_lines(0, 100));
  write("orders/b.jsonl.gz", simulator::gzip(numbered_lines(100, 100)));
  const auto violations = testkit::check_contract(
      {.make = [&]() -> Result<std::unique_ptr<Source>> { return source(); },
       .table = table({}, "orders"),
       .variants = {{{"page_size", "1KiB"}}},
       .num_rows = 200});
  EXPECT_THAT(violations, IsEmpty());
}

}  // namespace
}  // namespace inlet::files
