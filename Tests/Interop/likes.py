#!/usr/bin/env python3
"""Runs the suite against peers that imitate real implementations, and compares the verdicts with a table of true
deviations.

    python3 likes.py .build/release/meshspec FOLDER [--jobs N] [--runs N[,N...]] [--only LIKE[,LIKE...]]

FOLDER is `peerpigeon`, `dxos` or `kad`: its likes.tsv has a line for each deviation, with the reason. The script starts the
node for each case, and runs as many cases in parallel as --runs gives (1 and 8). Each case that is not in the table must
pass or be skipped. Exits 0 if all is as expected, 1 if not, 2 if it cannot begin.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE))
import faultruns

TIME_LIMIT = 1800  # seconds for one run
IN_TURN = {"signal_client_like.yaml"}  # targets whose nodes share one FIFO for their commands: one case at a time
Row = collections.namedtuple("Row", "like target options case verdict requirement because")
Run = collections.namedtuple("Run", "like target options select")


def table(folder):
    """Returns the runs in their order, each with its expected deviations."""
    lines = [line.split("\t") for line in (HERE / folder / "likes.tsv").read_text().splitlines() if line and line[0] != "#"]
    if lines[0] != list(Row._fields):
        raise SystemExit(f"likes.tsv: the first line must name {', '.join(Row._fields)}")
    runs = {}
    for row in (Row(*fields) for fields in lines[1:]):
        expected = runs.setdefault(Run(row.like, row.target, row.options, "*"), set())
        if row.case != "-":
            expected.add((row.case, row.verdict, row.requirement))
    return runs


def play(binary, folder, run, jobs):
    """Runs the suite; returns the cases that neither pass nor are skipped, with their verdicts and reasons."""
    with tempfile.TemporaryDirectory() as temporary:
        ours = {"MESHSPEC_PEER_OPTIONS": f"--like {run.like}", "MESHSPEC_PEER_CONTROL": f"{temporary}/control"}
        begun = time.monotonic()
        result = faultruns.run(
            binary, HERE / folder / run.target, run, ours, TIME_LIMIT, f"Spec/{folder}/scenarios", "-j", str(jobs),
            *([] if run.options == "-" else run.options.split()))
    said = {(case["id"], case["verdict"], case.get("requirement") or "-") for case in result.cases
            if case.get("verdict") not in ("pass", "skip")}
    reasons = {case["id"]: faultruns.shortened(str(case.get("reason"))) for case in result.cases}
    return said, reasons, result, time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("folder", choices=["peerpigeon", "dxos", "kad"])
    parser.add_argument("--jobs", type=int, default=2, help="runs side by side (2)")
    parser.add_argument("--runs", default="1,8", help="cases side by side, a run for each number (1,8)")
    parser.add_argument("--only", help="these implementations, with commas between them")
    args = parser.parse_args()
    binary = shutil.which(str(pathlib.Path(args.binary).resolve()))
    if binary is None:
        print(f"{args.binary} is no program", file=sys.stderr)
        return 2
    wanted = set(args.only.split(",")) if args.only else None
    runs = [(run, jobs, expected) for run, expected in table(args.folder).items() if not wanted or run.like in wanted
            for jobs in map(int, args.runs.split(",")) if jobs == 1 or run.target not in IN_TURN]
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for (run, jobs, expected), (said, reasons, result, took) in zip(
                runs, pool.map(lambda one: play(binary, args.folder, one[0], one[1]), runs)):
            cases = ", ".join(f"{result.counts[v]} {v}" for v in faultruns.VERDICTS if result.counts[v])
            trouble = [f"    {text}" for text in result.trouble]
            trouble += [f"    {case} is {verdict} ({requirement}): {reasons[case]}"
                        for case, verdict, requirement in sorted(said - expected)]
            trouble += [f"    {case} is not {verdict} ({requirement})" for case, verdict, requirement in sorted(expected - said)]
            bad += bool(trouble)
            print(f"{run.like:20}{run.target:28}{run.options:24} -j {jobs}{took:>6.0f} s  {cases}", flush=True)
            print("".join(line + "\n" for line in trouble), end="", flush=True)
    print("all runs are as expected" if not bad else f"{bad} runs are not as expected")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
