"""WebSocket (RFC 6455) for hub.py: the upgrade, frames and the closing handshake, on asyncio streams, both roles.

A library hides what a hub must show exactly: which Close code answers which frame, and plain HTTP on the same port.
"""
import asyncio
import base64
import hashlib
import os
import struct

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
LONGEST_HEAD = 16384
PATIENCE = 2  # seconds for the other side's Close frame


class Failed(Exception):
    """The connection must be closed with this code."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


async def read_head(reader):
    """The first line and the fields of an HTTP head, names in lower case; None when the connection ends before."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return None
    lines = head.decode("latin-1").split("\r\n")
    fields = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return lines[0], fields


def accept(key):
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


def refusal(method, fields):
    """Why a request is no upgrade: status, reason phrase and body; None when it is one."""
    if method != "GET":
        return 405, "Method Not Allowed", "Invalid HTTP method"
    if fields.get("upgrade", "").lower() != "websocket":
        return 400, "Bad Request", "Invalid Upgrade header"
    try:
        key = base64.b64decode(fields.get("sec-websocket-key", ""), validate=True)
    except ValueError:
        key = b""
    if len(key) != 16:
        return 400, "Bad Request", "Missing or invalid Sec-WebSocket-Key header"
    if fields.get("sec-websocket-version") not in ("8", "13"):
        return 400, "Bad Request", "Missing or invalid Sec-WebSocket-Version header"
    return None


def response(status, phrase, body="", headers=(), is_head=False):
    """A whole answer, after which the connection closes."""
    data = body.encode()
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers), "Connection: close",
             f"Content-Length: {len(data)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (b"" if is_head else data)


def may_send(code):
    return 1000 <= code <= 1014 and code not in (1004, 1005, 1006) or 3000 <= code <= 4999


class Socket:
    """One connection behind its upgrade. `is_client`: our frames are masked, theirs are not."""

    def __init__(self, reader, writer, largest, is_client=False, patience=PATIENCE):
        self.reader, self.writer, self.largest, self.is_client = reader, writer, largest, is_client
        self.patience = patience
        self.close_sent = False
        self.reason = ""     # of their Close frame
        self.code = None
        self.failed = False  # we closed it for what they sent

    def frame(self, opcode, payload):
        if self.writer.is_closing():
            return
        bit = 0x80 if self.is_client else 0
        size = len(payload)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([bit | size])
        elif size < 65536:
            head += bytes([bit | 126]) + struct.pack(">H", size)
        else:
            head += bytes([bit | 127]) + struct.pack(">Q", size)
        if self.is_client:
            key = os.urandom(4)
            head, payload = head + key, masked(payload, key)
        self.writer.write(head + payload)

    def send(self, text):
        if not self.close_sent:
            self.frame(TEXT, text.encode("utf-8", "surrogatepass"))

    def close(self, code=1000, reason=""):
        """Begins the closing handshake; the reader of messages ends it."""
        if not self.close_sent:
            self.close_sent = True
            self.frame(CLOSE, struct.pack(">H", code) + reason.encode() if code else b"")
            asyncio.get_running_loop().call_later(self.patience, self.writer.close)

    async def messages(self):
        """Whole messages as (opcode, bytes), until the connection ends."""
        try:
            async for message in self._messages():
                yield message
        except Failed as failure:
            self.failed = True
            self.close(failure.code)
            await self._linger()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.writer.close()

    async def _linger(self):
        """Ends our side and passes over what still comes: to close with bytes unread would reset the connection."""
        try:
            self.writer.write_eof()
            async with asyncio.timeout(PATIENCE):
                while await self.reader.read(65536):
                    pass
        except (OSError, TimeoutError):
            pass

    async def _messages(self):
        kind, parts, size = None, [], 0
        while True:
            fin, opcode, payload = await self._frame(size)
            if opcode == CLOSE:
                self._closed(payload)
                return
            if opcode == PING:
                self.frame(PONG, payload)
            elif opcode in (TEXT, BINARY, CONTINUATION):
                if (kind is None) == (opcode == CONTINUATION):
                    raise Failed(1002)
                kind = kind or opcode
                parts.append(payload)
                size += len(payload)
                if fin:
                    whole = b"".join(parts)
                    if kind == TEXT:
                        text_of(whole)
                    yield kind, whole
                    kind, parts, size = None, [], 0

    async def _frame(self, so_far):
        b0, b1 = await self.reader.readexactly(2)
        opcode, size = b0 & 15, b1 & 127
        if b0 & 0x70 or opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise Failed(1002)
        if opcode >= 8 and (not b0 & 0x80 or size > 125):
            raise Failed(1002)
        if bool(b1 & 0x80) == self.is_client:
            raise Failed(1002)
        if size == 126:
            size = struct.unpack(">H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", await self.reader.readexactly(8))[0]
        if opcode < 8 and so_far + size > self.largest:
            raise Failed(1009)
        key = await self.reader.readexactly(4) if b1 & 0x80 else None
        payload = await self.reader.readexactly(size)
        return bool(b0 & 0x80), opcode, masked(payload, key) if key else payload

    def _closed(self, payload):
        if len(payload) == 1:
            raise Failed(1002)
        if payload:
            self.code = struct.unpack(">H", payload[:2])[0]
            if not may_send(self.code):
                raise Failed(1002)
            self.reason = text_of(payload[2:])
        if not self.close_sent:
            self.close_sent = True
            self.frame(CLOSE, payload)


def masked(payload, key):
    # XOR over whole integers keeps messages of a megabyte quick.
    pad = (key * (len(payload) // 4 + 1))[:len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(payload), "big")


def text_of(payload):
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        raise Failed(1007) from None


async def dial(host, port, target, largest):
    """A client's connection; ConnectionError when there is none."""
    reader, writer = await asyncio.open_connection(host, port, limit=LONGEST_HEAD)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write((f"GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    head = await read_head(reader)
    if head is None or head[0].split(" ")[1:2] != ["101"] or head[1].get("sec-websocket-accept") != accept(key):
        writer.close()
        raise ConnectionError("no upgrade")
    return Socket(reader, writer, largest, is_client=True)
