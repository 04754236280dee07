#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/document.h"
#include "inlet/connect/connector.h"
#include "inlet/connect/options.h"
#include "inlet/connect/shape.h"
#include "inlet/connect/table_metadata.h"
#include "inlet/data/type.h"

namespace inlet {

/// One table as its connector.yaml describes it.
struct TableSpec {
  std::string name;
  std::string help;  ///< one sentence
  Schema schema;     ///< no fields: the connector finds them out
  TableMetadata metadata;
  std::vector<OptionSpec> options;  ///< those of all tables first, then its own
  Document node;                    ///< the whole entry, for who reads more from it (rest/)
};

/// Members that a reader of connector files adds to the language.
struct SpecExtension {
  std::vector<Member> connector = {};
  std::vector<Member> table = {};
};

/// A connector.yaml: what the connection asks for and which tables there are. A value.
///
///     name: files
///     help: Folders of JSON lines, JSON and CSV files.
///     connection:
///       url: {type: url, required: true, help: The folder.}
///     tables:               # "*" stands for every name that the source discovers
///       records:
///         help: The records of all files.
///         ingestion: append
///         options:
///           path: string! Folder or pattern below the connection's url.
///         columns:
///           id: bigint! Unique number.
///           user: {_: Who did it., login: string Account name.}
struct ConnectorSpec {
  std::string name;
  std::string help;
  std::string docs;  ///< where the API is documented
  std::vector<OptionSpec> connection;
  std::vector<OptionSpec> options;  ///< of all tables
  std::vector<TableSpec> tables;
  Document document;

  /// Checks the whole file; every error is Config, `file:line:column: message`.
  static Result<ConnectorSpec> parse(std::string_view text, std::string_view file,
                                     const SpecExtension& extension = {});
  /// Fails with NotFound for an unknown table, with "did you mean". Valid while this lives.
  Result<const TableSpec*> find_table(std::string_view table) const;
  std::vector<std::string> table_names() const;
};

/// For the registry: the parameters of the connection, and the options of one table.
Result<std::vector<OptionSpec>> connection_options(std::string_view text, std::string_view file);
Result<std::vector<OptionSpec>> table_options(std::string_view text, std::string_view file,
                                              std::string_view table);

/// The shape of a whole connector.yaml.
Shape connector_shape(const SpecExtension& extension);

}  // namespace inlet
