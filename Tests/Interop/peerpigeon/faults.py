#!/usr/bin/env python3
"""Gives hub.py each of its faults in turn and plays the case that shows it: what a client is told must differ from the
transcript of the real hub. Without a fault all cases are the same.

    python3 faults.py [--only FAULT[,FAULT...]] [--jobs N]

Prints the table of fault, requirement and case. Exits 0 when each fault is told apart, 1 when one is not.
"""
import argparse
import collections
import concurrent.futures
import subprocess
import sys

from compare import HERE
from hub import faults


def play(row):
    """Whether the case of a fault differs, and the first line that says how."""
    name, _, case, _ = row
    done = subprocess.run([sys.executable, str(HERE / "compare.py"), "--only", case, "--fault", name], capture_output=True,
                          text=True, timeout=300)
    told = [line.strip() for line in done.stdout.splitlines() if line.startswith("    ")]
    return done.returncode == 1 and bool(told), told[0] if told else done.stderr.strip()[-200:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", help="these faults, with commas between them")
    parser.add_argument("--jobs", type=int, default=4, help="faults side by side (4)")
    arguments = parser.parse_args()
    rows = [row for row in faults() if row[2] != "-" and (not arguments.only or row[0] in arguments.only.split(","))]
    found = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for (name, broken, case, what), (is_told, line) in zip(rows, pool.map(play, rows)):
            found[is_told] += 1
            print(f"{name:26}{broken:8}{case:26}{'told apart' if is_told else 'NOT TOLD APART: ' + what}", flush=True)
            if not is_told and line:
                print(f"    {line}")
    print(f"{found[True]} of {len(rows)} faults are told apart")
    return 1 if found[False] or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
