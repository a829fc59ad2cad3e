#!/usr/bin/env python3
"""Runs the suite against gossip_node.py with each personality, and against p2pd, which is go-libp2p 0.32. baselines/like-NAME.yaml
and baselines/p2pd.yaml list the requirements that a node breaks, with the reason. The verdicts must be exactly these.

    python3 personalities.py .build/release/meshspec [--only NAME[,NAME...]] [--how once|each] [--jobs N[,N...]] [-k EXPR] [--update]
                                                     [MESHSPEC OPTION ...]

The first argument is the built program. A NAME is a personality or p2pd; the script skips p2pd if the variable P2PD is not the path of the
program. `once` starts the node once and runs N cases in parallel. `each` starts it for each case; each of N parts of the suite runs one
case at a time. Without --how, the script does both. It takes the options of a personality from its row in running.tsv, and passes further
words to `meshspec run`. A run is good if no case differs from the baseline. If steps of a case took longer than the rule allows, the script
runs this case again, alone. The script prints cases for which the harness itself was late, but they do not fail the run. --update writes the cases that do not pass into the baselines, and keeps their notes. Exits 0 if all runs are
good, 1 if one is not, and 2 if it cannot begin.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import faultruns
import running
import ways

TIME_LIMIT = 3600  # seconds for one run
P2PD = "p2pd"
# These cases end the node, so that they only run with --how each.
ENDS = {"py-0.8": "gossipsub.rpc.undecodable*"}
# Cases that a node sometimes passes and sometimes fails; a pass is not an error.
CHANCE = {
    "rust-0.57": ("gossipsub.gossip.heartbeat",),  # R1, unless other cases keep the node awake
    "py-0.8": ("gossipsub.mesh.join", "gossipsub.mesh.outbound"),  # like CHANCE of live.py
}
# A personality with other settings: its name, options of the node, options of `meshspec run`, and cases.
Variant = collections.namedtuple("Variant", "like peer options select")
VARIANTS = {"js-3.3-unsigned": Variant("js-3.3", "--no-sign", ["-P", "signing=strict-no-sign"], "gossipsub.signing.none.*")}
BASELINES = HERE.parent / "baselines"
LATE = "harness late"
TOOK = "elapsed("  # in the reason of a case: its steps took longer than the rule allows, so that it judges nothing


def is_late(case):
    """Returns true if the harness itself was too late to judge a case, in a first try too if the second one passed."""
    return case.get("verdict") in ("inconc", "pass") and str(case.get("reason")).startswith(LATE)


def is_slow(case):
    """Returns true if the steps of a case took too long. The machine, the harness or the node may be the cause."""
    return case.get("verdict") == "inconc" and TOOK in str(case.get("reason"))


def baseline(name):
    return BASELINES / (f"{name}.yaml" if name == P2PD else f"like-{name}.yaml")


def options_of(name, how, folder):
    """Returns the options of `meshspec run` for a node: the row of running.tsv, without its baseline. A node that is started for
    each case knows the peers at the addresses that it dials."""
    if name == P2PD:
        return []
    variant = VARIANTS.get(name)
    row = next(node for node in running.nodes() if node.name == f"gossipsub-like-{variant.like if variant else name}")
    words = shlex.split(row.options)
    at = words.index("--baseline")
    del words[at:at + 2]
    if variant:
        words[words.index("--caps") + 1] = f"Tests/Interop/gossipsub/likes/{name}-caps.yaml"
        words += variant.options
    if how == "each":
        at = words.index("--caps") + 1
        caps = pathlib.Path(folder) / "caps.yaml"
        caps.write_text((faultruns.ROOT / words[at]).read_text().replace("  known_peer: false\n", ""))
        words[at] = str(caps)
    return words


def part(binary, name, how, number, jobs, args, more, cases=""):
    """Runs meshspec: the whole suite with the node started once, or a part of it with the node started for each case. `cases` is
    a further selection."""
    with tempfile.TemporaryDirectory() as folder:
        variables = {key: value for key, value in os.environ.items() if key not in faultruns.NOT_THEIRS}
        variant = VARIANTS.get(name, Variant(name, "", [], ""))
        variables |= {"MESHSPEC_LIKE": variant.like, "MESHSPEC_LIKE_SOCKET": f"{folder}/socket", "P2PD_FIFO": f"{folder}/fifo",
                      "MESHSPEC_PEER_OPTIONS": f"{variant.peer} {args.peer_options}"}
        target = HERE / f"{P2PD if name == P2PD else 'like'}{'-once' if how == 'once' else ''}.yaml"
        command = [binary, "run", "-t", str(target), *options_of(name, how, folder), "--json", "--no-progress", "--evidence", "none"]
        command += ["-j", str(jobs)] if how == "once" else ["--shard", f"{number}/{jobs}"]
        selection = [f"({words})" for words in (variant.select, args.select, cases) if words]
        if how == "once" and name in ENDS:
            selection.append(f"!{ENDS[name]}")
        command += ["-k", " && ".join(selection)] if selection else []
        if not args.update and baseline(name).exists():
            command += ["--baseline", str(baseline(name))]
        try:
            done = subprocess.run([*command, *more], cwd=faultruns.ROOT, env=variables, capture_output=True, text=True,
                                  timeout=TIME_LIMIT, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return faultruns.Result(None, [], [f"no end within {TIME_LIMIT} s"])
    if done.returncode == 5:  # this part has no selected case
        return faultruns.Result(0, [], [])
    return faultruns.read(done.returncode, done.stdout, done.stderr)


def play(binary, name, how, jobs, args, more):
    parts = range(1, 2 if how == "once" else jobs + 1)
    with concurrent.futures.ThreadPoolExecutor(len(parts)) as pool:
        results = list(pool.map(lambda number: part(binary, name, how, number, jobs, args, more), parts))
    result = faultruns.Result(max((r.status is None, r.status or 0) for r in results)[1], sum((r.cases for r in results), []),
                              [line for r in results for line in r.trouble if line != "no case was judged"])
    # Alone, a case has the machine for itself, so that steps that still take too long are the node's.
    slow = [case["id"] for case in result.cases if is_slow(case)]
    if slow:
        scenarios = sorted({case.partition("[")[0] for case in slow})
        again = part(binary, name, how, 1, 1, args, more, " || ".join(scenarios))
        print(f"    (again alone: {', '.join(sorted(slow))})", flush=True)
        result.cases = [case for case in result.cases if not is_slow(case)] + [case for case in again.cases if case["id"] in slow]
        result.trouble += [line for line in again.trouble if line != "no case was judged"]
    for case in result.cases:
        verdict, known, why = case.get("verdict"), case.get("baseline"), str(case.get("reason"))
        by_chance = verdict == "pass" and case.get("id") in CHANCE.get(name, ())
        if known == "xfail" or is_late(case) or by_chance or known is None and verdict in ("pass", "skip"):
            continue
        if known:
            why = f"{case.get('note')}; {verdict}: {why}"
        result.trouble.append(f"{case.get('id')} is {known or verdict} ({case.get('requirement')}): {faultruns.shortened(why)}")
    return result


def update(name, cases):
    """Writes a new baseline: the failed cases of these runs, with the old notes of the same reason or the same case."""
    path, notes, head = baseline(name), {}, f"# The requirements that gossip_node.py breaks with --like {name}, because {name} itself breaks them.\n"
    if path.exists():
        text = path.read_text()
        head = text[:text.index("meshspec-baseline")]
        for entry in text.split("  - id: ")[1:]:
            lines = entry.splitlines()
            notes[lines[0]] = dict(line.strip().split(": ", 1) for line in lines[1:])["note"]
    entries = {}
    for case in cases:
        if case.get("verdict") in ("fail", "warn", "inconc") and not is_late(case):
            entries[case["id"], case["requirement"], case["fingerprint"]] = notes.get(case["id"], "TODO")
    with path.open("w") as out:
        out.write(f"{head}meshspec-baseline: 1\nentries:\n")
        for (case, requirement, reason), note in sorted(entries.items()):
            out.write(f"  - id: {case}\n    requirement: {requirement}\n    reason: {reason}\n    note: {note}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("--only", help="these nodes, with commas between them")
    parser.add_argument("--how", choices=["once", "each"], help="start the node once, or for each case (both)")
    parser.add_argument("--jobs", default="8", help="cases side by side; several runs with commas between them (8)")
    parser.add_argument("-k", "--select", metavar="EXPR", help="these cases")
    parser.add_argument("--peer-options", default="", metavar="OPTIONS", help="options of the node besides")
    parser.add_argument("--update", action="store_true", help="write what does not pass into the baselines")
    args, more = parser.parse_known_args()
    binary = shutil.which(str(pathlib.Path(args.binary).resolve()))
    if binary is None:
        print(f"{args.binary} is not a program", file=sys.stderr)
        return 2
    names = [name for name in ways.personalities() if name != "own"] + list(VARIANTS) + ([P2PD] if "P2PD" in os.environ else [])
    chosen = args.only.split(",") if args.only else names
    if unknown := set(chosen) - set(names):
        print(f"no node is called {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    bad = 0
    print(f"{'node':18}{'how':6}{'jobs':>5}{'exit':>5}{'time':>8}  cases")
    for name in chosen:
        seen = []
        for how in [args.how] if args.how else ["once", "each"]:
            for jobs in map(int, args.jobs.split(",")):
                begun = time.monotonic()
                result = play(binary, name, how, jobs, args, more)
                seen += result.cases
                counts = collections.Counter(case.get("verdict") for case in result.cases if case.get("baseline") != "xfail")
                counts["known"] = sum(case.get("baseline") == "xfail" for case in result.cases)
                told = ", ".join(f"{counts[v]} {v}" for v in [*faultruns.VERDICTS, "known"] if counts[v])
                print(f"{name:18}{how:6}{jobs:>5}{'-' if result.status is None else result.status:>5}"
                      f"{time.monotonic() - begun:>7.0f}s  {told}", flush=True)
                for line in result.trouble:
                    print(f"    {line}")
                for case in result.cases:
                    if is_late(case):
                        print(f"    ({case['id']} cannot be judged: {faultruns.shortened(str(case['reason']))})")
                bad += bool(result.trouble)
        if args.update:
            update(name, seen)
    print("all runs are good" if not bad else f"{bad} runs are not good")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
