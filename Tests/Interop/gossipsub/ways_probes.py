"""Probes of the differences between implementations: each tests the node as it is, and with one changed row of personalities.tsv."""

import asyncio

import mplex
import multiaddress
import multistream
import noise_channel
import plaintext
import yamux
from identity import Identity, base58
from layer_probes import PROBES, frame, frame_of, noise_to, read_frame
from messages import SIGN_PREFIX, Outgoing
from multistream import HEADER, token
from programs import Failed
from pubsub_probes import carrying, dialed, published, remotes, signed
from remote import IDENTIFY, PUSH, Remote, muxed, raw
from streams import Closed, TCPChannel, read_prefixed
from wire import Identify, Message, parsed, prefixed, varint

WAYS = []
PING = "/ipfs/ping/1.0.0"
UNKNOWN = b"\x98\x06\x05"   # field 99


def shows(way, own, other, *requirements, options=()):
    """A probe. `run` returns its observation: `own` for the node as it is, `other` for the node with this way."""
    def add(run):
        async def as_it_is(node):
            if (found := await run(node)) != own:
                raise Failed(f"{found}, not {own}")
        PROBES.append((run.__name__, requirements, options, as_it_is))
        WAYS.append((way, own, other, options, run))
        return run
    return add


async def comes(waiting, within=1.0):
    """Waits some seconds for a result; returns None if none arrives or the other side ends."""
    try:
        async with asyncio.timeout(within):
            return await waiting
    except (TimeoutError, Closed, Failed):
        return None


async def is_ended(channel, within=1.0):
    try:
        async with asyncio.timeout(within):
            while True:
                await channel.readexactly(1)
    except TimeoutError:
        return "open"
    except Closed:
        return "closed"


async def is_reset(stream, within=0.7):
    for _ in range(int(within / 0.02)):
        if stream.error or stream.is_ended:
            return "reset"
        await asyncio.sleep(0.02)
    return "open"


async def count(peer, kind, since=0, within=0.7):
    await asyncio.sleep(within)
    return len(peer.all(kind, since))


# Layers

@shows("ms-waits", "at once", "later", "GS-02")
async def header_of_listener(node):
    channel = await raw(node)
    found = await comes(multistream.read_token(channel), 0.5)
    channel.write(token(HEADER))
    return "at once" if found else "later" if await comes(multistream.read_token(channel)) == HEADER else None


@shows("ms-any-first", "closed", "taken", "GS-03")
async def proposal_without_header(node):
    channel = await raw(node)
    channel.write(token("/plaintext/2.0.0"))
    async with asyncio.timeout(2):
        try:
            while await multistream.read_token(channel) != "/plaintext/2.0.0":
                pass
        except Closed:
            return "closed"
    return "taken"


@shows("ms-endless", "closed", "open", "GS-06")
async def endless_length(node):
    channel = await raw(node)
    channel.write(token(HEADER) + b"\xff" * 30)
    return await is_ended(channel)


@shows("ms-long-waits", "closed", "open", "GS-06")
async def long_length(node):
    channel = await raw(node)
    channel.write(token(HEADER) + varint(1025) + b"/")
    return await is_ended(channel)


@shows("ms-slash", "na", "closed")
async def name_without_slash(node):
    channel = await raw(node)
    channel.write(token(HEADER) + token("none"))
    await multistream.read_token(channel)
    return await comes(multistream.read_token(channel)) or "closed"


async def dialed_by(node, serve, address="{}"):
    """Returns the result of `serve(channel)` on a connection that the node dials."""
    found = asyncio.get_running_loop().create_future()

    async def first(reader, writer):
        try:
            result = await serve(TCPChannel(reader, writer))
        except (Closed, TimeoutError):
            result = "closed"
        if not found.done():
            found.set_result(result)

    server = await asyncio.start_server(first, "127.0.0.1", 0)
    node.command("connect", addr=address.format("/ip4/127.0.0.1/tcp/%d" % server.sockets[0].getsockname()[1]))
    async with asyncio.timeout(5):
        return await found


@shows("ms-dialer-no-header", "closed", "goes on", "GS-03", options=["--security", "noise"])
async def echo_without_header(node):
    async def serve(channel):
        channel.write(token("/noise"))
        await multistream.read_token(channel)
        await multistream.read_token(channel)
        async with asyncio.timeout(1):
            await channel.readexactly(34)
        return "goes on"
    return await dialed_by(node, serve)


@shows("tls-first", "/noise", "/tls/1.0.0", options=["--security", "noise"])
async def first_proposal(node):
    async def serve(channel):
        await multistream.read_token(channel)
        return await multistream.read_token(channel)
    return await dialed_by(node, serve)


@shows("late-id-check", "closed", "proposes a muxer", "GS-10")
async def another_listener_late(node):
    async def serve(channel):
        await multistream.answer(multistream.Adapter(channel), [plaintext.PROTOCOL])
        await plaintext.secure(channel, Identity(bytes([3] * 32)), None, False)
        async with asyncio.timeout(1):
            await multistream.read_token(channel)
        return "proposes a muxer"
    return await dialed_by(node, serve, "{}/p2p/" + base58(Identity(bytes(32)).id))


@shows("noise-empty-frame", "closed", "skipped", "GS-17")
async def empty_frame(node):
    channel, *_ = await noise_to(node)
    channel._channel.write(b"\0\0")
    channel.write(frame(yamux.PING, yamux.SYN, 0, 5))
    try:
        async with asyncio.timeout(1):
            await frame_of(channel, lambda found: found[:2] == (yamux.PING, yamux.ACK))
    except (Closed, TimeoutError, Failed):
        return "closed"
    return "skipped"


@shows("noise-weak-keys", "closed", "answers")
async def weak_key(node):
    channel = await raw(node, noise_channel.PROTOCOL)
    channel.write(b"\0\x20" + bytes(32))
    return "answers" if await comes(channel.readexactly(2)) else "closed"


@shows("noise-falls-back", "closed", "multistream", "GS-19")
async def no_common_muxer(node):
    channel, *_ = await noise_to(node, muxers=["/none/1"])
    channel.write(token(HEADER) + token(yamux.PROTOCOL))
    try:
        async with asyncio.timeout(1):
            return "multistream" if await multistream.read_token(channel) == HEADER else None
    except (Closed, TimeoutError):
        return "closed"


@shows("noise-listener-muxer", "yamux", "mplex", "GS-20", options=["--muxer", "yamux,mplex", "--security", "noise"])
async def muxer_of_dialer(node):
    remote = Remote(security="noise", muxers=[mplex.PROTOCOL, yamux.PROTOCOL])
    node.command("connect", addr=await remote.listen())
    return (await node.wait("connected"))["muxer"].split("/")[1]


@shows("yamux-late-ack", "alone", "with data", "GS-23")
async def acknowledgement(node):
    channel = await muxed(node)
    channel.write(frame(yamux.WINDOW, yamux.SYN, 1))
    kind, *_, data = await frame_of(channel, lambda found: found[2] == 1 and found[1] & yamux.ACK)
    return "with data" if kind == yamux.DATA and data else "alone"


@shows("yamux-pong-ends", "ignored", "closed")
async def unasked_pong(node):
    channel = await muxed(node)
    channel.write(frame(yamux.PING, yamux.ACK, 0, 5))
    return "closed" if await is_ended(channel, 0.4) == "closed" else "ignored"


@shows("ping-backlog=32", "5000", "fewer")
async def pings_at_once(node):
    channel = await muxed(node)
    channel.write(frame(yamux.PING, yamux.SYN, 0, 5) * 5000)
    answers = 0
    try:
        async with asyncio.timeout(1.5):
            while answers < 5000:
                answers += (await read_frame(channel))[0] == yamux.PING
    except (TimeoutError, Closed):
        pass
    return str(answers) if answers == 5000 else "fewer" if answers >= 32 else None


@shows("yamux-fin-data", "read", "lost", "GS-28")
async def data_with_fin(node):
    channel = await muxed(node)
    channel.write(frame(yamux.WINDOW, yamux.SYN, 1) + frame(yamux.DATA, 0, 1, data=token(HEADER) + token(PING)))
    await frame_of(channel, lambda found: found[2] == 1 and token(PING) in found[4])
    channel.write(frame(yamux.DATA, yamux.FIN, 1, data=bytes(32)))
    return "read" if await comes(frame_of(channel, lambda found: found[2] == 1 and found[4] == bytes(32), 0.5), 0.6) else "lost"


async def violated(node, *frames):
    """Sends frames; returns the go-away that they cause, and true if the session ends."""
    channel = await muxed(node)
    for each in frames:
        channel.write(each)
    code = None
    try:
        async with asyncio.timeout(0.7):
            while True:
                kind, _, _, length, _ = await read_frame(channel)
                code = length if kind == yamux.GO_AWAY else code
    except TimeoutError:
        return f"{code}, open"
    except (Closed, Failed):
        return f"{code}, closed"


@shows("syn-wrong-side=end-2", "1, closed", "2, closed", "GS-29")
async def even_stream(node):
    return await violated(node, frame(yamux.WINDOW, yamux.SYN, 2))


@shows("syn-wrong-side=stay", "1, closed", "1, open", "GS-29")
async def even_stream_stays(node):
    return await violated(node, frame(yamux.WINDOW, yamux.SYN, 2))


@shows("syn-twice=pass", "1, closed", "None, open", "GS-29")
async def opened_twice(node):
    return await violated(node, frame(yamux.WINDOW, yamux.SYN, 1), frame(yamux.WINDOW, yamux.SYN, 1))


@shows("syn-twice=stay", "1, closed", "1, open", "GS-29")
async def opened_twice_stays(node):
    return await violated(node, frame(yamux.WINDOW, yamux.SYN, 1), frame(yamux.WINDOW, yamux.SYN, 1))


@shows("over-window=stay", "1, closed", "1, open", "GS-29")
async def over_window(node):
    return await violated(node, frame(yamux.WINDOW, yamux.SYN, 1), frame(yamux.DATA, 0, 1, data=bytes(300000)))


@shows("over-window=pass", "1, closed", "None, open", "GS-29")
async def over_window_ignored(node):
    return await violated(node, frame(yamux.WINDOW, yamux.SYN, 1), frame(yamux.DATA, 0, 1, data=bytes(300000)))


async def identified(node):
    remote = await Remote().dial(node, opens=False)
    stream = await remote.connection.open([IDENTIFY])
    async with asyncio.timeout(2):
        return remote, parsed(Identify, await read_prefixed(stream, 65536))


@shows("id-observed-peer", "ip4 tcp", "ip4 tcp p2p")
async def observed_address(node):
    _, told = await identified(node)
    names = {number: name for name, number in multiaddress.NAMES.items() if name != "ipfs"}
    return " ".join(names[code] for code, _ in multiaddress.decode(told.observed_addr))


@shows("agent=js-libp2p/3.3.11", "gossip_node.py/1", "js-libp2p/3.3.11")
async def agent(node):
    return (await identified(node))[1].agent_version.decode()


@shows("push-forgets", "protocols", "no protocols", "GS-39")
async def push_without_protocols(node):
    remote = await Remote().dial(node)
    await node.wait("identified", peer=base58(remote.identity.id))
    stream = await remote.connection.open([PUSH])
    await stream.write(prefixed(Identify(agent_version=b"other").SerializeToString()))
    stream.close()
    told = await node.wait("identified", peer=base58(remote.identity.id), agent="other")
    return "protocols" if told["protocols"] else "no protocols"


@shows("pings-every=1", "no ping", "ping")
async def pings(node):
    remote = Remote()
    seen = []

    async def ping(connection, stream):
        seen.append(await stream.readexactly(32))
        await stream.write(seen[-1])
    remote.host.handlers[PING] = ping
    await remote.dial(node)
    await asyncio.sleep(1.5)
    return "ping" if seen else "no ping"


# RPCs

@shows("longest-rpc=65533", "taken", "reset")
async def long_rpc(node):
    async with remotes(node) as a:
        await a.send(carrying(a.message(bytes(70000)).raw))
        return "reset" if await is_reset(a.stream) == "reset" else "taken"


@shows("longest-control=16384", "open", "reset")
async def much_control(node):
    async with remotes(node) as a:
        await a.send(Outgoing().ihave(b"t", [b"%020d" % number for number in range(1000)]))
        return await is_reset(a.stream)


@shows("longest-buffer=65536", "open", "reset")
async def rpcs_back_to_back(node):
    async with remotes(node) as a:
        rpcs = [next(carrying(a.message(bytes(60000)).raw).frames()) for _ in range(6)]
        await a.stream.write(b"".join(rpcs))
        return await is_reset(a.stream)


@shows("rpc-length-waits", "reset", "open")
async def length_alone(node):
    async with remotes(node) as a:
        await a.stream.write(varint(1 << 24) + bytes(1000))
        return await is_reset(a.stream)


@shows("hello-in-two", "1", "2", options=["--extension"])
async def hello_rpcs(node):
    remote = await Remote("1.3.0").dial(node, opens=False)
    await remote.get("sub")
    await remote.get("extensions")
    await asyncio.sleep(0.1)
    return str(len(remote.rpcs))


@shows("mesh-keeps-left", "nothing", "message")
async def unsubscribed_member(node):
    async with remotes(node) as a:
        await a.send(Outgoing().subscription(b"t", False))
        await asyncio.sleep(0.2)
        await published(node, "still")
        return "message" if await count(a, "publish", within=0.4) else "nothing"


def more(author):
    """Returns a message with an unknown field before its signature."""
    known = Message(from_=author.id, data=b"more", topic=b"t", seqno=bytes(8)).SerializeToString()
    return known + UNKNOWN + b"\x2a\x40" + author.sign(SIGN_PREFIX + known + UNKNOWN)


@shows("unknown-fields=last", "as it was", "last")
async def unknown_field_kept(node):
    async with remotes(node, 2) as (a, b):
        sent = more(a.identity)
        await a.send(carrying(sent))
        got = (await b.data(b"more")).raw
        return "as it was" if got == sent else "last" if got.endswith(UNKNOWN) and len(got) == len(sent) else "dropped"


@shows("unknown-fields=dropped", "as it was", "dropped", "GS-59")
async def unknown_field_dropped(node):
    return await unknown_field_kept(node)


@shows("nosign-from", "dropped", "taken", "GS-61", options=["--no-sign"])
async def unsigned_with_from(node):
    async with remotes(node, 2) as (a, b):
        await a.send(carrying(Message(from_=a.identity.id, data=b"named", topic=b"t").SerializeToString()))
        return "taken" if await count(b, "publish") else "dropped"


@shows("key-of-id", "dropped", "taken", "GS-58")
async def another_key(node):
    async with remotes(node, 2) as (a, b):
        await a.send(carrying(signed(a.identity, b"other key", key=Identity(bytes([9] * 32)).key)))
        return "taken" if await count(b, "publish") else "dropped"


@shows("test-extension", "none", "extensions")
async def extension(node):
    remote = await Remote("1.3.0").dial(node, opens=False)
    await remote.get("sub")
    return "extensions" if remote.all("extensions") else "none"


@shows("empty-seqno-in", "dropped", "taken", "GS-62")
async def empty_seqno(node):
    async with remotes(node, 2) as (a, b):
        await a.send(carrying(signed(a.identity, b"empty", seqno=b"")))
        return "taken" if await count(b, "publish") else "dropped"


async def id_of(node):
    """Returns the id with which the node offers our message."""
    async with remotes(node, 2, joins=False) as (a, b):
        for peer in (a, b):
            await peer.subscribe()
        await asyncio.sleep(0.1)
        await a.send(carrying(signed(a.identity, b"offered", seqno=bytes(7) + b"\5")))
        return a.identity, (await b.get("ihave")).message_ids[0]


@shows("message-id=key", "from", "key", options=["--degree", "D=0,0,0"])
async def message_id(node):
    author, number = await id_of(node)
    ways = {author.id + bytes(7) + b"\5": "from", author.key + bytes(7) + b"\5": "key", base58(author.id).encode() + b"5": "base58"}
    return ways.get(number)


@shows("message-id=base58", "from", "base58", options=["--degree", "D=0,0,0"])
async def message_id_as_text(node):
    return await message_id(node)


@shows("floods-unknown-topic", "nothing", "message", "GS-66")
async def unknown_topic_to_floodsub(node):
    async with remotes(node) as a:
        flood = Remote()
        flood.protocol = "/floodsub/1.0.0"
        flood.host.handlers = {flood.protocol: flood._listen, IDENTIFY: flood._identify}
        await flood.dial(node)
        await flood.subscribe(b"strange")
        await flood.get("sub")
        await a.send(carrying(a.message(b"strange", b"strange").raw))
        return "message" if await count(flood, "publish") else "nothing"


@shows("forwards-to-author", "nothing", "message", "GS-68")
async def to_author(node):
    async with remotes(node, 2) as (a, b):
        await a.send(carrying(b.message(b"of b").raw))
        return "message" if await count(b, "publish", within=0.4) else "nothing"


# Mesh and gossip

@shows("grafts-subscribers", "no GRAFT", "GRAFT", options=["--heartbeat", "3"])
async def subscriber(node):
    async with remotes(node, joins=False) as a:
        await asyncio.sleep(0.2)
        await a.subscribe()
        return "GRAFT" if await count(a, "graft", within=0.5) else "no GRAFT"


@shows("backoff-slack=9", "GRAFT", "no GRAFT")
async def after_backoff(node):
    async with remotes(node) as a:
        await a.send(Outgoing().prune(b"t", 1))
        return "GRAFT" if await count(a, "graft", within=2.4) else "no GRAFT"


@shows("leaver-backoff", "taken", "refused", "GS-73", options=["--degree", "D=0,0,12"])
async def leaver_returns(node):
    async with remotes(node) as a:
        await a.send(Outgoing().subscription(b"t", False).prune(b"t", 1))
        await asyncio.sleep(1.2)
        await a.join()
        return "refused" if await count(a, "prune", within=0.2) else "taken"


@shows("explicit-ignored", "PRUNE", "nothing", "GS-78")
async def explicit(node):
    a = Remote()
    node.command("explicit", peer=a.identity.id.hex())
    await a.dial(node)
    await a.join()
    return "PRUNE" if await count(a, "prune", within=0.3) else "nothing"


async def after_a_heartbeat(node, count):
    """Whether the node prunes any of so many members."""
    async with remotes(node, count) as peers:
        await asyncio.sleep(1.2)
        return "pruned" if any(peer.all("prune") for peer in peers) else "stay"


@shows("scores-addresses", "stay", "pruned", options=["--degree", "D=6,4,20"])
async def peers_of_one_address(node):
    return await after_a_heartbeat(node, 14)


@shows("grafts-beyond", "none", "more", "GS-80", options=["--degree", "D=3,2,9"])
async def beyond_degree(node):
    async with remotes(node, 8, joins=False) as peers:
        for peer in peers:
            await peer.subscribe()
        await asyncio.sleep(2)
        return "more" if sum(bool(peer.all("graft")) for peer in peers) > 3 else "none"


@shows("trims-at-high", "stay", "pruned", options=["--degree", "D=2,1,4"])
async def mesh_of_high(node):
    return await after_a_heartbeat(node, 4)


@shows("trims-without-backoff", "backoff", "no backoff", "GS-81", options=["--degree", "D=1,1,2"])
async def trimmed_backoff(node):
    # The mesh accepts peers that the node dials even when it is full.
    peers = await dialed(node, 4)
    await asyncio.sleep(0.8)
    prunes = [entry for peer in peers for _, entry in peer.all("prune")]
    return "backoff" if all(entry.HasField("backoff") for entry in prunes) else "no backoff" if prunes else None


@shows("idle-heartbeat", "offered thrice", "offered less", "GS-83", options=["--degree", "D=0,0,0"])
async def idle(node):
    async with remotes(node, joins=False) as a:
        await a.subscribe()
        await asyncio.sleep(1)
        await published(node, "offered")
        return "offered thrice" if await count(a, "ihave", within=2.2) == 3 else "offered less"


@shows("ihave-not-in-backoff", "offered", "not offered", "GS-84")
async def offer_in_backoff(node):
    async with remotes(node, 2) as (a, b):
        await b.send(Outgoing().prune(b"t", 60))
        await asyncio.sleep(0.1)
        await a.send(carrying(a.message(b"new").raw))
        return "offered" if await count(b, "ihave", within=1.2) else "not offered"


@shows("iwant-hex", "as it is", "bytes", "GS-86")
async def id_of_digits(node):
    async with remotes(node) as a:
        await a.send(Outgoing().ihave(b"t", [b"deadbeef"]))
        number = (await a.get("iwant")).message_ids[0]
        return {b"deadbeef": "as it is", b"\xde\xad\xbe\xef": "bytes"}.get(number)


@shows("flood-publish", "the mesh", "all", options=["--degree", "D=1,1,1", "--lazy", "0", "--gossip-factor", "0"])
async def own_message(node):
    async with remotes(node, 3, joins=False) as (a, b, c):
        await a.join()
        for peer in (b, c):
            await peer.subscribe()
        await asyncio.sleep(0.7)
        await published(node, "to all")
        return "all" if await count(b, "publish", within=0.3) and c.all("publish") else "the mesh"


@shows("extensions-always", "none", "extensions", "GS-97", options=["--protocol", "/meshsub/1.1.0"])
async def extensions_of_old(node):
    async with remotes(node, version="1.1.0") as a:
        return "extensions" if a.all("extensions") else "none"


async def kept_of_flood(node, numbers):
    """Returns the messages that arrive although IDONTWANT named them, with many ids in between."""
    async with remotes(node, 2) as (a, b):
        first, last = a.message(bytes(2000)), a.message(bytes([1] * 2000))
        await b.send(Outgoing().idontwant([first.id, *numbers, last.id]))
        await asyncio.sleep(0.05)
        for message in (first, last):
            await a.send(carrying(message.raw))
        await asyncio.sleep(0.3)
        got = {message.data for _, message in b.all("publish")}
        return " ".join(name for name, message in (("first", first), ("last", last)) if message.data in got) or "none"


@shows("idontwant-limit=512", "none", "last", options=["--heartbeat", "5"])
async def unwanted_ids(node):
    return await kept_of_flood(node, [b"%020d" % number for number in range(600)])


@shows("idontwant-oldest", "last", "first", options=["--heartbeat", "5"])
async def unwanted_ids_dropped(node):
    return await kept_of_flood(node, [b"%020d" % number for number in range(6000)])
