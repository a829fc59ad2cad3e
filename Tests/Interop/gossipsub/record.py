#!/usr/bin/env python3
"""Records two of our nodes talking, and what their own logs say was sent: Captures/gossipsub. Needs root and tcpdump.

    python3 record.py FOLDER
"""

import asyncio
import collections
import json
import pathlib
import sys

from programs import OURS, Failed, Program

BTC, ETH = "BTC/USDT", "ETH/USDT"
# Name, port, options of both nodes, bytes of the large message.
RECORDINGS = [
    ("gossipsub-plaintext-yamux", 41101, ["--security", "plaintext", "--protocol", "/meshsub/1.2.0", "--idontwant-publish"], 30000),
    ("gossipsub-noise-yamux", 41102, ["--no-early-muxer", "--protocol", "/meshsub/1.1.0"], 20000),
    ("gossipsub-noise-mplex", 41103, ["--muxer", "mplex", "--protocol", "/meshsub/1.3.0", "--extension"], 66000),
]
COUNTED = ["rpcs", "sub", "unsub", "publish", "graft", "prune", "ihave", "iwant", "idontwant", "extensions"]


async def sent(node, **values):
    since = len(node.events)
    node.command("publish", **values)
    return await node.wait("published", since=since)


async def script(a, b, large):
    """B dials A; a mesh, its end, gossip in the backoff, a fanout."""
    b.command("connect", addr=a.address)
    for one, other in ((a, b), (b, a)):
        await one.wait("mesh", topic=BTC, peers=[other.id])
    await b.wait("message", **{"id": (await sent(a, topic=BTC, text="bid 64000.5 2"))["id"]})
    await a.wait("message", **{"id": (await sent(b, topic=BTC, text="ask 64001 0.25"))["id"]})
    await a.wait("message", **{"id": (await sent(b, topic=BTC, size=2048))["id"]})
    await b.wait("message", **{"id": (await sent(a, topic=BTC, size=large))["id"]})
    b.command("unsubscribe", topic=BTC)
    await a.wait("mesh", topic=BTC, peers=[])
    b.command("subscribe", topic=BTC)
    await a.wait("subscription", since=len(a.events), peer=b.id, topic=BTC, subscribe=True)
    # No GRAFT within the backoff of 10 s: what is published now is offered, asked for and answered.
    await b.wait("message", **{"id": (await sent(a, topic=BTC, hex="00ff80c3280a"))["id"]})
    await a.wait("message", **{"id": (await sent(b, topic=BTC, text="offered"))["id"]})
    b.command("subscribe", topic=ETH)
    await a.wait("subscription", peer=b.id, topic=ETH, subscribe=True)
    await b.wait("message", **{"id": (await sent(a, topic=ETH, text="Gebot über 3 €"))["id"]})
    await asyncio.sleep(3.5)  # until nothing is offered any more


def checked(path, a, b, of_a, of_b):
    """What both logs say, which must be the same."""
    for sender, receiver in ((of_a["out"], of_b["in"]), (of_b["out"], of_a["in"])):
        if sender != receiver:
            raise Failed(f"{path.name}: sent {sender}, received {receiver}")
    directions = {"A->B": of_a["out"], "B->A": of_b["out"]}
    directions = {way: {name: counts.get(name, 0) for name in COUNTED} for way, counts in directions.items()}
    totals = collections.Counter({"connections": 1})
    for counts in directions.values():
        totals.update(counts)
    messages = []
    for author, other in ((a, b), (b, a)):
        for event in author.find("published"):
            came = other.find("message", id=event["id"]) + other.find("duplicate", id=event["id"])
            messages.append({"id": event["id"], "from": author.id, "transmissions": len(came)}
                            | {name: event[name] for name in ("topic", "seqno", "size")}
                            | {name: came[0][name] for name in ("text", "hex", "sha256") if came and name in came[0]})
    return {"file": path.name, "nodes": {"A": a.id, "B": b.id},
            "totals": {name: totals[name] for name in ["connections", *COUNTED]} | {"unique_messages": len(messages)},
            "per_direction": directions, "messages": messages}


async def record(folder, name, port, options, large):
    path, keys = folder / f"{name}.pcap", folder / f"{name}.keys.jsonl"
    keys.unlink(missing_ok=True)
    if "plaintext" not in options:
        options = [*options, "--keylog", str(keys)]
    options = [*options, "--topic", BTC, "--degree", "D=3,2,4"]
    tcpdump = await asyncio.create_subprocess_exec("tcpdump", "-i", "lo", "-U", "-s", "0", "-Z", "root", "-w", str(path), "tcp", "port", str(port),
                                                   stderr=asyncio.subprocess.PIPE)
    await tcpdump.stderr.readline()
    await asyncio.sleep(0.5)
    try:
        async with Program(OURS, "--listen", f"127.0.0.1:{port}", "--seed", "meshspec-A", *options) as a, \
                Program(OURS, "--seed", "meshspec-B", *options) as b:
            await script(a, b, large)
            of_b = await b.quit()
            of_a = await a.quit()
            told = checked(path, a, b, *({"in": told["in"], "out": told["out"]} for told in (of_a, of_b)))
        await asyncio.sleep(0.5)
    finally:
        tcpdump.terminate()
        await tcpdump.wait()
    (folder / f"{name}.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    print(name, path.stat().st_size, told["totals"])


async def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for recording in RECORDINGS:
        await record(pathlib.Path(sys.argv[1]), *recording)


if __name__ == "__main__":
    asyncio.run(main())
