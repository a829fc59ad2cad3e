#!/usr/bin/env python3
"""Three hubs as processes over real sockets: channels, migration, relays, a hub killed, and its return.

    python3 mesh.py meshspec [--signals N]

Two hubs connect to a third one. Each opens data channels to both others, and they leave WebSocket. Clients of different hubs signal each
other all the time. Prints a line for each check. Exits 0 if all are ok, 1 if one is not.
"""
import argparse
import asyncio
import contextlib
import json
import os
import sys

import ws

PATIENCE = 20    # seconds for a step
FAILOVER = 60    # seconds for a killed hub: consent expires after 30 s, then the others connect again
LARGEST = 1 << 20

failed = 0


def check(name, good, seen=""):
    global failed
    failed += not good
    print(f"{'ok' if good else 'FAILED'} {name}" + ("" if good else f" ({str(seen)[:400]})"), flush=True)


class Hub:
    """A process of `meshspec node peerpigeon`."""

    def __init__(self, program, name, others=(), port=0, options=()):
        self.command = [program, "node", "peerpigeon", "--profile", "seed", "-P", "channels=on", "-P", "migration_delay=1s", "-P",
                        "reconnect=1s", "-P", "redials=100", "--listen", f"127.0.0.1:{port}", "--id", name * 20, "--control", "none",
                        *options]
        for other in others:
            self.command += ["--connect", f"127.0.0.1:{other.port}"]
        self.id, self.events, self.changed = name * 20, [], asyncio.Event()

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(*self.command, stdout=asyncio.subprocess.PIPE)
        self.reading = asyncio.create_task(self.read())
        started = (await self.wait("started"))[0]
        self.port = int(started["listening"].rpartition(":")[2])
        await self.wait("ready")
        return self

    async def read(self):
        while line := await self.process.stdout.readline():
            self.events.append(json.loads(line))
            self.changed.set()

    def named(self, name):
        return [e for e in self.events if e["event"] == name]

    async def wait(self, name, count=1, seconds=PATIENCE):
        """The events of this name, once there are so many; fewer after the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(self.named(name)) < count:
                    self.changed.clear()
                    await self.changed.wait()
        return self.named(name)

    async def kill(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class Client:
    """A client of a hub in the network `global`."""

    def __init__(self, name, hub):
        self.id, self.hub, self.messages, self.changed = name * 20, hub, [], asyncio.Event()

    async def start(self):
        self.socket = await ws.dial("127.0.0.1", self.hub.port, f"/?peerId={self.id}", LARGEST)
        self.reading = asyncio.create_task(self.read())
        self.socket.send(json.dumps({"type": "announce", "networkName": "global", "data": {"peerId": self.id}}))
        return self

    async def read(self):
        async for _, payload in self.socket.messages():
            self.messages.append(json.loads(payload))
            self.changed.set()

    def offer(self, to, data):
        self.socket.send(json.dumps({"type": "offer", "data": data, "targetPeerId": to.id, "networkName": "global"}))

    def offers(self, of, kind):
        return [m["data"]["n"] for m in self.messages
                if m["type"] == "offer" and m["fromPeerId"] == of.id and m["data"].get("kind") == kind]

    async def wait(self, condition, seconds=PATIENCE):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not condition():
                    self.changed.clear()
                    await self.changed.wait()
        return condition()

    def knows(self, other):
        return any(m["type"] == "peer-discovered" and m["data"]["peerId"] == other.id for m in self.messages)


async def signals(kind, clients, count):
    """Each client sends each other one this number of signals. Each must arrive once."""
    for n in range(count):
        for one in clients:
            for other in clients:
                if one is not other:
                    one.offer(other, {"type": "offer", "sdp": "v=0\r\n" + "x" * (n * 997 % 20000), "kind": kind, "n": n})
        await asyncio.sleep(0.01)
    missing, twice = 0, 0
    for one in clients:
        for other in clients:
            if one is not other:
                await one.wait(lambda: len(one.offers(other, kind)) >= count, 5)
                got = one.offers(other, kind)
                missing += count - len(set(got))
                twice += len(got) - len(set(got))
    total = count * len(clients) * (len(clients) - 1)
    check(f"{kind}: {total} signals between clients of {len(clients)} hubs arrive once", not missing and not twice, (missing, twice))


async def play(program, count):
    hubs, clients = [], []
    try:
        a = await Hub(program, "b0").start()
        b = await Hub(program, "a0", [a]).start()
        c = await Hub(program, "c0", [a]).start()
        hubs = [a, b, c]
        clients = [await Client(f"{n:02x}", hub).start() for n, hub in enumerate(hubs, 1)]
        of_a, of_b, of_c = clients
        await asyncio.gather(*(one.wait(lambda one=one: all(one.knows(o) for o in clients if o is not one)) for one in clients))
        check("each client discovers the clients of the other hubs", all(o.knows(p) for o in clients for p in clients if o is not p))
        for hub in hubs:
            peers = {e["peer"] for e in await hub.wait("hub_p2p_connected", 2)}
            check(f"hub {hub.id[:2]} has a channel to both others", peers == {h.id for h in hubs if h is not hub}, hub.events[-5:])
            check(f"hub {hub.id[:2]} is ready", bool(await hub.wait("hub_mesh_ready")), hub.events[-5:])
        suites = {e["suite"].split()[0] for hub in hubs for e in hub.named("channel_secured")}
        check("the channels are encrypted", suites == {"ECDHE-ECDSA-AES128-GCM-SHA256"}, suites)
        for hub in (b, c):
            check(f"hub {hub.id[:2]} leaves WebSocket", bool(await hub.wait("bootstrap_disconnected")), hub.events[-5:])
        await asyncio.sleep(1)
        await signals("over channels", clients, count)

        await a.kill()
        # The channel between the other two does not depend on the killed hub.
        await signals("after a hub is killed", [of_b, of_c], count)
        lost = [await hub.wait("hub_p2p_disconnected", seconds=FAILOVER) for hub in (b, c)]
        check("both notice that its channel is gone", all([e["peer"] for e in one] == [a.id] for one in lost), lost)
        await signals("after its channels are gone", [of_b, of_c], count)
        again = await Hub(program, "b0", port=a.port).start()
        hubs.append(again)
        for hub in (b, c):
            peers = [e["peer"] for e in await hub.wait("hub_p2p_connected", 3, FAILOVER)]
            check(f"hub {hub.id[:2]} has a channel to the hub that returned", peers.count(a.id) == 2, hub.events[-5:])
        clients[0] = await Client("01", again).start()
        await clients[0].wait(lambda: clients[0].knows(of_b) and clients[0].knows(of_c))
        await signals("after the hub returned", clients, count)
    finally:
        for hub in hubs:
            await hub.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--signals", type=int, default=20)
    options = parser.parse_args()
    program = options.program if os.path.sep in options.program or not os.path.exists(options.program) else f"./{options.program}"
    asyncio.run(play(program, options.signals))
    print(f"{failed} failed" if failed else "all ok")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
