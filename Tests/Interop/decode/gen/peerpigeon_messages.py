#!/usr/bin/env python3
"""What each connection of a capture of PeerPigeon says, message by message, out of the packets alone.

    python3 peerpigeon_messages.py CAPTURE.pcap > CAPTURE.messages.json

Written from RFC 9293, RFC 6455 and RFC 8259; it has no code in common with the program. Of every message: who said it, when (since
the first packet), how many bytes it has and their SHA-256, the text if it is short, and of each member of the object where it begins,
where its value does, and where that ends. Wants a classic pcap file of Ethernet and IPv4, without loss. A line a message.
"""

import hashlib
import json
import struct
import sys

SHORT = 400


def packets(path):
    """Seconds since the first packet, and the bytes, of each frame."""
    data = open(path, "rb").read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    unit = 10**9 if data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 10**6
    (link,) = struct.unpack_from(order + "I", data, 20)
    assert link == 1, f"link type {link}"
    at, first = 24, None
    while at < len(data):
        seconds, fraction, kept, length = struct.unpack_from(order + "IIII", data, at)
        assert kept == length
        time = seconds * unit + fraction
        first = time if first is None else first
        yield (time - first) / unit, data[at + 16 : at + 16 + kept]
        at += 16 + kept


def segments(path):
    for time, frame in packets(path):
        assert frame[12:14] == b"\x08\x00" and frame[14] >> 4 == 4 and frame[23] == 6
        ip = frame[14 : 14 + struct.unpack_from("!H", frame, 16)[0]]
        tcp = ip[(ip[0] & 15) * 4 :]
        source, target, sequence = struct.unpack_from("!HHI", tcp)
        ends = (ip[12:16], source), (ip[16:20], target)
        yield time, *ends, sequence, tcp[13], tcp[(tcp[12] >> 4) * 4 :]


class Direction:
    """The bytes of one direction in order, and when each piece of them came."""

    def __init__(self):
        self.start, self.bytes, self.pieces = None, bytearray(), []

    def add(self, time, sequence, flags, payload):
        if flags & 2:
            self.start = sequence + 1
            return
        if not payload:
            return
        at = (sequence - self.start) & 0xFFFFFFFF
        if at + len(payload) <= len(self.bytes) or at > 1 << 31:
            return
        assert at <= len(self.bytes), "a segment is missing"
        self.bytes += payload[len(self.bytes) - at :]
        self.pieces.append((len(self.bytes), time))

    def time(self, stop):
        return next(time for end, time in self.pieces if end >= stop)


def connections(path):
    found, order = {}, []
    for time, source, target, sequence, flags, payload in segments(path):
        if flags & 0x12 == 2 and frozenset((source, target)) not in found:
            found[frozenset((source, target))] = (source, Direction(), Direction())
            order.append(frozenset((source, target)))
        opener, up, down = found[frozenset((source, target))]
        (up if source == opener else down).add(time, sequence, flags, payload)
    return [found[key] for key in order]


def messages(direction):
    """Messages of WebSocket: the bytes, the place of the frame that each begins with, and when the last one ended."""
    data = bytes(direction.bytes)
    at = data.index(b"\r\n\r\n") + 4
    parts, begin = None, 0
    while at + 2 <= len(data):
        start, opcode, fin = at, data[at] & 15, data[at] >> 7
        masked, length = data[at + 1] >> 7, data[at + 1] & 127
        at += 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length = int.from_bytes(data[at : at + size])
            at += size
        key = data[at : at + 4] if masked else bytes(4)
        at += 4 * masked
        payload = bytes(b ^ key[i & 3] for i, b in enumerate(data[at : at + length]))
        assert len(payload) == length, "a frame is cut"
        at += length
        if opcode in (1, 2):
            parts, begin = b"", start
        if opcode in (0, 1, 2):
            parts += payload
            if fin:
                yield parts, begin, direction.time(at)
                parts = None


SPACE = " \t\r\n"


def members(text):
    """Of each member of the object where it and its value begin and end, in bytes; None where the text is no object."""
    decoder = json.JSONDecoder()

    def skip(at):
        while at < len(text) and text[at] in SPACE:
            at += 1
        return at

    try:
        json.loads(text)
    except ValueError:
        return None
    at = skip(0)
    if text[at] != "{":
        return None
    out, at = {}, skip(at + 1)
    while text[at] != "}":
        begin = at
        key, at = decoder.raw_decode(text, at)
        start = skip(skip(at) + 1)
        _, at = decoder.raw_decode(text, start)
        out[key] = [len(text[:place].encode()) for place in (begin, start, at)]
        at = skip(at)
        at = skip(at + 1) if text[at] == "," else at
    return out


def describe(raw, begin, time, side):
    out = {"from": side, "at": begin, "seconds": "%.6f" % time, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return out | {"hex": raw.hex()}
    if len(raw) <= SHORT:
        out["text"] = text
    places = members(text)
    return out if places is None else out | {"type": json.loads(text).get("type"), "members": places}


def main():
    told = []
    for opener, up, down in connections(sys.argv[1]):
        one = {"client": opener[1], "request": bytes(up.bytes).split(b"\r\n")[0].decode()}
        one["upgraded"] = down.bytes.startswith(b"HTTP/1.1 101 ")
        one["messages"] = []
        if one["upgraded"]:
            for side, direction in (("client", up), ("server", down)):
                one["messages"] += [describe(*message, side) for message in messages(direction)]
        told.append(one)
    lines = []
    for one in told:
        inner = ",\n  ".join(json.dumps(message) for message in one.pop("messages"))
        lines.append(json.dumps(one)[:-1] + ', "messages": [' + (f"\n  {inner}" if inner else "") + "]}")
    print("[\n" + ",\n".join(lines) + "\n]")


if __name__ == "__main__":
    main()
