"""multistream-select 1.0."""

from streams import Violation, read_varint
from ways import OWN
from wire import varint

HEADER, NOT_AVAILABLE = "/multistream/1.0.0", "na"
LONGEST = 1024       # bytes of a token
MOST_PROPOSALS = 64  # of one negotiation


def token(text, ways=OWN):
    body = text.encode() + b"\n"
    return varint(len(body) - 1 if "ms-length" in ways else len(body)) + body


async def read_token(source, ways=OWN):
    size = await _length(source, ways)
    if not size and "ms-long" not in ways:
        raise Violation("an empty token")
    body = await source.readexactly(size)
    if body[-1:] != b"\n":
        if "ms-long" in ways:
            return body.decode("latin-1")
        raise Violation("a token without a line feed at its end")
    return body[:-1].decode("utf-8", "backslashreplace")


async def _length(source, ways):
    if "ms-long-waits" in ways:
        if (size := await read_varint(source, 1 << 56)) > LONGEST:
            await source.readexactly(size)
        return size
    try:
        return await read_varint(source, 1 << 20 if "ms-long" in ways else LONGEST)
    except Violation as error:
        while "ms-endless" in ways and "9 bytes" in str(error):
            await source.readexactly(1)
        raise


async def _any_first(source, supported, ways):
    """Negotiates as a listener that requires no header, and echoes each header that it receives."""
    for _ in range(MOST_PROPOSALS):
        proposal = await read_token(source, ways)
        is_known = proposal == HEADER or proposal in supported
        await source.write(token(proposal if is_known else NOT_AVAILABLE))
        if proposal in supported:
            return proposal
    raise Violation("too many proposals")


async def answer(source, supported, ways=OWN):
    """Listener: the protocol that the dialer proposes and we support."""
    if "ms-any-first" in ways:
        return await _any_first(source, supported, ways)
    if "ms-waits" not in ways:
        await source.write(token(HEADER, ways))
    header = await read_token(source, ways)
    if header != HEADER and "ms-any-header" not in ways:
        raise Violation(f"{header} is not the header")
    if "ms-waits" in ways:
        await source.write(token(HEADER))
    if "ms-segment" in ways:
        await source.forget()
    for _ in range(MOST_PROPOSALS):
        proposal = await read_token(source, ways)
        if proposal in supported:
            await source.write(token(proposal + "/" if "ms-echo" in ways else proposal, ways))
            return proposal
        if "ms-any-protocol" in ways:
            await source.write(token(proposal))
            return supported[0]
        if "ms-no-na" in ways or "ms-slash" in ways and not proposal.startswith("/") and proposal != "ls":
            raise Violation("not available")
        await source.write(token(NOT_AVAILABLE, ways))
    raise Violation("too many proposals")


async def propose(source, protocols, ways=OWN):
    """Dialer: the first of our protocols that the listener takes, or None."""
    first = True
    for protocol in protocols:
        await source.write((token(HEADER, ways) if first else b"") + token(protocol, ways))
        reply = await read_token(source)
        if first and reply == HEADER:
            reply = await read_token(source)
        elif first and "ms-dialer-no-header" not in ways:
            raise Violation("not the header")
        first = first and reply == HEADER
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
