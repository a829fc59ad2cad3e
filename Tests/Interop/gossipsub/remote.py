"""A peer played by hand, for probes.py: it stands on this node's own layers, and does on each stream what a probe says."""

import asyncio
import os
import random
import time

import multiaddress
import multistream
import plaintext
import yamux
from host import MUXERS, Host
from identity import Identity
from messages import Author, Incoming, Outgoing
from programs import Failed
from streams import TCPChannel, read_prefixed
from ways import OWN
from wire import Identify, prefixed

IDENTIFY, PUSH = "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0"


def port_of(node):
    return int(node.address.split("/tcp/")[1].split("/")[0])


class Remote:
    """`rpcs` are those that the node sent on its own stream, with the time of each."""

    def __init__(self, version="1.2.0", security="plaintext", muxers=("/yamux/1.0.0",), is_early=True, seed=None, ways=OWN, lists=True):
        self.protocol = f"/meshsub/{version}"
        self.seed = seed or os.urandom(32)
        self.identity = Identity(self.seed)
        self.host = Host(self.identity, lambda event, **fields: None, [security], list(muxers), is_early, self.seed, ways=ways)
        self.host.handlers = {self.protocol: self._listen}
        if lists:
            self.host.handlers[IDENTIFY] = self._identify
        self.author = Author(self.identity, True)
        self.rpcs, self.connection, self.stream = [], None, None
        self.theirs = []          # streams that the node opened for RPCs
        self._changed = asyncio.Event()
        self.host.connected = self._connected

    def _connected(self, connection):
        self.connection = connection
        self._changed.set()

    async def _identify(self, connection, stream):
        message = Identify(public_key=self.identity.key, protocols=[self.protocol.encode()],
                           signed_peer_record=self.identity.record(map(multiaddress.encode, self.host.addresses), 1))
        await stream.write(prefixed(message.SerializeToString()))

    async def _listen(self, connection, stream):
        self.theirs.append(stream)
        self._changed.set()
        while True:
            data = await read_prefixed(stream, 1 << 24)
            self.rpcs.append((time.monotonic(), Incoming(data)))
            self._changed.set()

    async def dial(self, node, opens=True):
        if error := await self.host.dial("127.0.0.1", port_of(node), None):
            raise Failed(f"not connected: {error}")
        if opens:
            await self.open()
        return self

    async def listen(self):
        host, port = await self.host.listen("127.0.0.1", 0)
        self.host.addresses = [multiaddress.of(host, port)]
        return self.host.addresses[0]

    async def open(self):
        self.stream = await self.connection.open([self.protocol])
        if self.stream is None:
            raise Failed("it does not speak our version")

    async def send(self, outgoing):
        for frame in outgoing.frames():
            await self.stream.write(frame)

    async def subscribe(self, topic=b"t", is_subscribed=True):
        await self.send(Outgoing().subscription(topic, is_subscribed))

    async def join(self, topic=b"t"):
        """In the node's mesh by our GRAFT."""
        await self.send(Outgoing().subscription(topic, True).graft(topic))
        await asyncio.sleep(0.1)

    def message(self, data, topic=b"t"):
        return self.author.message(topic, data)

    async def until(self, check, what, within=3):
        try:
            async with asyncio.timeout(within):
                while True:
                    if found := check():
                        return found
                    self._changed.clear()
                    try:
                        await asyncio.wait_for(self._changed.wait(), 0.2)
                    except TimeoutError:
                        pass
        except TimeoutError:
            raise Failed(f"no {what} within {within} s") from None

    def all(self, kind, since=0):
        """The entries of a kind: sub, publish, or one of control; with the RPC's number before each."""
        out = []
        for number, (_, incoming) in list(enumerate(self.rpcs))[since:]:
            if kind == "publish":
                out += [(number, message) for message in incoming.messages()]
            elif kind == "sub":
                out += [(number, subscription) for subscription in incoming.rpc.subscriptions]
            elif kind in ("extensions", "test_extension"):
                part = incoming.rpc.control if kind == "extensions" else incoming.rpc
                out += [(number, getattr(part, kind))] if part.HasField(kind) else []
            else:
                out += [(number, entry) for entry in getattr(incoming.rpc.control, kind)]
        return out

    async def get(self, kind, check=lambda entry: True, within=3, since=0):
        return await self.until(lambda: next((entry for _, entry in self.all(kind, since) if check(entry)), None), kind, within)

    async def none(self, kind, during, check=lambda entry: True, since=None):
        since = len(self.rpcs) if since is None else since
        await asyncio.sleep(during)
        if found := [entry for _, entry in self.all(kind, since) if check(entry)]:
            raise Failed(f"{kind} was not to come: {str(found[0])[:200]}")

    async def data(self, data, **values):
        """A message with this data comes."""
        return await self.get("publish", lambda message: message.data == data, **values)

    async def no_data(self, data, during=0.5):
        await self.none("publish", during, lambda message: message.data == data, since=0)

    async def is_reset(self, stream, within=3):
        await self.until(lambda: stream.error or stream.is_ended, "reset", within)

    def close(self):
        if self.connection:
            self.connection.close()


async def raw(node, *tokens):
    """A bare connection on which the header and these proposals were agreed on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(node))
    channel = TCPChannel(reader, writer)
    for number, text in enumerate(tokens):
        channel.write((b"" if number else multistream.token(multistream.HEADER)) + multistream.token(text))
        if not number:
            await expect_token(channel, multistream.HEADER)
        await expect_token(channel, text)
    return channel


async def expect_token(channel, text, within=2):
    async with asyncio.timeout(within):
        if (got := await multistream.read_token(channel)) != text:
            raise Failed(f"{got}, not {text}")


async def muxed(node, muxer=yamux.PROTOCOL):
    """A bare connection in which a muxer was agreed on over plaintext; and our identity."""
    channel = await raw(node, plaintext.PROTOCOL)
    identity = Identity(random.randbytes(32))
    await plaintext.secure(channel, identity, None, True)
    channel.write(multistream.token(multistream.HEADER) + multistream.token(muxer))
    await expect_token(channel, multistream.HEADER)
    await expect_token(channel, muxer)
    assert muxer in MUXERS
    return channel


async def ended(channel, within=2):
    """The node ends the connection; what comes before is passed over."""
    try:
        async with asyncio.timeout(within):
            while True:
                await channel.readexactly(1)
    except TimeoutError:
        raise Failed("the connection stays") from None
    except Exception:
        return
