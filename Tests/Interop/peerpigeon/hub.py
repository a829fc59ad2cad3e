#!/usr/bin/env python3
"""A PeerPigeon hub in Python, written from the description of the protocol alone. See README.md.

    python3 hub.py --port 3000 [--peer-id ID] [--plain] [--bootstrap URI] [--like HUB] [--fault NAME]

Prints JSON lines: `ready` when it listens and its own client stands, then what happens to hubs. SIGTERM ends it in order.
"""
import argparse
import asyncio
import json
import os
import pathlib
import signal
import sys
import time
import urllib.parse

import ws
from personalities import BEHAVIOURS, LIKE
from distance import canonical
from routing import SIGNALS, Own, Routing
from values import is_true, now_ms

SETTLE = 1.0  # seconds from listening to the hub's own client and its dials
WINDOW = 5.0  # seconds for which an identical relay is suppressed, and until the next clean-up


def faults():
    """Rows of the table: name, requirement, case, what it does."""
    lines = (pathlib.Path(__file__).resolve().parent / "faults.tsv").read_text().splitlines()
    return [line.split("\t") for line in lines if line and line[0] != "#"][1:]


class Hub(Routing):
    """A hub that listens, has a client of its own, and dials the hubs that it is told of."""

    def tell(self, event, **fields):
        print(json.dumps({"event": event, **fields}), flush=True)

    async def run(self):
        server = await asyncio.start_server(self.serve, self.args.host, self.args.port, limit=ws.LONGEST_HEAD)
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        tasks = [asyncio.create_task(self.clean())]
        if not self.args.plain:
            await asyncio.sleep(SETTLE)
            self.join()
            tasks += [asyncio.create_task(self.bootstrap(uri)) for uri in self.args.bootstrap]
        self.tell("ready", peerId=self.me, port=self.args.port)
        await stop.wait()
        for task in tasks:
            task.cancel()
        await self.end(server)

    async def end(self, server):
        self.stopping = True
        for socket in self.bootstraps.values():
            socket.close(1000, "Hub shutting down")
        for socket in self.connections.values():
            code, reason = (1001, "") if self.fault == "stops-with-1001" else (1000, "Server shutting down")
            socket.close(code, reason)
        # Those that left their registration are not waited for.
        ghosts = self.sockets - set(self.connections.values())
        for socket in ghosts if not self.does("waits-for-ghosts") else ():
            socket.writer.close()
        server.close()
        end = time.monotonic() + (3600 if self.does("waits-for-ghosts") else 2)
        while self.sockets and time.monotonic() < end:
            await asyncio.sleep(0.01)

    def join(self):
        """The client of the hub itself: a member of the mesh that nobody hears."""
        self.connections[self.me] = Own()
        self.peers[self.me] = {"peerId": self.me, "isHub": False, "data": None, "network": None, "connectedAt": now_ms()}
        self.announce(self.me, {"networkName": self.args.namespace, "data": {"peerId": self.me}})

    async def clean(self):
        while True:
            await asyncio.sleep(self.args.cleanup_interval)
            limit = time.monotonic() - WINDOW
            self.relayed = {key: at for key, at in self.relayed.items() if at > limit}

    # Dials

    async def bootstrap(self, uri):
        """Keeps a connection to another hub; after a failure it waits as long each time."""
        place = urllib.parse.urlsplit(uri)
        dials, first = 0, True
        limit = float("inf") if self.fault == "dials-on" else self.args.max_reconnects
        while dials <= limit and (place.hostname, place.port) != (self.args.host, self.args.port):
            dials += 1
            try:
                socket = await ws.dial(place.hostname, place.port, "/?peerId=" + self.me, self.args.max_message)
            except (OSError, ConnectionError):
                await asyncio.sleep(self.args.reconnect_interval)
                continue
            self.bootstraps[uri] = socket
            self.tell("bootstrapConnected", uri=uri)
            self.introduce(socket, first=first)
            first = False
            if not self.does("counts-on") and self.fault != "counts-on":
                dials = 1
            async for _, payload in socket.messages():
                try:
                    self.hear(json.loads(payload))
                except ValueError:
                    pass
            del self.bootstraps[uri]
            self.tell("bootstrapDisconnected", uri=uri, code=socket.code)
            await asyncio.sleep(self.args.reconnect_interval)

    def introduce(self, socket, first):
        socket.send(canonical({
            "type": "announce", "networkName": self.args.namespace,
            "data": {"isHub": True, "port": self.args.port, "host": self.args.host, "capabilities": ["signaling", "relay"],
                     "timestamp": now_ms()}}))
        if self.fault == "peers-not-announced" or self.fault == "redial-forgets-peers" and not first:
            return
        for info in self.peers.values():
            if info["network"] is not None and (not info["isHub"] or info["peerId"] == self.me):
                socket.send(canonical(self.discovered(info, info["network"])))

    def hear(self, message):
        """From a hub that we dialed."""
        if not isinstance(message, dict):
            return
        kind, data, network = message.get("type"), message.get("data"), message.get("networkName")
        peer = data.get("peerId") if isinstance(data, dict) else None
        if kind in SIGNALS:
            target = message.get("targetPeerId")
            if isinstance(target, str) and target in self.connections:
                self.connections[target].send(canonical(message))
        elif kind == "peer-discovered" and is_true(peer) and is_true(network):
            if data.get("isHub"):
                self.tell("hubDiscovered", peerId=peer)
                if self.does("discoveries-go-round"):
                    self.injected(self.me, message, to_hubs=True)
            elif self.does("keeps-no-cache"):
                self.injected(self.me, message)
            elif self.fault != "no-cache" or network in self.networks:
                self.cache.setdefault(network, {})[peer] = {
                    "peerId": peer, "isHub": False, "data": data, "cachedAt": now_ms()}
                if self.fault == "no-cache":
                    del self.cache[network][peer]
                self.injected(self.me, message)
        elif kind == "peer-disconnected" and is_true(peer) and not self.does("leaves-stay"):
            network = network if is_true(network) else "global"
            self.cache.get(network, {}).pop(peer, None)
            inside = [one for one in self.networks.get(network, {}) if one != peer]
            if not self.does("leaves-go-round"):
                inside = [one for one in inside if one not in self.hubs or one == self.me]
            self.left(peer, bool(data.get("isHub")), network, inside)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--peer-id", help="40 hexadecimal digits (default: random)")
    parser.add_argument("--plain", action="store_true", help="a server that is no hub")
    parser.add_argument("--bootstrap", action="append", default=[], metavar="URI", help="a hub to dial; may be repeated")
    parser.add_argument("--namespace", default="pigeonhub-mesh")
    parser.add_argument("--max-connections", type=int, default=1000)
    parser.add_argument("--max-message", type=int, default=1 << 20, help="bytes of a message (1048576)")
    parser.add_argument("--max-reconnects", type=int, default=10)
    parser.add_argument("--reconnect-interval", type=float, default=5, help="seconds (5)")
    parser.add_argument("--cleanup-interval", type=float, default=30, help="seconds (30)")
    parser.add_argument("--cors", default="*")
    parser.add_argument("--like", choices=sorted(LIKE), help="behave as this hub was seen to")
    parser.add_argument("--behaviours", action="store_true", help="list what the hubs do that this one does not")
    parser.add_argument("--fault", default=os.environ.get("MESHSPEC_PEER_FAULT"), choices=[row[0] for row in faults()])
    parser.add_argument("--faults", action="store_true", help="list them, with what each breaks")
    args = parser.parse_args()
    if args.behaviours:
        for name, what in BEHAVIOURS.items():
            print(f"{name:22}{', '.join(sorted(hub for hub in LIKE if name in LIKE[hub])):38}{what}")
        return 0
    if args.faults:
        for name, broken, _, what in faults():
            print(f"{name:26}{broken:8}{what}")
        return 0
    asyncio.run(Hub(args).run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
