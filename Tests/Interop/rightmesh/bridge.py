#!/usr/bin/env python3
"""rmpx_peer.py as a node under test: the peer, and beside it a socket where its tables can be asked for as JSON.

    bridge.py serve PORT OPTION...      runs `rmpx_peer.py node OPTION...` and answers for the node of that port
    bridge.py ask PORT COMMAND WORD...  asks it and prints the answer, one line of JSON

Commands: routes, route ID, superpeers, candidates, assemblies, subscriptions, remote, events, counters, find ID...,
subscribe ID..., forget ID.... Ids are 0x and 40 hexadecimal digits, several with commas or blanks between them; brackets
around them are passed over. Tables have the form that the scenarios want (Spec/rightmesh/README.md, "Asking a node").
The peer itself is as it came: this file only looks into it and speaks for its standard input.
"""

import asyncio
import json
import os
import pathlib
import re
import socket
import sys
import tempfile
import time

import rmpx_peer

COUNTERS = ("malformed badVersion badType tooBig hopLimit badSource notForMe noRoute oldBoot dupDone stale inconsistent dup"
            " conflict full evict overrun crc unknownSection timeout superseded badRecord unasked").split()
MOST_EVENTS = 4096  # of one case there are few


def place(port):
    """Where the node of a port is asked: of this user alone."""
    folder = pathlib.Path(tempfile.gettempdir()) / f"rmpx-peer-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{int(port)}.sock"


def hexadecimal(identity):
    return "0x" + identity.hex()


class Asked(rmpx_peer.Node):
    """The peer, with its tables within reach."""

    port_number = 0

    def __init__(self, arguments):
        super().__init__(arguments)
        self.events = []

    def out(self, **members):
        if "event" in members and len(self.events) < MOST_EVENTS:
            self.events.append(members)
        if os.environ.get("MESHSPEC_PEER_LOG"):
            super().out(**members)

    async def run(self):
        path = place(self.port_number)
        path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self.serve, path)
        try:
            await super().run()
        finally:
            server.close()
            path.unlink(missing_ok=True)

    async def serve(self, reader, writer):
        try:
            words = json.loads(await reader.readline())
            answer = self.answer(words[0], re.findall(r"[^\s,\[\]]+", " ".join(words[1:])))
        except (ValueError, LookupError, TypeError) as error:
            answer = {"error": repr(error)}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    def row(self, peer):
        route = self.routes[peer]
        return {"peer": hexadecimal(peer), "nexthop": hexadecimal(route.nexthop), "hopcount": route.hop,
                "age": self.age(route.heard)}

    def answer(self, command, words):
        ids = [rmpx_peer.mesh_id(word) for word in words]
        if command == "routes":
            return [self.row(peer) for peer in sorted(self.routes)]
        if command == "route":
            return self.row(ids[0]) if ids[0] in self.routes else None
        if command == "superpeers":
            return [{"id": hexadecimal(peer), "address": f"{host}:{port}"}
                    for peer, (host, port, _, _) in sorted(self.superpeers.items())]
        if command == "candidates":
            return [{"id": hexadecimal(peer)} for peer in sorted(self.candidates)]
        if command == "assemblies":
            return [{"src": hexadecimal(key[1]), "type": rmpx_peer.TYPE[key[3]].lower(), "msg_id": key[4],
                     "fragments": len(part.parts), "of": part.first.frag_count} for key, part in self.rejoin.open.items()]
        if command == "subscriptions":
            return [{"gateway": "%s:%d" % gate, "requester": hexadecimal(who), "target": hexadecimal(target)}
                    for (gate, who), targets in self.subs.items() for target in sorted(targets)]
        if command == "remote":
            return [{"id": hexadecimal(peer), "online": online} for peer, online in sorted(self.remote.items())]
        if command == "events":
            return [{**event, "superpeer": hexadecimal(self.mid(event["superpeer"]))} if "superpeer" in event else event
                    for event in self.events]
        if command == "counters":
            stats = self.show("stats")
            return {name: stats.get(name, 0) for name in COUNTERS}
        if command in ("find", "subscribe", "forget"):
            self.command(" ".join([command] + [hexadecimal(identity) for identity in ids]))
            return None
        raise LookupError(command)


def serve(port, options):
    Asked.port_number = int(port)
    rmpx_peer.Node = Asked
    sys.argv = ["rmpx_peer.py", "node", *options]
    rmpx_peer.main()


def ask(port, words):
    end = time.monotonic() + 10  # it may be starting
    while True:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(10)
                connection.connect(str(place(port)))
                connection.sendall(json.dumps(words).encode() + b"\n")
                with connection.makefile() as lines:
                    answer = json.loads(lines.readline())
            break
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > end:
                raise SystemExit(f"no peer of port {port} can be asked")
            time.sleep(0.05)
    if isinstance(answer, dict) and "error" in answer:
        raise SystemExit(answer["error"])
    print(json.dumps(answer))


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("serve", "ask"):
        raise SystemExit(__doc__)
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    else:
        ask(sys.argv[2], sys.argv[3:])
