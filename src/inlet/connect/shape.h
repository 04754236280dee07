#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/document.h"
#include "inlet/base/json.h"

namespace inlet {

struct Member;

/// What a node of a connector file may be. The loader checks files against shapes, and the JSON
/// Schema for editors is written from the same shapes, so the two cannot differ. A value.
struct Shape {
  enum class Kind {
    Text,     ///< a scalar; one of `choices` where there are any
    Flag,     ///< true or false
    Whole,    ///< a whole number
    Scalar,   ///< any scalar
    Any,      ///< anything: its reader checks it
    Columns,  ///< name: type, nested; read by read_columns()
    List,     ///< of `parts[0]`
    Map,      ///< any names, each with `parts[0]`
    Members,  ///< the names in `members`, and no others
    AnyOf,    ///< one of `parts`, which differ in being scalar, list or map
  };

  Kind kind = Kind::Text;
  std::vector<std::string> choices;
  std::vector<Member> members;
  std::vector<Shape> parts;

  static Shape text();
  static Shape choice(std::vector<std::string> choices);
  static Shape flag();
  static Shape whole();
  static Shape scalar();
  static Shape any();
  static Shape columns();
  static Shape list(Shape item);
  static Shape map(Shape value);
  static Shape with(std::vector<Member> members);
  static Shape any_of(std::vector<Shape> parts);
};

enum class Presence { Optional, Required };

/// A named part of a Members shape, with one sentence for people.
struct Member {
  std::string name;
  std::string help;
  Shape shape;
  Presence presence = Presence::Optional;
};

/// Fails with Config at the place that is wrong: an unknown member ("did you mean"), a missing
/// required one, a scalar where a list is due, a text that is none of the choices.
Status check_shape(const Document& node, const Shape& shape);

/// The JSON Schema (draft 7) of files of this shape, for editors.
Json json_schema_of(const Shape& shape, std::string_view title);

}  // namespace inlet
