"""Connections: listening, dialing, the upgrade to a secured and multiplexed connection, and streams in it."""

import asyncio
import time

import mplex
import multistream
import noise_channel
import plaintext
import yamux
from identity import base58
from streams import Closed, TCPChannel, Violation, guarded
from ways import OWN
from wire import Malformed

UPGRADE_LIMIT = 15     # seconds for a connection to come up
NEGOTIATE_LIMIT = 15   # seconds for a stream to agree on a protocol
HALF_OPEN_LIMIT = 10   # seconds that the other side may leave its direction open when ours is done
MOST_CONNECTIONS = 512
SECURITY = {"noise": noise_channel.PROTOCOL, "plaintext": plaintext.PROTOCOL}
TLS = "/tls/1.0.0"     # some nodes propose it, none of ours speaks it
MUXERS = {yamux.PROTOCOL: yamux.Yamux, mplex.PROTOCOL: mplex.Mplex}


class Connection:
    """An upgraded connection."""

    def __init__(self, host, channel, peer, key, is_dialer, remote, security, muxer):
        self.host, self.channel, self.peer, self.key, self.is_dialer, self.remote = host, channel, peer, key, is_dialer, remote
        self.security, self.muxer = security, muxer
        self.since = time.monotonic()
        self.mux = MUXERS[muxer](channel, is_dialer, self._opened, host.ways)
        self.tasks = set()

    def start(self, work):
        task = asyncio.create_task(guarded(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        task.add_done_callback(lambda _: work.close())  # in case it was cancelled before it began
        return task

    def _opened(self, stream):
        self.start(self._serve(stream))

    async def _serve(self, stream):
        try:
            async with asyncio.timeout(NEGOTIATE_LIMIT):
                stream.protocol = await multistream.answer(stream, list(self.host.handlers), self.host.ways)
            if stream.loses_rest:
                await stream.forget()
            await self.host.handlers[stream.protocol](self, stream)
        except (Closed, Violation, Malformed, TimeoutError) as error:
            self.host.emit_debug("stream_reset", peer=base58(self.peer), protocol=stream.protocol, error=str(error))
            stream.reset()
        except Exception as error:  # a defect here must not end the process, nor stay unseen
            self.host.emit("defect", error=repr(error))
            stream.reset()
        else:
            if "id-no-fin" in self.host.ways and stream.protocol == "/ipfs/id/1.0.0":
                return
            stream.close()
            if not stream.is_ended:
                asyncio.get_running_loop().call_later(HALF_OPEN_LIMIT, stream.reset)

    async def open(self, protocols):
        """A stream that speaks the first of these protocols that the other side has, or None."""
        stream = self.mux.open()
        try:
            async with asyncio.timeout(NEGOTIATE_LIMIT):
                stream.protocol = await multistream.propose(stream, protocols, self.host.ways)
        except (Closed, Violation, Malformed, TimeoutError):
            stream.reset()
            raise
        if stream.protocol is None:
            stream.reset()
            return None
        return stream

    async def run(self):
        error = await guarded(self.mux.run())
        for task in list(self.tasks):
            task.cancel()
        self.channel.close()
        return error

    def close(self):
        self.mux.say_goodbye()
        self.channel.close()


class Host:
    """A node that listens and dials. `handlers` maps protocols to coroutines of (connection, stream). It calls `connected` and
    `disconnected` with connections, and `touched` after it has read bytes."""

    def __init__(self, identity, emit, security, muxers, is_early, seed, keylog=None, ways=OWN, debug=False):
        self.identity, self.emit, self.ways, self._debug = identity, emit, ways, debug
        self._security, self._muxers, self._is_early = security, muxers, is_early
        self._static, self._keylog = noise_channel.static_key(seed), keylog
        self.handlers = {}
        self.connections = []
        self.connected = self.disconnected = lambda connection: None
        self.touched = lambda: None
        self.addresses = []
        self._server, self._tasks, self._coming = None, set(), 0

    def emit_debug(self, event, **fields):
        if self._debug:
            self.emit(event, **fields)

    async def listen(self, host, port):
        self._server = await asyncio.start_server(self._accepted, host, port, limit=1 << 17)
        return self._server.sockets[0].getsockname()[:2]

    async def _accepted(self, reader, writer):
        if self._coming + len(self.connections) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        await self._upgrade(reader, writer, None, False)

    async def dial(self, host, port, expected):
        """The error that kept the connection from coming up, or None."""
        try:
            async with asyncio.timeout(UPGRADE_LIMIT):
                reader, writer = await asyncio.open_connection(host, port, limit=1 << 17)
        except (OSError, TimeoutError) as error:
            return error
        up = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._upgrade(reader, writer, expected, True, up))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await up

    async def _upgrade(self, reader, writer, expected, is_dialer, up=None):
        channel = TCPChannel(reader, writer, lambda: self.touched())
        self._coming += 1
        connection, error = None, None
        try:
            async with asyncio.timeout(UPGRADE_LIMIT):
                connection = await self._upgraded(channel, expected, is_dialer, writer.get_extra_info("peername"))
        except (Closed, Violation, Malformed, TimeoutError, OSError) as failure:
            error = failure
        except Exception as failure:
            error = failure
            self.emit("defect", error=repr(failure))
        self._coming -= 1
        if connection is None:
            self.emit_debug("upgrade_failed", error=str(error))
            channel.close()
        else:
            self.connections.append(connection)
            self.connected(connection)
        if up is not None and not up.done():
            up.set_result(error)
        if connection is not None:
            error = await connection.run()
            self.connections.remove(connection)
            self.emit_debug("connection_ended", peer=base58(connection.peer), error=str(error))
            self.disconnected(connection)

    async def _upgraded(self, tcp, expected, is_dialer, remote):
        protocols = [SECURITY[name] for name in self._security]
        if is_dialer and "tls-first" in self.ways:
            protocols.insert(0, TLS)
        security = await self._agree(tcp, protocols, is_dialer)
        if security == TLS:
            raise Violation("TLS is proposed, and not spoken")
        muxer, wanted = None, expected
        if "late-id-check" in self.ways:
            expected = None
        if security == plaintext.PROTOCOL:
            channel, peer, key = await plaintext.secure(tcp, self.identity, expected, is_dialer, self.ways)
        else:
            handshake = noise_channel.Handshake(tcp, self.identity, expected, is_dialer, self._muxers if self._is_early else [],
                                                self._static, self._keylog, self.ways)
            channel, peer, key, muxer = await handshake.secure()
        if peer == self.identity.id:
            raise Violation("a connection to ourselves")
        if muxer is None:
            muxer = await self._agree(channel, self._muxers, is_dialer)
        if is_dialer and wanted not in (None, peer) and "dials-anybody" not in self.ways:
            raise Violation("the listener is another peer than was dialed")
        return Connection(self, channel, peer, key, is_dialer, remote, security, muxer)

    async def _agree(self, channel, protocols, is_dialer):
        source = multistream.Adapter(channel)
        if not is_dialer:
            return await multistream.answer(source, protocols, self.ways)
        protocol = await multistream.propose(source, protocols, self.ways)
        if protocol is None:
            raise Violation(f"none of {' '.join(protocols)} is available")
        return protocol

    def to(self, peer):
        """The oldest connection to a peer, or None."""
        return next((connection for connection in self.connections if connection.peer == peer), None)

    async def stop(self):
        if self._server:
            self._server.close()
        for connection in list(self.connections):
            connection.close()
        await asyncio.sleep(0.05)
