#!/usr/bin/env python3
"""Runs every command of every document, and compares what it prints with what the document shows.

    python3 check.py .build/release/meshspec [DOCUMENT ...]

Documents are README.md, .github/CONTRIBUTING.md and all of Spec. The commands of each run in their order, in a folder and a network namespace of their
own, with the files and nodes beside them that they name (world.py). Files that a reader writes (```python node.py) are written,
and have to be those of the tree in the end, where it has them. commands.tsv lists what is not a command that ends with status 0
by itself. Exits 0 when all documents are right, 1 when one is not, 2 when it cannot begin: it needs root for the namespaces.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import compare
import documents
import world

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SLOW = 15  # seconds after which a command is told
RULES = ("status", "until", "beside", "also", "instead", "skip")
# They print what is in files, which is the same each time.
STEADY = ("decode", "stats", "follow", "flow", "list", "show", "explain", "check", "fmt", "schema", "coverage")


def exceptions():
    """The rows of the table: (command, rule, value). A command with ` *` at its end is the beginning of one."""
    rows = []
    for number, line in enumerate((HERE / "commands.tsv").read_text().splitlines(), 1):
        if line and line[0] != "#":
            fields = line.split("\t")
            if len(fields) != 3 or fields[1] not in RULES:
                raise SystemExit(f"commands.tsv:{number}: wants a command, one of {', '.join(RULES)}, and a value")
            rows.append(tuple(fields))
    return rows


def rules_for(command, rows, used):
    """What the table says of a command. A whole command goes before the beginning of one, a longer before a shorter."""
    rules = {}
    for name, rule, value in sorted(rows, key=lambda row: (not row[0].endswith(" *"), len(row[0]))):
        if command == name or name.endswith(" *") and (command + " ").startswith(name[:-1]):
            rules[rule] = value
            used.append([name, rule])
    return rules


def differs(command, rules, place):
    """Runs one command. The lines that say what is wrong with it."""
    text = rules.get("instead", command.text)
    if "also" in rules:
        head, *tail = re.split(r" (?=[|>] )", text, maxsplit=1)
        text = " ".join([head, rules["also"], *tail])
    place.prepare(text)
    if "beside" in rules:
        status, printed = place.start(text, rules["beside"])
        wanted = None
    else:
        status, printed = place.run(text, rules.get("until"))
        wanted = int(rules.get("status", "0"))
    trouble = []
    if status != wanted:
        trouble += [f"exit status {status}, wanted {'none yet' if wanted is None else wanted}"]
        trouble += [f"    {line}" for line in printed[-15:]]
    if command.shown:
        words = text.split()
        steady = len(words) > 1 and words[0] == "meshspec" and words[1] in STEADY
        trouble += [f"    {line}" for line in compare.difference(command.shown, printed, not steady) or []]
    return trouble


def written(file, place):
    """Writes what a reader is told to write."""
    path = place.folder / file.name
    text = "\n".join(file.lines) + "\n"
    path.write_text(text if documents.is_whole(file) else documents.merged(path.read_text(), text))
    place.changed()
    return path


def check(document, binary):
    """All of one document: how many commands ran, what is wrong, which rows were used, what was left out."""
    rows, used, trouble, skipped, ran, begun = exceptions(), [], [], 0, 0, time.monotonic()
    files, times = {}, collections.Counter()
    with tempfile.TemporaryDirectory(prefix="docs") as folder, world.Place(folder, ROOT, binary) as place:
        for step in documents.steps((ROOT / document).read_text()):
            if isinstance(step, documents.File):
                files[step.name] = written(step, place)
                continue
            rules = rules_for(step.text, rows, used)
            if "skip" in rules:
                skipped += 1
                continue
            ran += 1
            if "status" in rules:
                statuses = rules["status"].split(",")
                rules["status"] = statuses[min(times[step.text], len(statuses) - 1)]
            times[step.text] += 1
            since = time.monotonic()
            wrong = differs(step, rules, place)
            if time.monotonic() - since > SLOW:
                print(f"{document}:{step.line}: {time.monotonic() - since:.0f} s for {step.text}", file=sys.stderr, flush=True)
            if wrong:
                trouble += [f"{document}:{step.line}: {step.text}", *(f"    {line}" for line in wrong)]
        for name, path in files.items():
            kept = (ROOT / document).with_suffix("") / name
            if kept.exists() and kept.read_text() != path.read_text():
                trouble += [f"{document}: what it writes to {name} is not {kept.relative_to(ROOT)}"]
    return {"document": document, "ran": ran, "skipped": skipped, "trouble": trouble, "used": used,
            "seconds": time.monotonic() - begun}


def apart(document, binary):
    """`check` in a network namespace of its own, whose loopback is called eth0, as the device of documents is."""
    inside = 'ip link set lo name eth0 && ip link set eth0 up && exec "$@"'
    command = ["unshare", "--net", "bash", "-c", inside, "inside", sys.executable, str(HERE / "check.py"), str(binary)]
    done = subprocess.run([*command, "--inside", document], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        return {"document": document, "ran": 0, "skipped": 0, "used": [], "seconds": 0,
                "trouble": [f"{document}: the check broke off"]}
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("documents", nargs="*", help="only these, as paths in the tree")
    parser.add_argument("--jobs", type=int, default=2, help="documents side by side (2)")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    args = parser.parse_args()
    binary = pathlib.Path(args.binary).resolve()
    if args.inside:
        json.dump(check(args.inside, binary), sys.stdout)
        return 0
    if not os.access(binary, os.X_OK):
        print(f"{args.binary} is no program", file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print("the commands of documents want ports and devices of their own: run this as root", file=sys.stderr)
        return 2
    every = ["README.md", ".github/CONTRIBUTING.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "Spec").rglob("*.md"))]
    chosen = args.documents or every
    used, bad = set(), 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for result in pool.map(lambda document: apart(document, binary), chosen):
            used |= {tuple(row) for row in result["used"]}
            bad += bool(result["trouble"])
            skipped = f", {result['skipped']} left out" if result["skipped"] else ""
            print(f"{'not right' if result['trouble'] else 'ok':10}{result['document']:34}"
                  f"{result['ran']:>4} commands{skipped}, {result['seconds']:.0f} s", flush=True)
            for line in result["trouble"]:
                print(f"    {line}", flush=True)
    if not args.documents:
        for name, rule, _ in exceptions():
            if (name, rule) not in used:
                bad += 1
                print(f"commands.tsv: no document has this any more: {name} ({rule})")
    print("all documents are right" if not bad else f"{bad} are not right")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
