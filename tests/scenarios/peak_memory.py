"""Runs a program and tells how much memory it took."""

import subprocess
import sys

# In a process of its own: a child counts the memory of the one that it was forked from.
_PEAK_OF = """import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)"""


def peak_mib_of(command: list[str]) -> tuple[float, str]:
    """Of a command that has to end well, and what it printed."""
    told = subprocess.run([sys.executable, "-c", _PEAK_OF, *command], capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stdout + told.stderr
    return int(told.stderr.split()[-1]) / 1024, told.stdout
