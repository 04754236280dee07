#include <algorithm>
#include <filesystem>
#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/child_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/generated_folder.h"
#include "inlet/cli/session.h"
#include "inlet/cli/spark_driver_internal.h"
#include "inlet/cli/spark_home_internal.h"

namespace inlet::cli {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

Result<std::string> text_or_empty(const Options& options, std::string_view name) {
  return options.has(name) ? options.text(name) : Result<std::string>(std::string());
}

Result<Words> jar_words(const Options& options, const fs::path& spark_submit) {
  if (!options.has("--jars")) return Words{"--packages", delta_package(spark_submit)};
  const std::string folder = TRY(options.text("--jars"));
  Words jars;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".jar") jars.push_back(fs::absolute(entry.path()).string());
  }
  if (jars.empty()) return fail(ErrorKind::Config, format("no jars in {}", folder));
  std::ranges::sort(jars);
  std::string joined;
  for (const std::string& jar : jars) joined += (joined.empty() ? "" : ",") + jar;
  return Words{"--jars", std::move(joined)};
}

// What the driver is told: names of places, and never what stands in the connections file.
Result<Words> driver_words(const Options& options, const fs::path& spec) {
  const std::string warehouse = TRY(options.text("--warehouse"));
  const bool is_url = warehouse.find("://") != std::string::npos;
  Words words = {spec.string(), "--warehouse",
                 is_url ? warehouse : fs::absolute(warehouse).lexically_normal().string()};
  if (options.has("--connections")) {
    words.emplace_back("--connections");
    words.push_back(fs::absolute(TRY(options.text("--connections"))).string());
  }
  if (options.has("--every")) {
    words.emplace_back("--every");
    words.push_back(TRY(options.text("--every")));
  }
  for (const char* name : {"--only", "--store-option"}) {
    for (std::string& value : TRY(list_or_empty(options, name))) {
      words.emplace_back(name);
      words.push_back(std::move(value));
    }
  }
  return words;
}

Result<Words> command_line(const Options& options, const fs::path& spark_submit,
                           const fs::path& folder, const fs::path& spec) {
  Words words = {spark_submit.string()};
  if (options.has("--master")) {
    words.emplace_back("--master");
    words.push_back(TRY(options.text("--master")));
  }
  std::ranges::move(TRY(jar_words(options, spark_submit)), std::back_inserter(words));
  Words confs = {"spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension",
                 "spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog"};
  std::ranges::move(TRY(list_or_empty(options, "--conf")), std::back_inserter(confs));
  for (std::string& conf : confs) {
    words.emplace_back("--conf");
    words.push_back(std::move(conf));
  }
  words.push_back((folder / kSparkDriverFile).string());
  std::ranges::move(TRY(driver_words(options, spec)), std::back_inserter(words));
  return words;
}

std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

Result<ExitCode> run(const Options& options, World& world) {
  const pipeline::Spec spec = TRY(load_pipeline(options));
  const Session session = TRY(Session::open(options, world));
  TRY(check_pipeline(spec, TRY(list_or_empty(options, "--only")), session, world));
  const fs::path spark_submit =
      TRY(find_spark_submit(TRY(text_or_empty(options, "--spark-submit")), world.resolver));
  const fs::path folder =
      fs::absolute(options.has("--work-folder") ? TRY(options.text("--work-folder"))
                                                : format(".inlet/{}", spec.name));
  const SpecFile file = TRY(read_spec_file(TRY(options.text("PIPELINE"))));
  const Words words = TRY(command_line(options, spark_submit, folder, folder / file.name));
  TRY(write_generated(folder, {{file.name, file.text}, {kSparkDriverFile, spark_driver_script()}}));
  if (is_given(options, "--dry-run")) {
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
    world.out << line << std::endl;
    return ExitCode::Ok;
  }
  return static_cast<ExitCode>(TRY(run_child(words, world.stop_on_interrupt())));
}

}  // namespace

Command spark_submit_command() {
  return {
      .name = "spark-submit",
      .summary = "Bring every table of a pipeline up to date with Spark.",
      .details =
          "Writes a driver script and the spec into a work folder and starts spark-submit on "
          "them; the exit code is that of the run. Spark's Python needs the wheel, here and on "
          "the executors. Secrets stay in the connections file and the environment.",
      .examples =
          {"inlet spark-submit github.yaml --master 'local[4]'",
           "inlet spark-submit github.yaml --warehouse s3://bucket/lake --master spark://host:7077 "
           "--conf spark.executor.memory=4g",
           "inlet spark-submit github.yaml --every 30s --work-folder /shared/inlet",
           "inlet spark-submit github.yaml --jars /opt/delta-jars --dry-run"},
      .arguments = with_common(
          {pipeline_argument(),
           warehouse_argument(),
           only_argument(),
           every_argument("Follow the source until it is stopped: it is asked again so long after "
                          "it was last asked."),
           {.spec = {.name = "--master",
                     .help = "Where Spark runs, as spark-submit takes it.",
                     .example = "local[4]"}},
           {.spec = {.name = "--conf",
                     .type = OptionType::TextList,
                     .help = "A setting of Spark, name=value (may be given several times).",
                     .example = "spark.executor.memory=4g"}},
           {.spec = {.name = "--jars",
                     .help =
                         "A folder with Delta's jars; otherwise Spark fetches those that go with "
                         "its version.",
                     .example = "/opt/delta-jars"}},
           {.spec = {.name = "--spark-submit",
                     .help = "The program; otherwise that of $SPARK_HOME, or the first on $PATH.",
                     .example = "/opt/spark/bin/spark-submit"}},
           {.spec = {.name = "--work-folder",
                     .help =
                         "Where driver script and spec are written; otherwise .inlet/NAME here.",
                     .example = "/shared/inlet"}},
           {.spec = {.name = "--dry-run",
                     .type = OptionType::Boolean,
                     .help = "Write the files and print the command, but do not start it."}}},
          {Opens::Source, Opens::Store}),
      .run = run};
}

}  // namespace inlet::cli
