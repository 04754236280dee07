#include <unistd.h>

#include <optional>
#include <sstream>
#include <vector>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/spark_home_internal.h"

namespace inlet::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDeltaVersion = "4.4.0";
// Of the Spark that we test with, for one whose jars are not found.
constexpr const char* kSparkAndScala = "4.2_2.13";

bool is_program(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored))
    found.push_back(entry.path());
  return found;
}

// Of `spark-core_2.13-4.2.0.jar`: `4.2_2.13`.
std::optional<std::string> spark_and_scala(const std::string& jar) {
  constexpr std::string_view kPrefix = "spark-core_";
  if (!jar.starts_with(kPrefix)) return std::nullopt;
  const std::size_t scala_end = jar.find('-', kPrefix.size());
  if (scala_end == std::string::npos) return std::nullopt;
  const std::size_t minor_end = jar.find('.', jar.find('.', scala_end) + 1);
  if (minor_end == std::string::npos) return std::nullopt;
  return format("{}_{}", jar.substr(scala_end + 1, minor_end - scala_end - 1),
                jar.substr(kPrefix.size(), scala_end - kPrefix.size()));
}

// Where jars lie: in a Spark of its own, and in one that pip has put beside its Python.
std::vector<fs::path> jar_folders(const fs::path& spark_submit) {
  const fs::path home = spark_submit.parent_path().parent_path();
  std::vector<fs::path> folders = {home / "jars"};
  for (const fs::path& python : entries(home / "lib"))
    folders.push_back(python / "site-packages" / "pyspark" / "jars");
  return folders;
}

}  // namespace

Result<fs::path> find_spark_submit(const std::string& given,
                                   const pipeline::SecretResolver& resolver) {
  if (!given.empty()) {
    if (is_program(given)) return fs::path(given);
    return fail(ErrorKind::Config, format("there is no program {}", given));
  }
  std::vector<fs::path> places;
  if (const auto home = resolver.environment("SPARK_HOME"))
    places.push_back(fs::path(*home) / "bin");
  std::istringstream path(resolver.environment("PATH").value_or(""));
  for (std::string folder; std::getline(path, folder, ':');) places.emplace_back(folder);
  for (const fs::path& place : places) {
    if (is_program(place / "spark-submit")) return place / "spark-submit";
  }
  return fail(ErrorKind::Config,
              "no spark-submit below $SPARK_HOME or on $PATH; install pyspark 4.2, or name it with "
              "--spark-submit");
}

std::string delta_package(const fs::path& spark_submit) {
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(spark_submit, ignored);
  for (const fs::path& folder : jar_folders(real)) {
    for (const fs::path& jar : entries(folder)) {
      if (const auto found = spark_and_scala(jar.filename().string()))
        return format("io.delta:delta-spark_{}:{}", *found, kDeltaVersion);
    }
  }
  return format("io.delta:delta-spark_{}:{}", kSparkAndScala, kDeltaVersion);
}

}  // namespace inlet::cli
