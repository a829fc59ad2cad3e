#!/usr/bin/env python3
"""Holds what the decoder finds in captures of PeerPigeon hubs against what an independent decoder counted in them.

    python3 peerpigeon.py .build/release/meshspec [CAPTURE.pcap ...]

Each capture has its counts beside it, as a JSON file of the same name. By default: all of Captures/peerpigeon, whose totals are
compared, too. Exits 0 when all is so, 1 when not.
"""

import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
NAMES = {name: "peerpigeon." + name.replace("-", "_") for name in (
    "announce", "answer", "cleanup", "cleanup-all", "client-signal-relay", "connected", "connection-rejected", "error",
    "goodbye", "ice-candidate", "offer", "peer-disconnected", "peer-discovered", "ping", "pong")}
# No JSON objects: they are no messages.
NONE = ("(JSON ", "(not JSON)")
TOTALS = ("packets", "bytes", "flows", "messages", "malformed", "unknown", "payload")


def wanted(path):
    out = collections.Counter()
    for way, types in json.loads(path.read_text())["messagesByType"].items():
        for name, count in types.items():
            if not name.startswith(NONE):
                out[NAMES.get(name, "peerpigeon.unrouted"), way == "clientToServer"] += count
    return out


def found(stats):
    out = collections.Counter()
    for name, row in stats["types"].items():
        # A finding about no bytes, such as an offer that was never answered, is no message.
        if name.startswith("peerpigeon.") and not name.endswith(".finding"):
            out[name, True] += row["from_client"]
            out[name, False] += row["from_server"]
    return +out


def main():
    program, *paths = sys.argv[1:]
    paths = [pathlib.Path(p) for p in paths] or sorted((ROOT / "Captures" / "peerpigeon").glob("*.pcap"))
    bad = 0 if paths else 1
    for path in paths:
        done = subprocess.run([program, "stats", "-o", "json", path], capture_output=True, timeout=300)
        stats = json.loads(done.stdout)
        want, have = wanted(path.with_suffix(".json")), found(stats)
        wrong = [f"{k}: {have[k]}, not {want[k]}" for k in sorted(want.keys() | have.keys()) if want[k] != have[k]]
        totals = path.with_suffix(".totals.json")
        if totals.exists():
            golden = json.loads(totals.read_text())
            wrong += [f"{k}: {stats[k]}, not {golden[k]}" for k in TOTALS if stats[k] != golden[k]]
        print(path.name, "\n  ".join(wrong) or f"same: {sum(want.values())} messages", sep=": ")
        bad += bool(wrong)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
