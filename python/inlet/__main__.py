"""The command `inlet`: the same program as the native binary."""

import sys

from inlet import _native


def main() -> None:
    sys.exit(_native.run_command_line(["inlet", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
