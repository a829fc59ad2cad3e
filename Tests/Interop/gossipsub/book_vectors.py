#!/usr/bin/env python3
"""Writes the vectors of Orders, snapshots and rendezvous, by the documents and without meshspec's own encoder.

    python3 book_vectors.py FOLDER

FOLDER is that of the vectors: gossipsub/order.yaml, orders.yaml, snapshot_request.yaml, snapshot_part.yaml, order_defects.yaml and
libp2p/rendezvous.yaml are written there. Keys are made of names: the seed of A is SHA-256 of `meshspec-A`.
"""

import hashlib
import json
import pathlib
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

WRITTEN = "computed by a separate Python implementation with the package cryptography"
BY_HAND = "made by hand"
PREFIX = b"lib2p2-order:"
MARKET = "BTC/USDT"


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + bytes([n]))


def number(field, n):
    return varint(field << 3) + varint(n)


def block(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + bytes(data)


def counted(data):
    return varint(len(data)) + data


def hexed(data):
    return "0x" + bytes(data).hex()


class Author:
    def __init__(self, name):
        self.private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"meshspec-" + name.encode()).digest())
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = number(1, 1) + block(2, raw)
        self.peer = b"\x00" + varint(len(self.key)) + self.key

    def sign(self, data):
        return self.private.sign(data)


A, B = Author("A"), Author("B")


def body(id=bytes(range(1, 9)), market=MARKET, side=2, price="50000.5", amount="0.25", version=1, author=A.peer):
    """The fields of an Order without its signature, each by itself."""
    return [block(1, id), block(2, market.encode()), number(3, side), block(4, price.encode()), block(5, amount.encode()), number(6, version),
            block(7, author)]


def order(signer=A, **fields):
    parts = body(**fields)
    return b"".join(parts) + block(8, signer.sign(PREFIX + b"".join(parts)))


def told(id=bytes(range(1, 9)), market=MARKET, side=2, price="50000.5", amount="0.25", version=1, author=A.peer, signature=None):
    """The same as meshspec names the fields."""
    out = {"id": hexed(id), "market": market, "side": {1: "buy", 2: "sell"}.get(side, side), "price": price, "amount": amount, "version": version,
           "author": hexed(author)}
    signature = signature or A.sign(PREFIX + b"".join(body(id, market, side, price, amount, version, author)))
    # Numbers beyond 2^53 stand as text in vectors.
    return {name: str(value) if isinstance(value, int) and value > 2 ** 53 else value for name, value in out.items()} | {
        "signature": hexed(signature)}


def vector(name, requirement, data, fields=None, error=None, by=WRITTEN):
    out = [f"- name: {name}", f"  provenance: {by}", f"  requirements: [{requirement}]", f"  expect: {'refuse' if error else 'accept'}",
           f'  bytes: "{hexed(data)}"']
    return out + [f"  error: {json.dumps(error)}" if error else f"  fields: {json.dumps(fields, ensure_ascii=False)}", ""]


def call(name, requirement, function, arguments, result, by=WRITTEN):
    return [f"- name: {name}", f"  provenance: {by}", f"  requirements: [{requirement}]", "  expect: accept", f"  call: {function}",
            f"  arguments: {json.dumps(arguments, ensure_ascii=False)}", f"  result: {json.dumps(result)}", ""]


def refused(reason, path, offset):
    return {"reason": reason, "path": path, "offset": offset}


def orders():
    out = ["# Vectors of gossipsub.order: `fields` as meshspec names them."]
    good = order()
    out += vector("sell", "GS-111", good, told())
    other = dict(id=b"\xff", side=1, price="7", amount="0", version=2 ** 64 - 1)
    out += vector("gone", "GS-111", order(**other), told(**other))
    out += vector("another_side", "GS-111", order(side=7), told(side=7))
    out += vector("nothing", "GS-111", b"", {}, by=BY_HAND)
    out += vector("unknown_field", "GS-111", good + number(99, 5), told() | {"unknown": [hexed(number(99, 5))]})
    out += vector("cut", "GS-111", good[:21], error=refused("truncated", "side", 21), by=BY_HAND)
    return out


def messages():
    out = ["# Vectors of gossipsub.orders: the data of a message of a market. `fields` as meshspec names them."]
    gone = dict(id=b"\xff", side=1, price="7", amount="0", version=3)
    out += vector("one", "GS-111", block(1, order()), {"orders": [told()]})
    out += vector("two", "GS-111", block(1, order()) + block(1, order(**gone)), {"orders": [told(), told(**gone)]})
    out += vector("none", "GS-111", b"", {}, by=BY_HAND)
    out += vector("longer_than_it_is", "GS-111", b"\x0a\x05\x0a", error=refused("truncated", "orders[0]", 2), by=BY_HAND)
    return out


def defects():
    out = ["# What makes an Order one of a market, and what does not. The author has the Ed25519 key whose seed is SHA-256 of `meshspec-A`."]
    function = "gossipsub.order_defect"

    def judged(name, data, result, market=MARKET, by=WRITTEN):
        return call(name, "GS-111", function, [hexed(data), market], result, by)

    good, parts = order(), body()
    signature = block(8, A.sign(PREFIX + b"".join(parts)))
    out += judged("good", good, None)
    out += judged("id_of_64_bytes", order(id=bytes(64)), None)
    out += judged("id_of_65_bytes", order(id=bytes(65)), "id")
    out += judged("id_empty", order(id=b""), "id")
    out += judged("other_market", good, "market", "BTC/EUR")
    out += judged("side_0", order(side=0), "side")
    out += judged("side_3", order(side=3), "side")
    for text, result in [("0", None), ("7", None), ("0.25", None), ("120.5", None), ("9" * 64, None), ("9" * 65, "price"), ("", "price"), ("00", "price"),
                         ("01", "price"), ("1.0", "price"), ("1.50", "price"), (".5", "price"), ("5.", "price"), ("-1", "price"), ("+1", "price"),
                         ("1e3", "price"), ("1,5", "price"), ("1.2.3", "price"), (" 1", "price"), ("\u0661", "price")]:
        name = "price_" + ("".join(f"{b:02x}" for b in text.encode()[:6]) or "empty") + (f"_{len(text)}" if len(text) > 6 else "")
        out += judged(name, order(price=text), result)
    out += judged("amount_0", order(amount="0"), None)
    out += judged("amount_0.0", order(amount="0.0"), "amount")
    out += judged("version_0", order(version=0), "version")
    out += judged("unsigned", b"".join(parts), "signature")
    out += judged("signature_empty", b"".join(parts) + block(8, b""), "signature")
    flipped = bytearray(good)
    flipped[-1] ^= 1
    out += judged("flipped", flipped, "signature")
    out += judged("without_prefix", b"".join(parts) + block(8, A.sign(b"".join(parts))), "signature")
    out += judged("signed_by_another", order(signer=B), "signature")
    out += judged("amount_changed", b"".join(body(amount="0.5")) + signature, "signature")
    hashed = b"\x12\x20" + hashlib.sha256(A.key).digest()
    out += judged("author_by_hash", order(author=hashed), "author")
    out += judged("author_empty", order(author=b""), "author")
    out += judged("author_is_no_id", order(author=A.key), "author")
    out += judged("author_with_long_key", order(author=b"\x00\x25" + b"\x08\x81\x00" + A.key[2:]), "author")
    out += judged("without_id", b"".join(parts[1:]) + block(8, A.sign(PREFIX + b"".join(parts[1:]))), "id")
    out += judged("reordered", parts[1] + parts[0] + b"".join(parts[2:]) + signature, "form")
    out += judged("signature_first", signature + b"".join(parts), "form")
    long = b"".join(parts[:5]) + b"\x30\x81\x00" + parts[6] + signature
    out += judged("version_in_two_bytes", long, "form")
    out += judged("length_in_two_bytes", b"\x0a\x88\x00" + bytes(range(1, 9)) + b"".join(parts[1:]) + signature, "form")
    out += judged("id_twice", parts[0] + b"".join(parts) + signature, "form")
    out += judged("unknown_field", good + number(99, 5), "form")
    out += judged("cut", good[:-1], "unreadable")
    out += judged("nothing", b"", "id", by=BY_HAND)
    # The same by the function that makes them.
    seed = hexed(hashlib.sha256(b"meshspec-A").digest())
    out += call("made", "GS-111", "gossipsub.order", [seed, MARKET, "0x0102030405060708", "sell", "50000.5", "0.25", 1], hexed(good))
    return out


def requests():
    out = ["# Vectors of gossipsub.snapshot_request: `fields` as meshspec names them."]

    def request(name, content, fields):
        return vector(name, "GS-119", counted(content), {"length": len(content), "request": fields})

    out += request("market", block(1, MARKET.encode()), {"market": MARKET})
    out += request("unknown_field", block(1, MARKET.encode()) + number(99, 5), {"market": MARKET, "unknown": [hexed(number(99, 5))]})
    out += request("nothing", b"", {})
    out += vector("too_long", "GS-119", varint(65537), error=refused("illegal", "length", 0), by=BY_HAND)
    out += vector("length_in_two_bytes", "GS-119", b"\x82\x00\x0a\x00", error=refused("illegal", "length", 0), by=BY_HAND)
    out += vector("cut_inside", "GS-119", b"\x02\x0a\x05", error=refused("truncated", "request.market", 3), by=BY_HAND)
    return out


def parts():
    out = ["# Vectors of gossipsub.snapshot_part: `fields` as meshspec names them."]

    def part(name, content, fields):
        return vector(name, "GS-116", counted(content), {"length": len(content), "part": fields})

    last = number(2, 1)
    out += part("one_and_last", block(1, order()) + last, {"orders": [told()], "last": True})
    out += part("not_last", block(1, order()) + block(1, order(version=2)), {"orders": [told(), told(version=2)]})
    out += part("last_is_false", number(2, 0), {"last": False})
    out += part("nothing", last, {"last": True})
    out += part("unknown_field", last + number(99, 5), {"last": True, "unknown": [hexed(number(99, 5))]})
    out += vector("too_long", "GS-117", varint(65537), error=refused("illegal", "length", 0), by=BY_HAND)
    out += vector("cut_inside", "GS-116", b"\x03\x0a\x05\x0a", error=refused("truncated", "part.orders[0]", 3), by=BY_HAND)
    return out


def record(author, sequence=1):
    address = bytes([4, 127, 0, 0, 1, 6, 0x0f, 0xa1])
    payload = block(1, author.peer) + number(2, sequence) + block(3, block(1, address))
    kind = b"\x03\x01"
    signed = b"".join(counted(part) for part in (b"libp2p-peer-record", kind, payload))
    return block(1, author.key) + block(2, kind) + block(3, payload) + block(5, author.sign(signed))


def rendezvous():
    out = ["# Vectors of libp2p.rendezvous: `fields` as meshspec names them."]

    def said(name, content, fields):
        return vector(name, "GS-125", counted(content), {"length": len(content), "rendezvous": fields})

    mine = record(A)
    register = block(1, b"my-app") + block(2, mine) + number(3, 7200)
    told_register = {"namespace": "my-app", "signed_peer_record": hexed(mine), "ttl": 7200}
    out += said("register", number(1, 0) + block(2, register), {"type": "register", "register": told_register})
    out += said("register_for_default", number(1, 0) + block(2, block(1, b"my-app") + block(2, mine)),
                {"type": "register", "register": {"namespace": "my-app", "signed_peer_record": hexed(mine)}})
    out += said("registered", number(1, 1) + block(3, number(1, 0) + number(3, 7200)),
                {"type": "register_response", "register_response": {"status": "ok", "ttl": 7200}})
    for status, word in [(100, "invalid_namespace"), (101, "invalid_signed_peer_record"), (102, "invalid_ttl"), (200, "not_authorized"),
                         (300, "internal_error"), (400, "unavailable"), (7, 7)]:
        out += said(f"not_registered_{word}", number(1, 1) + block(3, number(1, status) + block(2, b"no")),
                    {"type": "register_response", "register_response": {"status": word, "status_text": "no"}})
    out += said("unregister", number(1, 2) + block(4, block(1, b"my-app")), {"type": "unregister", "unregister": {"namespace": "my-app"}})
    out += said("discover_all", number(1, 3) + block(5, b""), {"type": "discover", "discover": {}})
    out += said("discover_with_cookie", number(1, 3) + block(5, block(1, b"my-app") + number(2, 100) + block(3, b"c1")),
                {"type": "discover", "discover": {"namespace": "my-app", "limit": 100, "cookie": hexed(b"c1")}})
    out += said("discovered", number(1, 4) + block(6, block(1, register) + block(2, b"c2") + number(3, 0)),
                {"type": "discover_response", "discover_response": {"registrations": [told_register], "cookie": hexed(b"c2"), "status": "ok"}})
    out += said("bad_cookie", number(1, 4) + block(6, number(3, 103) + block(4, b"no")),
                {"type": "discover_response", "discover_response": {"status": "invalid_cookie", "status_text": "no"}})
    out += said("old_id_of_unregister", number(1, 2) + block(4, block(1, b"my-app") + block(2, A.peer)),
                {"type": "unregister", "unregister": {"namespace": "my-app", "unknown": [hexed(block(2, A.peer))]}})
    out += said("nothing", b"", {})
    out += vector("too_long", "GS-125", varint((1 << 20) + 1), error=refused("illegal", "length", 0), by=BY_HAND)
    out += vector("cut_inside", "GS-125", b"\x04\x12\x02\x0a\x05", error=refused("truncated", "rendezvous.register.namespace", 5), by=BY_HAND)
    return out


def main():
    folder = pathlib.Path(sys.argv[1])
    files = {"gossipsub/order": orders, "gossipsub/orders": messages, "gossipsub/order_defects": defects, "gossipsub/snapshot_request": requests,
             "gossipsub/snapshot_part": parts, "libp2p/rendezvous": rendezvous}
    for name, made in files.items():
        (folder / f"{name}.yaml").write_text("\n".join(made()).rstrip() + "\n")


if __name__ == "__main__":
    main()
