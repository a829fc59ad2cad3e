#!/usr/bin/env python3
"""A small WebSocket server that sends back each message, with named mistakes.

    python3 wsecho.py PORT [MISTAKE]    prints a line when it listens

Made for this project, together with the cases that find the mistakes. It needs only Python's standard library.
"""

import asyncio
import base64
import binascii
import contextlib
import hashlib
import re
import struct
import sys
import zlib

MISTAKES = {
    "rsv1-control": "takes RSV1 of control frames, and takes the next message for a compressed one",
    "rsv1-cont": "takes RSV1 of continuations",
    "first-frame-only": "inflates the first fragment of a message and no other",
    "inflates-each-frame": "inflates each fragment as a message of its own",
    "bfinal": "refuses a message with a block that says that it is the last one",
    "agrees-unoffered": "agrees to compression that the client did not offer",
    "subprotocol-unoffered": "agrees to a subprotocol that the client did not offer",
    "close-of-one-byte": "answers a Close frame of one byte with one of one byte",
    "message-after-close": "sends a message after its Close frame",
    "agrees-to-window": "agrees to server_max_window_bits without that parameter in its answer",
    # This breaks only a SHOULD: gobwas, tungstenite, fastwebsockets and Deno do it.
    "drops": "closes the connection without a Close frame when the client breaks a rule",
    # These behaviours of real implementations keep the rules.
    "resets-context-silently": "compresses each message by itself although it did not agree to that",
    "nodeflate": "declines compression",
    "declines-no-takeover": "declines offers with server_no_context_takeover, as Netty does",
    "fragments": "sends each message in fragments of ten bytes, as `websocket` of npm does in larger ones",
    "second-close": "sends a second Close frame, with 1000, when the client breaks a rule, as Netty does",
    "answers-1000": "answers each Close frame with 1000, as aiohttp does",
    "any-key": "takes any key, as Java-WebSocket does",
    "drops-unmasked": "closes the connection without a Close frame on a frame without a mask, as coder does",
}
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
NO_BITS, WINDOW_BITS = {"server_no_context_takeover", "client_no_context_takeover"}, set(map(str, range(8, 16)))
CHARACTER = r"[!#$%&'*+.^_`|~0-9A-Za-z-]"
TOKEN, QUOTED = f"{CHARACTER}+", rf'"(?:\\?{CHARACTER})+"'
EXTENSION = rf"{TOKEN}(?:\s*;\s*{TOKEN}(?:\s*=\s*(?:{TOKEN}|{QUOTED}))?)*"
EXTENSIONS = re.compile(rf"[\s,]*{EXTENSION}\s*(?:,\s*(?:{EXTENSION})?\s*)*")
TAIL = b"\0\0\xff\xff"
CONTINUATION, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10


class Failure(Exception):
    """An error: the client broke a rule. The Close frame gets `code`."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Refused(Exception):
    """An error that refuses the request with this status."""


def frame(opcode, payload, rsv=0, is_last=True):
    size = len(payload)
    head = bytes([(0x80 if is_last else 0) | rsv << 4 | opcode])
    if size < 126:
        return head + bytes([size]) + payload
    if size < 65536:
        return head + bytes([126]) + struct.pack("!H", size) + payload
    return head + bytes([127]) + struct.pack("!Q", size) + payload


def fields(head):
    """Returns the header fields of a request by name. Fields of the same name are joined by commas."""
    first, *lines = head.decode("latin-1").split("\r\n")
    found, hosts = {}, 0
    for line in filter(None, lines):
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise Refused("400 Bad Request")
        name, value = name.lower(), value.strip()
        hosts += name == "host"
        found[name] = f"{found[name]}, {value}" if name in found else value
    words = first.split(" ")
    length = found.get("content-length", "0")
    if len(words) != 3 or words[0] != "GET" or not words[1].startswith("/") and "://" not in words[1]:
        raise Refused("400 Bad Request")
    if not re.fullmatch(r"HTTP/1\.[1-9]", words[2]) or hosts != 1 or not length.isdigit():
        raise Refused("400 Bad Request")
    return found


def accepted(offer):
    """Returns true if the server accepts an offer of permessage-deflate. It declines a window for the server."""
    names = set()
    for parameter in offer[1:]:
        name, equals, value = parameter.partition("=")
        known = not equals if name in NO_BITS else name == "client_max_window_bits" and (not equals or value in WINDOW_BITS)
        if name in names or not known:
            return False
        names.add(name)
    return True


class Connection:
    def __init__(self, reader, writer, mistake):
        self.reader, self.writer, self.mistake = reader, writer, mistake
        self.deflates = self.forgets = False
        self.inflater, self.deflater = zlib.decompressobj(-15), zlib.compressobj(6, zlib.DEFLATED, -15)
        self.message = None  # the incomplete message
        self.opcode, self.is_compressed, self.is_armed = TEXT, False, False

    async def serve(self):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            try:
                await self.open()
                while await self.read():
                    await self.writer.drain()
            except Refused as refusal:
                lines = [f"HTTP/1.1 {refusal}", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Connection: close", "Content-Length: 0"]
                self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            except Failure as failure:
                if self.mistake != "drops":
                    self.writer.write(frame(CLOSE, struct.pack("!H", failure.code)))
                if self.mistake == "second-close":
                    self.writer.write(frame(CLOSE, struct.pack("!H", 1000) + b"Bye"))
            await self.writer.drain()
        self.writer.close()

    async def open(self):
        found = fields(await self.reader.readuntil(b"\r\n\r\n"))
        key = found.get("sec-websocket-key", "")
        try:
            is_key = len(base64.b64decode(key, validate=True)) == 16
        except binascii.Error:
            is_key = False
        is_key = is_key or bool(key) and self.mistake == "any-key"
        connection = {token.strip() for token in found.get("connection", "").lower().split(",")}
        if "upgrade" not in connection or not EXTENSIONS.fullmatch(found.get("sec-websocket-extensions", "none")):
            raise Refused("400 Bad Request")
        if found.get("upgrade", "").lower() != "websocket" or not is_key:
            raise Refused("400 Bad Request")
        if found.get("sec-websocket-version") != "13":
            raise Refused("426 Upgrade Required")
        proof = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Accept: {proof}"]
        offers = [[part.strip() for part in offer.split(";")] for offer in found.get("sec-websocket-extensions", "").split(",")]
        if self.mistake == "agrees-to-window":
            offers = [[part for part in offer if part not in ("server_max_window_bits=9", "server_max_window_bits=10")]
                      for offer in offers]
        if self.mistake == "declines-no-takeover":
            offers = [offer for offer in offers if "server_no_context_takeover" not in offer]
        good = [offer for offer in offers if offer[0] == "permessage-deflate" and accepted(offer)]
        if good and self.mistake != "nodeflate":
            self.deflates, self.forgets = True, "server_no_context_takeover" in good[0]
            lines.append("Sec-WebSocket-Extensions: permessage-deflate"
                         + ("; server_no_context_takeover" if self.forgets else ""))
        if self.mistake == "agrees-unoffered" and "sec-websocket-extensions" not in found:
            lines.append("Sec-WebSocket-Extensions: permessage-deflate")
        if self.mistake == "subprotocol-unoffered":
            lines.append("Sec-WebSocket-Protocol: chat")
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def read(self):
        """Handles the next frame; returns false after a Close frame."""
        first, second = await self.reader.readexactly(2)
        is_last, rsv, opcode, size = first >> 7, first >> 4 & 7, first & 15, second & 127
        is_control = opcode >= CLOSE
        may_have_rsv1 = self.deflates and opcode and not is_control or (
            self.mistake == "rsv1-cont" and opcode == CONTINUATION) or (
            self.mistake == "rsv1-control" and self.deflates and is_control)
        if rsv & 3 or rsv and not may_have_rsv1:
            raise Failure(1002)
        if not second >> 7 and self.mistake == "drops-unmasked":
            raise ConnectionError("a frame without a mask")
        if opcode in range(3, 8) or opcode > PONG or not second >> 7 or is_control and (not is_last or size > 125):
            raise Failure(1002)
        if size >= 126:
            form, least = ("!H", 126) if size == 126 else ("!Q", 65536)
            size, = struct.unpack(form, await self.reader.readexactly(struct.calcsize(form)))
            if size < least or size >> 63:
                raise Failure(1002)
        key = await self.reader.readexactly(4)
        payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(await self.reader.readexactly(size)))
        if is_control:
            self.is_armed = self.is_armed or bool(rsv)
            if opcode == PING:
                self.writer.write(frame(PONG, payload))
            if opcode == CLOSE:
                self.close(payload)
            return opcode != CLOSE
        if (self.message is None) != (opcode != CONTINUATION):
            raise Failure(1002)
        if opcode:
            self.message, self.opcode, self.is_compressed = b"", opcode, bool(rsv) or self.is_armed
            self.is_armed = False
        self.take(payload, opcode, is_last)
        return True

    def close(self, payload):
        if len(payload) == 1:
            if self.mistake == "close-of-one-byte":
                return self.writer.write(frame(CLOSE, payload))
            raise Failure(1002)
        if payload:
            code, = struct.unpack("!H", payload[:2])
            if code not in (*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)):
                raise Failure(1002)
            self.check(payload[2:])
        self.writer.write(frame(CLOSE, struct.pack("!H", 1000) if self.mistake == "answers-1000" else payload))
        if self.mistake == "message-after-close":
            self.writer.write(frame(TEXT, b"bye"))
        return None

    @staticmethod
    def check(text):
        try:
            text.decode()
        except UnicodeDecodeError as error:
            raise Failure(1007) from error

    def inflate(self, packed):
        try:
            return self.inflater.decompress(packed)
        except zlib.error as error:
            raise Failure(1007) from error

    def take(self, payload, opcode, is_last):
        """Handles a data frame; sends back the message when it is complete."""
        by_frame = self.mistake in ("inflates-each-frame", "first-frame-only")
        if self.is_compressed and self.mistake == "inflates-each-frame":
            payload = self.inflate(payload + TAIL)
        if self.is_compressed and self.mistake == "first-frame-only" and opcode:
            payload = self.inflate(payload + (TAIL if is_last else b""))
            if self.inflater.eof:
                self.inflater = zlib.decompressobj(-15)
        self.message += payload
        if not is_last:
            return
        message, self.message = self.message, None
        if self.is_compressed and not by_frame:
            message = self.whole(message)
        if self.opcode == TEXT:
            self.check(message)
        if not self.deflates:
            return self.send(message, 0)
        if self.forgets or self.mistake == "resets-context-silently":
            self.deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = self.deflater.compress(message) + self.deflater.flush(zlib.Z_SYNC_FLUSH)
        return self.send(packed[:-4], 4)

    def send(self, payload, rsv):
        size = 10 if self.mistake == "fragments" else len(payload) or 1
        parts = [payload[i:i + size] for i in range(0, len(payload), size)] or [b""]
        for i, part in enumerate(parts):
            is_last = i == len(parts) - 1
            self.writer.write(frame(CONTINUATION if i else self.opcode, part, 0 if i else rsv, is_last))

    def whole(self, packed):
        """Inflates a message. Its blocks may be marked as the last ones (RFC 7692, 7.2.3.4)."""
        message = self.inflate(packed + TAIL)
        if self.inflater.eof and self.mistake == "bfinal":
            raise Failure(1007)
        while self.inflater.eof:
            rest = self.inflater.unused_data
            self.inflater = zlib.decompressobj(-15)
            if rest in (b"", TAIL, b"\0" + TAIL):
                break
            message += self.inflate(rest)
        return message


async def main(port, mistake):
    async def serve(reader, writer):
        await Connection(reader, writer, mistake).serve()

    server = await asyncio.start_server(serve, "127.0.0.1", port, limit=1 << 21)
    print("listening", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] and sys.argv[2] not in MISTAKES:
        sys.exit(__doc__)
    asyncio.run(main(int(sys.argv[1]), "".join(sys.argv[2:])))
