#!/usr/bin/env python3
"""A codec of two messages of Nano: meshspec vectors nano --exec 'python3 Tests/Interop/vectors/codec.py'"""
import json
import struct
import sys

NETWORKS = {b"RA": "dev", b"RB": "beta", b"RC": "live", b"RX": "test"}
HEADER = ["network", "version_max", "version_using", "version_min", "type"]
TYPES = {2: "keepalive", 10: "node_id_handshake"}
PROOF = [("salt", 32), ("genesis", 32)]
RESPONSE = {1: [], 2: PROOF, 3: PROOF + [("capabilities", 8), ("reserved", 8)]}  # between node_id and signature
NUMBERS = ["capabilities", "reserved"]


def response(version):
    return [("node_id", 32)] + RESPONSE[version] + [("signature", 64)]


def decode(message, data):
    network, most, using, least, kind, bits = struct.unpack_from("<2s4BH", data)
    out, rest = dict(zip(HEADER, [NETWORKS[network], most, using, least, TYPES[kind]])), data[8:]
    if message != "nano." + TYPES[kind]:
        raise ValueError(f"this is {TYPES[kind]}")
    if kind == 2:
        peers = [struct.unpack_from("<16sH", rest, 18 * i) for i in range(8)]
        out |= {"extensions": bits, "peers": [{"address": "0x" + a.hex(), "port": port} for a, port in peers]}
        rest = rest[144:]
    else:
        out["version"] = version = 3 if bits & 8 else 2 if bits & 4 else 1
        parts = [(out, [("query", 32)])] if bits & 1 else []
        parts += [(out.setdefault("response", {}), response(version))] if bits & 2 else []
        for into, (name, size) in [(into, field) for into, fields in parts for field in fields]:
            if len(rest) < size:
                raise ValueError(f"{name} is cut")
            into[name] = int.from_bytes(rest[:size], "big") if name in NUMBERS else "0x" + rest[:size].hex()
            rest = rest[size:]
    if rest:
        raise ValueError(f"{len(rest)} bytes too many")
    return out


def encode(message, f):
    if f["type"] == "keepalive":
        bits = f.get("extensions", 0)
        rest = b"".join(bytes.fromhex(p["address"][2:]) + struct.pack("<H", p["port"]) for p in f["peers"])
    else:
        flag = {1: 0, 2: 4, 3: 8 if "response" in f else 12}[f["version"]]
        bits = flag | ("query" in f) | ("response" in f) << 1
        rest = bytes.fromhex(f.get("query", "0x")[2:])
        for name, size in response(f["version"]) if "response" in f else []:
            value = f["response"][name]
            rest += int(value).to_bytes(size, "big") if name in NUMBERS else bytes.fromhex(value[2:])
    network, kind = [next(k for k, v in t.items() if v == f[n]) for t, n in ((NETWORKS, "network"), (TYPES, "type"))]
    return "0x" + (struct.pack("<2s4BH", network, *(f[n] for n in HEADER[1:4]), kind, bits) + rest).hex()


def answer(q):
    if q["op"] == "hello":
        return {"result": {"name": "example", "ops": ["decode", "encode"], "messages": ["nano." + t for t in TYPES.values()]}}
    if "message" not in q:
        return {"skipped": "streams are not read here"}
    try:
        return {"result": decode(q["message"], bytes.fromhex(q["bytes"][2:])) if q["op"] == "decode" else encode(q["message"], q["fields"])}
    except (ValueError, KeyError, struct.error) as error:
        return {"error": str(error)}


while size := sys.stdin.buffer.read(4):
    question = json.loads(sys.stdin.buffer.read(int.from_bytes(size, "big")))
    text = json.dumps({"id": question["id"]} | answer(question)).encode()
    sys.stdout.buffer.write(len(text).to_bytes(4, "big") + text)
    sys.stdout.buffer.flush()
