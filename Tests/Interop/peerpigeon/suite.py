#!/usr/bin/env python3
"""Runs the suite against hub.py as it is and with each of its faults, and compares the verdicts with
suite-expected.tsv.

    python3 suite.py .build/release/meshspec [--jobs N] [--only FAULT[,FAULT...]] [--evidence FOLDER]

The first argument is the built program. Prints the table of fault, build, exit status, verdicts, the requirements that the fault
breaks by the peer's own account and those that were not kept. A fault is told apart when one that it breaks is among them. Exits
0 when all is as expected, 1 when not (both tables' rows are printed), 2 when it cannot begin.
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import faultruns

TIME_LIMIT = 600  # seconds for one run; the longest take about one minute on an idle machine


def rows():
    """The table of what is expected."""
    return faultruns.expected(HERE / "suite-expected.tsv", "fault options select exit breaks requirements")


def play(binary, row, evidence):
    """The suite against one fault with these options of the peer."""
    ours = {}
    if row.fault != "none":
        ours["MESHSPEC_PEER_FAULT"] = row.fault
    if row.options != "-":
        ours["MESHSPEC_PEER_OPTIONS"] = row.options
    # The suite is told what the peer is.
    told = ["-P", "max_connections=3"] if "--max-connections" in row.options else []
    result = faultruns.run(
        binary, HERE / "hub.yaml", row, ours, TIME_LIMIT, "Spec/peerpigeon/scenarios", *told, evidence=evidence)
    # A rule that is a SHOULD is a warning where it is not kept.
    result.requirements = ",".join(sorted({*result.breached(), *result.breached("warn")})) or "-"
    # A fault may keep cases from being judged; a peer that keeps the rules may not.
    result.complain("error", "notrun", *(["inconc", "fail", "warn"] if row.fault == "none" else []))
    return result


def conclude(results):
    """How many faults are told apart: one that they break is among the requirements that were not kept."""
    faults = {row.fault for row, _ in results} - {"none"}
    told = {row.fault for row, result in results
            if row.fault != "none" and set(row.breaks.split(",")) & set(result.requirements.split(","))}
    print(f"{len(told)} of {len(faults)} faults are told apart")
    if faults - told:
        print(f"not: {', '.join(sorted(faults - told))}")


def main():
    return faultruns.main(
        __doc__, rows(), play,
        f"{'fault':26}{'options':20}{'exit':>4}  {'cases':40}{'breaks':16}requirements not kept",
        lambda row, status, cases, result:
            f"{row.fault:26}{row.options:20}{status:>4}  {cases:40}{row.breaks:16}{result.requirements}",
        lambda row: f"{row.fault} with {row.options} (-k {row.select})",
        conclude=conclude)


if __name__ == "__main__":
    sys.exit(main())
