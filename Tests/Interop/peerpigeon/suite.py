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

TIME_LIMIT = 1200  # seconds for one run; all 55 took seven minutes, four side by side, on a busy machine


def told(row):
    """Returns the options of the suite for the options of the peer. Version 1.1.3 need not count its dials anew."""
    names = {"--max-connections 3": "-P max_connections=3", "--max-reconnects 3": "-P redials=3 --profile robust",
             "--reconnect-interval 1": "-P reconnect=1s"}
    return [word for option, words in names.items() if option in row.options for word in words.split()]


if __name__ == "__main__":
    sys.exit(faultruns.peer(
        __doc__, HERE / "suite-expected.tsv", lambda row: HERE / "hub.yaml", "Spec/peerpigeon/scenarios", TIME_LIMIT,
        told=told))
