"""/mplex/6.7.0."""

from streams import Closed, Stream, Violation, read_varint
from ways import OWN
from wire import varint

PROTOCOL = "/mplex/6.7.0"
NEW, MESSAGE_RECEIVER, MESSAGE_INITIATOR, CLOSE_RECEIVER, CLOSE_INITIATOR, RESET_RECEIVER, RESET_INITIATOR = range(7)
LONGEST = 1 << 20
MOST_WAITING = 4 << 20  # bytes that nobody read yet; there is no other flow control
MOST_STREAMS = 256


class Mplex:
    """`opened(stream)` is called with each stream that the other side opens. A stream is known by its number and by who opened it."""

    def __init__(self, channel, is_dialer, opened, ways=OWN):
        self._channel, self._opened, self._ways = channel, opened, ways
        self._next = 0
        self.streams = {}
        self._is_over = False

    def open(self):
        stream = Stream(self, self._next, True)
        self._next += 1
        self.streams[self._key(stream.number, True)] = stream
        self._message(stream.number, NEW, str(stream.number).encode())
        return stream

    def _key(self, number, is_ours):
        return number, True if "mplex-one-space" in self._ways else is_ours

    async def run(self):
        try:
            while True:
                await self._receive()
        finally:
            self._is_over = True
            for stream in list(self.streams.values()):
                stream.fail(Closed("the connection ended"))
            self.streams.clear()

    def say_goodbye(self):
        """mplex has no word for it."""

    async def _receive(self):
        header = await read_varint(self._channel, (1 << 63) - 1)
        number, flag = header >> 3, header & 7
        size = await read_varint(self._channel, 8 * LONGEST if "mplex-long" in self._ways else LONGEST)
        if flag > RESET_INITIATOR:
            raise Violation(f"flag {flag}")
        data = await self._channel.readexactly(size)
        key = self._key(number, is_ours=flag % 2 == 1)
        stream = self.streams.get(key)
        if flag == NEW:
            if stream is not None:
                if "mplex-one-space" in self._ways:
                    return
                raise Violation(f"stream {number} is open")
            if sum(not stream.is_ours for stream in self.streams.values()) >= MOST_STREAMS:
                self._message(number, RESET_RECEIVER)
                return
            stream = self.streams[key] = Stream(self, number, False)
            self._opened(stream)
        elif stream is None:
            return
        elif flag in (MESSAGE_RECEIVER, MESSAGE_INITIATOR):
            if stream.is_ended:
                stream.reset()
            elif len(stream.buffer) + len(data) > MOST_WAITING:
                stream.reset()
            else:
                stream.feed(data)
        elif flag in (CLOSE_RECEIVER, CLOSE_INITIATOR):
            stream.feed_end()
            self._forget_if_over(stream)
        else:
            self.streams.pop(key, None)
            stream.fail(Closed("the stream was reset"))

    def consumed(self, stream, count):
        """There is no window."""

    async def send(self, stream, data):
        for at in range(0, len(data), 65536):
            if stream.error:
                raise stream.error
            if stream.is_closed:
                raise Closed("our direction has ended")
            self._message(stream.number, MESSAGE_INITIATOR if stream.is_ours else MESSAGE_RECEIVER, data[at:at + 65536])
            await self._channel.drain()

    def send_end(self, stream):
        self._message(stream.number, CLOSE_INITIATOR if stream.is_ours else CLOSE_RECEIVER)
        self._forget_if_over(stream)

    def send_reset(self, stream):
        if self.streams.pop(self._key(stream.number, stream.is_ours), None):
            self._message(stream.number, RESET_INITIATOR if stream.is_ours else RESET_RECEIVER)

    def _forget_if_over(self, stream):
        if stream.is_ended and stream.is_closed:
            self.streams.pop(self._key(stream.number, stream.is_ours), None)

    def _message(self, number, flag, data=b""):
        if self._is_over:
            return
        try:
            self._channel.write(varint(number << 3 | flag) + varint(len(data)) + data)
        except Closed:
            self._is_over = True
