#!/usr/bin/env python3
"""Writes the messages of the first Nano node protocol, which tshark's own dissector knows, never split.

    nano_old_gen.py OUTPUT.pcap [--messages N] [--seed N]

OUTPUT.pcap has TCP connections (port 7075): peers that send keepalive, publish, confirm_req and confirm_ack, of a
version that votes on whole blocks and of one that votes on hashes; and bootstrap, with frontier_req, bulk_pull and
bulk_push and what follows them. A segment holds whole messages. OUTPUT.pcap.datagrams has every message of the peers
again, in the same order, in a UDP datagram of its own: tshark takes those four apart in datagrams alone. Contents are
random bytes. Prints what it wrote as JSON.
"""
import argparse
import json
import random
import struct
from collections import Counter
import capwriter as cw

KEEPALIVE, PUBLISH, CONFIRM_REQ, CONFIRM_ACK, BULK_PULL, BULK_PUSH, FRONTIER_REQ = range(2, 9)
NAMES = {2: "keepalive", 3: "publish", 4: "confirm_req", 5: "confirm_ack", 6: "bulk_pull", 7: "bulk_push", 8: "frontier_req"}
BLOCK_SIZE = {2: 152, 3: 136, 4: 168, 5: 136, 6: 216}
WHOLE_BLOCKS = (0x12, 0x12, 0x0E)
HASHES = (0x15, 0x15, 0x14)


def header(kind, ext, versions):
    return struct.pack(">HBBBBBB", 0x5243, *versions, kind, ext & 255, ext >> 8)


class Peers:
    """Messages of the four types, in one version."""

    def __init__(self, rng, versions):
        self.rng, self.versions = rng, versions

    def message(self):
        rng, take = self.rng, self.rng.randbytes
        kind = rng.choice((KEEPALIVE, PUBLISH, CONFIRM_REQ, CONFIRM_ACK))
        block = rng.randrange(2, 7)
        ext, body = block << 8, take(BLOCK_SIZE[block])
        if kind == KEEPALIVE:
            some = rng.randrange(9)
            peers = [take(16) if rng.random() < 0.5 else bytes(10) + b"\xff\xff" + take(4) for _ in range(some)]
            body = b"".join(p + struct.pack("<H", rng.randrange(65536)) for p in peers) + bytes(18 * (8 - some))
            ext = 0
        elif self.versions is HASHES and kind in (CONFIRM_REQ, CONFIRM_ACK):
            n = rng.randrange(1, 13)
            body, ext = take((64 if kind == CONFIRM_REQ else 32) * n), 0x0100 | n << 12
        if kind == CONFIRM_ACK:
            body = take(104) + body
        return header(kind, ext, self.versions) + body


def batches(items):
    """The items, as many together as one segment holds."""
    out = [b""]
    for item in items:
        if len(out[-1]) + len(item) > cw.MSS:
            out.append(b"")
        out[-1] += item
    return out


def bootstrap(flow, rng, counts):
    """A client that asks, and the answers. One kind in a connection, as nodes did it."""
    take, versions = rng.randbytes, WHOLE_BLOCKS
    kind = rng.choice((BULK_PULL, BULK_PUSH, FRONTIER_REQ))
    number = rng.randrange(1, 40)
    counts[NAMES[kind]] += 1
    if kind == FRONTIER_REQ:
        flow.send(0, header(kind, 0, versions) + take(32) + struct.pack("<II", rng.getrandbits(32), rng.getrandbits(32)))
        items, sender = [take(64) for _ in range(number)] + [bytes(64)], 1
    else:
        flow.send(0, header(kind, 0, versions) + (take(64) if kind == BULK_PULL else b""))
        blocks = [rng.randrange(2, 7) for _ in range(number)]
        items = [bytes((b,)) + take(BLOCK_SIZE[b]) for b in blocks] + [b"\x01"]
        sender = 1 if kind == BULK_PULL else 0
    counts["frontier" if kind == FRONTIER_REQ else "bulk_block"] += len(items)
    for batch in batches(items):
        flow.send(sender, batch)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("output")
    p.add_argument("--messages", type=int, default=2000)
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    rng, counts = random.Random(args.seed), Counter()
    streams, datagrams = cw.Pcap(args.output), cw.Pcap(args.output + ".datagrams")
    time = 0
    for i in range(20):
        v6 = i % 3 == 2
        ends = (cw.Address(1000 + i, 40000 + i, v6), cw.Address(1 + i % 7, 7075, v6))
        flow = cw.TcpFlow(rng, *ends, time)
        if i >= 8:
            bootstrap(flow, rng, counts)
        else:
            peers = Peers(rng, (WHOLE_BLOCKS, HASHES)[i % 2])
            senders = (cw.UdpSender(*ends), cw.UdpSender(*reversed(ends)))
            for _ in range(args.messages // 8):
                message, direction = peers.message(), rng.randrange(2)
                counts[NAMES[message[5]]] += 1
                flow.send(direction, message)
                for frame in senders[direction].frames(message):
                    datagrams.write(flow.time, frame)
        flow.close()
        for when, frame in flow.out:
            streams.write(when, frame)
        time = flow.time + 1000
    streams.close()
    datagrams.close()
    print(json.dumps({"packets": streams.count, "datagrams": datagrams.count, "by_type": dict(sorted(counts.items()))}))


if __name__ == "__main__":
    main()
