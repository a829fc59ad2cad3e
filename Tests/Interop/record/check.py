#!/usr/bin/env python3
"""Records every capture in Captures/ from the view of its nodes, and runs what comes out in virtual time.

    python3 check.py .build/release/meshspec [--only WORD] [--update]

expected.tsv has a row for each capture and node: `capture`, with +N of it without its first N packets and with -keys without
its key log; `node`; `outcome`, pass, differs or skip; `messages` and `losses`, how many the file speaks of; `reason`, where the
reference node does otherwise, or why the case is skipped. A case passes, or says in its file why it does not: anything else
fails, and so does a row that comes out otherwise, or a capture without one. Each is run with several random values: the
order in which a node says what may come in any order must not matter. `--update` writes the table anew.
"""

import argparse
import concurrent.futures
import csv
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
CAPTURES = ROOT / "Captures"
TABLE = HERE / "expected.tsv"
COLUMNS = ["capture", "node", "outcome", "messages", "losses", "reason"]
# Other than those that `record` tries; the rounds have random values of their own that follow from it.
SEED = "101"
ROUNDS = 20
# What a result says before the note of the file.
TOLD = "the reference node differs from the node of the capture: "


def cut(path, count, folder):
    """A capture without its first packets."""
    data = path.read_bytes()
    if struct.unpack_from("<I", data)[0] != 0xA1B2C3D4:
        raise SystemExit(f"{path} is no classic pcap, which is what is cut here")
    at = 24
    for _ in range(count):
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
    made = folder / f"{path.stem}-{count}.pcap"
    made.write_bytes(data[:24] + data[at:])
    return made


def source(name, folder):
    """The file of a row's capture, and the options for its keys."""
    base = re.sub(r"(\+\d+|-keys)$", "", name)
    path = CAPTURES / base
    keys = path.with_suffix(".keys.jsonl")
    options = ["--keylog", keys] if keys.exists() and not name.endswith("-keys") else []
    packets = re.search(r"\+(\d+)$", name)
    return cut(path, int(packets.group(1)), folder) if packets else path, options


def call(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300)


def judge(program, row, folder):
    """What a row comes to: the row as it should be, and what is wrong beside that."""
    wrong = []
    capture, options = source(row["capture"], folder)
    case = folder / (re.sub(r"[^a-z0-9]+", "-", (row["capture"] + row["node"]).lower()) + ".yaml")
    made = call(program, "record", capture, "--as", "dut=" + row["node"], *options, "-o", case)
    if made.returncode not in (0, 1) or not case.exists():
        return row | {"outcome": "none"}, [f"record: {made.returncode} {made.stderr.strip()[-300:]}"]
    text = case.read_text()
    notes = {"not here": 0}
    for line in text.splitlines():
        notes["not here"] += line.lstrip().startswith("# not here: ")
    told = sum(line.startswith("meshspec record: not here: ") for line in made.stderr.splitlines())
    # More than a hundred are told by their number.
    if told != min(notes["not here"], 100):
        wrong.append(f"{notes['not here']} losses in the file, {told} told")
    for command in (["check", case], ["fmt", "--check", case]):
        done = call(program, *command)
        if done.returncode != 0 or "warning" in done.stderr:
            wrong.append(f"{command[0]}: {done.returncode} {(done.stdout + done.stderr).strip()[-300:]}")
    done = call(program, "run", case, "--simulate", "--json", "--no-progress", "--seed", SEED, "--repeat", ROUNDS)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    summary = next((e for e in reversed(events) if e.get("event") == "summary"), {})
    outcome, reason = "red", ""
    passed, known = summary.get("pass", 0), summary.get("xfail", 0)
    if passed == ROUNDS and done.returncode == 0:
        outcome = "pass"
    elif passed + known == ROUNDS and done.returncode == 0:
        outcome = "differs"
        notes_told = {e["note"].removeprefix(TOLD).split(": ")[0] for e in events if e.get("note")}
        reason = "; ".join(sorted(notes_told) + ["or it passes"] * (passed > 0))
        # Text may be in quotes, and folded by nobody.
        wrong += [f"the file does not say why: {note}" for note in notes_told if note not in text]
    elif summary.get("skip") == ROUNDS and done.returncode == 5:
        outcome = "skip"
        reason = next((e["reason"] for e in events if e.get("reason")), "")
        if reason not in text:
            wrong.append(f"the file does not say why: {reason}")
    else:
        wrong.append(f"run: {done.returncode} {(done.stdout + done.stderr).strip()[-500:]}")
    messages = re.search(r"^# (\d+) messages, ", text, re.M)
    return {
        "capture": row["capture"],
        "node": row["node"],
        "outcome": outcome,
        "messages": messages.group(1) if messages else "0",
        "losses": str(notes["not here"]),
        "reason": reason,
    }, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--only", default="")
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    program = pathlib.Path(options.program).resolve()
    with TABLE.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    known = {re.sub(r"(\+\d+|-keys)$", "", row["capture"]) for row in rows}
    # The captures of cases/ are for the monitor. Those that were wrapped in TLS have the content of others.
    # The servers of dxos-hosts-dht speak several protocols, of which `record` asks for one connection. Scenarios have
    # no data channels.
    captures = [p for p in CAPTURES.glob("*/*") if p.suffix in (".pcap", ".pcapng")
                and p.parent.name not in ("cases", "webrtc")
                and not p.name.startswith("wrapped-") and p.stem != "dxos-hosts-dht"]
    there = {str(p.relative_to(CAPTURES)) for p in captures}
    failed = 0
    for name in sorted(known ^ there):
        failed += 1
        print(f"FAILED {name}: " + ("no row is about it" if name in there else "there is no such capture"))
    chosen = [row for row in rows if options.only in row["capture"]]
    results = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            results = list(pool.map(lambda row: judge(program, row, folder), chosen))
    for row, (came, wrong) in zip(chosen, results):
        differences = [f"{c}: {came.get(c)}, expected {row[c]}" for c in COLUMNS if came.get(c) != row[c]]
        problems = wrong + ([] if options.update else differences)
        if problems:
            failed += 1
            print(f"FAILED {row['capture']} {row['node']}: " + "; ".join(problems))
    counts = {}
    for came, _ in results:
        counts[came["outcome"]] = counts.get(came["outcome"], 0) + 1
    if options.update and not options.only:
        with TABLE.open("w") as file:
            file.write("\t".join(COLUMNS) + "\n")
            for came, _ in results:
                file.write("\t".join(came.get(c, "") for c in COLUMNS) + "\n")
    print(f"{len(results)} recordings: " + ", ".join(f"{n} {word}" for word, n in sorted(counts.items())))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
