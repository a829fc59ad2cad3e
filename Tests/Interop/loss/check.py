#!/usr/bin/env python3
"""Leaves out each packet with data of each capture in turn, and runs the monitor. A missing packet must not cause the verdict fail.

check.py MESHSPEC [CAPTURE ...] [--every N] [--jobs N] [--verbose]

Without captures it takes all of Captures/ in this repository. The key log of a capture is in the same folder: NAME.keys or
NAME.keys.jsonl. Captures may be compressed with gzip or xz.
"""
import argparse
import collections
import concurrent.futures
import gzip
import lzma
import pathlib
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
NAMES = {0: "pass", 1: "fail", 4: "error", 5: "nothing", 6: "inconclusive"}


def content(path):
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    return lzma.decompress(data) if path.suffix == ".xz" else data


def pieces(data):
    """Returns the file in pieces, each with the link type and bytes of its packet, or None."""
    if data[:4] == b"\n\r\r\n":
        at, links, order = 0, [], "<"
        while at + 12 <= len(data):
            kind = struct.unpack_from(order + "I", data, at)[0]
            if kind == 0x0A0D0D0A:
                order = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
                links = []
            length = struct.unpack_from(order + "I", data, at + 4)[0]
            block, packet = data[at : at + length], None
            if kind == 1:
                links.append(struct.unpack_from(order + "H", block, 8)[0])
            if kind == 6:
                interface, _, _, size = struct.unpack_from(order + "IIII", block, 8)
                packet = links[interface], block[28 : 28 + size]
            yield block, packet
            at += length
        return
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    yield data[:24], None
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from(order + "I", data, at + 8)[0]
        yield data[at : at + 16 + size], (link, data[at + 16 : at + 16 + size])
        at += 16 + size


def has_data(link, frame):
    """Returns true if a packet holds data of TCP or UDP, or if its link type is unknown."""
    start = {0: 4, 1: 14, 101: 0, 108: 4, 113: 16, 228: 0, 229: 0, 276: 20}.get(link)
    if start is None or len(frame) <= start:
        return True
    if link == 1 and frame[12:14] == b"\x81\x00":
        start += 4
    ip = frame[start:]
    if ip[0] >> 4 == 4 and len(ip) >= 20:
        head, total, protocol = (ip[0] & 15) * 4, struct.unpack(">H", ip[2:4])[0], ip[9]
    elif ip[0] >> 4 == 6 and len(ip) >= 40:
        head, total, protocol = 40, 40 + struct.unpack(">H", ip[4:6])[0], ip[6]
    else:
        return False
    if protocol == 6:
        return total - head - (ip[head + 12] >> 4) * 4 > 0
    return protocol == 17


def keys(path):
    for suffix in (".keys", ".keys.jsonl"):
        name = path.name
        for end in (".gz", ".xz", ".pcap", ".pcapng"):
            name = name.removesuffix(end)
        if (found := path.with_name(name + suffix)).exists():
            return ["--keylog", found]
    return []


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("meshspec")
    p.add_argument("captures", nargs="*", type=pathlib.Path)
    p.add_argument("--every", type=int, default=1, help="try each Nth packet only")
    p.add_argument("--most", type=int, default=0, help="try about this many packets of a capture, evenly spread")
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--verbose", action="store_true", help="print the verdict without each packet that changes it")
    p.add_argument("--spec", help="as of meshspec decode")
    a = p.parse_args()
    captures = a.captures or sorted(x for x in (ROOT / "Captures").rglob("*.pcap*"))
    spec = ["--spec", a.spec] if a.spec else []
    failed, total, changed = 0, 0, 0

    def verdict(path, file):
        run = subprocess.run(
            [a.meshspec, "decode", "--monitor", *spec, *keys(path), file], capture_output=True, text=True)
        text = (run.stdout + run.stderr).splitlines()
        name = NAMES.get(run.returncode, f"status {run.returncode}")
        if run.returncode == 0 and any(line.startswith("meshspec: warn") for line in text):
            name = "warn"
        broken = [line.removeprefix("meshspec:   ") for line in text if line.startswith("meshspec:   violation")]
        return name, broken

    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for path in captures:
            parts = list(pieces(content(path)))
            chosen = [i for i, (_, packet) in enumerate(parts) if packet and has_data(*packet)]
            every = max(a.every, len(chosen) // a.most if a.most else 1)
            chosen = chosen[::every]
            numbers, n = {}, 0
            for i, (_, packet) in enumerate(parts):
                if packet:
                    n += 1
                    numbers[i] = n

            def attempt(i):
                file = pathlib.Path(folder) / f"{i}.pcap"
                file.write_bytes(b"".join(part for k, (part, _) in enumerate(parts) if k != i))
                try:
                    return verdict(path, file)
                finally:
                    file.unlink()

            whole, broken = attempt(-1)
            rules = {line.split()[1] for line in broken}
            counts, bad = collections.Counter(), []
            for i, (name, lines) in zip(chosen, pool.map(attempt, chosen)):
                counts[name] += 1
                new = [line for line in lines if line.split()[1] not in rules]
                if new:
                    bad.append((numbers[i], name, new))
                elif a.verbose and name != whole:
                    print(f"  without {numbers[i]}: {name}")
            total += len(chosen)
            failed += len(bad)
            changed += sum(count for name, count in counts.items() if name not in (whole, "inconclusive"))
            print(f"{path.name}: {whole}; {len(chosen)} tries: {dict(counts)}; {len(bad)} with a new violation", flush=True)
            for number, name, lines in bad:
                print(f"  without {number}: {name}: {lines[0][:240]}")
    print(f"{total} tries, {failed} with a violation that the whole capture does not have, {changed} others changed")
    sys.exit(1 if failed or changed * 50 > total else 0)


main()
