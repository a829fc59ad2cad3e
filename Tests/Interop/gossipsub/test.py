#!/usr/bin/env python3
"""Lets two of our nodes, and one of ours with one of py-libp2p, exchange messages in every combination of dialer, security, muxer and
version; plays the rules of the router; feeds the node garbage; and starts it with each of its faults.

    python3 test.py [--only TEXT] [--jobs N] [--meshspec PROGRAM]

With `--meshspec` the node of that program plays with each of the others as well. py-libp2p is left out when it is not installed (py-libp2p/requirements.txt). Prints a line for each case, and exits 0 when all passed.
"""

import argparse
import asyncio
import importlib.util
import re
import sys

import garbage
import rules
import seeded
import ways
from programs import HERE, MESHSPEC, OURS, PY, Failed, Program, Reference

VERSIONS = ["/meshsub/1.3.0", "/meshsub/1.2.0", "/meshsub/1.1.0", "/meshsub/1.0.0", "/floodsub/1.0.0"]


def play(program, meshspec, *options):
    return Reference(meshspec, *options) if program is MESHSPEC else Program(program, *options)


async def exchange(dialer, listener, options, meshspec):
    """Both publish, before and after a second topic is joined; small and large messages arrive at the other, once."""
    mine, theirs = ([*options, *more] for more in ([], []))
    if "/floodsub/1.0.0" in options:
        for program, told in ((dialer, mine), (listener, theirs)):
            if program is PY:
                told += ["--pubsub", "floodsub"]
    async with play(listener, meshspec, "--topic", "t", *theirs) as b, play(dialer, meshspec, "--topic", "t", *mine) as a:
        a.command("connect", addr=b.address)
        for one, other in ((a, b), (b, a)):
            await one.wait("pubsub_peer", peer=other.id)
            await one.wait("subscription", peer=other.id, topic="t", subscribe=True)
        # Until the meshes are there.
        await asyncio.sleep(1.6)
        version = options[options.index("--protocol") + 1]
        for one, other, size in ((a, b, 1), (b, a, 1), (a, b, 1000), (b, a, 40000), (a, b, 60000)):
            since = len(one.events)
            one.command("publish", topic="t", size=size)
            sent = await one.wait("published", since=since)
            got = await other.wait("message", id=sent["id"])
            if len(other.find("message", id=sent["id"])) != 1:
                raise Failed("it came twice")
            if (got["size"], got["from"], got["signed"]) != (size, one.id, True):
                raise Failed(f"got {got}")
        for node in (a, b):
            spoken = {found["protocol"] for found in node.find("pubsub_peer")}
            if spoken != {version}:
                raise Failed(f"spoke {spoken}")
            if node.find("rejected") or node.find("undecodable") or node.find("crashed"):
                raise Failed("something was rejected")
        a.command("subscribe", topic="u")
        await b.wait("subscription", peer=a.id, topic="u", subscribe=True)
        b.command("publish", topic="u", text="to u")
        await a.wait("message", topic="u", text="to u")
        a.command("unsubscribe", topic="u")
        await b.wait("subscription", peer=a.id, topic="u", subscribe=False)
        b.command("publish", topic="u", text="to nobody")
        await a.none("message", 0.5, topic="u")
        for node, program in ((a, dialer), (b, listener)):
            if program is not PY:
                await node.quit()


def exchanges(meshspec):
    pairs = [("ours-ours", OURS, OURS)]
    if importlib.util.find_spec("libp2p"):
        pairs += [("ours-py", OURS, PY), ("py-ours", PY, OURS)]
    if meshspec:
        others = {"ours": OURS} | ({"py": PY} if importlib.util.find_spec("libp2p") else {})
        for name, other in others.items():
            pairs += [(f"meshspec-{name}", MESHSPEC, other), (f"{name}-meshspec", other, MESHSPEC)]
    for name, dialer, listener in pairs:
        for security in ("noise", "noise-late", "plaintext"):
            if security == "noise-late" and PY in (dialer, listener):
                continue   # py-libp2p puts no muxers in its handshake
            for muxer in ("yamux", "mplex"):
                for version in VERSIONS:
                    options = ["--security", security.removesuffix("-late"), "--muxer", muxer, "--protocol", version, "--heartbeat", "1"]
                    if security == "noise-late":
                        options.append("--no-early-muxer")
                    yield f"{name} {security} {muxer} {version[1:-2]}", lambda d=dialer, l=listener, o=options: exchange(d, l, o, meshspec)


async def fault_table():
    """Checks that the tables have exactly the faults and switches of the code."""
    used = set()
    for path in HERE.glob("*.py"):
        code = path.read_text()
        used |= set(re.findall(r'"([a-z0-9-]+)" (?:not )?in (?:[a-z_]+\.)*_?ways\b', code))
        for names in re.findall(r"ways\.has\(([^)]*)\)", code):
            used |= set(re.findall(r'"([a-z0-9-]+)"', names))
    table = ways.known_switches()
    if used != table:
        raise Failed(f"in the code alone {sorted(used - table)}, in the table alone {sorted(table - used)}")
    places = asyncio.Semaphore(6)
    async with asyncio.TaskGroup() as group:
        for row in seeded.faults():
            group.create_task(_starts(places, ["--fault", row.fault, *([] if row.options == "-" else row.options.split(" "))]))
        for name in ways.personalities():
            group.create_task(_starts(places, ["--like", name]))


async def _starts(places, options):
    async with places, Program(OURS, *options) as node:
        await node.quit()


async def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", default="", help="cases whose name has this text")
    parser.add_argument("--jobs", type=int, default=4, help="cases side by side (4)")
    parser.add_argument("--meshspec", metavar="PROGRAM", help="the program whose node plays as well")
    options = parser.parse_args()
    cases = [*exchanges(options.meshspec), *rules.cases(), *garbage.cases(), ("fault table", fault_table)]
    cases = [case for case in cases if options.only in case[0]]
    places, failures = asyncio.Semaphore(options.jobs), []

    async def run_case(name, run):
        async with places:
            try:
                async with asyncio.timeout(300):
                    await run()
                print(f"pass  {name}", flush=True)
            except (Failed, TimeoutError, OSError, ExceptionGroup) as error:
                failures.append(name)
                print(f"FAIL  {name}: {error!r}", flush=True)

    await asyncio.gather(*(run_case(*case) for case in cases))
    print(f"{len(cases) - len(failures)} of {len(cases)} passed")
    return 1 if failures or not cases else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
