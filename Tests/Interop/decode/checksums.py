#!/usr/bin/env python3
"""Holds what `decode --checksums` makes of the checksums of packets against tshark.

    python3 checksums.py .build/release/meshspec

For every capture in Captures/ and generated ones (gen/nano_gen.py: IPv4 and IPv6; gen/rmpx_gen.py: UDP, fragments), as
they are and with a bit of some packets changed: the frames with a wrong checksum of IPv4, TCP or UDP are those of tshark.
Captures of ours were taken before network cards filled checksums in: what tshark calls wrong there is wrong or not filled
in, each frame once. Of generated ones all that is not wrong is right.
Wants tshark in the path. Exits 0 when all is so, 1 when not.
"""

import json
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

from crosscheck import ROOT, complain, generate, trouble, tshark

GENERATED = {
    "four": ("--mb 0.05 --flows 4 --clean --seed 41", "nano_gen.py"),
    "rough": ("--mb 0.05 --flows 4 --loss 0.05 --reorder 0.1 --seed 42", "nano_gen.py"),
    # IPv6 too; some datagrams of IPv4 come in several fragments.
    "datagrams": ("--mb 0.2 --flows 9 --mtu 1500 --seed 43", "rmpx_gen.py"),
}
CHECKED = [f"-o{name}.check_checksum:TRUE" for name in ("ip", "tcp", "udp")]
# As tshark numbers it.
BAD = "0"
# Time to live and checksum of IPv4 behind an Ethernet header; of IPv6 that is an address.
IN_IPV4 = [22, 24, 25]
# Notes that decode tells at most, so that as many frames may be wrong.
NOTES = 60


def changed(path, made, share, rng, places):
    """A classic capture with a bit changed in some of its packets: behind the headers of any link and of IP, so that layers
    stay what they are, or at one of these places."""
    data = bytearray(path.read_bytes())
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at, frames = 24, []
    while at < len(data):
        count = struct.unpack_from(order + "I", data, at + 8)[0]
        frames.append((at + 16, count))
        at += 16 + count
    for start, count in rng.sample(frames, min(len(frames), NOTES, max(1, int(len(frames) * share)))):
        first = min(48, count - 1)
        bit = rng.randrange(8 * first, 8 * count)
        if places and rng.random() < 0.3:
            bit = 8 * rng.choice(places) + rng.randrange(8)
        data[start + bit // 8] ^= 1 << bit % 8
    made.write_bytes(data)


def theirs(path):
    """By frame, what tshark says of the innermost headers; UDP checksums that are zero are none. A message of ICMP quotes
    the headers of another packet: of those frames only the outer IP counts."""
    out = {}
    names = ["ip.checksum.status", "tcp.checksum.status", "udp.checksum.status"]
    for number, icmp, *states in tshark(path, "frame.number", "icmp.type", *names, options=CHECKED):
        out[int(number)] = [states[0].split(",")[0]] if icmp else [s.split(",")[-1] for s in states if s]
    return out


def ours(binary, path):
    done = subprocess.run([binary, "decode", "--checksums", "-o", "json", str(path)], capture_output=True, text=True)
    wrong = {int(n) for n in re.findall(r"^meshspec: frame (\d+): the checksum of ", done.stderr, re.M)}
    stats = subprocess.run([binary, "stats", "--checksums", "-o", "json", str(path)], capture_output=True, text=True)
    counts = json.loads(stats.stdout)["checksums"]
    return wrong, counts


def compare(binary, path, name, is_filled):
    states = theirs(path)
    bad = {n for n, s in states.items() if BAD in s}
    wrong, counts = ours(binary, path)
    if counts["wrong"] != len(wrong):
        complain(name, f"{counts['wrong']} wrong in stats, {len(wrong)} told by decode")
    for n in sorted(wrong - bad):
        complain(name, f"frame {n} is wrong, tshark: {states[n]}")
    missed = sorted(bad - wrong)
    if len(missed) != counts["unfilled"]:
        complain(name, f"frames {missed[:5]} are bad for tshark, and not for us; {counts['unfilled']} not filled in")
    if is_filled and (counts["unfilled"] or not counts["right"]):
        complain(name, f"{counts}, and all that is not wrong was filled in")
    print(f"{name}: {counts}, tshark: {len(bad)} bad", flush=True)


def main():
    binary = sys.argv[1]
    rng = random.Random(7)
    with tempfile.TemporaryDirectory(prefix="checksums") as folder:
        folder = pathlib.Path(folder)
        # The captures of cases/ are small, and would shift the random changes of all others.
        captures = [path for path in sorted((ROOT / "Captures").glob("*/*.pcap")) if path.parent.name != "cases"]
        files = [(path, []) for path in captures]
        for name, (arguments, program) in GENERATED.items():
            files.append((generate(name, arguments, folder, program), IN_IPV4))
        for path, places in files:
            compare(binary, path, path.stem, bool(places))
            made = folder / f"changed-{path.name}"
            changed(path, made, 0.2, rng, places)
            compare(binary, made, made.stem, bool(places))
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
