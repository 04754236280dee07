"""What the checks share: the list of files, C++ text without comments and literals, and how findings are printed."""

import re
import subprocess
import sys
from pathlib import Path

_COMMENT_OR_LITERAL = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9a-zA-Z_])'(?:\\[^\n']*|[^'\\\n])'
    """,
    re.VERBOSE | re.DOTALL,
)


def root_from_arguments() -> Path:
    """The folder to check: the first argument, or the repository that this script lies in."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    return Path(arguments[0]).resolve() if arguments else Path(__file__).resolve().parent.parent


def list_files(root: Path, *suffixes: str) -> list[Path]:
    """Files of the repository below `root`, with those that are not committed yet but not the ignored ones."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, check=False)
    if listed.returncode == 0:
        files = [root / name for name in listed.stdout.decode().split("\0") if name]
    else:
        files = [path for path in root.rglob("*") if path.is_file()]
    wanted = [path for path in files if path.is_file() and (not suffixes or path.suffix in suffixes)]
    return sorted(set(wanted))


def blank_comments_and_literals(text: str) -> str:
    """The same text, of the same number of lines, in which comments and string contents are spaces."""

    def blank(match: re.Match) -> str:
        found = match.group()
        filler = re.sub(r"[^\n]", " ", found)
        return filler if found.startswith("/") else '"' + filler[1:-1] + '"'

    return _COMMENT_OR_LITERAL.sub(blank, text)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def report(name: str, findings: list[str]) -> int:
    """Prints the findings; the exit code of the check."""
    for finding in findings:
        print(finding)
    if findings:
        print(f"{name}: {len(findings)} finding(s)")
    return 1 if findings else 0
