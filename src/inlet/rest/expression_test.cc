#include "inlet/rest/expression.h"

#include <gtest/gtest.h>

#include "inlet/rest/template.h"

namespace inlet::rest {
namespace {

Schema columns() {
  return Schema{{{"number", {TypeKind::Long}},
                 {"title", {TypeKind::String}},
                 {"user", Type::structure({{"login", {TypeKind::String}}})},
                 {"labels", Type::list({TypeKind::String})}}};
}

struct World {
  Schema schema = columns();
  Scope scope;
  Options options;
  Environment environment;
  std::string body = R"({"meta": {"next": "abc", "total": 12}, "items": [{"id": 7}]})";
  PickedValues record = {{"/number", 42}, {"/title", "Crash"}, {"/user/login", "octocat"}};

  World() {
    scope.whose = "table issues";
    scope.options = {{.name = "owner"},
                     {.name = "limit", .type = OptionType::Integer, .default_value = "5"},
                     {.name = "token", .type = OptionType::Secret},
                     {.name = "repos", .type = OptionType::TextList}};
    scope.record = &schema;
    scope.built_ins = {.has_cursor = true, .has_page = true, .has_response = true};
    options =
        *Options::make(scope.options, {{"owner", "octo-org"}, {"repos", "a, b"}}, "table issues");
    environment.options = &options;
    environment.record = &record;
    environment.response = &body;
    environment.cursor = {{"from", "2026-01-02T03:04:05Z"}};
    environment.page = {{"number", 3}};
    environment.now = Timestamp(std::chrono::seconds(1'767'323'045));
  }

  std::string value(std::string_view text) const {
    const auto expression = Expression::compile(text, scope);
    if (!expression) return expression.error().message;
    const auto value = expression->evaluate(environment);
    return value ? inlet::to_text(*value) : value.error().message;
  }
  // The mistake with its column, counted from 1.
  std::string mistake(std::string_view text) const {
    const auto expression = Expression::compile(text, scope);
    if (expression) return "no mistake";
    return std::to_string(expression.error().position + 1) + ": " + expression.error().message;
  }
};

TEST(Expression, ReadsNamesMembersAndItems) {
  const World world;
  EXPECT_EQ(world.value("owner"), R"("octo-org")");
  EXPECT_EQ(world.value("options.owner"), R"("octo-org")");
  EXPECT_EQ(world.value("limit"), "5");
  EXPECT_EQ(world.value("record.user.login"), R"("octocat")");
  EXPECT_EQ(world.value("record.labels"), "null");
  EXPECT_EQ(world.value("response.meta.next"), R"("abc")");
  EXPECT_EQ(world.value("response.items[0].id"), "7");
  EXPECT_EQ(world.value("response.nothing.here"), "null");
  EXPECT_EQ(world.value("cursor.from"), R"("2026-01-02T03:04:05Z")");
  EXPECT_EQ(world.value("page.number + 1"), "4");
  EXPECT_EQ(world.value("repos[1]"), R"("b")");
  EXPECT_EQ(world.value("repos[limit - 6]"), R"("b")");
}

TEST(Expression, ComputesWithTheUsualPrecedence) {
  const World world;
  EXPECT_EQ(world.value("1 + 2 * 3"), "7");
  EXPECT_EQ(world.value("(1 + 2) * 3"), "9");
  EXPECT_EQ(world.value("7 / 2"), "3");
  EXPECT_EQ(world.value("-7 % 4"), "-3");
  EXPECT_EQ(world.value("10 - 2 - 3"), "5");
  EXPECT_EQ(world.value("not true or 1 < 2 and 'a' != 'b'"), "true");
  EXPECT_EQ(world.value("not (1 < 2)"), "false");
  EXPECT_EQ(world.value("limit > 3 ? 'many' : 'few'"), R"("many")");
  EXPECT_EQ(world.value("'#' + record.number"), R"("#42")");
  EXPECT_EQ(world.value("9223372036854775807 + 1"), "9223372036854775807 + 1 is too large");
  EXPECT_EQ(world.value("1 / 0"), "1 / 0 has no value");
}

TEST(Expression, KnowsTimesAndDurations) {
  const World world;
  EXPECT_EQ(world.value("string(now)"), R"("2026-01-02T03:04:05Z")");
  EXPECT_EQ(world.value("string(now - 1h30m)"), R"("2026-01-02T01:34:05Z")");
  EXPECT_EQ(world.value("format_time(now, 'epoch')"), "1767323045");
  EXPECT_EQ(world.value("format_time(now, 'date')"), R"("2026-01-02")");
  EXPECT_EQ(world.value("format_time(parse_time('2026-01-02T05:04:05.5+02:00'), 'epoch_ms')"),
            "1767323045500");
}

TEST(Expression, HasADozenFunctions) {
  const World world;
  EXPECT_EQ(world.value("coalesce(record.labels, 'none')"), R"("none")");
  EXPECT_EQ(world.value("int('17') + 1"), "18");
  EXPECT_EQ(world.value("upper(lower('ABC') + 'd')"), R"("ABCD")");
  EXPECT_EQ(world.value("join(split('a,b', ','), '-')"), R"("a-b")");
  EXPECT_EQ(world.value("matches(record.title, '^Cra')"), "true");
  EXPECT_EQ(world.value("length(repos)"), "2");
  EXPECT_EQ(world.value("base64('user:pw')"), R"("dXNlcjpwdw==")");
  EXPECT_EQ(world.value("sha256('abc')"),
            R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")");
  EXPECT_EQ(world.value("hmac_sha256('key', 'The quick brown fox jumps over the lazy dog')"),
            R"("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")");
}

TEST(Expression, NullStaysNullThroughFunctionsAndSums) {
  const World world;
  EXPECT_EQ(world.value("lower(response.nothing)"), "null");
  EXPECT_EQ(world.value("response.nothing + 1"), "null");
  EXPECT_EQ(world.value("response.nothing > 1"), "false");
  EXPECT_EQ(world.value("response.nothing == null"), "true");
}

TEST(Expression, NamesTheMistakeAndItsPlace) {
  const World world;
  EXPECT_EQ(world.mistake("ower"),
            R"(1: no option "ower" for table issues (did you mean "owner"?))");
  EXPECT_EQ(world.mistake("1 + record.titel"),
            R"(5: record has no column "titel" (did you mean "title"?))");
  EXPECT_EQ(world.mistake("cursor.form"),
            R"(1: cursor has no member "form" (did you mean "from"?))");
  EXPECT_EQ(world.mistake("uper(owner)"), R"(1: no function "uper" (did you mean "upper"?))");
  EXPECT_EQ(world.mistake("upper(owner, 1)"), "1: upper() takes 1 argument, not 2");
  EXPECT_EQ(world.mistake("upper(limit)"), "7: upper() takes a text here, not an integer");
  EXPECT_EQ(world.mistake("owner and true"), "1: and needs a boolean, not a text");
  EXPECT_EQ(world.mistake("limit == 'x'"), "7: an integer and a text cannot be compared");
  EXPECT_EQ(world.mistake("1 +"), "4: the expression ends too early");
  EXPECT_EQ(world.mistake("(1"), "3: expected \")\"");
  EXPECT_EQ(world.mistake("1 $ 2"), R"(3: "$" means nothing here)");
  EXPECT_EQ(world.mistake("'abc"), "1: the text does not end");
  EXPECT_EQ(world.mistake("5x"), R"(1: "5x" is neither a number nor a duration (5m, 1h30m))");
  EXPECT_EQ(world.mistake(std::string(300, '(')), "65: the expression is nested too deeply");
}

TEST(Expression, RefusesASecretWhereItWouldBeWrittenDown) {
  World world;
  EXPECT_EQ(world.mistake("'a' + token"),
            "7: token is a secret: it may stand in auth only, where it is not written down");
  world.scope.built_ins.allows_secrets = true;
  const auto expression = Expression::compile("'a' + token", world.scope);
  ASSERT_TRUE(expression);
  EXPECT_TRUE(expression->is_secret());
  EXPECT_FALSE(Expression::compile("hmac_sha256(token, owner)", world.scope)->is_secret());
}

TEST(Template, KeepsTheTypeOfASingleExpressionAndEncodesPaths) {
  World world;
  const auto compile = [&](std::string_view text) {
    return Template::compile(
        Document::parse("x: " + std::string(text), "f.yaml")->members()[0].second, world.scope);
  };
  EXPECT_EQ(*compile("${limit}")->evaluate(world.environment), Json(5));
  EXPECT_EQ(*compile("n-${limit}")->evaluate(world.environment), Json("n-5"));
  EXPECT_EQ(*compile("\"${response.nothing}\"")->text(world.environment), std::nullopt);
  EXPECT_EQ(*compile("all")->text(world.environment), "all");
  EXPECT_EQ(*compile("/a/${'x/y z'}/b")->path_text(world.environment), "/a/x%2Fy%20z/b");
  EXPECT_EQ(compile("\"${ower}\"").error().message,
            "f.yaml:1:7: no option \"ower\" for table issues (did you mean \"owner\"?)");
  EXPECT_EQ(compile("a ${owner").error().message, "f.yaml:1:6: \"${\" without \"}\"");
}

}  // namespace
}  // namespace inlet::rest
