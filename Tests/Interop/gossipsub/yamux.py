"""/yamux/1.0.0."""

import asyncio
import struct

from streams import Closed, Stream, Violation
from ways import OWN

PROTOCOL = "/yamux/1.0.0"
HEADER = struct.Struct(">BBHII")
DATA, WINDOW, PING, GO_AWAY = range(4)
SYN, ACK, FIN, RST = 1, 2, 4, 8
FIRST_WINDOW = 262144
MOST_DATA = 65536      # bytes in one frame that we send
MOST_STREAMS = 256     # that the other side has open at once; more are reset
PROTOCOL_ERROR, INTERNAL_ERROR = 1, 2


class YamuxStream(Stream):
    def __init__(self, mux, number, is_ours):
        super().__init__(mux, number, is_ours)
        self.send_window = self.receive_window = FIRST_WINDOW
        self.unannounced = 0   # bytes read, of which the other side has not been told
        self.is_accepted = is_ours


class Yamux:
    """`opened(stream)` is called with each stream that the other side opens."""

    def __init__(self, channel, is_dialer, opened, ways=OWN):
        self._channel, self._opened, self._ways = channel, opened, ways
        is_odd = is_dialer != ("yamux-parity" in ways)
        self._next = 1 if is_odd else 2
        self._is_odd, self._is_dialer = is_odd, is_dialer
        self.streams = {}
        self._is_over = False
        self._pongs = 0        # waiting answers to pings

    def open(self):
        stream = YamuxStream(self, self._next, True)
        self._next += 2
        self.streams[stream.number] = stream
        self._frame(WINDOW, SYN, stream.number, 0)
        return stream

    async def run(self):
        """Reads until the connection ends; raises what ended it."""
        try:
            while True:
                await self._receive()
        except Violation as error:
            self._frame(GO_AWAY, 0, 0, getattr(error, "code", PROTOCOL_ERROR), is_last=True)
            raise
        finally:
            self._is_over = True
            for stream in list(self.streams.values()):
                stream.fail(Closed("the connection ended"))
            self.streams.clear()

    def say_goodbye(self):
        self._frame(GO_AWAY, 0, 0, 0, is_last=True)

    async def _receive(self):
        version, kind, flags, number, length = HEADER.unpack(await self._channel.readexactly(HEADER.size))
        if version != 0 or kind > GO_AWAY:
            if "yamux-tolerant" in self._ways:
                return
            raise Violation(f"version {version}, type {kind}")
        if kind == PING:
            await self._ping(flags, length)
            return
        if kind == GO_AWAY:
            raise Closed(f"go away {length}")
        if number == 0:
            raise Violation("stream 0")
        stream = self.streams.get(number)
        if flags & SYN:
            stream = self._accept(number, stream)
        if kind == DATA:
            await self._data(stream, length, flags)
        elif stream:
            stream.send_window += length
            stream.wake()
        if stream and flags & RST:
            self.streams.pop(number, None)
            stream.fail(Closed("the stream was reset"))
        elif stream and flags & FIN:
            stream.feed_end()
            if "yamux-fin" in self._ways:
                stream.close()
            self._forget_if_over(stream)

    async def _ping(self, flags, value):
        if not flags & SYN:
            if "yamux-pong-ends" in self._ways:
                raise Violation("nobody asked for this pong")
            return
        if "yamux-no-ping" in self._ways:
            return
        answer = 0 if "yamux-ping-value" in self._ways else value
        if not self._ways.ping_backlog:
            self._frame(PING, ACK, 0, answer)
            await self._channel.drain()
        elif self._pongs < self._ways.ping_backlog:
            self._pongs += 1
            asyncio.get_running_loop().call_soon(self._pong, answer)

    def _pong(self, answer):
        self._pongs -= 1
        self._frame(PING, ACK, 0, answer)

    def _tolerates(self, way, why):
        """Handles a violation: returns False if the way ignores it, and True if the session continues after a go-away. Otherwise raises."""
        if way == "pass":
            return False
        if way == "stay":
            self._frame(GO_AWAY, 0, 0, PROTOCOL_ERROR)
            return True
        error = Violation(why)
        error.code = INTERNAL_ERROR if way == "end-2" else PROTOCOL_ERROR
        raise error

    def _accept(self, number, known):
        theirs_odd = not self._is_odd if "yamux-parity" not in self._ways else self._is_odd
        if known is not None:
            self._tolerates(self._ways.syn_twice, f"stream {number} is open")
            return known
        if number % 2 != theirs_odd and self._tolerates(self._ways.syn_wrong_side, f"stream {number} is of our side"):
            return None
        if "yamux-flood" not in self._ways and sum(not stream.is_ours for stream in self.streams.values()) >= MOST_STREAMS:
            self._frame(WINDOW, RST, number, 0)
            return None
        stream = self.streams[number] = YamuxStream(self, number, False)
        if "yamux-early-data" in self._ways:
            asyncio.get_running_loop().call_later(0.1, self._acknowledge, stream)
        elif not self._ways.has("yamux-no-ack", "yamux-late-ack"):
            self._acknowledge(stream)
        self._opened(stream)
        return stream

    def _acknowledge(self, stream):
        stream.is_accepted = True
        self._frame(WINDOW, ACK, stream.number, 0)

    async def _data(self, stream, length, flags):
        if stream and length > stream.receive_window and "yamux-overflow" not in self._ways:
            if self._tolerates(self._ways.over_window, f"{length} bytes for a window of {stream.receive_window}"):
                stream = None
        if stream and flags & FIN and "yamux-fin-data" in self._ways:
            stream.loses_rest = True
            if stream.was_read:
                stream = None
        left = length
        while left:
            part = await self._channel.readexactly(min(left, MOST_DATA))
            left -= len(part)
            if stream is None or stream.is_ended or "yamux-early-data" in self._ways and not stream.is_accepted:
                continue
            stream.receive_window -= len(part)
            stream.feed(part)

    def _late_ack(self, stream):
        """Returns ACK for the first frame of a stream with an unanswered SYN."""
        if stream.is_accepted or "yamux-late-ack" not in self._ways:
            return 0
        stream.is_accepted = True
        return ACK

    def consumed(self, stream, count):
        stream.unannounced += count
        if stream.unannounced < FIRST_WINDOW // 4 or stream.is_ended or "yamux-no-update" in self._ways:
            return
        stream.receive_window += stream.unannounced
        self._frame(WINDOW, self._late_ack(stream), stream.number, stream.unannounced)
        stream.unannounced = 0

    async def send(self, stream, data):
        at = 0
        while at < len(data):
            if stream.error:
                raise stream.error
            if stream.is_closed:
                raise Closed("our direction has ended")
            window = MOST_DATA if "yamux-window" in self._ways else stream.send_window
            if not window:
                await stream.changed()
                continue
            part = data[at:at + min(window, MOST_DATA)]
            at += len(part)
            stream.send_window -= len(part)
            self._frame(DATA, self._late_ack(stream), stream.number, len(part), part)
            await self._channel.drain()

    def send_end(self, stream):
        self._frame(WINDOW, FIN | self._late_ack(stream), stream.number, 0)
        self._forget_if_over(stream)

    def send_reset(self, stream):
        if self.streams.pop(stream.number, None):
            self._frame(WINDOW, RST, stream.number, 0)

    def _forget_if_over(self, stream):
        if stream.is_ended and stream.is_closed:
            self.streams.pop(stream.number, None)

    def _frame(self, kind, flags, number, length, data=b"", is_last=False):
        if self._is_over:
            return
        try:
            self._channel.write(HEADER.pack(0, kind, flags, number, length) + data)
        except Closed:
            if not is_last:
                self._is_over = True
