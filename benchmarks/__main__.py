"""Every benchmark in one table: ours, a named peer measured in the same run, the ratio, the target.

``make bench``. Takes minutes; nginx and gcc are wanted for two of them. Without nginx the upload is not measured, and
the report says so; without gcc the fan-out has no peer.
The figures and a plot are left in ``benchmarks/out``.
"""

import argparse
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks import appends, fanout, log, sealing, upload, verifying

mpl.use("Agg")
from matplotlib import pyplot as plt

OUT = Path(__file__).parent / "out"

Row = dict[str, Any]


def _appends() -> list[Row]:
    found = appends.run()
    row = _row(
        "appends, 64 concurrent commands",
        "eventsourcing PostgresApplicationRecorder",
        found["unit"],
        found["ours"],
        found["peer"],
        found["target"],
    )
    row["ratio"], row["reached"] = found["ratio"], found["reached"]  # of neighbouring rounds, not of medians
    row["note"] = f"by round {appends.spread(found['ratios'])}"
    return [row]


def _sealing(largest_mib: int) -> list[Row]:
    found = sealing.run(largest_mib=largest_mib)
    speeds = found["gb_per_s"]
    slower = min(("sha256", "aes_256_gcm"), key=lambda name: float(speeds[name]))
    rows = [
        _row(f"{what} a file", f"{slower} of the same library", "GB/s", speeds[what], speeds[slower], 0.8)
        for what in ("seal", "open")
    ]
    rows[0]["note"] = f"memory growth {found['growth_mib']:.0f} MiB from 1 MiB to {largest_mib} MiB"
    return rows


def _upload() -> list[Row]:
    found = upload.run()
    row = _row("upload of 1 GiB, hashed, durable", "nginx DAV PUT", "MB/s", found["ours"], found["peer"], 1.0)
    row["note"] = found.get("note", "")
    return [row]


def _fanout() -> list[Row]:
    found = fanout.run()
    row = _row(
        "fan-out to 2,000 spectators, one core",
        "C loop of send()",
        "frames/s",
        found["ours"],
        found["peer"],
        0.6,
    )
    row["note"] = found.get("note", "")
    return [row]


def _verifying() -> list[Row]:
    found = verifying.run()
    allowed = found["bids"] / found["limit_seconds"]
    what = f"verify a bundle of {found['bids']} bids, offline"
    row = _row(
        what,
        f"the limit of {found['limit_seconds']:.0f} s",
        "bids/s",
        found["bids"] / found["seconds"],
        allowed,
        1.0,
    )
    row["note"] = f"{found['seconds']:.2f} s, {found['bytes'] / 1e6:.1f} MB"
    return [row]


def _log() -> list[Row]:
    found = log.run()
    rows = [
        _row(
            "sequencing beside 64 busy commands",
            "its limit",
            "events/s",
            found["sequenced"],
            log.SEQUENCED,
            1.0,
        ),
        _row(
            "appends beside the sequencer",
            "without it",
            "commits/s",
            found["beside"],
            found["alone"],
            log.APPENDED,
        ),
        _row(
            "proofs at 1 M leaves",
            f"its limit, {log.PROVED:g} ms each",
            "proofs/s",
            1000 / found["proof_ms"],
            1000 / log.PROVED,
            1.0,
        ),
    ]
    rows[1]["ratio"] = found["left"]  # of neighbouring rounds, not of medians
    rows[1]["reached"] = found["left"] >= log.APPENDED
    rows[1]["note"] = f"by round {found['by_round']}"
    rows[2]["note"] = f"{found['proof_ms']} ms; checked in {found['check_ms']} ms"
    return rows


def _row(what: str, peer: str, unit: str, ours: float, theirs: float | None, target: float) -> Row:
    ratio = None if not theirs else ours / theirs
    return {
        "what": what,
        "peer": peer,
        "unit": unit,
        "ours": ours,
        "theirs": theirs,
        "ratio": ratio,
        "target": target,
        "reached": ratio is not None and ratio >= target,
        "note": "",
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--largest", type=int, default=4096, help="MiB of the largest file sealed")
    largest = arguments.parse_args().largest
    jobs: dict[str, Callable[[], list[Row]]] = {
        "appends": _appends,
        "log": _log,
        "fan-out": _fanout,
        "upload": _upload,
        "sealing": lambda: _sealing(largest),
        "verifying": _verifying,
    }
    console, rows, missing = Console(), list[Row](), list[str]()
    with Progress(console=console) as progress:
        task = progress.add_task("measuring", total=len(jobs))
        for name, job in jobs.items():
            progress.update(task, description=name)
            try:
                rows += job()
            except upload.NoNginx as error:
                missing.append(f"{name}: {error}")
            progress.advance(task)
    console.print(_table(rows))
    for one in missing:
        console.print(f"not measured: {one}")
    OUT.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()}
    (OUT / "report.json").write_text(
        json.dumps({"machine": machine, "rows": rows, "not_measured": missing}, indent=1)
    )
    _plot(rows, OUT / "ratios.png")
    console.print(f"benchmarks/out: report.json, ratios.png  ({machine})")


def _table(rows: list[Row]) -> Table:
    table = Table(title="ratios in one run")
    for column in ("what", "ours", "peer", "", "ratio", "target", "", "note"):
        table.add_column(column)
    for row in rows:
        theirs = f"{row['theirs']:,.4g}" if row["theirs"] else "not measured"
        ratio = "–" if row["ratio"] is None else f"{row['ratio']:.2f}"
        table.add_row(
            row["what"],
            f"{row['ours']:,.4g} {row['unit']}",
            theirs,
            row["peer"],
            ratio,
            f"≥ {row['target']}",
            "✓" if row["reached"] else "✗",
            row["note"],
        )
    return table


def _plot(rows: list[Row], path: Path) -> None:
    """Ratio over target, one bar each: 1 is the target."""
    figure, axes = plt.subplots(figsize=(8, 0.6 * len(rows) + 1.2))
    shown = [row for row in rows if row["ratio"] is not None]
    axes.barh(
        [row["what"] for row in shown],
        [row["ratio"] / row["target"] for row in shown],
        color=["#2a7" if row["reached"] else "#c55" for row in shown],
    )
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xlabel("ratio to the named peer, as a multiple of the target")
    axes.invert_yaxis()
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    main()
