#include <filesystem>
#include <fstream>
#include <iterator>

#include "inlet/base/format.h"
#include "inlet/cli/spark_driver_internal.h"

namespace inlet::cli {

std::string spark_driver_script() {
  return "# Written by inlet. Brings the pipeline that the first argument names up to date.\n"
         "import sys\n"
         "\n"
         "from inlet.spark.driver import main\n"
         "\n"
         "code = main()\n"
         "if code:\n"
         "    sys.exit(code)\n";
}

Result<SpecFile> read_spec_file(std::string_view path) {
  const std::filesystem::path file(path);
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorKind::Config, format("{} cannot be read", path));
  const bool is_json = file.extension() == ".json";
  // The pipeline's name is that of its file.
  return SpecFile{.name = format("{}.{}", file.stem().string(), is_json ? "json" : "yaml"),
                  .text = std::string(std::istreambuf_iterator<char>(in), {})};
}

}  // namespace inlet::cli
