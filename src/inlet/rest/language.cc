#include "inlet/rest/language.h"

#include <utility>

namespace inlet::rest {
namespace {

Shape values() {
  return Shape::map(Shape::scalar());
}

Shape auth_method() {
  const Shape text = Shape::text();
  return Shape::with({
      {"bearer", "Authorization: Bearer VALUE.", text},
      {"basic", "HTTP basic authentication.",
       Shape::with({{"user", "The user's name.", text, Presence::Required},
                    {"password", "The password; may be empty.", text}})},
      {"header", "A key in a header of the API's own.",
       Shape::with({{"name", "The header.", text, Presence::Required},
                    {"prefix", "Put before the key, with a blank between.", text},
                    {"value", "The key.", text, Presence::Required}})},
      {"query", "A key in the query.",
       Shape::with({{"name", "The parameter.", text, Presence::Required},
                    {"value", "The key.", text, Presence::Required}})},
  });
}

Shape paginate() {
  const Shape text = Shape::text();
  const Shape whole = Shape::whole();
  const Shape size = Shape::with({
      {"param", "The parameter that asks for so many records.", text, Presence::Required},
      {"default", "How many are asked for.", whole, Presence::Required},
      {"max", "The most that the API gives.", whole},
  });
  return Shape::any_of({
      Shape::choice({"none"}),
      Shape::with({
          {"link", "Follow the Link header with this relation, usually `next`.", text},
          {"page", "Count pages in this parameter.", text},
          {"offset", "Count records in this parameter.", text},
          {"token", "Send the last answer's `value` in this parameter.", text},
          {"after", "Send the last record's `field` in this parameter.", text},
          {"url", "The next page's address, an expression over the answer.", text},
          {"value", "With `token`: where the answer holds it, an expression.", text},
          {"field", "With `after`: the record's member.", text},
          {"start", "With `page` or `offset`: the first value (page 1, offset 0).", whole},
          {"until", "With `page` or `offset`: the last page is `empty` or `short`.",
           Shape::choice({"empty", "short"})},
          {"more", "Whether another page follows, an expression over the answer.", text},
          {"page_size", "How many records a page has.", size},
          {"in", "Where the parameters are sent: `query` or `body`.",
           Shape::choice({"query", "body"})},
      }),
  });
}

Shape errors() {
  return Shape::list(Shape::with({
      {"status", "The HTTP status that this is about.", Shape::whole(), Presence::Required},
      {"contains", "Only when the body contains this text.", Shape::text()},
      {"then", "no_rows: the answer has none. wait: a rate limit. retry: again. fail: stop.",
       Shape::choice({"no_rows", "wait", "retry", "fail"}), Presence::Required},
      {"say", "With fail: how to mend it.", Shape::text()},
  }));
}

Shape cursor() {
  return Shape::any_of({
      Shape::text(),
      Shape::with({
          {"field", "The column; dotted paths reach into structs.", Shape::text(),
           Presence::Required},
          {"order", "How the API sorts by it: ascending, descending or unsorted.",
           Shape::choice({"ascending", "descending", "unsorted"})},
          {"lookback", "Read again so much before the last value, for changes that arrive late.",
           Shape::text()},
          {"margin",
           "Ask from so much before a value, for APIs that leave out records at exactly that "
           "value.",
           Shape::text()},
          {"format", "How the API spells the time: rfc3339, date, epoch or epoch_ms.",
           Shape::choice({"rfc3339", "date", "epoch", "epoch_ms"})},
          {"anchor_every",
           "Ascending only: after so many pages, go on from the last value instead of the next "
           "page, because pages shift when records change. 0: never.",
           Shape::whole()},
      }),
  });
}

Shape http() {
  const Shape text = Shape::text();
  return Shape::with({
      {"url", "The address that paths begin behind.", text, Presence::Required},
      {"headers", "Sent with every request.", values()},
      {"params", "Query parameters of every request.", values()},
      {"auth", "How requests prove who asks; of a list, the first whose parameters are given.",
       Shape::any_of({auth_method(), Shape::list(auth_method())})},
      {"paginate", "How tables go from page to page, unless they say otherwise.", paginate()},
      {"errors", "What answers mean that are no success.", errors()},
      {"limit", "What the API says about its rate limit.",
       Shape::with({
           {"remaining", "The header with the requests that are left.", text},
           {"reset_epoch", "The header with the time of the next window, in Unix seconds.", text},
           {"requests", "At most so many requests ...", Shape::whole()},
           {"interval", "... in so much time (1h unless said).", text},
       })},
      {"check", "The path of the cheapest request that proves the credentials.", text},
  });
}

}  // namespace

SpecExtension declarative_extension() {
  const Shape text = Shape::text();
  SpecExtension extension;
  extension.connector = {{"http", "What all requests have in common.", http(), Presence::Required}};
  extension.table = {
      {"get", "The path of a GET request.", text},
      {"post", "The path of a POST request.", text},
      {"params", "Query parameters; one without a value is left out.", values()},
      {"headers", "Headers of this table's requests.", values()},
      {"body", "What a POST sends, as JSON.", Shape::any()},
      {"records", "JSON pointer to the records in the answer; `*` takes every value.", text},
      {"filter", "Only records for which this is true.", text},
      {"add", "Columns that the records do not hold: name: value.", values()},
      {"for_each",
       "One request for each record of another table: `issues as issue`; or for each "
       "item of a list option: `options.repos as repo`.",
       text},
      {"where", "With for_each: only those for which this is true.", text},
      {"cursor", "The column by which changes are found, and how.", cursor()},
      {"paginate", "How to go from page to page.", paginate()},
      {"errors", "What answers mean that are no success; before those of http.", errors()},
  };
  return extension;
}

std::string connector_schema_json() {
  return json_schema_of(connector_shape(declarative_extension()), "Inlet connector").dump(2) + "\n";
}

}  // namespace inlet::rest
