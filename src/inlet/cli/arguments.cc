#include "inlet/cli/arguments_internal.h"

namespace inlet::cli {

Argument pipeline_argument() {
  return {.spec = {.name = "PIPELINE",
                   .is_required = true,
                   .help = "The pipeline spec, a YAML or JSON file."}};
}

Argument source_argument() {
  return {.spec = {.name = "SOURCE",
                   .is_required = true,
                   .help = "The name of a connection, or a pipeline spec (a YAML or JSON file)."}};
}

Argument table_url_argument() {
  return {.spec = {.name = "TABLE",
                   .is_required = true,
                   .help = "A Delta table: a folder, or a URL (file, s3, abfss, gs)."}};
}

Argument warehouse_argument() {
  return {.spec = {.name = "--warehouse",
                   .default_value = "warehouse",
                   .help = "The folder or URL below which the tables lie.",
                   .example = "s3://bucket/lake"}};
}

Argument only_argument() {
  return {.spec = {.name = "--only",
                   .type = OptionType::TextList,
                   .help = "Only this table (may be given several times).",
                   .example = "issues"}};
}

Argument every_argument(const char* help) {
  return {.spec = {.name = "--every",
                   .type = OptionType::Duration,
                   .help = help,
                   .example = "5m",
                   .minimum = 1000}};
}

Argument json_argument() {
  return {.spec = {.name = "--json",
                   .type = OptionType::Boolean,
                   .help = "Print JSON to standard output and nothing else."}};
}

Argument limit_argument(const char* default_value, const char* help) {
  return {.spec = {.name = "--limit",
                   .type = OptionType::Integer,
                   .default_value = default_value,
                   .help = help,
                   .minimum = 1,
                   .maximum = 1'000'000'000},
          .letter = "-n"};
}

std::vector<Argument> with_common(std::vector<Argument> arguments, std::vector<Opens> opens) {
  for (const Opens what : opens) {
    if (what == Opens::Source) {
      arguments.push_back(
          {.spec = {.name = "--connections",
                    .help = "The connections file; otherwise inlet/connections.yaml below "
                            "$XDG_CONFIG_HOME or ~/.config.",
                    .example = "connections.yaml"}});
    } else {
      arguments.push_back(
          {.spec = {.name = "--store-option",
                    .type = OptionType::TextList,
                    .help = "name=value for the object store (may be given several times); secrets "
                            "as ${env:NAME}. The clouds' usual environment variables are read as "
                            "well.",
                    .example = "aws_region=eu-central-1"}});
    }
  }
  arguments.push_back(
      {.spec = {.name = "--log-level",
                .type = OptionType::Choice,
                .help = "What is logged to standard error; otherwise info for a run "
                        "without a terminal, else warn.",
                .choices = {"trace", "debug", "info", "warn", "error"}}});
  arguments.push_back({.spec = {.name = "--log-format",
                                .type = OptionType::Choice,
                                .default_value = "text",
                                .help = "Log lines for people or for machines.",
                                .choices = {"text", "json"}}});
  return arguments;
}

}  // namespace inlet::cli
