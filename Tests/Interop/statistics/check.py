#!/usr/bin/env python3
"""Counts a large capture in one process and in parts by job.py, compares the totals, and prints how fast each was.

    python3 check.py .build/release/meshspec [--megabytes 2048] [--workers 1,2]

The capture is made of those in Captures/, again and again between other hosts. Wants PySpark (requirements.txt) and Java 17.
Exits 0 when all totals are the same, 1 when not. That more workers are faster is printed and not judged.
"""

import argparse
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
# Classic pcap, between ports of 127.0.0.1. None of DXOS and PeerPigeon: copies have the same peers, and what the monitor finds of
# a peer depends on all connections with its id, which a split gives to several parts.
TEMPLATES = ["nano/nano-node-light-v2", "websocket/ws-to-websockets-deflate", "gossipsub/gossipsub-plaintext-yamux"]
HOST = bytes([127, 0, 0, 1])
# With their ports fewer ends than are counted by themselves: beyond, totals are told of the busiest ones only.
HOSTS = 200


def packets(path):
    """The head of a capture, and its packets with theirs."""
    data = path.read_bytes()
    if struct.unpack_from("<I", data)[0] != 0xA1B2C3D4:
        raise SystemExit(f"{path} is no capture of the kind that is copied here")
    return data[:24], data[24:]


def generate(folder, megabytes):
    """A file for each template, all of the same size."""
    made = []
    for name in TEMPLATES:
        head, body = packets(ROOT / "Captures" / f"{name}.pcap")
        path = folder / (name.split("/")[1] + ".pcap")
        with path.open("wb") as file:
            file.write(head)
            size, copy = 0, 0
            while size < (megabytes << 20) // len(TEMPLATES):
                copy += 1
                host = bytes([10, 0, copy % HOSTS >> 4, copy % HOSTS & 15])
                file.write(body.replace(HOST, host))
                size += len(body)
        made.append(path)
    return made


def comparable(printed):
    """The totals without the numbers of connections and frames, which have no meaning in a part."""
    totals = json.loads(printed)
    for row in totals["failures"] + totals["unknown_flows"]:
        row["first"].pop("flow", None)
        row["first"].pop("frame", None)
    return totals


def differing(whole, total, path=""):
    """The members that are not the same, a line each."""
    if isinstance(whole, dict) and isinstance(total, dict):
        for key in {**whole, **total}:
            yield from differing(whole.get(key), total.get(key), f"{path}.{key}")
    elif isinstance(whole, list) and isinstance(total, list) and len(whole) == len(total):
        for i, (one, other) in enumerate(zip(whole, total)):
            yield from differing(one, other, f"{path}[{i}]")
    elif whole != total:
        yield f"{path}: {str(whole)[:200]} of the whole, {str(total)[:200]} of the parts"


def timed(*command):
    start = time.monotonic()
    done = subprocess.run([str(word) for word in command], capture_output=True, check=True)
    return done.stdout, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("meshspec", type=pathlib.Path)
    parser.add_argument("--megabytes", type=int, default=2048)
    parser.add_argument("--workers", default="1,2")
    arguments = parser.parse_args()
    program = arguments.meshspec.resolve()
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        captures = generate(folder, arguments.megabytes)
        size = sum(path.stat().st_size for path in captures) / 1e6
        whole, seconds = timed(program, "stats", "-o", "json", *captures)
        print(f"stats, one process:  {seconds:6.1f} s, {size / seconds:6.0f} MB/s of {size:.0f} MB")
        _, seconds = timed(program, "split", "-n", 16, "-o", folder / "parts", *captures)
        print(f"split, one process:  {seconds:6.1f} s, {size / seconds:6.0f} MB/s")
        first = None
        for workers in map(int, arguments.workers.split(",")):
            total, seconds = timed(
                sys.executable, HERE / "job.py", "--workers", workers, program, folder / "parts", "-o", "json")
            first = first or seconds
            same = comparable(total) == comparable(whole)
            bad += not same
            print(
                f"job, {workers} worker{'s' if workers > 1 else ' '}:      {seconds:6.1f} s, {size / seconds:6.0f} MB/s, "
                f"{first / seconds:.2f} times as fast as the first; totals {'the same' if same else 'DIFFER'}")
            if not same:
                for line in differing(comparable(whole), comparable(total)):
                    print(f"  {line}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
