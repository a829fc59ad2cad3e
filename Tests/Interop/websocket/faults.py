#!/usr/bin/env python3
"""Runs the suite against peers/wsecho.py, without a mistake and with each one, and compares the verdicts with faults-expected.tsv.

    python3 faults.py .build/release/meshspec [--jobs N] [--only FAULT[,FAULT...]] [--evidence FOLDER]

Prints a table of mistake, exit status, verdicts, the requirement that the mistake breaks, and the requirements that the suite reports as
broken. Exits 0 if all is as expected, 1 if not, 2 if it cannot begin.
"""

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent), str(HERE / "peers")]
import faultruns
import running
import wsecho

TIME_LIMIT = 300  # seconds for one run; it takes about one second


def play(binary, row, evidence):
    mistake = "" if row.fault == "none" else f" {row.fault}"
    node = running.Node("wsecho", "websocket", "{python} websocket/peers/wsecho.py {port}" + mistake, "-", "-")
    with tempfile.TemporaryDirectory() as folder, running.started(node, binary, folder) as address:
        command = [binary, "run", "--protocol", "websocket", "--target", address, "--json", "-j", "4"]
        command += [] if row.options == "-" else row.options.split(" ")
        command += ["--evidence", f"all={faultruns.kept(evidence, row)}" if evidence else "none"]
        try:
            done = subprocess.run(command, cwd=faultruns.ROOT, capture_output=True, text=True, timeout=TIME_LIMIT,
                                  stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return faultruns.Result(None, [], [f"no end within {TIME_LIMIT} s"])
    result = faultruns.read(done.returncode, done.stdout, done.stderr)
    result.requirements = ",".join(sorted({*result.breached("fail"), *result.breached("warn")})) or "-"
    result.complain("error", "notrun", "inconc")
    return result


def main():
    rows = faultruns.expected(HERE / "faults-expected.tsv", "fault select options exit breaks requirements")
    missing = set(wsecho.MISTAKES) - {row.fault for row in rows}
    line = "{:26}{:>4}  {:32}{:8}{}".format
    return faultruns.main(
        __doc__, rows, play, line("fault", "exit", "cases", "breaks", "requirements not kept"),
        lambda row, status, cases, result: line(row.fault, status, cases, row.breaks, result.requirements),
        lambda row: row.fault,
        check=lambda: f"faults-expected.tsv lacks {', '.join(sorted(missing))}" if missing else None,
        conclude=lambda results: faultruns.told_apart([r for r in results if r[0].breaks != "-"]))


if __name__ == "__main__":
    sys.exit(main())
