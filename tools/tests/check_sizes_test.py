"""check_sizes finds what has grown too large, and measures functions rightly."""

import pytest

LONG_BODY = "  call();\n" * 59


def test_small_files_pass(tree):
    tree.plant("src/inlet/base/text.cc", "namespace inlet {\nint f(int a) {\n  return a;\n}\n}  // namespace inlet\n")
    assert tree.run("check_sizes") == (0, "")


VIOLATIONS = {
    "a header of 151 lines": ("src/inlet/base/a.h", "\n" * 151, "a.h:1: 151 lines; at most 150"),
    "a source of 401 lines": ("src/inlet/base/a.cc", "\n" * 401, "a.cc:1: 401 lines; at most 400"),
    "a test of 601 lines": ("src/inlet/base/a_test.cc", "\n" * 601, "601 lines; at most 600"),
    "16 includes": ("src/inlet/base/a.cc", "#include <map>\n" * 16, "16 includes; at most 15"),
    "a function of 61 lines": ("src/inlet/base/a.cc", "int f() {\n" + LONG_BODY + "}\n",
                               "a.cc:1: a function of 61 lines"),
    "a method of 61 lines": ("src/inlet/base/a.cc",
                             "namespace x {\nclass A {\n int m() const {\n" + LONG_BODY + "}\n};\n}\n",
                             "a.cc:3: a function of 61 lines"),
    "a constructor with a list": ("src/inlet/base/a.cc", "A::A(int b)\n    : b_(b) {\n" + LONG_BODY + "}\n",
                                  "a.cc:1: a function of 62 lines"),
    "a Rust function": ("bridge/src/a.rs", "mod x {\nfn f<'a>(v: &'a str) -> i32 {\n" + LONG_BODY + "}\n}\n",
                        "a.rs:2: a function of 61 lines"),
    "a Python function": ("tools/a", "#!/usr/bin/env python3\ndef f():\n" + "    call()\n" * 60, "61 lines"),
}


@pytest.mark.parametrize("violation", VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_planted_giant_is_found(tree, violation):
    path, text, finding = violation
    tree.plant(path, text)
    code, found = tree.run("check_sizes")
    assert code == 1 and finding in found


def test_braces_in_comments_and_literals_do_not_count(tree):
    lines = '  s = "{"; c = \'{\'; r = R"(\n{)"; // {\n' * 10
    body = "int f() {\n" + lines + "}\n"
    tree.plant("src/inlet/base/a.cc", body + "int g() {\n" + LONG_BODY[: -len("  call();\n")] + "}\n")
    assert tree.run("check_sizes") == (0, "")


def test_a_directive_does_not_make_a_namespace_a_function(tree):
    tree.plant("src/inlet/base/a.h", "#if defined(__SSE2__)\n#endif\nnamespace inlet {\n" + "int a;\n" * 100 + "}\n")
    assert tree.run("check_sizes") == (0, "")


def test_a_long_constant_is_not_a_function(tree):
    tree.plant("src/inlet/base/a.cc", "const Row kRows[] = {\n" + '    {"a", 1},\n' * 100 + "};\n")
    assert tree.run("check_sizes") == (0, "")
