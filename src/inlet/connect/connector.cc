#include "inlet/connect/connector.h"

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"

namespace inlet {

Result<const Connector*> find_connector(std::span<const Connector> registry,
                                        std::string_view name) {
  std::vector<std::string_view> names;
  for (const Connector& connector : registry) {
    if (connector.name == name) return &connector;
    names.push_back(connector.name);
  }
  return fail(ErrorKind::NotFound,
              format("no connector \"{}\"{}", name,
                     did_you_mean(name, std::span<const std::string_view>(names))));
}

}  // namespace inlet
