#!/usr/bin/env python3
"""Runs the suite against gossip_node.py in several settings, as it is and with each of its faults, and compares the verdicts with
faults-expected.tsv.

    python3 faults.py .build/release/meshspec [--jobs N] [--only FAULT[,FAULT...]] [--evidence FOLDER]

The first argument is the built program. Prints the table of fault, options, exit status, verdicts, the requirements that the fault
breaks by the peer's own account and those that were not kept. A fault is told apart when one that it breaks is among them. Exits
0 when all is as expected, 1 when not (both tables' rows are printed), 2 when it cannot begin.
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import faultruns

TIME_LIMIT = 900  # seconds for one run


def told(row):
    """What the harness is told of the options: a profile, parameters, and whether cases that take long are played."""
    out = []
    for word in row.settings.split() if row.settings != "-" else []:
        name, _, value = word.partition("=")
        out += {"long": ["--long"], "profile": ["--profile", value]}.get(name, ["-P", word])
    return out


if __name__ == "__main__":
    sys.exit(faultruns.peer(
        __doc__, HERE / "faults-expected.tsv", lambda row: HERE / "peer.yaml", "Spec/gossipsub/scenarios", TIME_LIMIT,
        "options settings", told=told))
