"""Writes bench/RESULTS.md from what was measured."""

import datetime
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
    return [f"- Machine: {model}, {os.cpu_count()} cores, {memory:.0f} GiB; Linux {platform.release()}.",
            f"- Compiler: {compiler}. Python {platform.python_version()}.",
            f"- Peers: {versions}.",
            "- A busy machine changes times more than ratios."]


def bar(text: str, is_met: bool) -> str:
    return f"{text}: {'met' if is_met else '**not met**'}"


def table(part: dict, programs: tuple[str, ...], columns: dict[str, str]) -> list[str]:
    """A line for each program; `columns` says how each figure is headed and written."""
    names = {"median": "median s", "slowest": "slowest s", "total": "total s", "seconds": "seconds", "cpu_seconds": "CPU s", "peak_mib": "peak MiB"}
    lines = ["| program | " + " | ".join(names[column] for column in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for program in programs:
        lines.append(f"| {program} | " + " | ".join(format(part[program][column], how) for column, how in columns.items()) + " |")
    return lines


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
             "maps its key index from files. Readers pay for deletion vectors until compaction repays, which it has done at the end of a run "
             "that changed much: that is in the total. The sizes show what each leaves on disk.", "",
             "| table | changes | program | median s | slowest s | total s | peak MiB | files on disk, MiB | median ratio | total ratio | memory ratio |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    for name, figures in part.items():
        for program in ("inlet", "deltalake"):
            each = figures[program]
            ratios = (f"{figures['median_ratio']:.1f} x | {figures['total_ratio']:.1f} x | {figures['memory_ratio']:.1f} x"
                      if program == "inlet" else "| |")
            lines.append(f"| {name}: {figures['rows']:,} | {figures['batches']} x {figures['changes']:,} | {program} | {each['median']:.3f} | "
                         f"{each['slowest']:.3f} | {each['total']:.1f} | {each['peak_mib']:.0f} | {each['table_mib']:.0f} | {ratios} |")
    lines += ["", "What the batches left behind: bytes written for them, and what readers take for the table against a freshly written one. Inlet's "
              "own fresh files are half as large as those of deltalake (zstd, delta encodings) and take longer to decode.", "",
              "| table | MiB of changed rows | MiB written again | write amplification | files | polars, by a fresh one of Inlet | of deltalake | Spark, likewise | |",
              "|---|---|---|---|---|---|---|---|---|"]
    for name, figures in part.items():
        written = figures["written"]
        lines.append(f"| {name} | {written['data_mib']:.1f} | {written['rewritten_mib']:.1f} | {written['amplification']:.2f} | "
                     f"{written['live_files']} | " + " | ".join(f"{ratio:.2f} x" for reader in figures["read_ratios"].values() for ratio in reader.values()) + " |")
    lines.append("")
    for name, figures in part.items():
        ratios = {"on the median batch": figures["median_ratio"], "in total": figures["total_ratio"], "less memory": figures["memory_ratio"]}
        for what, least in UPSERT_BARS[name].items():
            lines.append(f"- {bar(f'{name}: at least {least} x {what} ({ratios[what]:.1f} x)', ratios[what] >= least)}")
        for reader, by_writer in figures["read_ratios"].items():
            ratio = by_writer["inlet"]
            lines.append(f"- {bar(f'{name}: {reader} takes at most 1.3 x as long as for a fresh table ({ratio:.2f} x)', ratio <= 1.3)}")
    return lines + [""]


UPSERT_BARS = {"1 M": {"on the median batch": 10}, "10 M": {"on the median batch": 20, "in total": 10, "less memory": 4},
               "10 M UUID": {"on the median batch": 10}}


def history_section(part: dict) -> list[str]:
    ratio = part["median_ratio"]
    return ["## (e) History", "",
            f"SCD 2: {part['rows']:,} open rows, {part['batches']} batches of {part['changes']:,} changes, each closing a row and opening one. Spark: one "
            "session on two cores, Delta's MERGE into a table with deletion vectors. Both tables hold the same versions (checked by a digest).", "",
            *table(part, ("inlet", "spark"), {"median": ".3f", "slowest": ".3f", "total": ".1f"}), "",
            f"- {bar(f'At least 10 x on the median batch ({ratio:.0f} x)', ratio >= 10)}", ""]


def snapshot_section(part: dict) -> list[str]:
    programs = ("inlet", "inlet, without an index", "duckdb")
    ratio, cold = (part[name]["time_ratio"] for name in programs[:2])
    peak = max(part[name]["peak_mib"] for name in ("load", *programs[:2]))
    return ["## (f) A snapshot", "",
            f"A full set of {part['rows']:,} rows as JSON lines against the table, of which {part['changed']:,} changed or came and {part['deleted']:,} went. "
            "DuckDB reads both and compares; it writes nothing. Both find the same differences. In the first line there is the index that the load has left "
            f"(the load took {part['load']['seconds']:.1f} s with it), in the second it is made.", "",
            *table(part, programs, {"seconds": ".1f", "cpu_seconds": ".1f", "peak_mib": ".0f"}), "",
            f"- {bar(f'At most 1.5 x the time of DuckDB ({ratio:.2f} x; without an index {cold:.2f} x)', ratio <= 1.5)}",
            f"- {bar(f'Memory is bounded, by 512 MiB here ({peak:.0f} MiB)', peak <= 512)}", ""]


def large_section(part: dict) -> list[str]:
    lines = ["## (g) A large table in little memory", "",
             f"{part['rows']:,} rows, `--max-memory {part['memory']}`. Peak is anonymous memory: the key index is mapped from files. The first batch of the first "
             f"run builds that index. The load took {part['load']['seconds']:.0f} s, peak {part['load']['peak_mib']:.0f} MiB. deltalake's merge was not run: it holds "
             "what it reads.", "",
             "| changes | first batch s | median of the others s | total s | peak MiB |", "|---|---|---|---|---|"]
    for run in part["runs"]:
        lines.append(f"| {run['batches']} x {run['changes']:,} | {run['first']:.2f} | {run['median']:.2f} | {run['total']:.1f} | {run['peak_mib']:.0f} |")
    peak = max(part["load"]["peak_mib"], *(run["peak_mib"] for run in part["runs"]))
    warm = part["runs"][0]["median"]
    return lines + ["", f"- {bar(f'Within 1 GiB ({peak:.0f} MiB)', peak <= 1024)}",
                    f"- {bar(f'10,000 changes in under 3 s, warm ({warm:.2f} s)', warm < 3)}", ""]


def bulk_section(part: dict) -> list[str]:
    vectors, rewrite = part["with deletion vectors"], part["without"]
    lines = ["## (h) Most of a table changes", "",
             f"{part['changes']:,} changes of a table of {part['rows']:,} rows at once. deltalake's merge writes the table again. With deletion vectors Inlet commits "
             f"in {vectors['commits']} portions, as memory allows, and writes the files again that have lost most rows. Without (`max_compat`) it puts the changes "
             f"aside and writes the changed files again in {rewrite['commits']} commit{'s' if rewrite['commits'] > 1 else ''}. All tables hold the same rows.", "",
             "| table | program | total s | peak MiB | MiB written by commits | MiB written again by upkeep |", "|---|---|---|---|---|---|"]
    for name, figures in (("with deletion vectors", vectors), ("without", rewrite)):
        written = figures["written"]
        lines.append(f"| {name} | inlet | {figures['inlet']['total']:.1f} | {figures['inlet']['peak_mib']:.0f} | {written['data_mib']:.0f} | "
                     f"{written['rewritten_mib']:.0f} |")
    lines += [f"| without | deltalake | {rewrite['deltalake']['total']:.1f} | {rewrite['deltalake']['peak_mib']:.0f} | | |", ""]
    for name, figures in (("With deletion vectors", vectors), ("Without", rewrite)):
        ratio = figures["time_ratio"]
        lines.append(f"- {bar(f'{name}: no slower than the merge ({ratio:.1f} x as fast)', ratio >= 1)}")
    peak = rewrite["inlet"]["peak_mib"]
    return lines + [f"- {bar(f'Without: within --max-memory, 512 MiB ({peak:.0f} MiB)', peak <= 512)}", ""]


def spark_section(part: dict) -> list[str]:
    what = {"inlet": "lakeflow_connect", "spark": "Spark's JSON reader, schema given", "ready": "Python source, tuples made before",
            "parsed": "Python source, json and tuples"}
    lines = ["## (i) Inside Spark", "",
             f"Batch reads of up to {part['rows']:,} issues from one file of JSON lines into nothing, in one session on two cores, warm; what is slow reads fewer. "
             "All give the same rows (checked by a digest before times were taken; of tuples made before there is none).", "",
             "| reader | rows | rows/s | Inlet is faster by |", "|---|---|---|---|"]
    for name, figures in part["contenders"].items():
        lines.append(f"| {what[name]} | {figures['rows']:,} | {figures['rows_per_second']:,.0f} | {figures['inlet_is_faster_by']:.2f} x |")
    streams = part["streams"]
    lines += ["", f"Streams of {streams['rows']:,} issues into nothing, the process, driver included, held to as many cores as Spark has.", "",
              "| stream | rows/s on 1 core | on 2 | ratio |", "|---|---|---|---|"]
    for kind, name in STREAMS.items():
        speeds = list(streams[kind]["rows_per_second"].values())
        lines.append(f"| {name} | {speeds[0]:,.0f} | {speeds[1]:,.0f} | {streams[kind]['ratio']:.2f} x |")
    lines.append("")
    for name, least in SPARK_BARS.items():
        ratio = part["contenders"][name]["inlet_is_faster_by"]
        lines.append(f"- {bar(f'At least {least} x {what[name]} ({ratio:.2f} x)', ratio >= least)}")
    for kind, name in STREAMS.items():
        ratio = streams[kind]["ratio"]
        lines.append(f"- {bar(f'Two cores at least 1.7 x as fast as one: {name} ({ratio:.2f} x)', ratio >= 1.7)}")
    return [*lines, ""]


STREAMS = {"landed": "pages landed by the driver, decoded by executors", "planned": "files read by executors in planned shares"}
SPARK_BARS = {"spark": 1, "ready": 3, "parsed": 10}


SECTIONS = {"files": files_section, "rest": rest_section, "preview": preview_section, "upserts": upserts_section, "history": history_section,
            "snapshot": snapshot_section, "large": large_section, "bulk": bulk_section, "spark": spark_section}


def write(file: Path, parts: dict[str, dict]) -> None:
    """Each part has a section with the day on which it was measured; parts that were not measured now keep theirs."""
    _, *old = file.read_text().split("\n## ") if file.exists() else [""]
    sections = {section[:3]: "## " + section.rstrip() for section in old}
    for name, part in parts.items():
        heading, *lines = SECTIONS[name](part)
        measured = f"Measured on {datetime.date.today()}, at a load average of {os.getloadavg()[0]:.1f} in the end."
        sections[heading[3:6]] = "\n".join([heading, "", measured, *lines]).rstrip()
    head = "\n".join(["# Measured", "", "Written by `make bench`.", "", *machine()])
    file.write_text("\n\n".join([head, *(sections[letter] for letter in sorted(sections))]) + "\n")
