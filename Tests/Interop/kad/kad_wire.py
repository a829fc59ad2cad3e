"""The messages of the DHT: protobuf by hand, because implementations differ in what they accept."""

import dataclasses

from wire import Malformed, varint

PUT_VALUE, GET_VALUE, ADD_PROVIDER, GET_PROVIDERS, FIND_NODE, PING = range(6)


@dataclasses.dataclass
class Peer:
    id: bytes = b""
    addresses: list = dataclasses.field(default_factory=list)
    connection: int = 0

    def encoded(self):
        return _bytes(1, self.id) + b"".join(_bytes(2, one, True) for one in self.addresses) + _number(3, self.connection)


@dataclasses.dataclass
class Record:
    key: bytes = b""
    value: bytes = b""
    time: bytes = b""

    def encoded(self):
        return _bytes(1, self.key) + _bytes(2, self.value) + _bytes(5, self.time)


@dataclasses.dataclass
class Message:
    type: int = 0
    key: bytes = b""
    record: Record = None
    closer: list = dataclasses.field(default_factory=list)
    providers: list = dataclasses.field(default_factory=list)
    level: int = 0

    def encoded(self):
        out = _number(1, self.type) + _bytes(2, self.key)
        if self.record is not None:
            out += _bytes(3, self.record.encoded(), True)
        for number, peers in ((8, self.closer), (9, self.providers)):
            out += b"".join(_bytes(number, peer.encoded(), True) for peer in peers)
        return out + _number(10, self.level)


def _number(field, value):
    return varint(field << 3) + varint(value & (1 << 64) - 1) if value else b""


def _bytes(field, value, is_written=False):
    return varint(field << 3 | 2) + varint(len(value)) + value if value or is_written else b""


class Reader:
    """Decodes messages in the way of a personality."""

    def __init__(self, ways):
        self.ways = ways

    def message(self, data):
        out, types = Message(), []
        for number, kind, value in self._fields(data):
            if (number, kind) == (1, 0):
                low = value & 0xffffffff
                out.type = low - (1 << 32) if low >> 31 else low
                types.append(out.type)
            elif (number, kind) == (2, 2):
                out.key = value
            elif (number, kind) == (3, 2):
                out.record = self._record(value, out.record or Record())
            elif number in (8, 9) and kind == 2:
                (out.closer if number == 8 else out.providers).append(self._peer(value))
            elif (number, kind) == (10, 0):
                low = value & 0xffffffff
                out.level = low - (1 << 32) if low >> 31 else low
        if self.ways["one-type"] and any(one not in range(6) for one in types[:-1]):
            raise Malformed("the type is repeated")
        return out

    def _record(self, data, out):
        for number, kind, value in self._fields(data):
            if (number, kind) == (1, 2):
                out.key = value
            elif (number, kind) == (2, 2):
                out.value = value
            elif (number, kind) == (5, 2):
                out.time = value
                if not self.ways["any-text"]:
                    try:
                        value.decode()
                    except UnicodeDecodeError as error:
                        raise Malformed("a time is not UTF-8") from error
        return out

    def _peer(self, data):
        out = Peer()
        for number, kind, value in self._fields(data):
            if (number, kind) == (1, 2):
                out.id = value
            elif (number, kind) == (2, 2):
                out.addresses.append(value)
            elif (number, kind) == (3, 0):
                out.connection = value
        return out

    def _fields(self, data):
        """Yields the number, the wire type and the value of each field. Skips groups."""
        at, groups = 0, []
        while at < len(data):
            tag, at = self._varint(data, at)
            number, kind = tag >> 3, tag & 7
            if not number and not self.ways["field-0"] or number >= 1 << 29:
                raise Malformed(f"field number {number}")
            value = None
            if kind == 0:
                value, at = self._varint(data, at)
            elif kind in (1, 5):
                at += 8 if kind == 1 else 4
            elif kind == 2:
                size, at = self._varint(data, at)
                value, at = bytes(data[at:at + size]), at + size
            elif kind == 3 and self.ways["groups"]:
                groups.append(number)
                continue
            elif kind == 4 and groups and groups[-1] == number:
                groups.pop()
                continue
            else:
                raise Malformed(f"wire type {kind}")
            if at > len(data):
                raise Malformed("a field ends too early")
            if not groups:
                yield number, kind, value
        if groups:
            raise Malformed("a group ends too early")

    @staticmethod
    def _varint(data, at):
        value = 0
        for count in range(10):
            if at + count >= len(data):
                raise Malformed("a varint ends too early")
            value |= (data[at + count] & 0x7f) << 7 * count
            if data[at + count] < 0x80:
                return value & (1 << 64) - 1, at + count + 1
        raise Malformed("a varint has more than 10 bytes")
