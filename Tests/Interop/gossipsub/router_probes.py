"""Probes of the router: meshes, backoff, gossip, and what else it must tell its peers, and when."""

import asyncio

import multiaddress
from layer_probes import probe
from messages import Outgoing
from programs import Failed
from pubsub_probes import carrying, dialed, published, remotes, signed
from remote import Remote

SCORE = ["--score", "--p7-weight", "-100", "--p7-decay", "1", "--p4-decay", "1"]


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
    peers = await dialed(node, 4)
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
    record = changes(other.identity.record([multiaddress.encode(address)], 1))
    await a.send(Outgoing().prune(b"t", 60, [(other.identity.id, record)]))
    for _ in range(12):
        await asyncio.sleep(0.1)
        if other.connection:
            return True
    return False


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
