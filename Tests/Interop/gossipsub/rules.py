"""Cases of test.py: rules of the router, between our own nodes."""

import asyncio

from programs import OURS, Failed, Program

FAST = ["--security", "plaintext", "--heartbeat", "0.5"]
NONE = ["--degree", "D=0,0,0"]


def node(*options):
    return Program(OURS, *FAST, *options)


async def linked(a, b):
    a.command("connect", addr=b.address)
    for one, other in ((a, b), (b, a)):
        await one.wait("pubsub_peer", peer=other.id)


async def gossip():
    """Without a mesh a message comes by IHAVE, IWANT and the answer; it is offered in three heartbeats."""
    async with node(*NONE, "--topic", "t") as a, node("--topic", "t") as b:
        await linked(a, b)
        await b.wait("prune", dir="in", topic="t", backoff=60)
        # b has no mesh peer, but is in its own mesh: it asks for what is offered.
        a.command("publish", topic="t", text="gossip")
        sent = await a.wait("published")
        await b.wait("ihave", dir="in", ids=[sent["id"]])
        await b.wait("iwant", dir="out", ids=[sent["id"]])
        await b.wait("message", id=sent["id"])
        await asyncio.sleep(2.5)
        if len(a.find("ihave", dir="out")) != 3 or len(b.find("iwant", dir="out")) != 1:
            raise Failed(f"{len(a.find('ihave', dir='out'))} IHAVE, {len(b.find('iwant', dir='out'))} IWANT")


async def leaving():
    """PRUNE with backoff 10, and no GRAFT in it."""
    async with node("--topic", "t") as a, node("--topic", "t") as b:
        await linked(a, b)
        await a.wait("mesh", topic="t", peers=[b.id])
        await b.wait("mesh", topic="t", peers=[a.id])
        a.command("unsubscribe", topic="t")
        await b.wait("prune", dir="in", topic="t", backoff=10)
        await b.wait("mesh", topic="t", peers=[])
        a.command("subscribe", topic="t")
        await b.wait("subscription", peer=a.id, topic="t", subscribe=True, since=len(b.events) - 3)
        await b.none("graft", 2)


async def unwanted():
    """A large message: IDONTWANT to the others of the mesh, not to the sender, and on 1.2 alone."""
    async with node("--topic", "t") as a, node("--topic", "t") as b, node("--topic", "t") as c, \
            node("--topic", "t", "--protocol", "/meshsub/1.1.0") as d:
        for other in (b, c, d):
            await linked(a, other)
        for other in (b, c, d):
            await other.wait("mesh", topic="t", peers=[a.id])
        await asyncio.sleep(0.6)
        b.command("publish", topic="t", size=5000)
        sent = await b.wait("published")
        for other in (c, d):
            await other.wait("message", id=sent["id"])
        await c.wait("idontwant", dir="in", ids=[sent["id"]])
        if b.find("idontwant", dir="in") or d.find("idontwant", dir="in") or b.find("duplicate"):
            raise Failed("IDONTWANT to the wrong peers")


async def fanout():
    """Who has not joined publishes to D peers, the same each time."""
    async with node("--degree", "D=1,1,1", "--lazy", "0", "--gossip-factor", "0") as a, node("--topic", "t") as b, node("--topic", "t") as c:
        for other in (b, c):
            await linked(a, other)
            await a.wait("subscription", peer=other.id, subscribe=True)
        for _ in range(4):
            a.command("publish", topic="t", text="out")
        await asyncio.sleep(0.4)
        if sorted((len(b.find("message")), len(c.find("message")))) != [0, 4]:
            raise Failed("not to one peer alone")


async def anonymous():
    """StrictNoSign takes its own kind, and drops what is signed."""
    quiet = ["--no-sign", "--topic", "t"]
    async with node(*quiet) as a, node(*quiet) as b, node("--topic", "t") as c:
        await linked(a, b)
        await linked(c, b)
        for other in (a, c):
            await other.wait("mesh", topic="t", peers=[b.id])
        a.command("publish", topic="t", text="nobody's")
        got = await b.wait("message", text="nobody's")
        if got["signed"] or got["from"] or got["seqno"]:
            raise Failed(f"{got}")
        c.command("publish", topic="t", text="mine")
        await b.wait("rejected", via=c.id)


async def verdicts():
    """Accepted messages are forwarded; rejected ones count against the sender, ignored ones do not."""
    async with node("--topic", "t") as a, node("--topic", "t", "--score", "--p4-decay", "1") as b, node("--topic", "t") as c:
        await linked(a, b)
        await linked(c, b)
        for other in (a, c):
            await other.wait("mesh", topic="t", peers=[b.id])
        b.command("validate", topic="t", reject="bad", ignore="dull")
        for text in ("dull", "good", "bad"):
            a.command("publish", topic="t", text=text)
        await c.wait("message", text="good")
        await a.wait("prune", dir="in", topic="t")
        if c.find("message", text="bad") or c.find("message", text="dull") or len(b.find("rejected")) != 2:
            raise Failed("a verdict was not kept")


async def exchange_of_peers():
    """A full mesh: PRUNE names another peer, with a record, and that one is dialed."""
    full = ["--degree", "D=1,1,1", "--px", "--topic", "t"]
    async with node(*full) as a, node("--topic", "t", "--px") as b:
        await linked(b, a)
        await a.wait("mesh", topic="t", peers=[b.id])
        async with node("--topic", "t", "--px") as c:
            await linked(c, a)
            prune = await c.wait("prune", dir="in", topic="t")
            if prune["px"] != [b.id]:
                raise Failed(f"{prune}")
            await c.wait("connected", peer=b.id)


async def extensions():
    """Both advertise testExtension in the first RPC, and both send TestExtension."""
    async with node("--extension") as a, node("--extension", "--topic", "t") as b, node("--extension", "--protocol", "/meshsub/1.2.0") as c:
        await linked(a, b)
        await linked(a, c)
        for one in (a, b):
            await one.wait("test_extension", dir="in")
        if a.find("extensions", dir="in", peer=c.id) or c.find("extensions"):
            raise Failed("extensions on 1.2")


async def early_graft():
    """GRAFT in the backoff: PRUNE, and silence once the score is too low."""
    async with node("--topic", "t", "--score", "--p7-weight", "-100", "--p7-decay", "1") as a, \
            node("--topic", "t", "--fault", "grafts-in-backoff") as b:
        await linked(b, a)
        await a.wait("mesh", topic="t", peers=[b.id])
        a.command("unsubscribe", topic="t")
        a.command("subscribe", topic="t")
        # Who sent GRAFT before that is chance.
        left = await b.wait("prune", dir="in", topic="t", backoff=10)
        since = b.events.index(left) + 1
        grafts = prunes = unanswered = 0
        for _ in range(60):
            await asyncio.sleep(0.5)
            grafts, prunes = len(b.find("graft", since, dir="out")), len(b.find("prune", since, dir="in"))
            # Not one that is on its way.
            unanswered = unanswered + 1 if grafts > prunes else 0
            if unanswered == 4:
                break
        if prunes < 2 or unanswered < 4:
            raise Failed(f"{grafts} GRAFT, {prunes} PRUNE")


async def small_talk():
    """ping, identify, push, and the commands."""
    async with node("--topic", "t") as a, node("--topic", "t") as b:
        await linked(a, b)
        told = await a.wait("identified", peer=b.id)
        if "/meshsub/1.3.0" not in told["protocols"]:
            raise Failed(f"{told}")
        a.command("ping", peer=b.id)
        await a.wait("pong", peer=b.id)
        since = len(b.events)
        a.command("push", peer=b.id)
        await b.wait("identified", since=since, peer=a.id)
        a.command("mesh")
        a.command("nonsense")
        a.process.stdin.write(b"{]\n[1]\n\"x\"\n")
        await a.wait("command_error", line='"x"')
        a.command("disconnect", peer=b.id)
        await b.wait("disconnected", peer=a.id)
        await linked(a, b)
        await a.quit()
        await b.quit()


async def wrong_peer():
    """The listener is another peer than was dialed."""
    for security in ("noise", "plaintext"):
        async with node("--security", security) as a, node("--security", security) as b:
            a.command("connect", addr=b.address.rsplit("/", 1)[0] + "/" + a.id)
            await a.wait("connect_failed")


async def busy():
    """Many messages in both directions, more than a window, all arrive once."""
    for muxer in ("yamux", "mplex"):
        async with node("--topic", "t", "--muxer", muxer, "--security", "noise") as a, \
                node("--topic", "t", "--muxer", muxer, "--security", "noise") as b:
            await linked(a, b)
            await a.wait("mesh", topic="t", peers=[b.id])
            await b.wait("mesh", topic="t", peers=[a.id])
            for _ in range(40):
                for one in (a, b):
                    one.command("publish", topic="t", size=50000)
            for one in (a, b):
                for _ in range(100):
                    if len(one.find("message")) == 40:
                        break
                    await asyncio.sleep(0.1)
                else:
                    raise Failed(f"{len(one.find('message'))} of 40 came")
                if one.find("duplicate") or one.find("rejected"):
                    raise Failed("some came twice, or were rejected")


def cases():
    for case in (gossip, leaving, unwanted, fanout, anonymous, verdicts, exchange_of_peers, extensions, early_graft, small_talk, wrong_peer,
                 busy):
        yield f"rule {case.__name__}", case
