#!/usr/bin/env python3
"""Watches what a peer said to the suite, as it is and with each of its faults: `meshspec decode --monitor` on what went over
the wire, with nothing but that to go by. Compares what comes of it with monitor-expected.tsv of the peer.

    python3 nano/faults.py .build/release/meshspec --evidence FOLDER
    python3 monitor.py .build/release/meshspec nano FOLDER

Likewise for rightmesh. Prints the table of fault, role or profile, exit status of the monitor (the worst of all captures),
captures, what the fault breaks, and the requirements of violations and of warnings in what the peer said. The table in the
repository has a line for each of them: `violations` as printed (warnings depend on the machine), `seen` yes when one of them is
what the fault breaks, and `because`: why it cannot be seen, or why more than it breaks is. Exits 0 when
  * each row is as expected;
  * a peer without a fault is never blamed: its captures pass, without a violation;
  * who is not seen, or seen at something else as well, has a reason,
1 when not, 2 when it cannot begin.
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE))
import faultruns

EXPECTED = "fault as violations seen because"
SILENT = 5  # exit status: nothing was said


def addresses(folder):
    """The addresses of the peer in a case, as the trace of its evidence has them."""
    with open(folder / "trace.ndjson") as trace:
        entries = [entry for entry in map(json.loads, trace) if entry.get("what") == "opened"]
    return {entry["peer"] for entry in entries if entry["theirs"] == "node"}


def watch(binary, folder):
    """What the monitor makes of one case: its exit status, and the findings in what the peer said."""
    said = " or ".join(f"src == {address}" for address in sorted(addresses(folder)))
    if not said:
        return folder.name, SILENT, []
    out = subprocess.run([binary, "decode", "--monitor", "-o", "json", "-Y", said, folder / "wire.pcapng"],
                         capture_output=True, text=True)
    notes = [note for line in out.stdout.splitlines() for note in json.loads(line).get("notes", [])]
    return folder.name, out.returncode, notes


def named(results, severity):
    """The requirements of findings; `form` for those of none."""
    found = {note.get("requirement", "form") for _, _, notes in results for note in notes if note["severity"] == severity}
    return ",".join(sorted(found)) or "-"


def runs(protocol):
    """By fault and role or profile: the rows of the table of runs. Its second column is the role or profile."""
    table = HERE / protocol / "faults-expected.tsv"
    head = next(line for line in table.read_text().splitlines() if line and not line.startswith("#"))
    rows = collections.defaultdict(list)
    for row in faultruns.expected(table, head.replace("\t", " ")):
        rows[row.fault, row[1]].append(row)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("peer", choices=["nano", "rightmesh"])
    parser.add_argument("evidence", help="what faults.py of that peer left with --evidence")
    parser.add_argument("--write", action="store_true", help="write violations and seen as they are into the table")
    args = parser.parse_args()
    path = HERE / args.peer / "monitor-expected.tsv"
    lines = path.read_text().splitlines() if path.exists() else []
    wanted = {}
    for line in lines:
        if line and not line.startswith("#") and line.split("\t") != EXPECTED.split():
            fault, role, *rest = line.split("\t")
            wanted[fault, role] = rest
    wrong, told, known, table = [], set(), set(), []
    print(f"{'fault':28}{'as':10}{'exit':>4}{'captures':>9}  {'breaks':16}{'seen':5}{'violations':24}warnings")
    for key, rows in runs(args.peer).items():
        fault, role = key
        cases = sorted(path.parent for row in rows for path in faultruns.kept(args.evidence, row).glob("*/wire.pcapng"))
        if not cases:
            print(f"no evidence of {fault} as {role} in {args.evidence}", file=sys.stderr)
            return 2
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda case: watch(args.binary, case), cases))
        status = max((status for _, status, _ in results if status != SILENT), default=SILENT)
        violations, breaks = named(results, "violation"), rows[0].breaks
        broken = set(breaks.split(",")) - {"-"}
        blamed = set(violations.split(",")) - {"-"}
        seen = "-" if not broken else "yes" if broken & blamed else "no"
        print(f"{fault:28}{role:10}{status:>4}{len(results):>9}  {breaks:16}{seen:5}{violations:24}{named(results, 'warning')}",
              flush=True)
        before, before_seen, because = wanted.pop(key, ("", "", "-"))
        table.append([fault, role, violations, seen, because])
        if (before, before_seen) != (violations, seen):
            expected = f"{before}, seen {before_seen}" if before else "a line in the table"
            wrong.append(f"{fault} as {role}: expected {expected}; it is {violations}, seen {seen}")
        if because == "-" and (seen == "no" or blamed - broken):
            wrong.append(f"{fault} as {role}: the table does not say because of what")
        for case, status, notes in results:
            if status not in (0, SILENT) and not broken or status not in (0, 1, SILENT):
                wrong.append(f"{fault} as {role}, {case}: exit {status}")
            if (before, before_seen) != (violations, seen) or not broken:
                wrong += [f"{fault} as {role}, {case}: {note}" for note in notes if note["severity"] == "violation"]
        known |= {fault} if broken else set()
        told |= {fault} if seen == "yes" else set()
    wrong += [f"{fault} as {role}: in the table, and not among the runs" for fault, role in wanted]
    print(f"\n{len(told)} of {len(known)} faults can be seen from outside")
    if args.write:
        head = [line for line in lines if line.startswith("#")] + [EXPECTED.replace(" ", "\t")]
        path.write_text("\n".join(head + ["\t".join(row) for row in table]) + "\n")
    for text in wrong:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
