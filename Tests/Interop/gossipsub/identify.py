"""identify, its push, and ping."""

import asyncio
import os

import multiaddress
from identity import base58
from streams import Closed, Violation, read_prefixed
from wire import Identify, parsed, prefixed

IDENTIFY, PUSH, PING = "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0"
LONGEST = 65536     # bytes of one message
MOST_MESSAGES = 10  # that are merged
TIME_LIMIT = 5      # seconds for the other side's message
LISTS = ("listen_addrs", "protocols")


class Identification:
    """What we tell of ourselves, and what peers told. `learned(peer, protocols)` is called when a peer told its protocols."""

    def __init__(self, host, learned):
        self._host, self._learned = host, learned
        self.known = {}     # peer -> Identify
        host.handlers |= {IDENTIFY: self._serve, PUSH: self._pushed, PING: self._echo}

    def message(self, connection):
        host = self._host
        addresses = [multiaddress.encode(address) for address in host.addresses]
        key = os.urandom(36) if "id-wrong-key" in host.ways else host.identity.key
        message = Identify(public_key=key, listen_addrs=addresses, protocol_version=b"meshspec/0.1.0",
                           agent_version=host.ways.agent.encode(), signed_peer_record=host.identity.record(addresses, 1))
        if "id-no-protocols" not in host.ways:
            message.protocols.extend(name.encode() for name in host.handlers)
        if connection.remote:
            observed = multiaddress.of(*connection.remote[:2])
            if "id-observed-peer" in host.ways:
                observed += f"/p2p/{base58(connection.peer)}"
            message.observed_addr = multiaddress.encode(observed)
        return message

    async def _serve(self, connection, stream):
        data = prefixed(self.message(connection).SerializeToString())
        await stream.write(data * 2 if "id-twice" in self._host.ways else data)

    async def ask(self, connection):
        stream = await connection.open([IDENTIFY])
        if stream is None:
            return
        stream.close()
        await self._read(connection, stream)

    async def push(self, connection):
        stream = await connection.open([PUSH])
        if stream is not None:
            await stream.write(prefixed(self.message(connection).SerializeToString()))
            stream.close()

    async def _pushed(self, connection, stream):
        await self._read(connection, stream, is_push=True)

    async def _read(self, connection, stream, is_push=False):
        told = Identify()
        async with asyncio.timeout(TIME_LIMIT):
            for _ in range(MOST_MESSAGES):
                try:
                    data = await read_prefixed(stream, LONGEST)
                except Closed:
                    if stream.error:
                        raise
                    break
                told.MergeFrom(parsed(Identify, data))
        if told.HasField("public_key") and told.public_key != connection.key:
            raise Violation("identify has another key than the connection")
        known = self.known.setdefault(connection.peer, Identify())
        if "push-replaces" in self._host.ways and is_push:
            known.Clear()
            known.MergeFrom(told)
            self._learned(connection.peer, [])
        if "push-forgets" in self._host.ways and is_push:
            known.ClearField("protocols")
        for field, value in told.ListFields():
            if field.name in LISTS:
                known.ClearField(field.name)
                getattr(known, field.name).extend(value)
            else:
                setattr(known, field.name, value)
        self._host.emit("identified", peer=base58(connection.peer), agent=known.agent_version.decode("utf-8", "backslashreplace"),
                        protocols=[name.decode("utf-8", "backslashreplace") for name in known.protocols])
        if told.protocols:
            self._learned(connection.peer, [name.decode("utf-8", "replace") for name in known.protocols])

    def forget(self, peer):
        self.known.pop(peer, None)

    async def _echo(self, connection, stream):
        while True:
            try:
                data = await stream.readexactly(32)
            except Closed:
                return
            await stream.write(data)

    async def ping(self, connection):
        """Seconds until our 32 bytes came back, or None."""
        stream = await connection.open([PING])
        if stream is None:
            return None
        data, loop = os.urandom(32), asyncio.get_running_loop()
        since = loop.time()
        await stream.write(data)
        async with asyncio.timeout(TIME_LIMIT):
            is_echoed = await stream.readexactly(32) == data
        stream.close()
        return loop.time() - since if is_echoed else None
