"""Runs a program as a child and tells what it cost."""

import dataclasses
import json
import os
import select
import statistics
import subprocess
import tempfile
import time
from pathlib import Path


_SAMPLE_SECONDS = 0.01


@dataclasses.dataclass(frozen=True)
class Cost:
    """Of one run: seconds of wall and of CPU (of the process and all its descendants), the largest resident set of one of
    them, that of the process without the pages of mapped files (which are the page cache's; sampled), and what the program
    printed as its last line, when that was JSON."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    peak_anonymous_mib: float
    told: dict


def run_measured(command: list[str], *, num_cpus: int | None = None, environment: dict[str, str] | None = None,
                 output: Path | None = None, timeout: float = 1800) -> Cost:
    """Runs `command`, on the first `num_cpus` cores only when given. Raises RuntimeError with its words when it fails."""
    def pin() -> None:
        if num_cpus is not None:
            os.sched_setaffinity(0, set(range(num_cpus)))

    with tempfile.TemporaryFile() as errors, open(output, "w+b") if output else tempfile.TemporaryFile() as out:
        begin = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, preexec_fn=pin,
                                 env=os.environ | (environment or {}))
        usage, peak_anonymous = _wait(child, begin + timeout)
        seconds = time.perf_counter() - begin
        if child.returncode != 0:
            errors.seek(0)
            out.seek(0)
            said = (out.read()[-2000:] + errors.read()[-2000:]).decode(errors="replace")
            raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {said}")
        told = {} if output else _last_json(out)
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, peak_anonymous, told)


def _wait(child: subprocess.Popen, deadline: float):
    """Reaps the child and returns its resource usage and its peak of anonymous memory; kills it at the deadline."""
    pidfd = os.pidfd_open(child.pid)
    peak = 0.0
    try:
        while not select.select([pidfd], [], [], _SAMPLE_SECONDS)[0]:
            peak = max(peak, _anonymous_mib(child.pid))
            if time.perf_counter() > deadline:
                child.kill()
        _, status, usage = os.wait4(child.pid, 0)
    finally:
        os.close(pidfd)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage, peak


def _anonymous_mib(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("RssAnon")), 0.0)


def _last_json(out) -> dict:
    out.seek(0)
    lines = out.read().decode(errors="replace").strip().splitlines()
    try:
        told = json.loads(lines[-1]) if lines else {}
    except json.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def median_ratio(ours: list[float], theirs: list[float]) -> float:
    """Median over the pairs of theirs / ours: how many times less ours takes."""
    return statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
