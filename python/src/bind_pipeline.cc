#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "inlet/cli/program.h"
#include "python/src/bindings_internal.h"
#include "python/src/interruptible.h"
#include "python/src/parameter_defaults.h"
#include "python/src/pipeline_calls.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace inlet::python {
namespace {

std::string run_to_json(const PipelineCall& call, const std::optional<nb::callable>& on_progress) {
  ProgressBoard board;
  const auto tell = [&] {
    if (!on_progress) return;
    for (const pipeline::Progress& news : board.take()) {
      (*on_progress)(news.table, news.fetched, news.committed, news.is_done);
    }
  };
  const auto report = interruptible<pipeline::RunReport>(
      [&](std::stop_token stop) { return run(call, board, std::move(stop)); }, tell);
  tell();
  return to_text(report.to_json());
}

std::string plan_to_json(const PipelineCall& call) {
  Json plans = Json::array();
  const auto found =
      interruptible<std::vector<pipeline::TablePlan>>([&](std::stop_token) { return plan(call); });
  for (const pipeline::TablePlan& one : found) plans.push_back(one.to_json());
  return to_text(plans);
}

nb::dict preview_rows(const PipelineCall& call) {
  const auto found =
      interruptible<pipeline::Preview>([&](std::stop_token) { return preview(call); });
  nb::dict answer;
  answer["rows"] = found.rows;
  answer["problems"] = found.problems;
  return answer;
}

// (table, kind, message) of each; the last two are empty where all is well.
std::vector<std::vector<std::string>> checked_tables(const PipelineCall& call) {
  const auto found =
      interruptible<std::vector<CheckedTable>>([&](std::stop_token) { return check(call); });
  std::vector<std::vector<std::string>> tables;
  for (const CheckedTable& one : found) {
    const bool is_wrong = one.error.has_value();
    tables.push_back({one.table, std::string(is_wrong ? to_string(one.error->kind) : ""),
                      is_wrong ? one.error->message : ""});
  }
  return tables;
}

int run_command_line(std::vector<std::string> words) {
  auto defaults = unwrap(parameter_defaults());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  const nb::gil_scoped_release released;
  return cli::run_main(static_cast<int>(pointers.size()), pointers.data(), nullptr,
                       std::move(defaults));
}

}  // namespace

void bind_pipeline(nb::module_& module) {
  using Texts = std::map<std::string, std::string>;
  nb::class_<PipelineCall>(module, "PipelineCall")
      .def(
          "__init__",
          [](PipelineCall* call, std::string spec, bool is_text, std::string spec_name,
             Texts options, std::optional<std::map<std::string, Texts>> connections) {
            new (call) PipelineCall{.spec = std::move(spec),
                                    .is_text = is_text,
                                    .spec_name = std::move(spec_name),
                                    .options = std::move(options),
                                    .connections = std::move(connections)};
          },
          "spec"_a, "is_text"_a, "spec_name"_a, "options"_a, "connections"_a = nb::none());
  module.def("run", &run_to_json, "call"_a, "on_progress"_a.none());
  module.def("plan", &plan_to_json, "call"_a);
  module.def("preview", &preview_rows, "call"_a);
  module.def("check", &checked_tables, "call"_a);
  module.def("run_command_line", &run_command_line, "words"_a);
}

}  // namespace inlet::python
