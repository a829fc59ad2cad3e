"""The two streams of each pubsub peer: we write on ours, and read from theirs."""

import asyncio
import collections
import os

from identity import base58
from messages import LONGEST_RPC, Incoming
from router import text
from streams import Closed, Violation, read_prefixed, read_varint
from wire import RPC, Malformed, prefixed

MOST_WAITING = 4096   # RPCs for a peer; more are lost
ATTEMPTS = 4          # to open our stream on a connection
AGAIN = 1             # seconds between them
HELD_AT_A_TIME = 8192  # bytes


class Pubsub:
    """`router` is set before the first connection."""

    def __init__(self, host, options, emit):
        self._host, self._options, self._emit, self._ways = host, options, emit, options.ways
        self.router = None
        self._queues, self._incoming, self._talks = {}, {}, {}
        self._held = {}        # stream -> bytes of incomplete RPCs, if they have a limit
        self.counts = {"in": collections.Counter(), "out": collections.Counter()}
        for protocol in options.protocol:
            host.handlers[protocol] = self._listen

    # Peers

    def connected(self, connection):
        if connection.peer not in self._talks:
            self._talks[connection.peer] = connection
            self._queues[connection.peer] = asyncio.Queue(MOST_WAITING)
            self._add(connection)
            connection.start(self._talk(connection))

    def _add(self, connection):
        address = connection.remote[0] if connection.remote else ""
        self.router.add_peer(connection.peer, self._options.protocol[0], connection.is_dialer, address)

    def disconnected(self, connection):
        if self._talks.get(connection.peer) is not connection:
            return
        del self._talks[connection.peer], self._queues[connection.peer]
        self._incoming.pop(connection.peer, None)
        self.router.remove_peer(connection.peer)
        self._emit("pubsub_gone", peer=base58(connection.peer))
        if other := self._host.to(connection.peer):
            self.connected(other)

    def learned(self, peer, protocols):
        """identify told what a peer speaks; a peer that speaks no pubsub any more is left alone."""
        if not set(protocols) & set(self._options.protocol) and peer in self._talks:
            self._emit("pubsub_gone", peer=base58(peer))
            self.router.remove_peer(peer)
            if stream := self._incoming.pop(peer, None):
                stream.reset()

    # Ours

    def send(self, peer, outgoing):
        queue = self._queues.get(peer)
        if queue is not None and not outgoing.is_empty:
            try:
                queue.put_nowait(outgoing)
            except asyncio.QueueFull:
                self._emit("rpc_lost", peer=base58(peer))

    async def _talk(self, connection):
        peer = connection.peer
        while "waits-for-peer" in self._ways and peer not in self._incoming:
            await asyncio.sleep(0.05)
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(AGAIN * attempt)
            try:
                stream = await connection.open(self._options.protocol)
                if stream is None:
                    continue
            except (Closed, Violation, Malformed, TimeoutError):
                continue
            self._emit("pubsub_peer", peer=base58(peer), protocol=stream.protocol)
            watch = connection.start(self._watch(stream))
            try:
                for outgoing in self.router.greet(peer, stream.protocol):
                    await self._write(peer, stream, outgoing)
                while True:
                    outgoing = await self._queues[peer].get()
                    inbound = self._incoming.get(peer) if "writes-inbound" in self._ways else None
                    await self._write(peer, inbound or stream, outgoing)
            except (Closed, KeyError):
                watch.cancel()
                self.router.lost_stream(peer)

    async def _watch(self, stream):
        """The other side only reads from our stream: bytes from there end it, the end of that direction is nothing."""
        await stream.readexactly(1)
        stream.reset()

    async def _write(self, peer, stream, outgoing):
        if outgoing.is_empty:
            return
        for frame in outgoing.frames(min(LONGEST_RPC, self._ways.longest_rpc)):
            await stream.write(frame)
            self.counts["out"]["rpcs"] += 1
        self._report("out", peer, outgoing.rpc, len(outgoing.publish))

    # Theirs

    async def _listen(self, connection, stream):
        peer = connection.peer
        if old := self._incoming.pop(peer, None):
            old.reset()
        self._incoming[peer] = stream
        try:
            while True:
                data = await self._read(stream)
                if data:
                    self._receive(connection, data)
                elif "no-empty-rpc" in self._ways:
                    raise Violation("an empty RPC")
        except Closed:
            if stream.error:
                raise
        finally:
            if self._incoming.get(peer) is stream:
                del self._incoming[peer]
            self._held.pop(stream, None)

    async def _read(self, stream):
        if "whole-frames" in self._ways:
            while not stream.buffer and not stream.is_ended:
                await stream.changed()
            if stream.buffer and (stream.buffer[0] > 0x7f or len(stream.buffer) <= stream.buffer[0]) and len(stream.buffer) < 128:
                raise Violation("an RPC in two frames")
        if self._ways.longest_buffer:
            return await self._read_held(stream)
        longest = 1 << 26 if "takes-oversize" in self._ways else self._ways.longest_rpc
        if "rpc-length-waits" not in self._ways:
            return await read_prefixed(stream, longest)
        if (size := await read_varint(stream, 1 << 62)) > longest:
            await stream.readexactly(longest)
            raise Violation(f"an RPC of {size} bytes")
        return await stream.readexactly(size)

    async def _read_held(self, stream):
        """Returns an RPC when it is complete. The buffer has a limit and grows by a few bytes at a time."""
        held = self._held.setdefault(stream, bytearray())
        while True:
            if len(held) > self._ways.longest_buffer:
                raise Violation(f"{len(held)} bytes wait to be read")
            last = next((at for at, byte in enumerate(held[:9]) if byte < 0x80), None)
            if last is not None:
                size = sum((byte & 0x7f) << 7 * at for at, byte in enumerate(held[:last + 1]))
                if size > self._ways.longest_rpc and "rpc-length-waits" not in self._ways:
                    raise Violation(f"an RPC of {size} bytes")
                if len(held) > last + size:
                    data = bytes(held[last + 1:last + 1 + size])
                    del held[:last + 1 + size]
                    return data
            held += await stream.readsome(HELD_AT_A_TIME)

    def _receive(self, connection, data):
        try:
            incoming = Incoming(data, self._ways)
            control = incoming.size - sum(len(prefixed(raw)) + 1 for raw in incoming.publish)
            if 0 < self._ways.longest_control < control:
                raise Violation(f"{control} bytes of control")
            if "refuses-unknown" in self._ways and _has_unknown(incoming.rpc):
                raise Malformed("an unknown field")
        except Malformed:
            if "dies-undecodable" in self._ways:
                os._exit(1)
            if "closes-undecodable" in self._ways:
                connection.close()
            if "keeps-undecodable" in self._ways:
                return
            raise
        self.counts["in"]["rpcs"] += 1
        self._report("in", connection.peer, incoming.rpc, len(incoming.publish))
        if connection.peer not in self.router.peers:
            self._add(connection)
        self.router.receive(connection.peer, incoming)

    # Telling

    def _report(self, direction, peer, rpc, messages):
        counts, control = self.counts[direction], rpc.control
        who = {"peer": base58(peer), "dir": direction}
        for subscription in rpc.subscriptions:
            counts["sub" if subscription.subscribe else "unsub"] += 1
        counts["publish"] += messages
        for graft in control.graft:
            self._emit("graft", **who, topic=text(graft.topic))
        for prune in control.prune:
            self._emit("prune", **who, topic=text(prune.topic), backoff=prune.backoff if prune.HasField("backoff") else None,
                       px=[base58(info.peer_id) for info in prune.peers])
        for ihave in control.ihave:
            self._emit("ihave", **who, topic=text(ihave.topic), ids=[number.hex() for number in ihave.message_ids])
        for iwant in control.iwant:
            self._emit("iwant", **who, ids=[number.hex() for number in iwant.message_ids])
        for idontwant in control.idontwant:
            self._emit("idontwant", **who, ids=[number.hex() for number in idontwant.message_ids])
        if control.HasField("extensions"):
            counts["extensions"] += 1
            self._emit("extensions", **who, names=[field.name for field, value in control.extensions.ListFields() if value])
        if rpc.HasField("test_extension"):
            self._emit("test_extension", **who)
        for name in ("graft", "prune", "ihave", "iwant", "idontwant"):
            counts[name] += len(getattr(control, name))


def _has_unknown(rpc):
    copy = RPC()
    copy.CopyFrom(rpc)
    copy.DiscardUnknownFields()
    return copy.ByteSize() != rpc.ByteSize()
