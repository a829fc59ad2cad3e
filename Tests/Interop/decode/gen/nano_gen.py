#!/usr/bin/env python3
"""Writes a capture of Nano node TCP traffic (port 7075) and a manifest of exactly what is in it.

Every flow starts with a V2 node_id_handshake (query, query+response, response), then both sides
send a mix of messages. Writes coalesce one to twelve messages, so messages often begin and end
inside segments. Contents are random bytes with right sizes and headers; signatures and work
values are not valid.

--mix classic   keepalive, publish, confirm_req, confirm_ack (up to 15 hashes)
--mix full      adds large confirm_req/confirm_ack (V2 counts to 255), telemetry, asc_pull_req/ack
--drop SHARE    leaves out that share of data segments, as a capture that lost packets; the manifest then has every
                message with its place in its stream, and every range of bytes that no segment of the file holds
"""
import random
import struct
from collections import Counter
import capwriter as cw

KEEPALIVE, PUBLISH, CONFIRM_REQ, CONFIRM_ACK, HANDSHAKE, TELEMETRY_REQ, TELEMETRY_ACK, ASC_REQ, ASC_ACK = \
    2, 3, 4, 5, 0x0A, 0x0C, 0x0D, 0x0E, 0x0F
NAMES = {2: "keepalive", 3: "publish", 4: "confirm_req", 5: "confirm_ack", 0x0A: "node_id_handshake",
         0x0C: "telemetry_req", 0x0D: "telemetry_ack", 0x0E: "asc_pull_req", 0x0F: "asc_pull_ack"}
BLOCK_SIZE = {2: 152, 3: 136, 4: 168, 5: 136, 6: 216}
WEIGHTS = {
    "classic": [(CONFIRM_ACK, 62), (PUBLISH, 18), (CONFIRM_REQ, 15), (KEEPALIVE, 5)],
    "full": [(CONFIRM_ACK, 60), (PUBLISH, 17), (CONFIRM_REQ, 14), (KEEPALIVE, 4), (TELEMETRY_ACK, 1),
             (TELEMETRY_REQ, 1), (ASC_REQ, 2), (ASC_ACK, 1)],
}


def header(kind, ext):
    return struct.pack(">HBBBBBB", 0x5243, 0x15, 0x15, 0x14, kind, ext & 255, ext >> 8)


class Node(cw.TcpFlow):
    def __init__(self, index, args, noise, counts, stats):
        rng = random.Random(args.seed * 100003 + index)
        v6 = index % 4 == 3
        client = cw.Address(1000 + index, 40000 + index % 20000, v6)
        server = cw.Address(1 + index % 7, 7075, v6)
        super().__init__(
            rng, client, server, index * 37, args.loss, args.reorder, args.split, index == 0, stats, drop=args.drop)
        self.messages, self.keeps = ([], []), args.drop > 0
        self.noise, self.counts, self.mix = noise, counts, args.mix
        kinds = WEIGHTS[args.mix]
        self.kinds = [k for k, w in kinds for _ in range(w)]
        take = noise.take
        for direction, ext, size in ((0, 0x0005, 32), (1, 0x0007, 192), (0, 0x0006, 160)):
            self.count(HANDSHAKE, 8 + size)
            self.say(direction, [header(HANDSHAKE, ext) + take(size)])

    def say(self, direction, messages):
        if self.keeps:
            at = self.bytes[direction]
            for m in messages:
                self.messages[direction].append([NAMES[m[5]], at, len(m)])
                at += len(m)
        self.send(direction, b"".join(messages))

    def count(self, kind, size):
        self.counts[NAMES[kind]] += 1
        self.counts["bytes"] += size

    def items(self, limit):
        r = self.rng.random()
        if r < 0.5:
            return 1
        if r < 0.97 or self.mix == "classic":
            return self.rng.randrange(1, limit)
        return self.rng.randrange(16, 256)

    def vote_ext(self, n):
        if n < 16:
            return 0x0100 | n << 12
        return 0x0101 | (n >> 4) << 12 | (n & 15) << 4

    def message(self):
        rng, take = self.rng, self.noise.take
        kind = rng.choice(self.kinds)
        if kind == CONFIRM_ACK:
            n = self.items(16)
            self.counts["confirm_ack_hashes"] += n
            body = take(96) + struct.pack("<Q", 1_700_000_000_000 // 16 * 16 + 9) + take(32 * n)
            ext = self.vote_ext(n)
        elif kind == PUBLISH:
            block = 6 if rng.random() < 0.9 else rng.randrange(2, 6)
            self.counts["publish_block_%d" % block] += 1
            body, ext = take(BLOCK_SIZE[block]), block << 8
        elif kind == CONFIRM_REQ:
            n = self.items(16)
            self.counts["confirm_req_pairs"] += n
            body, ext = take(64 * n), self.vote_ext(n)
        elif kind == KEEPALIVE:
            body, ext = b"".join(bytes(10) + b"\xff\xff\x0a" + take(3) + struct.pack("<H", 7075) for _ in range(8)), 0
        elif kind == TELEMETRY_ACK:
            body, ext = take(202), 202
        elif kind == TELEMETRY_REQ:
            body, ext = b"", 0
        elif kind == ASC_REQ:
            what = rng.randrange(3)
            rest = (take(32) + bytes((128, 0)), take(32) + b"\0", take(32) + struct.pack(">H", 1000))[what]
            body, ext = bytes((what + 1,)) + take(8) + rest, len(rest)
        else:
            what = rng.randrange(3)
            if what == 0:
                n = rng.randrange(1, 129)
                rest = b"".join(b"\x06" + take(216) for _ in range(n)) + b"\x01"
                self.counts["asc_pull_blocks"] += n
            elif what == 1:
                rest = take(144)
            else:
                n = rng.randrange(1, 1001)
                rest = take(64 * n) + bytes(64)
                self.counts["asc_pull_frontiers"] += n
            body, ext = bytes((what + 1,)) + take(8) + rest, len(rest)
        self.count(kind, 8 + len(body))
        return header(kind, ext) + body

    def step(self):
        n = self.rng.choice((1, 1, 1, 2, 2, 3, 4, 6, 12))
        self.say(self.rng.randrange(2), [self.message() for _ in range(n)])
        self.time += self.rng.randrange(3000)
        return True

    def finish(self):
        self.close()

    def describe(self):
        out = super().describe()
        if self.keeps:
            for direction in (0, 1):
                out[direction].update(messages=self.messages[direction], missing=self.missing(direction))
        return out


def main():
    p = cw.parser(__doc__.splitlines()[0], flows=32)
    p.add_argument("--mix", choices=sorted(WEIGHTS), default="full")
    p.add_argument("--drop", type=float, default=0.0, help="share of data segments that the file lacks")
    args = cw.arguments(p)
    noise, counts, stats = cw.Noise(args.seed), Counter(), cw.new_tcp_stats()
    pcap = cw.Pcap(args.output)
    flows = [Node(i, args, noise, counts, stats) for i in range(args.flows)]
    cw.Interleave(pcap, flows, int(args.mb * 1e6)).run()
    total = sum(v for k, v in counts.items() if k in NAMES.values())
    detail = {k: v for k, v in sorted(counts.items()) if k not in NAMES.values() and k != "bytes"}
    return cw.finish(args.output, pcap, {
        "protocol": "nano", "flows": args.flows, "messages": total, "message_bytes": counts["bytes"],
        "by_type": {k: v for k, v in sorted(counts.items()) if k in NAMES.values()}, "detail": detail,
        "tcp": stats, "streams": [s for f in flows for s in f.describe()]})


if __name__ == "__main__":
    raise SystemExit(main())
