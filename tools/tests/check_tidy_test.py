"""The rules of .clang-tidy and .clang-format find what they are there for."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

VIOLATIONS = {
    "a function in capitals": ("int Run() { return 1; }", "readability-identifier-naming"),
    "a type in lower case": ("struct page {};", "readability-identifier-naming"),
    "a private member without its mark": ("class Page {\n  int size = 0;\n};", "readability-identifier-naming"),
    "a constant without its k": ("constexpr int limit = 3;", "readability-identifier-naming"),
    "a value used after it was moved": (
        "#include <string>\n#include <utility>\nvoid take(std::string text);\n"
        "std::size_t give(std::string text) {\n  take(std::move(text));\n  return text.size();\n}",
        "bugprone-use-after-move"),
    "an override that is not marked": (
        "struct A {\n  virtual ~A() = default;\n  virtual int f() = 0;\n};\n"
        "struct B final : A {\n  virtual int f() { return 1; }\n};", "modernize-use-override"),
}


def run_tidy(folder: Path, text: str) -> tuple[int, str]:
    shutil.copy(ROOT / ".clang-tidy", folder)
    (folder / "planted.cc").write_text(text + "\n")
    command = ["clang-tidy", "--quiet", str(folder / "planted.cc"), "--", "-std=c++23"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    return done.returncode, done.stdout


@pytest.mark.parametrize("violation", VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_planted_violation_is_found(tmp_path, violation):
    text, rule = violation
    code, found = run_tidy(tmp_path, text)
    assert code != 0 and rule in found


def test_our_own_style_passes(tmp_path):
    text = ("#include <expected>\n#include <string>\n\nnamespace inlet {\nconstexpr int kLimit = 3;\n\nclass Page {\n"
            " public:\n  std::expected<int, std::string> num_bytes() const { return num_bytes_ + kLimit; }\n\n"
            " private:\n  int num_bytes_ = 0;\n};\n}  // namespace inlet")
    assert run_tidy(tmp_path, text) == (0, "")


def test_a_badly_formatted_file_is_found(tmp_path):
    shutil.copy(ROOT / ".clang-format", tmp_path)
    planted = tmp_path / "planted.cc"
    planted.write_text("int  f( ){return 1;}\n")
    command = ["clang-format", "--style=file", "--dry-run", "-Werror", str(planted)]
    assert subprocess.run(command, capture_output=True).returncode != 0
    planted.write_text("int f() {\n  return 1;\n}\n")
    assert subprocess.run(command, capture_output=True).returncode == 0
