#!/usr/bin/env python3
"""Holds what `stats` tells of TCP against tshark's tcp.analysis.

    python3 tcp.py .build/release/meshspec

For each direction of each connection: segments, bytes, retransmissions, out of order, keep-alives, duplicate ACKs, ACKs of
what was not seen, zero windows, lost bytes, round trips. On every capture in Captures, on ones with known repetition,
reordering and loss (gen/nano_gen.py), and on one with zero windows, probes, keep-alives and a scale of windows that is
made here. Where our rules differ (Spec/statistics.md) tshark's fields are counted by ours: a segment whose bytes were all
seen before is a retransmission, however soon it came; what was acknowledged and not seen counts once; round trips are
compared where nothing was repeated. Parts of a capture come to the same as the whole. Wants tshark in the path. Exits 0 when all is so, 1 when not.
"""

import collections
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

from crosscheck import HERE, ROOT, complain, generate, run, trouble, tshark, union

sys.path.append(str(HERE / "gen"))
import capwriter as cw

# Arguments of nano_gen.py.
GENERATED = {
    "clean": "--mb 2 --flows 16 --clean --seed 31",
    "again": "--mb 2 --flows 16 --loss 0.05 --reorder 0 --seed 32",
    "reordered": "--mb 2 --flows 16 --loss 0 --reorder 0.1 --seed 33",
    "rough": "--mb 3 --flows 24 --loss 0.05 --reorder 0.1 --split 0.5 --seed 34",
    "lost": "--mb 3 --flows 24 --drop 0.02 --loss 0 --reorder 0 --seed 35",
}
FLAGS = {
    "keep_alives": "keep_alive", "zero_windows": "zero_window", "duplicate_acks": "duplicate_ack",
    "unseen_acks": "ack_lost_segment", "retransmissions": "retransmission", "out_of_order": "out_of_order",
}


class Window(cw.TcpFlow):
    """A connection whose server takes nothing for a while, then goes on; scales of windows are 7 and 2."""

    def segment(self, direction, wait, window, data=b"", back=0, flags=cw.ACK, options=b"", counts=True):
        head = self.ports[direction] + struct.pack(
            ">IIBBHHH", self.seq[direction] - back & 0xFFFFFFFF, self.seq[1 - direction] & 0xFFFFFFFF if flags & cw.ACK else 0,
            5 + len(options) // 4 << 4, flags, window, 0, 0)
        link = self.links[direction]
        check = link.transport_checksum(head + options + data)
        self.time += wait
        self.out.append((self.time, link.frame(head[:16] + struct.pack(">H", check) + head[18:] + options + data)))
        if counts:
            self.seq[direction] += len(data) + (1 if flags & (cw.SYN | cw.FIN) else 0)

    def __init__(self, index, rng):
        client, server = cw.Address(100 + index, 41000 + index), cw.Address(1, 7075)
        self.ends, self.links = (client, server), (cw.Link(client, server, 6), cw.Link(server, client, 6))
        self.ports = (struct.pack(">HH", client.port, server.port), struct.pack(">HH", server.port, client.port))
        self.seq, self.out, self.time = [rng.getrandbits(32), 0xFFFFFF00], [], index * 1000
        say, scale = self.segment, lambda n: bytes([1, 3, 3, n])
        say(0, 10, 60000, flags=cw.SYN, options=scale(7))
        say(1, 20000, 50000, flags=cw.SYN | cw.ACK, options=scale(2))
        say(0, 100, 500)
        for round in range(3 + index):
            say(0, 1000, 500, rng.randbytes(700))
            say(1, 15000 + 1000 * round, 0)
            # The probe's byte is not taken.
            say(0, 300000, 500, b"p", counts=False)
            say(1, 15000, 0)
            say(1, 200000, 900)
            say(0, 10, 500, rng.randbytes(300))
            say(1, 15000, 901)
            # Whether it is still there: with a byte, and without.
            say(0, 5_000_000, 500, b"k", back=1, counts=False)
            say(1, 15000, 901)
            say(0, 5_000_000, 500, back=1)
            say(1, 15000, 901)
            # One is lost on its way to us, duplicates ask for it, and it comes again.
            first = rng.randbytes(400)
            lost = self.seq[0]
            self.seq[0] += 400
            say(0, 20, 500, rng.randbytes(100))
            high, self.seq[0] = self.seq[0], lost
            say(1, 15000, 902)
            say(1, 20, 902)
            say(1, 20, 902)
            say(0, 500, 500, first)
            self.seq[0] = high
            say(1, 15000, 903)
            # The same once more, much later.
            say(0, 400000, 500, first, back=high - lost, counts=False)
            say(1, 15000, 904)
        say(0, 100, 500, flags=cw.FIN | cw.ACK)
        say(1, 15000, 904, flags=cw.FIN | cw.ACK)
        say(0, 100, 500)

    def step(self):
        return False

    def finish(self):
        pass


def windows(path):
    rng = random.Random(36)
    pcap = cw.Pcap(path)
    packets = sorted((p for i in range(6) for p in Window(i, rng).out), key=lambda p: p[0])
    for when, frame in packets:
        pcap.write(when, frame)
    pcap.close()


def seconds(nanoseconds):
    return f"{nanoseconds // 10**9}.{nanoseconds // 1000 % 10**6:06}"


def nanoseconds(text):
    # tshark says nothing of a time of zero.
    whole, _, fraction = (text or "0").partition(".")
    return int(whole) * 10**9 + int(fraction.ljust(9, "0")[:9])


def theirs(path):
    """What tshark tells of each direction of each connection, counted by our rules."""
    columns = ["frame.number", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport", "tcp.len"]
    columns += ["tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.window_size", "tcp.analysis.acks_frame", "tcp.analysis.ack_rtt"]
    columns += ["tcp.analysis.initial_rtt"] + [f"tcp.analysis.{name}" for name in FLAGS.values()]
    out, base, sizes, initial = {}, {}, set(), {}
    seen, trips = collections.defaultdict(list), collections.defaultdict(list)
    # Behind what of a direction was seen without a hole, behind all of it, behind what was acknowledged; where a FIN stands.
    whole, highest, acknowledged, ends = {}, {}, {}, {}
    for row in tshark(path, *columns, chosen="tcp"):
        frame, stream, v4, v6, port, d4, d6, to, length, number, ack, flags, window, acks, rtt, first = row[:16]
        end = lambda a, b, p: f"{a}:{p}" if a else f"[{b}]:{p}"
        key = int(stream), end(v4, v6, port), end(d4, d6, to)
        counts = out.setdefault(key, collections.Counter())
        length, flags = int(length), int(flags, 16)
        marks = {name: bool(text) for name, text in zip(FLAGS, row[16:])}
        counts["segments"] += 1
        counts["bytes"] += length
        # Numbers wrap around: counted from the first of their direction.
        start = base.setdefault(key, int(number) + (1 if flags & 2 else 0))
        at = (int(number) + (1 if flags & 2 else 0) - start + 2**31) % 2**32 - 2**31
        is_seen = length > 0 and union(seen[key] + [(at, at + length)]) == union(seen[key])
        if marks["out_of_order"] and is_seen:
            marks["out_of_order"], marks["retransmissions"] = False, True
        other = key[0], key[2], key[1]
        if flags & 16 and not flags & 4 and other in whole:
            to = (int(ack) - base[other] + 2**31) % 2**32 - 2**31
            # tshark may tell it again with the next.
            is_unseen = to > whole[other] and marks["unseen_acks"]
            if is_unseen:
                whole[other] = max(to, highest[other])
            marks["unseen_acks"] = is_unseen
            acknowledged[other] = max(acknowledged.get(other, 0), to - (to == ends.get(other)))
        stop = at + length + (1 if flags & 1 else 0)
        if flags & 1:
            ends[key] = stop
        highest[key] = max(highest.get(key, stop), stop)
        if at <= whole.get(key, at):
            whole[key] = max(whole.get(key, stop), stop if at < whole.get(key, at) else highest[key])
        for name, is_so in marks.items():
            counts[name] += is_so
        if length:
            seen[key].append((at, at + length))
            sizes.add(int(frame))
        # A reset is sent when a program ends, and not when data arrives.
        if acks and int(acks) in sizes and not flags & 4:
            # Of what the other side said.
            trips[int(stream), key[2], key[1]].append(nanoseconds(rtt))
        if first:
            initial[int(stream)] = first
        if not flags & 6:
            counts["window_max"] = max(counts["window_max"], int(window))
    for key, ranges in seen.items():
        out[key]["lost_bytes"] = max(acknowledged.get(key, 0), ends.get(key, 1) - 1, *(b for _, b in ranges)) - min(0, min(a for a, _ in ranges)) - union(ranges)
    return out, trips, initial


def check(binary, path):
    told = json.loads(run(binary, "stats", "-o", "json", path, statuses=(0, 1)))["tcp"]
    wanted, trips, initial = theirs(path)
    # Connections between the same ends one after the other.
    by_ends = collections.defaultdict(list)
    for c in sorted(told["conversations"], key=lambda c: c["start"]):
        by_ends[frozenset((c["client"], c["server"]))].append(c)
    streams = {}
    compared = collections.Counter()
    for (stream, source, destination), counts in sorted(wanted.items()):
        if stream not in streams:
            streams[stream] = by_ends[frozenset((source, destination))].pop(0)
        c = streams[stream]
        mine = c["from_client"] if source == c["client"] else c["from_server"]
        where = f"{path.name}: stream {stream} from {source}"
        for name in ["segments", "bytes", "lost_bytes", *FLAGS]:
            if mine[name] != counts[name]:
                complain(where, f"{name}: {mine[name]}, tshark has {counts[name]}")
            compared[name] += counts[name]
        if counts["window_max"] and mine["window"].get("max", counts["window_max"]) != counts["window_max"]:
            complain(where, f"a window of {mine['window']['max']}, tshark has {counts['window_max']}")
        other = wanted.get((stream, destination, source), collections.Counter())
        if not any(counts[n] + other[n] for n in ("retransmissions", "out_of_order", "unseen_acks", "keep_alives", "lost_bytes")):
            found = trips[stream, source, destination]
            mean = sum(found) // max(1, len(found))
            trip = {"count": len(found), "min": seconds(min(found)), "mean": seconds(mean), "max": seconds(max(found))} if found else {}
            if mine["round_trip"] != trip:
                complain(where, f"round trips {mine['round_trip']}, tshark has {trip}")
            compared["round trips"] += len(found)
        if stream in initial and "handshake" in c and nanoseconds(c["handshake"]) and nanoseconds(c["handshake"]) // 1000 != nanoseconds(initial[stream]) // 1000:
            complain(where, f"handshake {c['handshake']}, tshark has {initial[stream]}")
        compared["handshakes"] += stream in initial and "handshake" in c
    if told["connections"] != len(streams):
        complain(path.name, f"{told['connections']} connections, tshark has {len(streams)}")
    return compared


def check_parts(binary, path, folder):
    """Parts come to the same."""
    parts = folder / f"{path.name}.parts"
    run(binary, "split", "-n", 3, "-o", parts, path)
    texts = [run(binary, "stats", "--partial", part, statuses=(0, 1)) for part in sorted(parts.iterdir())]
    done = subprocess.run([binary, "merge", "-o", "json", "-"], input="".join(texts), capture_output=True, text=True)
    whole = json.loads(run(binary, "stats", "-o", "json", path, statuses=(0, 1)))["tcp"]
    if json.loads(done.stdout)["tcp"] != whole:
        complain(path.name, "parts come to something else")


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    compared = collections.Counter()
    # tshark's fields name the ends of a tunnel, not those inside.
    for path in sorted(p for p in (ROOT / "Captures").rglob("*") if p.suffix in (".pcap", ".pcapng") and p.stem != "gtp"):
        compared += check(binary, path)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for name, arguments in GENERATED.items():
            path = generate(name, arguments, folder)
            compared += check(binary, path)
            check_parts(binary, path, folder)
        path = folder / "windows.pcap"
        windows(path)
        compared += check(binary, path)
        check_parts(binary, path, folder)
    print(", ".join(f"{count} {name}" for name, count in sorted(compared.items())))
    for name in [*FLAGS, "lost_bytes", "round trips", "handshakes"]:
        if not compared[name]:
            complain("all", f"no {name} was compared")
    for line in trouble[:50]:
        print(line, file=sys.stderr)
    print(f"{len(trouble)} complaints")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
