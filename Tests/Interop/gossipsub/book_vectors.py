#!/usr/bin/env python3
"""Writes the vectors of Orders, Fills, snapshots and rendezvous, by the documents and without meshspec's own encoder.

    python3 book_vectors.py FOLDER

FOLDER is that of the vectors: gossipsub/order.yaml, orders.yaml, fill.yaml, snapshot_request.yaml, snapshot_part.yaml, order_defects.yaml,
fill_defects.yaml and libp2p/rendezvous.yaml are written there. Keys are made of names: the seed of A is SHA-256 of `meshspec-A`.
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


FILL_PREFIX = b"lib2p2-fill:"
TERMS = {"id": b"\x09\x08\x07", "market": MARKET, "price": "50000.5", "amount": "0.2", "maker": A.peer, "maker_order": bytes(range(1, 9)),
         "maker_version": 1, "taker": B.peer, "taker_order": b"\xff", "taker_version": 2}


def terms(**fields):
    """The fields of a Fill without its signatures, each by itself."""
    out = []
    for i, value in enumerate((TERMS | fields).values()):
        value = value.encode() if isinstance(value, str) else value
        out.append(number(i + 1, value) if isinstance(value, int) else block(i + 1, value))
    return out


def fill(taker=B, maker=A, **fields):
    parts = b"".join(terms(**fields))
    return parts + block(11, taker.sign(FILL_PREFIX + parts)) + (block(12, maker.sign(FILL_PREFIX + parts)) if maker else b"")


def told_fill(maker=A, **fields):
    """The same as meshspec names the fields."""
    signed = FILL_PREFIX + b"".join(terms(**fields))
    out = {name: hexed(value) if isinstance(value, bytes) else value for name, value in (TERMS | fields).items()}
    out = {name: str(value) if isinstance(value, int) and value > 2 ** 53 else value for name, value in out.items()}
    return out | {"taker_signature": hexed(B.sign(signed))} | ({"maker_signature": hexed(maker.sign(signed))} if maker else {})


def fills():
    out = ["# Vectors of gossipsub.fill: `fields` as meshspec names them."]
    out += vector("executed", "GS-157", fill(), told_fill())
    out += vector("offer", "GS-157", fill(maker=None), told_fill(maker=None))
    other = dict(id=bytes(64), price="7", amount="120", maker_version=2 ** 64 - 1)
    out += vector("largest", "GS-157", fill(**other), told_fill(**other))
    out += vector("nothing", "GS-157", b"", {}, by=BY_HAND)
    out += vector("unknown_field", "GS-157", fill() + number(99, 5), told_fill() | {"unknown": [hexed(number(99, 5))]})
    out += vector("cut", "GS-157", fill()[:6], error=refused("truncated", "market", 6), by=BY_HAND)
    return out


def fill_defects():
    out = ["# Valid and invalid Fills of a market. The taker has the Ed25519 key whose seed is SHA-256 of `meshspec-B`, the maker that of `meshspec-A`."]

    def judged(name, data, result, market=MARKET, by=WRITTEN):
        return call(name, "GS-157", "gossipsub.fill_defect", [hexed(data), market], result, by)

    good, parts = fill(), b"".join(terms())
    taker, maker = (block(field, author.sign(FILL_PREFIX + parts)) for field, author in ((11, B), (12, A)))
    out += judged("good", good, None)
    out += judged("offer", fill(maker=None), "offer")
    out += judged("other_market", good, "market", "BTC/EUR")
    for name in ("id", "maker_order", "taker_order"):
        out += judged(f"{name}_of_64_bytes", fill(**{name: bytes(64)}), None)
        out += judged(f"{name}_of_65_bytes", fill(**{name: bytes(65)}), name)
        out += judged(f"{name}_empty", fill(**{name: b""}), name)
    for name in ("price", "amount"):
        for text in ("07", "1.0", ".5", "", "-1", "9" * 65):
            label = "".join(f"{b:02x}" for b in text.encode()[:6]) or "empty"
            out += judged(f"{name}_{label}", fill(**{name: text}), name)
    out += judged("price_0", fill(price="0"), None)
    out += judged("amount_0", fill(amount="0"), "amount")
    for name in ("maker_version", "taker_version"):
        out += judged(f"{name}_0", fill(**{name: 0}), name)

    def between(taker, maker):
        """A Fill between two peer ids, signed by the authors B and A."""
        signed = b"".join(terms(taker=taker, maker=maker))
        return signed + block(11, B.sign(FILL_PREFIX + signed)) + block(12, A.sign(FILL_PREFIX + signed))

    hashed = b"\x12\x20" + hashlib.sha256(A.key).digest()
    out += judged("taker_is_maker", between(A.peer, A.peer), "taker")
    out += judged("maker_by_hash", between(B.peer, hashed), "maker")
    out += judged("taker_by_hash", between(hashed, A.peer), "taker")
    out += judged("unsigned", parts, "taker_signature")
    out += judged("taker_signature_missing", parts + maker, "taker_signature")
    out += judged("taker_signature_empty", parts + block(11, b"") + maker, "taker_signature")
    out += judged("maker_signature_empty", parts + taker + block(12, b""), "maker_signature")
    out += judged("signatures_exchanged", parts + block(11, A.sign(FILL_PREFIX + parts)) + block(12, B.sign(FILL_PREFIX + parts)), "taker_signature")
    out += judged("maker_signature_of_taker", parts + taker + block(12, B.sign(FILL_PREFIX + parts)), "maker_signature")
    out += judged("without_prefix", parts + block(11, B.sign(parts)) + block(12, A.sign(parts)), "taker_signature")
    out += judged("prefix_of_orders", parts + block(11, B.sign(PREFIX + parts)) + block(12, A.sign(PREFIX + parts)), "taker_signature")
    out += judged("maker_signs_taker_signature", parts + taker + block(12, A.sign(FILL_PREFIX + parts + taker)), "maker_signature")
    out += judged("amount_changed", b"".join(terms(amount="0.3")) + taker + maker, "taker_signature")
    out += judged("signatures_reordered", parts + maker + taker, "form")
    out += judged("reordered", b"".join([terms()[1], terms()[0]] + terms()[2:]) + taker + maker, "form")
    out += judged("id_twice", terms()[0] + good, "form")
    out += judged("unknown_field", good + number(99, 5), "form")
    out += judged("cut", good[:-1], "unreadable")
    out += judged("nothing", b"", "id", by=BY_HAND)
    # The same by the functions that make them.
    a, b = (hexed(hashlib.sha256(b"meshspec-" + name).digest()) for name in (b"A", b"B"))
    rest = [MARKET, hexed(TERMS["id"]), TERMS["price"], TERMS["amount"], hexed(TERMS["maker_order"]), 1, hexed(TERMS["taker_order"]), 2]
    out += call("made", "GS-157", "gossipsub.fill", [b, a] + rest, hexed(good))
    out += call("made_offer", "GS-157", "gossipsub.offer", [b, hexed(A.peer)] + rest, hexed(fill(maker=None)))
    out += call("made_of_offer", "GS-157", "gossipsub.executed", [a, hexed(fill(maker=None))], hexed(good))
    return out


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
    out += vector("order_and_fills", "GS-157", block(1, order()) + block(3, fill()) + block(3, fill(maker=None)),
                  {"orders": [told()], "fills": [told_fill(), told_fill(maker=None)]})
    out += vector("longer_than_it_is", "GS-111", b"\x0a\x05\x0a", error=refused("truncated", "orders[0]", 2), by=BY_HAND)
    return out


def defects():
    out = ["# Valid and invalid Orders of a market. The author has the Ed25519 key whose seed is SHA-256 of `meshspec-A`."]
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
    out += part("order_last_fill", block(1, order()) + last + block(3, fill()), {"orders": [told()], "last": True, "fills": [told_fill()]})
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
    files = {"gossipsub/order": orders, "gossipsub/orders": messages, "gossipsub/order_defects": defects, "gossipsub/fill": fills,
             "gossipsub/fill_defects": fill_defects, "gossipsub/snapshot_request": requests,
             "gossipsub/snapshot_part": parts, "libp2p/rendezvous": rendezvous}
    for name, made in files.items():
        (folder / f"{name}.yaml").write_text("\n".join(made()).rstrip() + "\n")


if __name__ == "__main__":
    main()
