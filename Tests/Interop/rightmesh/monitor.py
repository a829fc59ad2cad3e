#!/usr/bin/env python3
"""Watches what rmpx_peer.py said to the suite, as it is and with each of its faults: `meshspec decode --monitor` on what
went over the wire, with nothing but that to go by.

    python3 faults.py .build/release/meshspec --evidence FOLDER
    python3 monitor.py .build/release/meshspec FOLDER

Prints the table of fault, profile, exit status of the monitor, captures, what the fault breaks by the peer's own account,
and the requirements of violations and of warnings in what the peer said. Exits 0 when
  * a peer without a fault is never blamed: its captures pass, without a violation;
  * no violation names a requirement that the fault does not break (ALSO has what the table leaves out);
  * at least RED faults are red at a requirement that they break,
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
sys.path += [str(HERE), str(HERE.parent)]
import faultruns
import faults

RED = 8  # faults that can be seen on the wire alone; there are 29
# What a fault breaks besides, in what is seen of it.
ALSO = {"no-split": {"RM-07", "RM-16"}}  # it leaves superpeers out


def peers(folder):
    """The addresses of the peer in a case, as the trace of its evidence has them."""
    with open(folder / "trace.ndjson") as trace:
        entries = [entry for entry in map(json.loads, trace) if entry.get("what") == "opened"]
    return {entry["peer"] for entry in entries if entry["theirs"] == "node"}


def watch(binary, folder):
    """What the monitor makes of one case: its exit status, and the findings in what the peer said."""
    addresses = peers(folder)
    if not addresses:
        return folder.name, None, []
    said = " or ".join(f"src == {address}" for address in sorted(addresses))
    out = subprocess.run([binary, "decode", "--monitor", "-o", "json", "-Y", said, folder / "wire.pcapng"],
                         capture_output=True, text=True)
    notes = [note for line in out.stdout.splitlines() for note in json.loads(line).get("notes", [])]
    return folder.name, out.returncode, notes


def named(results, severity):
    count = collections.Counter(note.get("requirement", "none") for _, _, notes in results for note in notes
                                if note["severity"] == severity)
    return ",".join(sorted(count)) or "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("evidence", help="what faults.py left with --evidence")
    args = parser.parse_args()
    wrong, red, known = [], set(), set()
    print(f"{'fault':28}{'profile':10}{'exit':>4}{'captures':>9}  {'breaks':16}{'violations':24}warnings")
    for row in faults.rows():
        cases = sorted(path.parent for path in faultruns.kept(args.evidence, row).glob("*/wire.pcapng"))
        if not cases:
            print(f"no evidence of {row.fault} in {args.evidence}", file=sys.stderr)
            return 2
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = [result for result in pool.map(lambda case: watch(args.binary, case), cases) if result[1] is not None]
        # 5: the peer said nothing.
        status = max((status for _, status, _ in results if status != 5), default=5)
        violations = named(results, "violation")
        breaks = set(row.breaks.split(",")) - {"-"}
        print(f"{row.fault:28}{row.profile:10}{status:>4}{len(results):>9}  {row.breaks:16}{violations:24}{named(results, 'warning')}")
        allowed = breaks | ALSO.get(row.fault, set()) | ({"none"} if breaks else set())
        for case, status, notes in results:
            if status not in (0, 5) and not breaks or status not in (0, 1, 5):
                wrong.append(f"{row.fault}, {case}: exit {status}")
            wrong += [f"{row.fault}, {case}: {note}" for note in notes
                      if note["severity"] == "violation" and note.get("requirement", "none") not in allowed]
        known |= {row.fault} if breaks else set()
        red |= {row.fault} if breaks & set(violations.split(",")) else set()
    print(f"\n{len(red)} of {len(known)} faults can be seen from outside")
    if len(red) < RED:
        wrong.append(f"only {len(red)} faults are red at what they break, not {RED}")
    for text in wrong:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
