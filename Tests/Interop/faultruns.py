"""Runs the suite against a peer with seeded faults and compares what comes of each with a table: what the faults.py of all
peers share. The table has a line for each run: its first names the columns, which have `fault`, `select` (for -k; * for
the whole suite), `exit` and `requirements` (those that were not kept) among them. `fault` is none for the peer as it is.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERDICTS = ["pass", "warn", "inconc", "fail", "error", "skip", "notrun"]
NOT_THEIRS = ["CI", "MESHSPEC_PEER_FAULT", "MESHSPEC_PEER_THEN", "MESHSPEC_PEER_OPTIONS"]


class Result:
    """What came of a run: its exit status (None when it had to be ended), its cases, and what should not be."""

    def __init__(self, status, cases, trouble):
        self.status, self.cases, self.trouble = status, cases, trouble
        self.counts = collections.Counter(case.get("verdict") for case in cases)
        # As the table has them; the script fills it in.
        self.requirements = "-"

    def breached(self, verdict="fail"):
        """The requirements that cases of this verdict are of."""
        return sorted({case["requirement"] for case in self.cases if case.get("verdict") == verdict})

    def complain(self, *verdicts):
        """Cases of these verdicts are trouble, but for known failures."""
        for verdict in verdicts:
            self.trouble += [f"{case.get('id')} is {verdict}: {shortened(str(case.get('reason')))}" for case in self.cases
                             if case.get("verdict") == verdict and case.get("baseline") != "xfail"]


def shortened(text):
    """A long text without its middle: what went wrong is told last."""
    return text if len(text) <= 400 else f"{text[:120]} ... {text[-280:]}"


def expected(path, columns):
    """The rows of a table, in its order."""
    row = collections.namedtuple("Row", columns)
    lines = [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    if lines[0] != list(row._fields):
        raise SystemExit(f"{path.name}: the first line must name {', '.join(row._fields)}")
    rows = [row(*fields) for fields in lines[1:]]
    return [row._replace(exit=int(row.exit)) for row in rows]


def kept(folder, row):
    """Where the evidence of a row of the table is, below a folder for all: rows may differ in `select` alone."""
    name = "-".join(row[:row._fields.index("select") + 1])
    return pathlib.Path(folder).resolve() / re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


def run(binary, target, row, ours, limit, *what, evidence=None):
    """The suite against the node of a target file, which is told its fault by the variables `ours`; ended after `limit`
    seconds. All its cases leave evidence below `evidence`, a folder for all rows."""
    command = [binary, "run", "-t", str(target.relative_to(ROOT)), "--json", *what]
    if evidence:
        command += ["--evidence", f"all={kept(evidence, row)}"]
    if row.select != "*":
        command += ["-k", row.select]
    # CI would have evidence left of every failure, of which there are many here on purpose.
    environment = {key: value for key, value in os.environ.items() if key not in NOT_THEIRS}
    process = subprocess.Popen(command, cwd=ROOT, env=environment | ours, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True, start_new_session=True)
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its own session: the peers that it started, too
        process.communicate()
        return Result(None, [], [f"no end within {limit} s"])
    return read(process.returncode, out, err)


def read(status, out, err):
    trouble, events = [], []
    for number, line in enumerate(out.splitlines(), 1):
        try:
            events.append(json.loads(line))
        except ValueError:
            trouble.append(f"line {number} of its output is no JSON: {line[:80]}")
    result = Result(status, [event for event in events if event.get("event") == "case"], trouble)
    if not events or events[-1].get("event") != "summary":
        trouble.append("its output has no summary" + (f"; it says: {err.strip()[-300:]}" if err.strip() else ""))
    elif events[-1].get("exit") != status:
        trouble.append(f"its summary says exit {events[-1].get('exit')}, it exited {status}")
    if not sum(result.counts[verdict] for verdict in ("pass", "warn", "fail")):
        trouble.append("no case was judged")
    return result


def told_apart(results):
    """Prints how many faults are told apart: one that they break is among the requirements that were not kept."""
    faults = {row.fault for row, _ in results} - {"none"}
    told = {row.fault for row, result in results if set(row.breaks.split(",")) & set(result.requirements.split(","))}
    print(f"{len(told & faults)} of {len(faults)} faults are told apart")
    if faults - told:
        print(f"not: {', '.join(sorted(faults - told))}")


def peer(doc, table, target, scenarios, limit, columns="options", counted=("fail", "warn"), told=lambda row: []):
    """The program for a peer whose faults and options are told to it by variables. `table` is the file of what is
    expected, with `fault`, these columns, `select`, `exit`, `breaks` and `requirements`; `target(row)` the file of its
    target; a run ends after `limit` seconds. Requirements that cases of the verdicts `counted` are of are those that were
    not kept. `told(row)` are more arguments of the run. Returns the exit status, as `main`."""
    rows = expected(table, f"fault {columns} select exit breaks requirements")
    names = columns.split()
    width = max(len(row.fault) for row in rows) + 2
    widths = [max(len(name), *(len(getattr(row, name)) for row in rows)) + 2 for name in names]

    def play(binary, row, evidence):
        ours = {"MESHSPEC_PEER_FAULT": row.fault, "MESHSPEC_PEER_OPTIONS": row.options}
        ours = {name: value for name, value in ours.items() if value not in ("none", "-")}
        result = run(binary, target(row), row, ours, limit, scenarios, *told(row), evidence=evidence)
        result.requirements = ",".join(sorted(set().union(*map(result.breached, counted)))) or "-"
        # A fault may keep cases from being judged; a peer that keeps the rules may not.
        result.complain("error", "notrun", *(["inconc", *counted] if row.fault == "none" else []))
        return result

    def line(fault, values, status, cases, breaks, requirements):
        middle = "".join(value.ljust(wide) for value, wide in zip(values, widths))
        return f"{fault:{width}}{middle}{status:>4}  {cases:40}{breaks:16}{requirements}"

    def values(row):
        return [getattr(row, name) for name in names]

    return main(
        doc, rows, play, line("fault", names, "exit", "cases", "breaks", "requirements not kept"),
        lambda row, status, cases, result: line(row.fault, values(row), status, cases, row.breaks, result.requirements),
        lambda row: f"{row.fault} with {' '.join(values(row))} (-k {row.select})", conclude=told_apart)


def main(doc, rows, play, head, line, called, check=lambda: None, conclude=lambda results: None):
    """The program. `doc` is what it says of itself; `play(binary, row, evidence)` gives a result, with
    evidence of all cases in a folder if one is given; `head` stands over the table that
    is printed, `line(row, status, cases, result)` is a row of it, `called(row)` names one in a sentence. `check()` tells
    why it cannot begin; `conclude(results)` prints what all rows together come to. Returns the exit status: 0 when all is
    as expected, 1 when not (both tables' rows are printed), 2 when it cannot begin."""
    parser = argparse.ArgumentParser(description=doc.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("--jobs", type=int, default=3, help="runs side by side (3)")
    parser.add_argument("--only", help="these faults, with commas between them")
    parser.add_argument("--evidence", metavar="FOLDER", help="keep what went over the wire there")
    args = parser.parse_args()
    binary = shutil.which(args.binary) or shutil.which(str(pathlib.Path(args.binary).resolve()))
    if binary is None:
        print(f"{args.binary} is no program", file=sys.stderr)
        return 2
    binary = str(pathlib.Path(binary).resolve())
    if why := check():
        print(why, file=sys.stderr)
        return 2
    if args.only:
        wanted = args.only.split(",")
        unknown = set(wanted) - {row.fault for row in rows}
        if unknown:
            print(f"no fault is called {', '.join(sorted(unknown))}", file=sys.stderr)
            return 2
        rows = [row for row in rows if row.fault in wanted]

    print(head)
    results = []

    def told(row, result):
        cases = ", ".join(f"{result.counts[verdict]} {verdict}" for verdict in VERDICTS if result.counts[verdict])
        print(line(row, "-" if result.status is None else result.status, cases, result), flush=True)
        results.append((row, result))

    def unexpected():
        return [(row, result) for row, result in results
                if result.trouble or (result.status, result.requirements) != (row.exit, row.requirements)]

    with concurrent.futures.ThreadPoolExecutor(max(1, args.jobs)) as pool:
        for row, result in zip(rows, pool.map(lambda row: play(binary, row, args.evidence), rows)):
            told(row, result)
    # Beside others the harness may have been late: what could not be judged for that is played again, alone.
    for row, result in unexpected():
        if any(str(case.get("reason")).startswith("harness late") for case in result.cases):
            print("again, since the harness was late:")
            results.remove((row, result))
            told(row, play(binary, row, args.evidence))
    print()
    conclude(results)
    wrong = unexpected()
    if not wrong:
        print(f"all {len(rows)} runs as expected")
        return 0
    print(f"{len(wrong)} of {len(rows)} runs not as expected")
    for row, result in wrong:
        print(called(row))
        print(f"    expected  exit {row.exit}  {row.requirements}")
        print(f"         got  exit {'-' if result.status is None else result.status}  {result.requirements}")
        for text in result.trouble:
            print(f"              {text}")
    return 1
