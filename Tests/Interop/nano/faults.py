#!/usr/bin/env python3
"""Runs the suite against nano_peer.py with each of its faults and each of the messages that it can send unasked (rows
`then:NAME`), as server and as client, and compares the verdicts with faults-expected.tsv.

    python3 faults.py .build/release/meshspec [--jobs N] [--only FAULT[,FAULT...]] [--evidence FOLDER]

The first argument is the built program. `python3` in the path must have the package of requirements.txt, because the
target files start the peer with it. Prints the table of fault, role, exit status, verdicts and requirements that were
not kept. Exits 0 when all is as expected, 1 when not (both tables' rows are printed), 2 when it cannot begin.
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import faultruns

TIME_LIMIT = 900  # seconds for one run; the longest take seven minutes


def play(binary, row, evidence):
    """The suite against one fault in one role."""
    ours = {}
    if row.fault.startswith("then:"):
        ours["MESHSPEC_PEER_THEN"] = row.fault.removeprefix("then:")
    elif row.fault != "none":
        ours["MESHSPEC_PEER_FAULT"] = row.fault
    result = faultruns.run(binary, HERE / f"nano_peer-{row.role}.yaml", row, ours, TIME_LIMIT, evidence=evidence)
    warned = [f"warn:{name}" for name in result.breached("warn")]
    result.requirements = ",".join(result.breached() + warned) or "-"
    # A fault may keep cases from being judged; a peer that keeps the rules may not.
    result.complain("error", "notrun", *(["inconc"] if row.requirements == "-" else []))
    return result


def check():
    if subprocess.run(["python3", "-c", "import ed25519_blake2b"], capture_output=True).returncode:
        return "python3 has no ed25519-blake2b: pip install -r Tests/Interop/nano/requirements.txt"


def main():
    return faultruns.main(
        __doc__, faultruns.expected(HERE / "faults-expected.tsv", "fault role select exit breaks requirements"), play,
        f"{'fault':19}{'role':8}{'exit':>4}  {'cases':44}requirements not kept",
        lambda row, status, cases, result: f"{row.fault:19}{row.role:8}{status:>4}  {cases:44}{result.requirements}",
        lambda row: f"{row.fault} as {row.role} (-k {row.select})", check)


if __name__ == "__main__":
    sys.exit(main())
