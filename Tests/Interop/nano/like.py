#!/usr/bin/env python3
"""Runs the suite against nano_peer.py with each of its personalities and compares the deviations with like-expected.tsv.

    python3 like.py .build/release/meshspec [--jobs N] [--only NAME[,NAME...]] [--target once|each] [--select EXPR] [--spec FOLDER]

The first argument is the built program. `python3` in the path must have the package of requirements.txt. Target `once` starts
the node once and sends it the addresses to dial. Target `each` starts it for each case (client cases only). The table has a row for each
verdict except pass and skip: personality, target (* for both), verdict, requirement, scenario without its vector, and the reason.
Exits 0 if each case that did not pass has a row and each row of `once` occurred, except inconclusive rows. Exits 1 if not, and 2 if it
cannot begin.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PROFILES = {"nano-28": "v28", "nano-2026": "v29dev", "rsnano": "v28"}
TARGETS = {"once": "nano_peer-like.yaml", "each": "nano_peer-each.yaml"}
Row = collections.namedtuple("Row", "like target verdict requirement scenario because")


def rows():
    lines = [line.split("\t") for line in (HERE / "like-expected.tsv").read_text().splitlines() if line and line[0] != "#"]
    if lines[0] != list(Row._fields):
        raise SystemExit(f"like-expected.tsv: the first line must name {', '.join(Row._fields)}")
    return [Row(*fields) for fields in lines[1:]]


def play(args, like, target):
    """Runs the suite; returns each case that did not pass as (verdict, requirement, scenario, reason)."""
    with tempfile.TemporaryDirectory() as folder:
        ours = {"MESHSPEC_PEER_LIKE": like, "MESHSPEC_PEER_CONTROL": f"{folder}/control"}
        select = args.select or ("*" if target == "once" else "tag:client")
        command = [args.meshspec, "run", "-t", str((HERE / TARGETS[target]).relative_to(ROOT)), "--profile", PROFILES[like],
                   "--caps", str((HERE / f"{like}-caps.yaml").relative_to(ROOT)), "--json", "--evidence", "none", "-j",
                   str(args.jobs if target == "once" else 1)] + (["-k", select] if select != "*" else [])
        if args.spec:
            command += ["--spec", args.spec]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | ours, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    if not events or events[-1]["event"] != "summary":
        sys.stderr.write(done.stderr[-2000:])
        raise SystemExit(2)
    cases = [e for e in events if e["event"] == "case"]
    print(f"{like} {target}: exit {done.returncode}, " + ", ".join(
        f"{n} {v}" for v, n in sorted(collections.Counter(e["verdict"] for e in cases).items())))
    return [(e["verdict"], e.get("requirement", "-"), e["id"].partition("[")[0], e.get("reason", ""))
            for e in cases if e["verdict"] not in ("pass", "skip")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("meshspec")
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--only")
    parser.add_argument("--target", choices=list(TARGETS))
    parser.add_argument("--select")
    parser.add_argument("--spec")
    args = parser.parse_args()
    if subprocess.run(["python3", "-c", "import ed25519_blake2b"], capture_output=True).returncode:
        print("python3 has no ed25519-blake2b: pip install -r Tests/Interop/nano/requirements.txt", file=sys.stderr)
        return 2
    args.meshspec = str(pathlib.Path(args.meshspec).resolve())
    good = True
    for like in args.only.split(",") if args.only else PROFILES:
        for target in [args.target] if args.target else TARGETS:
            expected = [row for row in rows() if row.like == like and row.target in ("*", target)]
            wanted = {(row.verdict, row.requirement, row.scenario) for row in expected}
            seen = play(args, like, target)
            for verdict, requirement, scenario, reason in seen:
                if (verdict, requirement, scenario) not in wanted:
                    good = False
                    print(f"  not expected: {verdict} {requirement} {scenario}: {reason[:200]}")
            # A selection of cases and the client cases of `each` need not have all rows. Inconclusive rows depend on timing.
            missing = {one for one in wanted if one[0] != "inconc"} - {one[:3] for one in seen} if target == "once" and not args.select else set()
            for one in sorted(missing):
                good = False
                print(f"  expected, but did not occur: {' '.join(one)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
