"""Probes of pubsub: streams, framing, messages and their signatures, and to whom they are passed on."""

import asyncio
import contextlib

import identity
from layer_probes import probe
from messages import SIGN_PREFIX, Author, Outgoing
from programs import Failed
from remote import Remote
from wire import Message, prefixed, varint


async def dialed(node, count):
    """Members of the topic that the node dials: these get in even when the mesh is full."""
    peers = [Remote() for _ in range(count)]
    for peer in peers:
        node.command("connect", addr=await peer.listen())
    for peer in peers:
        await peer.until(lambda peer=peer: peer.theirs, "stream")
        await peer.open()
        await peer.join()
    return peers


@contextlib.asynccontextmanager
async def remotes(node, count=1, version="1.2.0", joins=True, topic=b"t"):
    """Peers of the node, in its mesh unless told."""
    peers = [await Remote(version).dial(node) for _ in range(count)]
    for peer in peers:
        if joins:
            await peer.join(topic)
    yield peers[0] if count == 1 else peers
    for peer in peers:
        peer.close()


def signed(author, data, topic=b"t", seqno=bytes(7) + b"\1", signs=lambda raw: SIGN_PREFIX + raw, **more):
    """A message of our own making, with what is wrong in it."""
    message = Message(from_=author.id, data=data, topic=topic, seqno=seqno)
    message.signature = author.sign(signs(message.SerializeToString()))
    for name, value in more.items():
        setattr(message, name, value)
    return message.SerializeToString()


def carrying(*raw):
    out = Outgoing()
    out.publish += raw
    return out


async def published(node, data, topic="t", **values):
    node.command("publish", topic=topic, text=data, **values)


@probe("GS-42", "GS-43", "GS-49")
async def hello(node):
    remote = await Remote().dial(node, opens=False)
    hello = await remote.get("sub")
    if (hello.topic, hello.subscribe) != (b"t", True) or remote.all("sub")[0][0] != 0:
        raise Failed(f"{hello}")
    await remote.open()
    await remote.join()
    await published(node, "one")
    await remote.data(b"one")
    if remote.stream.buffer:
        raise Failed("it wrote on our stream")


@probe("GS-44", "GS-45", "GS-48")
async def framing(node):
    async with remotes(node, 2) as (a, b):
        first, second = a.message(b"split"), a.message(b"two")
        await a.stream.write(b"\0")
        for byte in next(carrying(first.raw).frames()):
            await a.stream.write(bytes([byte]))
        await a.stream.write(next(carrying(second.raw).frames()) * 2)
        third = a.message(b"unknown")
        raw = b"\x98\x06\x05" + b"\x12" + prefixed(third.raw) + b"\x1a\x03\x98\x06\x05"
        await a.stream.write(prefixed(raw))
        for data in (b"split", b"two", b"unknown"):
            await b.data(data)


@probe("GS-46")
async def oversize(node):
    async with remotes(node) as a:
        await a.stream.write(varint((1 << 20) + 1) + bytes(1000))
        await a.is_reset(a.stream)
        await a.open()
        await a.join()
        await published(node, "lives")
        await a.data(b"lives")


@probe("GS-47")
async def undecodable(node):
    async with remotes(node) as a:
        await a.stream.write(b"\x03\xff\xff\xff")
        await a.is_reset(a.stream)
        await a.open()
        await a.join()
        await published(node, "lives")
        await a.data(b"lives")


@probe("GS-50", "GS-54", "GS-55", "GS-53")
async def topics(node):
    async with remotes(node, 9, joins=False) as peers:
        for peer in peers[:8]:
            await peer.subscribe(b"u")
        await asyncio.sleep(0.2)
        node.command("subscribe", topic="u")
        for peer in peers:
            await peer.get("sub", lambda entry: entry.topic == b"u" and entry.subscribe)
        await asyncio.sleep(0.3)
        grafted = [peer for peer in peers if any(entry.topic == b"u" for _, entry in peer.all("graft"))]
        if len(grafted) != 6:
            raise Failed(f"{len(grafted)} GRAFT at once")
        node.command("unsubscribe", topic="u")
        for peer in peers:
            await peer.get("sub", lambda entry: entry.topic == b"u" and not entry.subscribe)
        for peer in grafted:
            prune = await peer.get("prune", lambda entry: entry.topic == b"u")
            if prune.backoff != 10:
                raise Failed(f"{prune}")


@probe("GS-53")
async def join_at_once(node):
    async with remotes(node, joins=False) as a:
        await a.subscribe(b"w")
        await asyncio.sleep(0.7)
        node.command("subscribe", topic="w")
        await a.get("graft", lambda entry: entry.topic == b"w", within=0.2)


@probe("GS-51", "GS-52")
async def unsubscribed(node):
    async with remotes(node) as a:
        await a.send(Outgoing().subscription(b"T", True).subscription(b"t", False))
        await asyncio.sleep(0.2)
        await published(node, "gone")
        await a.no_data(b"gone", 0.3)
        await published(node, "other", topic="T")
        await a.data(b"other")


@probe("GS-56", "GS-57", "GS-63")
async def signatures(node):
    async with remotes(node) as a:
        for data in ("1", "2"):
            await published(node, data)
        messages = [await a.data(data) for data in (b"1", b"2")]
        for message in messages:
            if why := message.refusal(True):
                raise Failed(why)
        if not messages[0].seqno < messages[1].seqno:
            raise Failed("the sequence numbers do not rise")


@probe("GS-58", "GS-62", "GS-70")
async def forged(node):
    async with remotes(node, 2) as (a, b):
        other = identity.Identity(bytes([9] * 32))
        bad = {"unsigned": Message(from_=a.identity.id, data=b"unsigned", topic=b"t", seqno=bytes(8)).SerializeToString(),
               "forged": signed(a.identity, b"forged", signature=bytes(64)),
               "bare": signed(a.identity, b"bare", signs=lambda raw: raw),
               "other key": signed(other, b"other key", from_=a.identity.id, key=other.key),
               "short": signed(a.identity, b"short", seqno=b"1234")}
        # Another key: it signs for an origin that it is not the key of.
        claim = Message(from_=a.identity.id, data=b"other key", topic=b"t", seqno=bytes(8))
        claim.signature = other.sign(SIGN_PREFIX + claim.SerializeToString())
        claim.key = other.key
        bad["other key"] = claim.SerializeToString()
        for raw in bad.values():
            await a.send(carrying(raw))
        await a.send(carrying(a.message(b"right").raw))
        await b.data(b"right")
        for data in bad:
            await b.no_data(data.encode(), 0.05)


@probe("GS-59")
async def unknown_field(node):
    async with remotes(node, 2) as (a, b):
        message = Message(from_=a.identity.id, data=b"more", topic=b"t", seqno=bytes(8))
        raw = message.SerializeToString() + b"\x98\x06\x05"
        await a.send(carrying(raw + b"\x2a\x40" + a.identity.sign(SIGN_PREFIX + raw)))
        await b.data(b"more")


@probe("GS-60", "GS-61", options=["--no-sign"])
async def anonymous(node):
    async with remotes(node, 2) as (a, b):
        await published(node, "nobody")
        if (message := await a.data(b"nobody")).has != {2, 4}:
            raise Failed(f"fields {message.has}")
        await a.send(carrying(a.message(b"somebody").raw))
        quiet = Author(a.identity, False).message(b"t", b"quiet")
        await a.send(carrying(quiet.raw))
        await b.data(b"quiet")
        await b.no_data(b"somebody", 0.05)


@probe("GS-65", "GS-68", "GS-69")
async def forwarding(node):
    async with remotes(node, 3) as (a, b, c):
        message = b.message(b"of b")
        await a.send(carrying(message.raw))
        await c.data(b"of b")
        await c.send(carrying(message.raw))
        await a.no_data(b"of b", 0.2)
        await b.no_data(b"of b", 0.05)
        if len(c.all("publish")) != 1:
            raise Failed("more than once")
        await published(node, "ours")
        for peer in (a, b, c):
            await peer.data(b"ours")


@probe("GS-66", "GS-67")
async def not_forwarded(node):
    async with remotes(node, 2) as (a, b):
        for peer in (a, b):
            await peer.send(Outgoing().subscription(b"strange", True).graft(b"strange"))
        await asyncio.sleep(0.1)
        await a.send(carrying(a.message(b"strange", b"strange").raw))
        await published(node, "ours")
        ours = await a.data(b"ours")
        # The node's seen cache would stop the same id: a new one that claims to be of the node.
        claim = Message(from_=ours.sender, data=b"claimed", topic=b"t", seqno=bytes(8), signature=bytes(64)).SerializeToString()
        await a.send(carrying(claim))
        await b.no_data(b"strange", 0.3)
        await b.no_data(b"claimed", 0.05)
        node.command("counts")
    if not node.find("rejected", why="our own"):
        raise Failed("it did not see that it is its own")
