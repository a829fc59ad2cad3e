#!/usr/bin/env python3
"""Runs the cases for clients against signal_client.py in several builds, with and without a handshake, and compares the verdicts
with clients-expected.tsv.

    python3 clients.py .build/release/meshspec [--jobs N] [--evidence FOLDER]

The first argument is the built program. Prints the table of options, exit status, verdicts and the requirements that were not
kept. Exits 0 when all is as expected, 1 when not (both tables' rows are printed), 2 when it cannot begin.
"""

import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import faultruns

TIME_LIMIT = 300  # seconds for one run; the longest take about 40 on an idle machine


def play(binary, row, evidence):
    """The cases against the client with these options."""
    options = [] if row.options == "-" else row.options.split()
    build = options[options.index("--build") + 1] if "--build" in options else "js-2022"
    handshake = "on" if "--handshake" in options else "off"
    with tempfile.TemporaryDirectory() as folder:
        ours = {"MESHSPEC_PEER_OPTIONS": " ".join(options), "MESHSPEC_PEER_CONTROL": f"{folder}/control"}
        result = faultruns.run(
            binary, HERE / "signal_client.yaml", row, ours, TIME_LIMIT, "Spec/dxos/scenarios",
            "-P", f"build={build}", "-P", f"handshake={handshake}", evidence=evidence)
    result.requirements = ",".join(sorted({*result.breached(), *result.breached("warn")})) or "-"
    result.complain("error", "notrun", "inconc")
    return result


def main():
    rows = faultruns.expected(HERE / "clients-expected.tsv", "fault options select exit requirements")
    return faultruns.main(
        __doc__, rows, play, f"{'options':32}{'exit':>4}  {'cases':40}requirements not kept",
        lambda row, status, cases, result: f"{row.options:32}{status:>4}  {cases:40}{result.requirements}",
        lambda row: f"{row.options} (-k {row.select})")


if __name__ == "__main__":
    sys.exit(main())
