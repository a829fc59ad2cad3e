#!/usr/bin/env python3
"""A codec that is told all answers, for tests of `meshspec vectors --exec`: told.py VECTORS.json [FAULT [MESSAGE]]

VECTORS.json is what `meshspec vectors --json` printed. With a fault, it is wrong in that way, about every message or about one.
"""
import json
import os
import signal
import sys
import time

vectors = json.load(open(sys.argv[1]))["vectors"]
fault = sys.argv[2] if len(sys.argv) > 2 else ""
about = sys.argv[3] if len(sys.argv) > 3 else None


def key(*parts):
    return json.dumps(parts, sort_keys=True)


decoded = {key(v.get("message"), v["bytes"], v.get("settings")): v for v in vectors if "bytes" in v}
called = {key(v["call"], v["arguments"]): v for v in vectors if "call" in v}
# What says the same in an unusual encoding comes last.
encoded = {}
for v in sorted(vectors, key=lambda v: v["name"].startswith("dec_")):
    if "fields" in v:
        encoded.setdefault(key(v["message"], v["fields"]), v["bytes"])


def altered(value):
    """The last number or text in a value is another one."""
    if isinstance(value, dict) and value:
        name = list(value)[-1]
        return value | {name: altered(value[name])}
    if isinstance(value, list) and value:
        return value[:-1] + [altered(value[-1])]
    return value + 1 if isinstance(value, int) else "other" if isinstance(value, str) else 7


def loose(value):
    """The same in another form: digits as text, bytes in capitals without `0x`, absent members as null."""
    if isinstance(value, dict):
        return {name: loose(item) for name, item in reversed(value.items())} | {"absent": None}
    if isinstance(value, list):
        return [loose(item) for item in value]
    if isinstance(value, str) and value.startswith("0x"):
        return value[2:].upper()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def right(q):
    if q["op"] == "hello":
        return {"result": {"name": "told"}}
    if q["op"] == "encode":
        return {"result": encoded[key(q["message"], q["fields"])]}
    if q["op"] == "call":
        v = called[key(q["function"], q["arguments"])]
    else:
        v = decoded[key(q.get("message"), q["bytes"], q.get("settings"))]
    if v["expect"] == "refuse":
        return {"error": "refused"}
    return {"result": v["result"] if q["op"] == "call" else v["fields"]}


def answer(q):
    out = right(q)
    if q["op"] == "hello":
        return {"result": {"name": "told", "ops": ["encode"]}} if fault == "modest" else out
    if about not in (None, q.get("message")):
        return out
    if fault == "skip":
        return {"skipped": "not today"}
    if fault == "refuse":
        return {"error": "never"}
    if fault == "accept" and "error" in out:
        return {"result": {}}
    if fault == "loose" and "result" in out:
        return {"result": loose(out["result"])}
    if fault == "field" and q["op"] == "decode" and "result" in out:
        return {"result": altered(out["result"])}
    if fault == "bytes" and q["op"] == "encode":
        return {"result": out["result"][:-1] + ("1" if out["result"][-1] == "0" else "0")}
    if fault == "short" and q["op"] == "encode":
        return {"result": out["result"][:-2]}
    if fault == "both":
        return {"result": {}, "error": "both"}
    return out


def write(data):
    sys.stdout.buffer.write(len(data).to_bytes(4, "big") + data)
    sys.stdout.buffer.flush()


while size := sys.stdin.buffer.read(4):
    q = json.loads(sys.stdin.buffer.read(int.from_bytes(size, "big")))
    text = json.dumps({"id": q["id"]} | answer(q)).encode()
    if q["op"] != "hello" and about in (None, q.get("message")):
        if fault == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if fault == "exit":
            print("no memory", file=sys.stderr)
            sys.exit(3)
        if fault == "close":
            os.close(1)
            time.sleep(1000)
        if fault == "hang":
            time.sleep(1000)
        if fault == "text":
            print("hello there", flush=True)
        if fault == "json":
            text = b"{"
        if fault == "id":
            text = json.dumps({"id": q["id"] + 7} | answer(q)).encode()
        if fault == "twice":
            text += len(text).to_bytes(4, "big") + text
            sys.stdout.buffer.write((len(text) // 2 - 2).to_bytes(4, "big") + text)
            sys.stdout.buffer.flush()
            continue
        if fault == "long":
            sys.stdout.buffer.write(bytes([1, 0, 0, 1]))
            sys.stdout.buffer.flush()
            continue
    write(text)
