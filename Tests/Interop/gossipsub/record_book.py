#!/usr/bin/env python3
"""Records two nodes of meshspec that trade: Captures/gossipsub/lib2p2-*. Needs root and tcpdump.

    python3 record_book.py .build/release/meshspec FOLDER
"""

import asyncio
import json
import pathlib
import subprocess
import sys
import tempfile

from programs import Failed, Program

MARKET = "BTC/USDT"
# Name, port and muxer of both nodes.
RECORDINGS = [("lib2p2-plaintext-yamux", 41104, "yamux"), ("lib2p2-plaintext-mplex", 41105, "mplex")]
ORDERS = 5


class Trader(Program):
    """A node of meshspec in the profile of order books."""

    def __init__(self, program, folder, name, *options):
        super().__init__(program)
        self._control = str(folder / name)
        self._words = ["node", "gossipsub", "--profile", "lib2p2", "--control", self._control, *options]

    def _command_line(self):
        return [str(self._path), *self._words]

    async def ask(self, *words):
        """What it says when it is asked or told something, read from JSON."""
        asked = await asyncio.create_subprocess_exec(
            str(self._path), "gossipsub", "--json", "--control", self._control, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, errors = await asked.communicate()
        if asked.returncode != 0:
            raise Failed(f"{words}: {errors.decode()}")
        return json.loads(out) if out.strip() else None


async def script(a, b):
    """A has orders; B asks it as a rendezvous point, comes to the market and gets its book."""
    await a.ask("subscribe", MARKET)
    for n in range(ORDERS):
        await a.ask("order", MARKET, f"side={'buy' if n % 2 else 'sell'}", f"price={64000 + n}", "amount=0.5", f"id={n}")
    await a.ask("order", MARKET, "side=sell", "price=64000", "amount=0", "id=0", "version=2")
    await b.ask("dial", a.address)
    await b.wait("pubsub_peer", within=20)
    await b.ask("register", MARKET, f"peer={a.id}", "ttl=7200")
    told = [await b.wait("registered")]
    await b.ask("discover", MARKET, f"peer={a.id}", "limit=10")
    told.append(await b.wait("discovered"))
    await b.ask("unregister", MARKET, f"peer={a.id}")
    await b.ask("subscribe", MARKET)
    told.append(await b.wait("snapshot", within=30, complete=True))
    return told, await a.ask("book", MARKET), await b.ask("book", MARKET)


async def record(program, folder, name, port, muxer):
    path = folder / f"{name}.pcap"
    options = ["-P", "security=plaintext", "-P", f"muxer={muxer}"]
    tcpdump = await asyncio.create_subprocess_exec(
        "tcpdump", "-i", "lo", "-U", "-s", "0", "-Z", "root", "-w", str(path), "tcp", "port", str(port), stderr=asyncio.subprocess.PIPE)
    await tcpdump.stderr.readline()
    await asyncio.sleep(0.5)
    try:
        with tempfile.TemporaryDirectory() as sockets:
            sockets = pathlib.Path(sockets)
            async with Trader(program, sockets, "a", "--seed", "1", "--listen", f"127.0.0.1:{port}", *options) as a, \
                    Trader(program, sockets, "b", "--seed", "2", "--listen", "127.0.0.1:0", *options) as b:
                told, of_a, of_b = await script(a, b)
                await asyncio.sleep(1)
        await asyncio.sleep(0.5)
    finally:
        tcpdump.terminate()
        await tcpdump.wait()
    if of_a != of_b:
        raise Failed(f"the books differ: {of_a} {of_b}")
    for event in told:
        event.pop("milliseconds", None)
    wanted = {"file": path.name, "nodes": {"A": a.id, "B": b.id}, "told": told, "book": of_b}
    (folder / f"{name}.json").write_text(json.dumps(wanted, indent=1) + "\n")
    print(name, path.stat().st_size, len(told))


async def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for recording in RECORDINGS:
        await record(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]), *recording)


if __name__ == "__main__":
    asyncio.run(main())
