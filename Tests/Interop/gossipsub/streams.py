"""What layers stand on: a connection that carries bytes, and streams of a multiplexer."""

import asyncio

from wire import Malformed

WRITE_LIMIT = 8 << 20  # bytes that wait for the operating system; a peer that does not read is dropped beyond


class Closed(Exception):
    """The stream or connection has ended."""


class Violation(Exception):
    """The other side broke the protocol; the stream or connection must end."""


async def read_varint(source, limit):
    """A number in its shortest form, read byte by byte."""
    value = 0
    for count in range(9):
        byte = (await source.readexactly(1))[0]
        value |= (byte & 0x7f) << 7 * count
        if byte < 0x80:
            if byte == 0 and count:
                raise Violation("a varint is not in its shortest form")
            if value > limit:
                raise Violation(f"{value} is more than {limit}")
            return value
    raise Violation("a varint has more than 9 bytes")


async def read_prefixed(source, limit):
    return await source.readexactly(await read_varint(source, limit))


class TCPChannel:
    """A TCP connection."""

    def __init__(self, reader, writer, touched=lambda: None):
        """Wraps a TCP connection; calls `touched` after each read."""
        self._reader, self._writer, self._touched = reader, writer, touched

    async def readexactly(self, count):
        try:
            data = await self._reader.readexactly(count)
            self._touched()
            return data
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Closed("the connection ended") from error

    def write(self, data):
        if self._writer.is_closing():
            raise Closed("the connection ended")
        self._writer.write(bytes(data))
        if self._writer.transport.get_write_buffer_size() > WRITE_LIMIT:
            self.close()
            raise Closed("the other side does not read")

    async def drain(self):
        try:
            await self._writer.drain()
        except OSError as error:
            raise Closed("the connection ended") from error

    async def forget(self):
        """Drops the received bytes, like some nodes."""
        try:
            await asyncio.wait_for(self._reader.read(1 << 16), 0.02)
        except (TimeoutError, OSError):
            pass

    def close(self):
        self._writer.close()

    def abort(self):
        self._writer.transport.abort()


class Stream:
    """A stream of a multiplexer. The multiplexer fills it and is told what was read; it has send(stream, data), send_end(stream),
    send_reset(stream) and consumed(stream, count)."""

    def __init__(self, mux, number, is_ours):
        self.mux, self.number, self.is_ours = mux, number, is_ours
        self.protocol = None
        self.buffer = bytearray()
        self.is_ended = False      # nothing more comes
        self.is_closed = False     # nothing more is sent
        self.was_read = False      # true after a read
        self.loses_rest = False    # drops the bytes that the negotiation does not read
        self.error = None
        self._changed = asyncio.Event()

    def feed(self, data):
        self.buffer += data
        self._changed.set()

    def feed_end(self):
        self.is_ended = True
        self._changed.set()

    def fail(self, error):
        if self.error is None:
            self.error = error
        self.is_ended = self.is_closed = True
        self._changed.set()

    def wake(self):
        self._changed.set()

    async def changed(self):
        self._changed.clear()
        await self._changed.wait()

    async def readexactly(self, count):
        out = bytearray()
        while True:
            if self.buffer:
                part = self.buffer[:count - len(out)]
                del self.buffer[:len(part)]
                out += part
                self.was_read = True
                self.mux.consumed(self, len(part))
            if len(out) == count:
                return bytes(out)
            if self.error:
                raise self.error
            if self.is_ended:
                raise Closed("the stream ended")
            await self.changed()

    async def readsome(self, most):
        """Reads at least one byte."""
        while not self.buffer:
            if self.error:
                raise self.error
            if self.is_ended:
                raise Closed("the stream ended")
            await self.changed()
        part = bytes(self.buffer[:most])
        del self.buffer[:len(part)]
        self.was_read = True
        self.mux.consumed(self, len(part))
        return part

    async def forget(self):
        self.buffer.clear()

    async def write(self, data):
        await self.mux.send(self, bytes(data))

    def close(self):
        """Ends our direction."""
        if not self.is_closed:
            self.is_closed = True
            self.mux.send_end(self)

    def reset(self):
        if self.error is None:
            self.fail(Closed("the stream was reset"))
            self.mux.send_reset(self)


async def guarded(work, *expected):
    """Runs what a peer may make fail; returns the failure, or None."""
    try:
        await work
    except (Closed, Violation, Malformed, TimeoutError, OSError, *expected) as error:
        return error
    return None
