#!/usr/bin/env python3
"""Runs the suite against rmpx_peer.py in each profile, as it is and with each of its faults, and compares the verdicts with
faults-expected.tsv.

    python3 faults.py .build/release/meshspec [--jobs N] [--only FAULT[,FAULT...]]

The first argument is the built program. Prints the table of fault, profile, exit status, verdicts, the requirement that the
fault breaks by the peer's own account and the requirements that were not kept. A fault is told apart when one that it
breaks is among them. Exits 0 when all is as expected, 1 when not (both tables' rows are printed), 2 when it cannot begin.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
VERDICTS = ["pass", "warn", "inconc", "fail", "error", "skip", "notrun"]
Row = collections.namedtuple("Row", "fault profile options select exit breaks requirements")
TIME_LIMIT = 900  # seconds for one run; that of the whole suite takes about four minutes


def expected():
    """The rows of faults-expected.tsv, in its order."""
    lines = [line.split("\t") for line in (HERE / "faults-expected.tsv").read_text().splitlines()
             if line and not line.startswith("#")]
    if lines[0] != list(Row._fields):
        raise SystemExit(f"faults-expected.tsv: the first line must name {', '.join(Row._fields)}")
    return [Row(*fields)._replace(exit=int(fields[4])) for fields in lines[1:]]


def run(binary, row):
    """The suite against one fault in one profile: exit status, count of each verdict, requirements not kept, trouble."""
    target = HERE / f"rmpx_peer-{row.profile}.yaml"
    command = [binary, "run", "-t", str(target.relative_to(ROOT)), "--json", "Spec/rightmesh/scenarios"]
    if row.select != "*":
        command += ["-k", row.select]
    # CI would have evidence left of every failure, of which there are many here on purpose.
    ours = ("MESHSPEC_PEER_FAULT", "MESHSPEC_PEER_OPTIONS", "CI")
    environment = {key: value for key, value in os.environ.items() if key not in ours}
    if row.fault != "none":
        environment["MESHSPEC_PEER_FAULT"] = row.fault
    if row.options != "-":
        environment["MESHSPEC_PEER_OPTIONS"] = row.options
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True, start_new_session=True)
    try:
        out, err = process.communicate(timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its own session: the peers that it started, too
        process.communicate()
        return None, {}, [], [f"no end within {TIME_LIMIT} s"]
    return judge(row, process.returncode, out, err)


def judge(row, status, out, err):
    trouble, events = [], []
    for number, line in enumerate(out.splitlines(), 1):
        try:
            events.append(json.loads(line))
        except ValueError:
            trouble.append(f"line {number} of its output is no JSON: {line[:80]}")
    cases = [event for event in events if event.get("event") == "case"]
    counts = collections.Counter(case.get("verdict") for case in cases)
    kept = sorted({case["requirement"] for case in cases if case.get("verdict") == "fail"})
    if not events or events[-1].get("event") != "summary":
        trouble.append("its output has no summary" + (f"; it says: {err.strip()[-300:]}" if err.strip() else ""))
    elif events[-1].get("exit") != status:
        trouble.append(f"its summary says exit {events[-1].get('exit')}, it exited {status}")
    if not sum(counts[verdict] for verdict in ("pass", "warn", "fail")):
        trouble.append("no case was judged")
    # A fault may keep cases from being judged; a peer that keeps the rules may not.
    for verdict in ["error", "notrun"] + (["inconc"] if row.fault == "none" else []):
        trouble += [f"{case.get('id')} is {verdict}: {str(case.get('reason'))[:160]}" for case in cases
                    if case.get("verdict") == verdict]
    if row.fault == "none":
        trouble += [f"{case.get('id')}: {case.get('reason')}" for case in cases if case.get("verdict") == "fail"]
    return status, counts, kept, trouble


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("--jobs", type=int, default=3, help="runs side by side (3)")
    parser.add_argument("--only", help="these faults, with commas between them")
    args = parser.parse_args()
    binary = shutil.which(args.binary) or shutil.which(str(pathlib.Path(args.binary).resolve()))
    if binary is None:
        print(f"{args.binary} is no program", file=sys.stderr)
        return 2
    binary = str(pathlib.Path(binary).resolve())
    rows = expected()
    if args.only:
        wanted = args.only.split(",")
        unknown = set(wanted) - {row.fault for row in rows}
        if unknown:
            print(f"no fault is called {', '.join(sorted(unknown))}", file=sys.stderr)
            return 2
        rows = [row for row in rows if row.fault in wanted]

    print(f"{'fault':28}{'profile':10}{'exit':>4}  {'cases':40}{'breaks':16}requirements not kept")
    wrong, faults, told = [], {row.fault for row in rows} - {"none"}, set()
    with concurrent.futures.ThreadPoolExecutor(max(1, args.jobs)) as pool:
        for row, result in zip(rows, pool.map(lambda row: run(binary, row), rows)):
            status, counts, kept, trouble = result
            cases = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts.get(verdict))
            status = "-" if status is None else status
            got = ",".join(kept) or "-"
            if set(row.breaks.split(",")) & set(kept):
                told.add(row.fault)
            print(f"{row.fault:28}{row.profile:10}{status:>4}  {cases:40}{row.breaks:16}{got}", flush=True)
            if trouble or (status, got) != (row.exit, row.requirements):
                wrong.append((row, status, got, trouble))
    print(f"\n{len(told)} of {len(faults)} faults are told apart")
    if faults - told:
        print(f"not: {', '.join(sorted(faults - told))}")
    if not wrong:
        print(f"all {len(rows)} runs as expected")
        return 0
    print(f"{len(wrong)} of {len(rows)} runs not as expected")
    for row, status, got, trouble in wrong:
        print(f"{row.fault} in profile {row.profile} (-k {row.select}, options {row.options})")
        print(f"    expected  exit {row.exit}  {row.requirements}")
        print(f"         got  exit {status}  {got}")
        for text in trouble:
            print(f"              {text}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
