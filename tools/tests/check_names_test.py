"""check_names finds empty names, empty tests, thrown values and notes to oneself."""

import pytest

VIOLATIONS = {
    "a file called util": ("src/inlet/base/string_util.cc", "", "util says nothing"),
    "a file called helpers": ("python/inlet/helpers.py", "", "helpers says nothing"),
    "a note": ("src/inlet/base/a.cc", "int a;\n// " + "TO" + "DO: more\n", "a.cc:2: TO" + "DO"),
    "a thrown value": ("src/inlet/base/a.cc", "int f() {\n  return g().value();\n}\n", "a.cc:2: .value() throws"),
    "a C++ test of nothing": ("src/inlet/base/a_test.cc", "TEST(A, Runs) {\n  run();\n}\n", "A.Runs asserts nothing"),
    "a C++ test with a commented assertion": ("src/inlet/base/a_test.cc", "TEST(A, Runs) {\n  // EXPECT_EQ(1, 1);\n}\n",
                                              "A.Runs asserts nothing"),
    "a Python test of nothing": ("tests/a_test.py", "def test_it():\n    run()\n\n\ndef f():\n    assert 1\n",
                                 "a_test.py:1: test test_it asserts nothing"),
}


@pytest.mark.parametrize("violation", VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_planted_violation_is_found(tree, violation):
    path, text, finding = violation
    tree.plant(path, text)
    code, found = tree.run("check_names")
    assert code == 1 and finding in found


def test_assertions_in_functions_of_the_test_file_count(tree):
    tree.plant("src/inlet/base/a_test.cc",
               "void same(int a) {\n  EXPECT_EQ(a, 1);\n}\nTEST(A, One) {\n  same(1);\n}\n"
               "TEST(A, Two) {\n  expect_order<int>(1);\n}\n")
    assert tree.run("check_names") == (0, "")


def test_a_value_in_a_comment_or_a_test_is_allowed(tree):
    tree.plant("src/inlet/base/a.cc", "// never .value() here\n")
    tree.plant("src/inlet/base/a_test.cc", "TEST(A, Is) { EXPECT_EQ(f().value(), 1); }\n")
    assert tree.run("check_names") == (0, "")
