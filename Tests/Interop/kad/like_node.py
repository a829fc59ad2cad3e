#!/usr/bin/env python3
"""A server of the DHT that is not ours to trust, on the layers of gossip_node.py. With --like it answers like an
implementation: the columns of personalities.tsv.

    like_node.py --listen 127.0.0.1:4001 [--like go|rust|js|py]

It prints a JSON object for each event; the first is `ready`. SIGTERM ends it. It looks up nothing.
"""

import argparse
import asyncio
import json
import os
import pathlib
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "gossipsub"))

import multiaddress
from host import MUXERS, Host
from identify import Identification
from identity import Identity, base58
from kad_server import Ended, Refused, Server
from kad_wire import FIND_NODE, Message, Reader
from streams import Closed, Violation, guarded, read_varint
from ways import OWN
from wire import Malformed, prefixed

CHECK_LIMIT = 10  # seconds for the answer of a new server
LONGEST = 4 << 20


def personalities():
    """Returns the columns of the table by name: yes and no as booleans, digits as numbers."""
    lines = [line.split("\t") for line in (HERE / "personalities.tsv").read_text().splitlines() if line and line[0] != "#"]
    names = lines[0][2:-1]
    values = {"yes": True, "no": False}
    return {name: {line[0]: values.get(line[2 + i], int(line[2 + i]) if line[2 + i].isdigit() else line[2 + i])
                   for line in lines[1:]} for i, name in enumerate(names)}


def emit(event, **fields):
    print(json.dumps({"event": event} | fields), flush=True)


class Node:
    def __init__(self, options):
        self.options, self.ways = options, personalities()[options.like]
        self.identity = Identity(os.urandom(32))
        own = OWN.changed([f"agent={self.ways['agent']}"])
        self.host = Host(self.identity, emit, ["noise", "plaintext"], list(MUXERS), False, os.urandom(32), ways=own)
        self.server, self.reader = Server(self.identity.id, self.ways), Reader(self.ways)
        self.identification = Identification(self.host, self._learned)
        self.host.handlers[self.ways["id"]] = self._serve
        self.host.connected, self.host.disconnected = self._connected, self._disconnected
        self.open = {}  # connection -> inbound streams

    def _connected(self, connection):
        self.server.connected.add(connection.peer)
        connection.start(self.identification.ask(connection))

    def _disconnected(self, connection):
        if self.host.to(connection.peer) is None:
            self.server.connected.discard(connection.peer)

    def _learned(self, peer, protocols):
        server, told = self.server, self.identification.known[peer]
        if told.listen_addrs:
            server.book[peer] = list(told.listen_addrs)
        is_server = self.ways["id"] in protocols
        if peer in server.clients:
            server.clients.remove(peer)
        connection = self.host.to(peer)
        if not is_server:
            server.remove(peer)
            server.clients.append(peer)
        elif connection:
            connection.start(self._check(connection, peer))

    async def _check(self, connection, peer):
        async with asyncio.timeout(CHECK_LIMIT):
            stream = await connection.open([self.ways["id"]])
            if stream is None:
                return
            await stream.write(prefixed(Message(FIND_NODE, peer, level=1).encoded()))
            self.reader.message(await stream.readexactly(await read_varint(stream, LONGEST)))
            stream.close()
        self.server.add(peer)

    # Streams

    async def _length(self, stream):
        value = 0
        for count in range(10):
            byte = (await stream.readexactly(1))[0]
            value |= (byte & 0x7f) << 7 * count
            if count == 9:
                break
            if byte < 0x80:
                if byte == 0 and count and not self.ways["any-length"]:
                    raise Violation("a length is not in its shortest form")
                if self.ways["longest"] and value > self.ways["longest"]:
                    raise Violation("a message is too long")
                return value
        if self.ways["long-length"] == "wait":
            await asyncio.Event().wait()
        raise Violation("a length of 10 bytes")

    async def _serve(self, connection, stream):
        count = self.open[connection] = self.open.get(connection, 0) + 1
        try:
            if self.ways["streams"] and count > self.ways["streams"]:
                raise Violation("too many streams")
            await self._answer_all(connection, stream)
        finally:
            self.open[connection] -= 1
            if not self.open[connection]:
                del self.open[connection]

    async def _answer_all(self, connection, stream):
        is_first = True
        while not (stream.is_ended and not stream.buffer):
            try:
                size = await self._length(stream)
            except Closed:
                if stream.error:
                    raise
                break
            if not is_first and stream.is_ended and self.ways["fin"] == "first":
                return
            is_first = False
            data = await stream.readexactly(size)
            if not data and self.ways["empty-message"] == "reset":
                raise Violation("a message without bytes")
            try:
                answer = self.server.answer(self.reader.message(data), connection.peer)
            except Refused as error:
                raise Violation("the request is refused") from error
            except Ended:
                return
            if answer is not None:
                await stream.write(prefixed(answer.encoded()))
        if self.ways["fin"] == "reset":
            raise Violation("the stream has ended")

    # Running

    async def run(self):
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopped.set)
        host, port = await self.host.listen(*self.options.listen)
        self.host.addresses = [multiaddress.of(host, port)]
        self.server.addresses = [multiaddress.encode(one) for one in self.host.addresses]
        peer = base58(self.identity.id)
        emit("ready", peer_id=peer, addrs=[f"{self.host.addresses[0]}/p2p/{peer}"], like=self.options.like)
        await stopped.wait()
        await self.host.stop()


def endpoint(told):
    host, _, port = told.rpartition(":")
    return host, int(port)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--listen", type=endpoint, default=("127.0.0.1", 0), metavar="HOST:PORT")
    parser.add_argument("--like", choices=personalities(), default="own", help="answer like this implementation (own)")
    asyncio.run(Node(parser.parse_args()).run())


if __name__ == "__main__":
    main()
