#!/usr/bin/env python3
"""Runs the suite against py-libp2p 0.8.1, started for each case, over each security and muxer. What it does not keep stands in
baselines/py-libp2p.yaml, and what it does not keep over mplex alone in baselines/py-libp2p-mplex.yaml.

    python3 live.py .build/release/meshspec [--jobs N] [--only SETTINGS[,SETTINGS...]] [-k EXPR] [--steady] [--evidence FOLDER] [--update]
                                            [MESHSPEC OPTION ...]

The first argument is the built program; SETTINGS are noise-yamux and so on. Further words go to `meshspec run`. A node that is
started for each case has one case at a time, so that each of the N jobs is a run of its own, of a part of the suite. A run is good
when no case fails or is an error but those that the baseline has, and each of those still fails as it says there, or cannot be judged
because the machine is busy. What comes of the cases in CHANCE is told and is no trouble; --steady leaves them out. --update writes what
does not pass into the baseline, with the notes that are there. Exits 0 when all runs are good, 1 when one is not, 2 when it cannot begin.
"""

import argparse
import collections
import concurrent.futures
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import faultruns

TIME_LIMIT = 3600  # seconds for one run
BASELINE = HERE.parent / "baselines" / "py-libp2p.yaml"
OVER_MPLEX = BASELINE.with_stem("py-libp2p-mplex")
# Cases that py-libp2p sometimes passes and sometimes fails, or that end it.
CHANCE = {
    "gossipsub.mesh.backoff.respected": "it counts whole seconds, so that a backoff is short by up to one",
    "gossipsub.fanout.left": "it keeps a peer in the fanout of a topic that the peer has left, unless its heartbeat removes the fanout first",
    "gossipsub.idontwant.heeded": "it forgets what is not wanted at its next heartbeat",
    "gossipsub.idontwant.flood": "the same",
    "gossipsub.idontwant.close": "the same",
    "gossipsub.gossip.answer.split": "it stops to forward after some messages of 58,000 bytes, so that nothing can be judged",
    "gossipsub.mesh.join": "the heartbeat after it joined adds peers beyond D",
    "gossipsub.mesh.outbound": "it takes out of a full mesh whoever it happens to choose, also whom it dialed, when its heartbeat is",
    "gossipsub.yamux.flood": "it refuses no stream, and ends the session if the flood reaches that number in time",
    "gossipsub.rpc.undecodable": "its process ends, because no code catches DecodeError on the stream: the case is an error",
    "gossipsub.rpc.undecodable.neighbours": "the same",
}


def by_chance(case):
    """Returns true if a case is in CHANCE, with any vector."""
    return str(case.get("id")).partition("[")[0] in CHANCE


def known(muxer, folder):
    """A baseline of all that is known over this muxer."""
    if muxer != "mplex":
        return BASELINE
    both = pathlib.Path(folder) / "baseline.yaml"
    both.write_text(BASELINE.read_text() + OVER_MPLEX.read_text().partition("entries:\n")[2])
    return both


def part(binary, security, muxer, baseline, number, args, more):
    """One part of the suite against one setting."""
    environment = {key: value for key, value in os.environ.items() if key != "CI"}
    environment["MESHSPEC_PEER_OPTIONS"] = f"--security {security} --muxer {muxer}"
    command = [binary, "run", "-t", str(HERE / "py-libp2p.yaml"), "-P", f"security={security}", "-P", f"muxer={muxer}",
               "--shard", f"{number}/{args.jobs}", "--json", "--no-progress", "--baseline", str(baseline)]
    command += ["--evidence", f"failed={args.evidence}/{security}-{muxer}" if args.evidence else "none", *more]
    if args.steady:
        rest = " && ".join(f"!id:{name}" for name in CHANCE)
        command += ["-k", f"({args.select}) && {rest}" if args.select else rest]
    elif args.select:
        command += ["-k", args.select]
    try:
        done = subprocess.run(command, cwd=faultruns.ROOT, env=environment, capture_output=True, text=True,
                              timeout=TIME_LIMIT, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return faultruns.Result(None, [], [f"no end within {TIME_LIMIT} s"])
    if done.returncode == 5:  # nothing of the selection is in this part
        return faultruns.Result(0, [], [])
    return faultruns.read(done.returncode, done.stdout, done.stderr)


def play(binary, security, muxer, args, more):
    """The suite against one setting, in parts side by side."""
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        baseline = known(muxer, folder)
        parts = list(pool.map(lambda number: part(binary, security, muxer, baseline, number, args, more),
                              range(1, args.jobs + 1)))
    result = faultruns.Result(max((p.status is None, p.status or 0) for p in parts)[1], sum((p.cases for p in parts), []),
                              [line for p in parts for line in p.trouble if line != "no case was judged"])
    everything, result.cases = result.cases, [case for case in result.cases if not by_chance(case)]
    result.complain("fail", "error", "notrun")
    # What could not be judged is changed as well.
    result.trouble += [f"{case.get('id')} is {case['baseline']}: {str(case.get('note'))[:160]}" for case in result.cases
                       if case.get("baseline", "xfail") != "xfail" and case.get("verdict") != "inconc"]
    result.cases = everything
    if not result.counts["pass"]:
        result.trouble.append("no case passes")
    return result


def update(runs):
    """Writes the baselines anew: what did not hold in these runs, which are lists of cases by their muxer, and as it was what they
    did not have. A case whose reason differs from one setting to the other would have two entries."""
    judged = [(muxer, case) for muxer, cases in runs for case in cases if not by_chance(case)
              and case.get("verdict") not in ("skip", "notrun", "error") and not str(case.get("reason")).startswith("harness late")]
    good = {case["id"] for muxer, case in judged if muxer == "yamux" and case["verdict"] == "pass"}
    for path, muxers in (BASELINE, ("yamux", "mplex")), (OVER_MPLEX, ("mplex",)):
        head, old = [], {}
        for line in path.read_text().splitlines() if path.exists() else []:
            if match := re.fullmatch(r"  - id: (.*)", line):
                now = old.setdefault(match[1], {})
            elif match := re.fullmatch(r"    (\w+): (.*)", line):
                now[match[1]] = match[2]
            elif not line.startswith(("meshspec-baseline", "entries")):
                head.append(line)
        run = {case["id"] for muxer, case in judged if muxer in muxers}
        entries = {(name, e["requirement"], e["reason"]): e["note"] for name, e in old.items() if name not in run}
        for muxer, case in judged:
            if case["verdict"] != "pass" and muxer in muxers and (case["id"] in good) == (path == OVER_MPLEX):
                entries[case["id"], case["requirement"], case["fingerprint"]] = old.get(case["id"], {}).get("note", "TODO")
        lines = [*head, "meshspec-baseline: 1", "entries:"]
        for (name, requirement, reason), note in sorted(entries.items()):
            lines += [f"  - id: {name}", f"    requirement: {requirement}", f"    reason: {reason}", f"    note: {note}"]
        path.write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("--jobs", type=int, default=4, help="cases side by side (4)")
    parser.add_argument("--only", help="these settings, such as noise-yamux, with commas between them")
    parser.add_argument("-k", "--select", metavar="EXPR", help="these cases")
    parser.add_argument("--steady", action="store_true", help="without the cases that py-libp2p keeps by chance")
    parser.add_argument("--evidence", metavar="FOLDER", help="keep what failed there")
    parser.add_argument("--update", action="store_true", help="write what does not pass into the baseline")
    args, more = parser.parse_known_args()
    binary = shutil.which(str(pathlib.Path(args.binary).resolve()))
    python = os.environ.get("MESHSPEC_PY_LIBP2P", "python3")
    if binary is None or subprocess.run([python, "-c", "import libp2p"], capture_output=True).returncode:
        print(f"{args.binary} is no program" if binary is None else f"{python} has no libp2p", file=sys.stderr)
        return 2
    chosen = [pair for pair in itertools.product(["noise", "plaintext"], ["yamux", "mplex"])
              if not args.only or "-".join(pair) in args.only.split(",")]
    bad, runs = 0, []
    print(f"{'settings':18}{'exit':>5}{'time':>8}  cases")
    for security, muxer in chosen:
        begun = time.monotonic()
        result = play(binary, security, muxer, args, more)
        runs.append((muxer, result.cases))
        counts = collections.Counter(case.get("verdict") for case in result.cases if case.get("baseline") != "xfail")
        counts["known"] = sum(case.get("baseline") == "xfail" for case in result.cases)
        told = ", ".join(f"{counts[v]} {v}" for v in [*faultruns.VERDICTS, "known"] if counts[v])
        status = "-" if result.status is None else result.status
        print(f"{security + '-' + muxer:18}{status:>5}{time.monotonic() - begun:>7.0f}s  {told}", flush=True)
        for case in result.cases:
            if case.get("verdict") == "inconc" and case.get("baseline") != "xfail":
                print(f"    {case['id']} is inconclusive: {faultruns.shortened(str(case.get('reason')))}")
        for line in result.trouble:
            print(f"    {line}")
        bad += bool(result.trouble)
    if args.update:
        update(runs)
    print("all runs are good" if not bad else f"{bad} runs are not good")
    return 1 if bad or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
