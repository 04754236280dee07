#include <filesystem>
#include <fstream>
#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/reference.h"

namespace inlet::cli {
namespace {

Status write_page(const std::filesystem::path& folder, const ReferencePage& page) {
  const std::filesystem::path file = folder / page.path;
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  std::ofstream stream(file, std::ios::binary);
  stream << page.text;
  stream.close();
  if (stream) return {};
  return fail(ErrorKind::Config, format("cannot write {}", file.string()));
}

Result<ExitCode> run(const Options& options, World& world) {
  const std::filesystem::path folder =
      std::filesystem::path(TRY(options.text("--out"))) / "reference";
  std::vector<ReferencePage> pages = {command_page(commands()), option_page()};
  for (const Connector& connector : world.registry) {
    auto page = connector_page(connector, world);
    if (!page) {
      return std::unexpected(
          std::move(page).error().within(format("connector {}", connector.name)));
    }
    pages.push_back(*std::move(page));
  }
  for (const ReferencePage& page : pages) TRY(write_page(folder, page));
  world.out << format("wrote {} pages below {}\n", pages.size(), folder.string()) << std::flush;
  return ExitCode::Ok;
}

}  // namespace

Command docs_command() {
  return {.name = "docs",
          .summary = "Write the reference pages: command line, options, connectors.",
          .examples = {"inlet docs --out docs"},
          .arguments = {{.spec = {.name = "--out",
                                  .default_value = "docs",
                                  .help = "The folder; the pages go to its reference/."}}},
          .run = run};
}

}  // namespace inlet::cli
