"""Writes bench/RESULTS.md from what was measured."""

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path


def machine() -> list[str]:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    compiler = subprocess.run(["g++", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}"
                         for name in ("duckdb", "polars", "deltalake", "dlt", "airbyte-cdk"))
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return [f"- Machine: {model}, {os.cpu_count()} cores, {memory:.0f} GiB; Linux {platform.release()}.",
            f"- Compiler: {compiler}. Python {platform.python_version()}.",
            f"- Peers: {versions}.",
            f"- Load average when this was written: {load}. A busy machine changes times more than ratios."]


def bar(text: str, is_met: bool) -> str:
    return f"{text}: {'met' if is_met else '**not met**'}"


def files_section(part: dict) -> list[str]:
    lines = ["## (a) JSON lines to a table", "",
             f"{part['rows']:,} issues (nested user and labels), read from one file; every output holds the same rows (checked by a "
             "digest before times were taken). Peers are timed without Python's start, Inlet as a whole process; the ratio is the "
             "median over interleaved rounds.", "",
             "| threads | program | rows/s | CPU s | peak MiB | file size | Inlet is faster by |", "|---|---|---|---|---|---|---|"]
    for num_threads, contenders in part["threads"].items():
        for name, figures in contenders.items():
            lines.append(f"| {num_threads} | {name} | {figures['rows_per_second']:,.0f} | {figures['cpu_seconds']:.1f} | "
                         f"{figures['peak_mib']:.0f} | {part['bytes'][name] / 2**20:.1f} MiB | "
                         f"{figures['inlet_is_faster_by']:.2f} x |")
    ratios = [contenders["duckdb"]["inlet_is_faster_by"] for contenders in part["threads"].values()]
    peak = max(contenders["inlet"]["peak_mib"] for contenders in part["threads"].values())
    size = part["bytes"]["inlet"] / part["bytes"]["duckdb"]
    return lines + ["", f"- {bar(f'At least 1.5 x DuckDB ({min(ratios):.2f} x)', min(ratios) >= 1.5)}",
                    f"- {bar(f'File size at most 1.05 x DuckDB ({size:.2f} x)', size <= 1.05)}",
                    f"- {bar(f'Peak memory at most 512 MiB ({peak:.0f} MiB)', peak <= 512)}", ""]


def rest_section(part: dict) -> list[str]:
    lines = ["## (b) A REST API to a table", "",
             "Issues of the bundled GitHub simulator, 100 a page, no latency. CPU is that of the client's process tree. airbyte-cdk only reads. "
             "Rows and requests of each peer equal those of Inlet on the same simulator.", "",
             "| program | rows | requests | seconds | CPU s | peak MiB | rows per CPU second | Inlet does more by |",
             "|---|---|---|---|---|---|---|---|"]
    for name, figures in part.items():
        lines.append(f"| {name} | {figures['rows']:,} | {figures['requests']:,} | {figures['seconds']:.1f} | "
                     f"{figures['cpu_seconds']:.1f} | {figures['peak_mib']:.0f} | {figures['rows_per_cpu_second']:,.0f} | "
                     f"{figures['inlet_is_cheaper_by']:.1f} x |")
    least = min(figures["inlet_is_cheaper_by"] for name, figures in part.items() if name != "inlet")
    return lines + ["", f"- {bar(f'At least 10 x rows per CPU second ({least:.1f} x)', least >= 10)}", ""]


def preview_section(part: dict) -> list[str]:
    median = part["median_seconds"]
    return ["## (c) The first rows", "",
            f"`inlet preview` of one table on the simulator, {part['runs']} new processes: median {median:.3f} s, slowest "
            f"{part['slowest_seconds']:.3f} s.", "", f"- {bar('Under 0.3 s', median < 0.3)}", ""]


def upserts_section(part: dict) -> list[str]:
    lines = ["## (d) Keyed upserts", "",
             "Batches of random changes, one in ten of them late, with a guard on the sequence; each program does all of them in one process, a "
             "commit each. Inlet's figures hold its start, reading JSON, durable commits (fsync) and inline compaction; deltalake's merge is "
             "timed on rows in memory, without its start. Both tables hold the same rows (checked by a digest). Memory is anonymous memory; Inlet "
             "maps its key index from files. Inlet's reads pay for deletion vectors until compaction repays: the table sizes show what each "
             "leaves on disk.", "",
             "| table | changes | program | median s | slowest s | total s | peak MiB | files on disk, MiB | median ratio | total ratio | memory ratio |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    for name, figures in part.items():
        for program in ("inlet", "deltalake"):
            each = figures[program]
            ratios = (f"{figures['median_ratio']:.1f} x | {figures['total_ratio']:.1f} x | {figures['memory_ratio']:.1f} x"
                      if program == "inlet" else "| |")
            lines.append(f"| {name}: {figures['rows']:,} | {figures['batches']} x {figures['changes']:,} | {program} | {each['median']:.3f} | "
                         f"{each['slowest']:.3f} | {each['total']:.1f} | {each['peak_mib']:.0f} | {each['table_mib']:.0f} | {ratios} |")
    lines += ["", "What the batches left behind: bytes written for them, and what polars takes to read the table against a freshly written one.", "",
              "| table | MiB of changed rows | MiB written again | write amplification | files | read, by a fresh table |", "|---|---|---|---|---|---|"]
    for name, figures in part.items():
        written = figures["written"]
        lines.append(f"| {name} | {written['data_mib']:.1f} | {written['rewritten_mib']:.1f} | {written['amplification']:.2f} | "
                     f"{written['live_files']} | {figures['read_ratio']:.2f} x |")
    lines.append("")
    for name, figures in part.items():
        for least, ratio, what in ((UPSERT_BARS[name], figures["median_ratio"], "on the median batch"), (10, figures["total_ratio"], "in total"),
                                   (4, figures["memory_ratio"], "less memory")):
            lines.append(f"- {bar(f'{name}: at least {least} x {what} ({ratio:.1f} x)', ratio >= least)}")
        ratio = figures["read_ratio"]
        lines.append(f"- {bar(f'{name}: reads at most 1.3 x as long as a fresh table ({ratio:.2f} x)', ratio <= 1.3)}")
    return lines + [""]


UPSERT_BARS = {"1 M": 10, "10 M": 20, "10 M UUID": 10}


def write(file: Path, parts: dict[str, dict]) -> None:
    sections = {"files": files_section, "rest": rest_section, "preview": preview_section, "upserts": upserts_section}
    lines = ["# Measured", "", "Written by `make bench`.", "", *machine(), ""]
    for name, part in parts.items():
        lines += sections[name](part)
    file.write_text("\n".join(lines).rstrip() + "\n")
