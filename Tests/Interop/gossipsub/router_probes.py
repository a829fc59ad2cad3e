"""Probes of pubsub and the router: what a node must tell its peers, and when."""

import asyncio
import contextlib

import identity
from layer_probes import PROBES, probe
from messages import SIGN_PREFIX, Author, Outgoing, Published
from programs import Failed
from remote import Remote
from wire import Malformed, Message, prefixed, varint

SCORE = ["--score", "--p7-weight", "-100", "--p7-decay", "1", "--p4-decay", "1"]


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


@probe("GS-71", "GS-72")
async def grafts(node):
    async with remotes(node) as a:
        await a.none("graft", 0.1, since=0)
        await a.send(Outgoing().graft(b"unknown"))
        await a.none("prune", 0.4)
        await published(node, "eager")
        await a.data(b"eager", within=0.3)


@probe("GS-72", "GS-97", "GS-55", options=["--protocol", "/meshsub/1.0.0"])
async def grafts_v10(node):
    async with remotes(node, version="1.0.0") as a:
        await a.send(Outgoing().graft(b"unknown"))
        prune = await a.get("prune")
        if prune.HasField("backoff"):
            raise Failed(f"{prune}")


@probe("GS-73", "GS-79", "GS-104", options=SCORE + ["--prune-backoff", "3", "--unsubscribe-backoff", "2"])
async def early_grafts(node):
    async with remotes(node) as a:
        node.command("unsubscribe", topic="t")
        await a.get("prune")
        node.command("subscribe", topic="t")
        await asyncio.sleep(0.2)
        count = len(a.all("prune"))
        for _ in range(6):
            await a.send(Outgoing().graft(b"t"))
            await asyncio.sleep(0.05)
        # Each counts twice within ten seconds: at the third the score is below the threshold of the graylist.
        answers = len(a.all("prune")) - count
        if not 1 <= answers <= 4:
            raise Failed(f"{answers} PRUNE")


@probe("GS-73", options=["--prune-backoff", "3", "--unsubscribe-backoff", "1"])
async def extended_backoff(node):
    async with remotes(node) as a:
        node.command("unsubscribe", topic="t")
        await a.get("prune")
        node.command("subscribe", topic="t")
        await asyncio.sleep(0.2)
        since = len(a.rpcs)
        await a.send(Outgoing().graft(b"t"))
        await a.get("prune", since=since)
        await a.none("graft", 2.4)


@probe("GS-74", "GS-75", options=["--prune-backoff", "4"])
async def our_backoff(node):
    async with remotes(node, 2, joins=False) as (a, b):
        for peer in (a, b):
            await peer.subscribe()
            await peer.get("graft")
        since = len(a.rpcs), len(b.rpcs)
        await a.send(Outgoing().prune(b"t", 5))
        await b.send(Outgoing().prune(b"t"))
        await a.none("graft", 3)
        if any(kind for kind in b.all("graft", since[1])):
            raise Failed("GRAFT in the default backoff")
        await b.get("graft", since=since[1], within=4)


@probe("GS-76")
async def unsubscribe_backoff(node):
    async with remotes(node) as a:
        node.command("unsubscribe", topic="t")
        await a.get("prune")
        node.command("subscribe", topic="t")
        await a.none("graft", 1.5, since=0)


@probe("GS-77", "GS-81", options=["--degree", "D=3,2,4"])
async def full(node):
    async with remotes(node, 6) as peers:
        await asyncio.sleep(0.7)
        pruned = [peer for peer in peers if peer.all("prune")]
        if len(pruned) < 2 or any(entry.backoff != 60 for peer in pruned for _, entry in peer.all("prune")):
            raise Failed(f"{len(pruned)} PRUNE")


@probe("GS-77", options=["--degree", "D=3,2,4", "--heartbeat", "3"])
async def full_at_once(node):
    async with remotes(node, 5) as peers:
        await peers[4].get("prune", within=0.5)


@probe("GS-81", options=["--degree", "D=1,1,2"])
async def trimmed(node):
    # Those that the node dials get in even when the mesh is full.
    peers = [Remote() for _ in range(4)]
    for peer in peers:
        node.command("connect", addr=await peer.listen())
    for peer in peers:
        await peer.until(lambda peer=peer: peer.theirs, "stream")
        await peer.open()
        await peer.join()
    await asyncio.sleep(0.8)
    if sum(bool(peer.all("prune")) for peer in peers) < 2:
        raise Failed("too many stay")


@probe("GS-79", options=["--score", "--p4-decay", "1"])
async def bad_peers(node):
    async with remotes(node) as a:
        await a.send(carrying(signed(a.identity, b"x", signature=bytes(64))))
        await a.get("prune", within=1.5)


@probe("GS-80", "GS-83")
async def filled(node):
    async with remotes(node, 8, joins=False) as peers:
        for peer in peers:
            await peer.subscribe()
        await asyncio.sleep(1.2)
        count = sum(bool(peer.all("graft")) for peer in peers)
        # Low is 4: the mesh grew to D at the heartbeat that saw less.
        if not 4 <= count <= 6:
            raise Failed(f"{count} GRAFT")


@probe("GS-84", "GS-85", "GS-89", "GS-90", "GS-91", "GS-83", options=["--degree", "D=0,0,0"])
async def gossip(node):
    async with remotes(node, 3, joins=False) as peers:
        for peer in peers:
            await peer.subscribe()
        await asyncio.sleep(0.1)
        await published(node, "offered")
        a = peers[0]
        for peer in peers:
            await peer.get("ihave")
        number = a.all("ihave")[0][1].message_ids[0]
        for _ in range(5):
            await a.send(Outgoing().iwant([number]))
            await asyncio.sleep(0.02)
        await a.data(b"offered")
        await asyncio.sleep(0.2)
        if (count := len(a.all("publish"))) != 3:
            raise Failed(f"{count} answers")
        await asyncio.sleep(2)
        offers = [when for when, incoming in a.rpcs if incoming.rpc.control.ihave]
        if len(offers) != 3 or not 0.35 < offers[1] - offers[0] < 0.9:
            raise Failed(f"{len(offers)} offers")
        await asyncio.sleep(1)
        await peers[1].send(Outgoing().iwant([number]))
        await peers[1].no_data(b"offered", 0.4)


@probe("GS-84")
async def no_gossip_in_mesh(node):
    async with remotes(node) as a:
        await published(node, "eager")
        await a.data(b"eager")
        await a.none("ihave", 1.2, since=0)


@probe("GS-86", "GS-87", "GS-88")
async def offers(node):
    async with remotes(node) as a:
        number = b"\xff\0 no text"
        known = a.message(b"known")
        await a.send(carrying(known.raw))
        await asyncio.sleep(0.1)
        await a.send(Outgoing().ihave(b"t", [number, known.id]).ihave(b"unknown", [b"other"]))
        if list((await a.get("iwant")).message_ids) != [number]:
            raise Failed("other ids")
        # Just after a heartbeat, so that all fall between two.
        await asyncio.sleep(0.6)
        since = len(a.rpcs)
        for index in range(30):
            await a.send(Outgoing().ihave(b"t", [b"%d" % index]))
        await asyncio.sleep(0.2)
        if (count := len(a.all("iwant", since))) > 20:
            raise Failed(f"{count} IWANT")


@probe("GS-92", options=SCORE)
async def promises(node):
    async with remotes(node) as a:
        await a.send(Outgoing().ihave(b"t", [b"never comes"]))
        await a.get("iwant")
        await a.get("prune", within=5)


@probe("GS-93", options=["--degree", "D=2,1,3", "--lazy", "0", "--gossip-factor", "0"])
async def fanout(node):
    async with remotes(node, 5, joins=False) as peers:
        for peer in peers:
            await peer.subscribe(b"f")
        await asyncio.sleep(0.2)
        for number in range(6):
            await published(node, str(number), topic="f")
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        counts = sorted(len(peer.all("publish")) for peer in peers)
        if counts != [0, 0, 0, 6, 6]:
            raise Failed(f"{counts}")


@probe("GS-69", "GS-53", options=["--degree", "D=1,1,1", "--lazy", "0", "--gossip-factor", "0"])
async def mesh_only(node):
    async with remotes(node, 3, joins=False) as (a, b, c):
        await a.join()
        for peer in (b, c):
            await peer.subscribe()
        await asyncio.sleep(0.7)
        await a.send(carrying(a.message(b"to the mesh").raw))
        await asyncio.sleep(0.3)
        if b.all("publish") or c.all("publish"):
            raise Failed("to those who are in no mesh")


async def _offer_peers(a, changes=lambda record: record):
    """PRUNE names a peer that listens; whether it is dialed."""
    other = Remote()
    address = await other.listen()
    record = changes(other.identity.record([identity_address(address)], 1))
    await a.send(Outgoing().prune(b"t", 60, [(other.identity.id, record)]))
    for _ in range(12):
        await asyncio.sleep(0.1)
        if other.connection:
            return True
    return False


def identity_address(text):
    import multiaddress
    return multiaddress.encode(text)


@probe("GS-96", options=["--px"])
async def named_peers(node):
    async with remotes(node) as a:
        if not await _offer_peers(a):
            raise Failed("a right record is not followed")

        def spoiled(record):
            return record[:-1] + bytes([record[-1] ^ 1])
        if await _offer_peers(a, spoiled):
            raise Failed("a wrong record is followed")


@probe("GS-96", options=["--px", "--score", "--p4-decay", "1"])
async def named_by_anybody(node):
    async with remotes(node) as a:
        await a.send(carrying(signed(a.identity, b"x", signature=bytes(64))))
        await asyncio.sleep(0.05)
        if await _offer_peers(a):
            raise Failed("it follows peers of low score")


@probe("GS-97", "GS-99", options=["--protocol", "/meshsub/1.1.0", "--extension"])
async def old_peers(node):
    async with remotes(node, 2, version="1.1.0") as (a, b):
        await a.send(carrying(a.message(bytes(5000)).raw))
        await b.data(bytes(5000))
        for peer in (a, b):
            if peer.all("idontwant") or peer.all("extensions"):
                raise Failed("what 1.1 does not know")


@probe("GS-98", "GS-99")
async def unwanted(node):
    async with remotes(node, 3) as (a, b, c):
        message = a.message(bytes(5000))
        await b.send(Outgoing().idontwant([message.id]))
        await asyncio.sleep(0.1)
        await a.send(carrying(message.raw))
        await c.data(bytes(5000))
        await c.get("idontwant", lambda entry: list(entry.message_ids) == [message.id])
        await b.no_data(bytes(5000), 0.2)
        if a.all("idontwant"):
            raise Failed("IDONTWANT to the sender")


@probe("GS-100", options=SCORE + ["--heartbeat", "2"])
async def unwanted_flood(node):
    async with remotes(node) as a:
        await a.stream.write(next(Outgoing().idontwant([b"x"]).frames()) * 1500)
        await a.none("prune", 3)


@probe("GS-101", "GS-102", options=["--extension"])
async def extensions(node):
    remote = await Remote("1.3.0").dial(node, opens=False)
    await remote.get("extensions")
    if [number for number, _ in remote.all("extensions")] != [0]:
        raise Failed("not in the first RPC alone")
    await remote.open()
    first = Outgoing()
    first.control.extensions.test_extension = True
    await remote.send(first)
    await remote.get("test_extension")
    if len(remote.all("extensions")) != 1:
        raise Failed("more than once")


@probe("GS-107")
async def piggyback(node):
    async with remotes(node, 2, joins=False) as (a, b):
        await b.join()
        await a.send(carrying(a.message(b"with it").raw).subscription(b"t", True).graft(b"t"))
        await b.data(b"with it")
        await published(node, "eager")
        await a.data(b"eager", within=0.3)
        await a.none("graft", 0.1, since=0)


@probe("GS-108", options=["--heartbeat", "5"])
async def reconnected(node):
    seed = bytes([5] * 32)
    a = await Remote(seed=seed).dial(node)
    await a.join()
    a.close()
    await asyncio.sleep(0.3)
    again = await Remote(seed=seed).dial(node)
    await again.get("sub")
    await again.subscribe()
    await asyncio.sleep(0.1)
    await published(node, "not yet")
    await again.no_data(b"not yet", 0.3)


assert PROBES and Published and Malformed
