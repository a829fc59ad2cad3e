#!/usr/bin/env python3
"""Runs the suite against py-libp2p 0.8.1, started for each case, over each security and muxer. What it does not keep stands in
baselines/py-libp2p.yaml.

    python3 live.py .build/release/meshspec [--jobs N] [--only SETTINGS[,SETTINGS...]] [--evidence FOLDER] [MESHSPEC OPTION ...]

The first argument is the built program; SETTINGS are noise-yamux and so on. Further words go to `meshspec run`. A run is good when
no case fails or is an error but those that the baseline has, and each of those still fails as it says there. Exits 0 when all runs are
good, 1 when one is not, 2 when it cannot begin.
"""

import argparse
import collections
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import faultruns

TIME_LIMIT = 1800  # seconds for one run
BASELINE = HERE.parent / "baselines" / "py-libp2p.yaml"
# What the cases need beside the defaults of that node.
ALWAYS = "--topic meshspec --heartbeat 1"


def play(binary, security, muxer, args, more):
    """The suite against one setting."""
    environment = {key: value for key, value in os.environ.items() if key != "CI"}
    environment["MESHSPEC_PEER_OPTIONS"] = f"{ALWAYS} --security {security} --muxer {muxer}"
    command = [binary, "run", "-t", str(HERE / "py-libp2p.yaml"), "-P", f"security={security}", "-P", f"muxer={muxer}",
               "-j", str(args.jobs), "--json", "--baseline", str(BASELINE)]
    command += ["--evidence", f"failed={args.evidence}/{security}-{muxer}" if args.evidence else "none", *more]
    try:
        done = subprocess.run(command, cwd=faultruns.ROOT, env=environment, capture_output=True, text=True,
                              timeout=TIME_LIMIT, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return faultruns.Result(None, [], [f"no end within {TIME_LIMIT} s"])
    result = faultruns.read(done.returncode, done.stdout, done.stderr)
    result.complain("fail", "error", "notrun")
    result.trouble += [f"{case.get('id')} is {case['baseline']}: {str(case.get('note'))[:160]}" for case in result.cases
                       if case.get("baseline", "xfail") != "xfail"]
    if not result.counts["pass"]:
        result.trouble.append("no case passes")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("--jobs", type=int, default=4, help="cases side by side (4)")
    parser.add_argument("--only", help="these settings, such as noise-yamux, with commas between them")
    parser.add_argument("--evidence", metavar="FOLDER", help="keep what failed there")
    args, more = parser.parse_known_args()
    binary = shutil.which(str(pathlib.Path(args.binary).resolve()))
    python = os.environ.get("MESHSPEC_PY_LIBP2P", "python3")
    if binary is None or subprocess.run([python, "-c", "import libp2p"], capture_output=True).returncode:
        print(f"{args.binary} is no program" if binary is None else f"{python} has no libp2p", file=sys.stderr)
        return 2
    chosen = [pair for pair in itertools.product(["noise", "plaintext"], ["yamux", "mplex"])
              if not args.only or "-".join(pair) in args.only.split(",")]
    bad = 0
    print(f"{'settings':18}{'exit':>5}{'time':>8}  cases")
    for security, muxer in chosen:
        begun = time.monotonic()
        result = play(binary, security, muxer, args, more)
        counts = collections.Counter(case.get("verdict") for case in result.cases if case.get("baseline") != "xfail")
        counts["known"] = sum(case.get("baseline") == "xfail" for case in result.cases)
        cases = ", ".join(f"{counts[v]} {v}" for v in [*faultruns.VERDICTS, "known"] if counts[v])
        status = "-" if result.status is None else result.status
        print(f"{security + '-' + muxer:18}{status:>5}{time.monotonic() - begun:>7.0f}s  {cases}", flush=True)
        for line in result.trouble:
            print(f"    {line}")
        bad += bool(result.trouble)
    print("all runs are good" if not bad else f"{bad} runs are not good")
    return 1 if bad or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
