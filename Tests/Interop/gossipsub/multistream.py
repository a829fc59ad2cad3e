"""multistream-select 1.0."""

from streams import Violation, read_varint
from wire import varint

HEADER, NOT_AVAILABLE = "/multistream/1.0.0", "na"
LONGEST = 1024       # bytes of a token
MOST_PROPOSALS = 64  # of one negotiation


def token(text, fault=None):
    body = text.encode() + b"\n"
    return varint(len(body) - 1 if fault == "ms-length" else len(body)) + body


async def read_token(source, fault=None):
    size = await read_varint(source, 1 << 20 if fault == "ms-long" else LONGEST)
    if not size and fault != "ms-long":
        raise Violation("an empty token")
    body = await source.readexactly(size)
    if body[-1:] != b"\n":
        if fault == "ms-long":
            return body.decode("latin-1")
        raise Violation("a token without a line feed at its end")
    return body[:-1].decode("utf-8", "backslashreplace")


async def answer(source, supported, fault=None):
    """Listener: the protocol that the dialer proposes and we support."""
    if fault != "ms-waits":
        await source.write(token(HEADER, fault))
    header = await read_token(source, fault)
    if header != HEADER and fault != "ms-any-header":
        raise Violation(f"{header} is not the header")
    if fault == "ms-waits":
        await source.write(token(HEADER))
    if fault == "ms-segment":
        await source.forget()
    for _ in range(MOST_PROPOSALS):
        proposal = await read_token(source, fault)
        if proposal in supported:
            await source.write(token(proposal + "/" if fault == "ms-echo" else proposal, fault))
            return proposal
        if fault == "ms-any-protocol":
            await source.write(token(proposal))
            return supported[0]
        if fault == "ms-no-na":
            raise Violation("not available")
        await source.write(token(NOT_AVAILABLE, fault))
    raise Violation("too many proposals")


async def propose(source, protocols, fault=None):
    """Dialer: the first of our protocols that the listener takes, or None."""
    first = True
    for protocol in protocols:
        await source.write((token(HEADER, fault) if first else b"") + token(protocol, fault))
        if first and await read_token(source) != HEADER:
            raise Violation("not the header")
        first = False
        reply = await read_token(source)
        if reply == protocol:
            return protocol
        if reply != NOT_AVAILABLE:
            raise Violation(f"{reply} was not proposed")
    return None


class Adapter:
    """A connection as multistream wants it."""

    def __init__(self, channel):
        self._channel = channel
        self.readexactly, self.forget = channel.readexactly, channel.forget

    async def write(self, data):
        self._channel.write(data)
        await self._channel.drain()
