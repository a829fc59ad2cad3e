#!/usr/bin/env python3
"""Compares what PyYAML reads in Vectors/ with what meshspec reads there: readers.py MESHSPEC

Both must have the same vectors with the same values, bytes as text. Exits 1 when one differs.
"""
import json
import pathlib
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
KEYS = ["name", "provenance", "requirements", "expect", "by", "settings", "bytes", "fields", "error", "call", "arguments", "result"]


def main(meshspec):
    told = subprocess.run([meshspec, "vectors", "--json", "--spec", ROOT / "Spec"], capture_output=True, check=True).stdout
    ours = {v["id"]: v for v in json.loads(told)["vectors"]}
    count, wrong = len(ours), []
    for path in sorted((ROOT / "Vectors").glob("*/*.yaml")):
        for theirs in yaml.safe_load(path.read_text()):
            id = f"vectors.{path.parent.name}.{path.stem}.{theirs['name']}"
            v = ours.pop(id, {})
            wrong += [f"{id}: {key} is {theirs.get(key)!r}, meshspec has {v.get(key)!r}" for key in KEYS if theirs.get(key) != v.get(key)]
            if "bytes" in theirs and not isinstance(theirs["bytes"], str):
                wrong.append(f"{id}: bytes are no text")
    wrong += [f"{id}: not read here" for id in ours]
    print("\n".join(wrong + [f"{count} vectors, {len(wrong)} differences"]))
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
