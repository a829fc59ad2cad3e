#!/usr/bin/env python3
"""Both implementations of RMPX v1 on the same random messages and fragments.

For each message: this program's encoding and cutting of the fields gives the datagrams of the peer, byte for byte; its fields of the
datagrams are those that went in. For each exchange: datagrams of several messages, sources and boots, some lost, doubled, reordered,
spoilt or late, and both receivers say the same of every datagram and count the same.

    check.py [--seed N] [--count N] [--swift COMMAND]

This program is asked through its tests (`swift test --filter RightMeshInterop`), which answer a file of questions.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import rmpx_peer as peer

COUNTERS = """malformed badVersion badType tooBig hopLimit badSource notForMe noRoute oldBoot dupDone stale inconsistent dup conflict full
overrun crc unknownSection evict timeout superseded badRecord unasked""".split()
TYPES = {n: t.lower() for n, t in peer.TYPE.items()}
ROLES = {0: "unset", 1: "client", 2: "master", 3: "router", 4: "superpeer", 5: "community_superpeer"}


def hexed(b):
    return "0x" + bytes(b).hex()


def named(names, n):
    return names.get(n, n)


class Maker:
    """Random messages, as the peer has them and as this program's fields."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def id(self):
        return self.r.randbytes(20)

    def peers(self, n):
        return [peer.Peer(self.id(), self.r.randrange(256), self.r.randrange(16), self.r.randrange(65536), self.r.random() < .2)
                for _ in range(n)]

    def superpeers(self, n):
        metrics = self.r.random() < .5
        return [peer.Superpeer(self.id(), self.r.randbytes(16), self.r.randrange(65536), self.r.randrange(256), self.r.randrange(256),
                               self.r.randrange(65536),
                               tuple(self.r.randrange(1 << b) for b in (32, 32, 32, 16, 16, 16, 16, 32, 32)) if metrics else None)
                for _ in range(n)]

    def targets(self, n):
        return [peer.Target(self.id(), self.r.randrange(65536), self.r.randrange(65536)) for _ in range(n)]

    def size(self):
        return self.r.choice([0, 1, 2, 3, 7, 20, 50, self.r.randrange(400), self.r.randrange(1500)])

    def sections(self, kind):
        out = []
        if kind != peer.FIND or self.r.random() < .2:
            out.append(peer.Section(peer.PEERS, self.peers(self.size()), self.r.choice([0, 1, self.r.randrange(256)])))
        if self.r.random() < .5:
            out.append(peer.Section(peer.SUPERPEERS, self.superpeers(self.r.randrange(20)), self.r.randrange(256)))
        if kind == peer.FIND or self.r.random() < .2:
            out.append(peer.Section(peer.TARGETS, self.targets(1 + self.size()), self.r.randrange(256)))
        for s in out:
            # What a later version puts behind the known fields is zero here: the peer does not keep it.
            if self.r.random() < .2:
                s.rec_len = len(s.records[0].encode()) if s.records else peer.MIN_REC[s.type]
                if s.type != peer.SUPERPEERS:
                    s.rec_len += self.r.randrange(9)
        if self.r.random() < .2:
            n = self.r.randrange(60)
            s = peer.Section(self.r.randrange(5, 128), [peer.Raw(self.r.randbytes(n)) for _ in range(self.r.randrange(5))], self.r.randrange(256), n)
            out.append(s)
        if self.r.random() < .2:
            out.append(peer.Section(peer.SIGNATURE, [peer.Raw(self.r.randbytes(65))], self.r.randrange(256)))
        return out

    def header(self, kind):
        return dict(typ=kind, src=self.id(), dst=self.id(), msg_id=self.r.randrange(1, 1 << 32), ack_id=self.r.randrange(1 << 32),
                    flags=self.r.randrange(256), role=self.r.randrange(256), boot=self.r.randrange(1, 1 << 16),
                    hop_limit=self.r.randrange(1, 256))


def record(s, r, length):
    extra = length - len(r.encode())
    if s.type == peer.PEERS:
        out = {"id": hexed(r.id), "hop": r.hop, "flags": int(r.withdrawn), "role": r.role, "age": r.age}
    elif s.type == peer.SUPERPEERS:
        out = {"id": hexed(r.id), "ip": hexed(r.ip), "port": r.port, "role": named(ROLES, r.role), "hop": r.hop, "age": r.age, "reserved": 0}
        if r.metrics:
            out["metrics"] = dict(zip(("fee_to_buyer", "fee_to_superpeer", "min_tokens", "sellers", "buyers", "buyers_per_seller_100",
                                       "reserved", "uptime", "kbits"), r.metrics))
    elif s.type == peer.TARGETS:
        out = {"id": hexed(r.id), "port": r.port, "flags": named({0: "none", 1: "subscribe", 2: "forget"}, r.flags)}
    else:
        out = {"r": hexed(r[:32]), "s": hexed(r[32:64]), "v": r[64]}
    if extra:
        out["extension"] = {"bytes": hexed(bytes(extra))}
    return out


def fields(h, sections):
    """The message as this program names its fields, without those that follow from others."""
    out = {"magic": "0x524d", "version": 1, "type": TYPES[h["typ"]], "flags": named({0: "none", 1: "bcast"}, h["flags"]),
           "role": named(ROLES, h["role"]), "hop_limit": h["hop_limit"], "reserved": 0, "src": hexed(h["src"]), "dst": hexed(h["dst"]),
           "msg_id": h["msg_id"], "ack_id": h["ack_id"], "boot": h["boot"]}
    skipped = []
    for s in sections:
        head, recs = peer.section_parts(s)
        length = int.from_bytes(head[2:4], "big")
        if s.type not in peer.MIN_REC:
            skipped.append({"section": s.type, "flags": s.flags, "rec_len": length, "count": len(recs), "content": hexed(b"".join(recs))})
            continue
        name = {1: "peers", 2: "superpeers", 3: "targets", 4: "signature"}[s.type]
        part = {"section": name, "flags": named({0: "none", 1: "snapshot"}, s.flags) if s.type == peer.PEERS else s.flags,
                "rec_len": length, "count": len(recs)}
        rs = [record(s, r, length) for r in s.records]
        if s.type == peer.SIGNATURE:
            part["record"] = rs[0]
        else:
            part["records"] = rs
        out[name] = part
    out["skipped"] = skipped
    return out


def messages(maker, count):
    """Questions of encoding, with the peer's answer."""
    for n in range(count):
        kind = 1 + n % 6
        h, sections = maker.header(kind), maker.sections(kind)
        maximum = maker.r.choice([256, 257, 300, 1400, 8000, maker.r.randrange(256, 8001)])
        datagrams = peer.build(sections=sections, max_datagram=maximum, **h)
        yield ({"ask": "datagrams", "message": "rightmesh." + TYPES[kind], "fields": fields(h, sections), "max_datagram": maximum},
               [hexed(d) for d in datagrams])
        # Back again, in another order.
        order = list(datagrams)
        maker.r.shuffle(order)
        if h["src"] != peer.ZERO:
            yield {"ask": "fields", "datagrams": [hexed(d) for d in order]}, {**fields(h, sections)}


def spoil(maker, d):
    """A datagram as a bad network or a bad sender makes it."""
    r, b = maker.r, bytearray(d)
    what = r.randrange(9)
    if what == 0:
        b[r.randrange(len(b))] ^= 1 << r.randrange(8)
    elif what == 1:
        b[r.randrange(min(72, len(b)))] = r.choice([0, 1, 2, 255, r.randrange(256)])
    elif what == 2:
        del b[r.randrange(len(b)):]
    elif what == 3:
        b += r.randbytes(r.randrange(1, 9))
    elif what == 4 and len(b) > 72:
        b[r.randrange(72, len(b))] ^= 0x40
    elif what == 5:
        b[r.choice([52, 58, 59, 60, 61, 62, 63, 64, 67])] ^= 1 << r.randrange(8)
    elif what == 6:
        b[6] = r.randrange(3)
    elif what == 7:
        b[4:6] = r.randbytes(2)
    return bytes(b)


def bad_body(maker, h):
    """A message with a right CRC and a body that is likely to be wrong."""
    body = bytearray(peer.encode_body(maker.sections(h["typ"]))[:3000])
    for _ in range(maker.r.randrange(1, 4)):
        if body:
            body[maker.r.randrange(min(len(body), 40))] = maker.r.choice([0, 1, 2, 3, 4, 5, 24, 44, 127, 128, 255])
    if maker.r.random() < .3:
        body += maker.r.randbytes(maker.r.randrange(12))
    room = maker.r.choice([184, 7928])
    parts = [bytes(body[i:i + room]) for i in range(0, len(body), room)] or [b""]
    return [peer.Datagram(h["typ"], h["src"], h["dst"], h["msg_id"], h["ack_id"], h["flags"], h["role"], h["hop_limit"], i, len(parts),
                          len(body), peer.crc32c(body), h["boot"], p).encode() for i, p in enumerate(parts)]


def exchange(maker):
    """Datagrams at their times, and what the peer makes of them."""
    r = maker.r
    ids = [maker.id() for _ in range(3)]
    own = r.choice([None, ids[0]])
    boots = [r.randrange(1, 65536) for _ in range(2)]
    heap = []
    for _ in range(r.randrange(2, 14)):
        kind = r.randrange(1, 7)
        h = maker.header(kind)
        h.update(src=r.choice(ids[1:] + ([ids[0]] if r.random() < .1 else [])), dst=r.choice([ids[0], ids[0], ids[0], peer.ZERO, ids[1]]),
                 msg_id=r.choice([1, 2, 3, 4, 0xffffffff, r.randrange(1, 20)]), boot=r.choice([boots[0], boots[0], boots[1]]),
                 hop_limit=r.choice([1, 1, 16]), flags=r.choice([0, 0, 1]))
        if r.random() < .15:
            datagrams = bad_body(maker, h)
        else:
            sections = [peer.Section(peer.TARGETS if kind == peer.FIND else peer.PEERS,
                                     maker.targets(r.randrange(1, 40)) if kind == peer.FIND else maker.peers(r.randrange(40)))]
            datagrams = peer.build(sections=sections, max_datagram=r.choice([256, 256, 1400]), **h)
        start = r.choice([0, r.randrange(20000)])
        for repeat in range(r.choice([1, 1, 2, 3])):
            for i, d in enumerate(datagrams):
                if r.random() < .05:
                    continue
                at = start + repeat * 1000 + (i if r.random() < .8 else r.randrange(5000))
                heap.append((at, r.choice("aaab"), d if r.random() < .93 else spoil(maker, d)))
                if r.random() < .1:
                    heap.append((at + r.randrange(3), r.choice("ab"), d))
    heap.sort(key=lambda x: x[0])
    rejoiner, counts, outcomes = peer.Rejoiner(), dict.fromkeys(COUNTERS, 0), []
    # In whole milliseconds: differences of fractions of seconds are not exact.
    for name in ("REASM", "DONE", "BOOT_HOLD", "FORGET"):
        setattr(rejoiner, name, int(getattr(rejoiner, name) * 1000))
    for at, who, d in heap:
        counts["timeout"] += rejoiner.expire(at)
        try:
            x = peer.decode_datagram(d, own)
            if own is not None and x.to_relay(own):
                # The relay's part: it may go no further.
                if x.hop_limit == 1:
                    raise peer.RMPXError("hopLimit")
                outcomes.append("relay")
                continue
            done = rejoiner.add(x, who, at)
            if done is None:
                outcomes.append("more")
            else:
                outcomes.append({"message": TYPES[x.type], "src": hexed(x.src), "msg_id": x.msg_id, "flags": x.flags, "role": x.role,
                                 "records": sum(len(s.records) for s in done[1])})
        except peer.RMPXError as e:
            counts[e.kind] += 1
            outcomes.append(e.kind)
    counts["evict"], counts["superseded"] = rejoiner.evicted, rejoiner.superseded
    arguments = [hexed(own) if own else None, [[at, who, hexed(d)] for at, who, d in heap]]
    return ({"ask": "rightmesh.rejoin", "arguments": arguments},
            {"outcomes": outcomes, "counters": {k: v for k, v in counts.items() if v}})


def differs(question, wanted, had):
    if question["ask"] == "fields":
        # Those that follow from others are compared in the bytes.
        had = {k: v for k, v in had.items() if k not in ("body_len", "body_crc", "frag_len", "frag_index", "frag_count")}
    if wanted == had:
        return None
    if question["ask"] == "rightmesh.rejoin":
        for i, (a, b) in enumerate(zip(wanted["outcomes"], had["outcomes"])):
            if a != b:
                return f"datagram {i} {question['arguments'][1][i][:2]}: peer {a}, meshspec {b}"
    if isinstance(wanted, list):
        for i, (a, b) in enumerate(zip(wanted, had)):
            if a != b:
                at = next((k for k in range(0, min(len(a), len(b)), 2) if a[k:k + 2] != b[k:k + 2]), min(len(a), len(b)))
                return f"datagram {i} of {len(wanted)}/{len(had)} from byte {at // 2 - 1}: peer {a[at:at + 40]}, meshspec {b[at:at + 40]}"
    return f"peer {json.dumps(wanted)[:400]}, meshspec {json.dumps(had)[:400]}"


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--count", type=int, default=300)
    p.add_argument("--swift", default="swift test --filter RightMeshInterop", help="the command that answers")
    a = p.parse_args()
    maker = Maker(a.seed)
    cases = list(messages(maker, a.count)) + [exchange(maker) for _ in range(a.count)]
    root = pathlib.Path(__file__).resolve().parents[3]
    with tempfile.TemporaryDirectory() as folder:
        questions, answers = pathlib.Path(folder, "questions.jsonl"), pathlib.Path(folder, "answers.jsonl")
        questions.write_text("".join(json.dumps(q) + "\n" for q, _ in cases))
        done = subprocess.run(a.swift, shell=True, cwd=root, env={**os.environ, "MESHSPEC_RMPX": folder}, capture_output=True, text=True)
        if done.returncode or not answers.exists():
            sys.exit(done.stdout[-3000:] + done.stderr[-3000:] + "\nthe tests gave no answers")
        had = [json.loads(line) for line in answers.read_text().splitlines()]
    if len(had) != len(cases):
        sys.exit(f"{len(cases)} questions, {len(had)} answers")
    bad = 0
    for i, ((q, wanted), b) in enumerate(zip(cases, had)):
        why = differs(q, wanted, b)
        if why:
            bad += 1
            if bad <= 10:
                print(f"{i} {q['ask']} {q.get('message', '')}: {why}")
    datagrams = sum(len(w) for q, w in cases if q["ask"] == "datagrams") + sum(len(q["arguments"][1]) for q, _ in cases if q["ask"] == "rightmesh.rejoin")
    said = {}
    for q, w in cases:
        if q["ask"] == "rightmesh.rejoin":
            for o in w["outcomes"]:
                key = o if isinstance(o, str) else "message"
                said[key] = said.get(key, 0) + 1
    print(f"{len(cases)} cases, {datagrams} datagrams, seed {a.seed}: {bad} differ")
    print("outcomes: " + ", ".join(f"{k} {v}" for k, v in sorted(said.items(), key=lambda x: -x[1])))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
