"""Probes of the layers: what a node must do on a connection, and in each stream."""

import asyncio

import mplex
import multistream
import noise_channel
import plaintext
import yamux
from identity import Identity, base58
from multistream import HEADER, token
from programs import Failed
from remote import IDENTIFY, PUSH, Remote, ended, expect_token, muxed, port_of, raw
from streams import Closed, TCPChannel, read_prefixed
from wire import Exchange, Identify, NoiseHandshakePayload, parsed, prefixed, varint

PROBES = []


def probe(*requirements, options=()):
    def add(run):
        PROBES.append((run.__name__, requirements, options, run))
        return run
    return add


def frame(kind, flags, number, length=0, data=b""):
    return yamux.HEADER.pack(0, kind, flags, number, len(data) or length) + data


async def read_frame(channel, within=2):
    async with asyncio.timeout(within):
        version, kind, flags, number, length = yamux.HEADER.unpack(await channel.readexactly(12))
        return kind, flags, number, length, await channel.readexactly(length) if kind == yamux.DATA else b""


async def frame_of(channel, check, within=2):
    try:
        async with asyncio.timeout(within):
            while not check(found := await read_frame(channel, within)):
                pass
            return found
    except TimeoutError:
        raise Failed("no such frame") from None


@probe("GS-01", "GS-02")
async def header(node):
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(node))
    async with asyncio.timeout(2):
        if await reader.readexactly(20) != b"\x13/multistream/1.0.0\n":
            raise Failed("no header")


@probe("GS-03")
async def other_header(node):
    channel = await raw(node)
    channel.write(token("/multistream/9.9.9") + token("/plaintext/2.0.0"))
    await ended(channel)


@probe("GS-04")
async def proposals(node):
    channel = await raw(node)
    channel.write(token(HEADER) + token("/nothing/1"))
    await expect_token(channel, HEADER)
    await expect_token(channel, "na")
    channel.write(token("/plaintext/2.0.0"))
    await expect_token(channel, "/plaintext/2.0.0")


@probe("GS-05")
async def segments(node):
    channel = await raw(node)
    channel.write(token(HEADER) + token("/plaintext/2.0.0"))
    await expect_token(channel, HEADER)
    await expect_token(channel, "/plaintext/2.0.0")
    channel = await raw(node)
    for byte in token(HEADER) + token("/plaintext/2.0.0"):
        channel.write(bytes([byte]))
        await asyncio.sleep(0.002)
    await expect_token(channel, HEADER)
    await expect_token(channel, "/plaintext/2.0.0")


@probe("GS-06")
async def long_token(node):
    for bad in (token("/" + "x" * 2000), b"\0", b"\x03naa"):
        channel = await raw(node)
        channel.write(token(HEADER) + bad)
        await ended(channel)


@probe("GS-08")
async def exchange_at_once(node):
    channel = await raw(node, plaintext.PROTOCOL)
    async with asyncio.timeout(2):
        parsed(Exchange, await read_prefixed(channel, 65536))


@probe("GS-09")
async def exchange_of_another(node):
    channel = await raw(node, plaintext.PROTOCOL)
    ours, other = Identity(bytes(32)), Identity(bytes([1] * 32))
    message = Exchange(id=ours.id)
    message.pubkey.CopyFrom(other.message)
    channel.write(prefixed(message.SerializeToString()))
    await ended(channel)


@probe("GS-10")
async def another_listener(node):
    remote = Remote()
    address = await remote.listen()
    node.command("connect", addr=f"{address}/p2p/{base58(Identity(bytes(32)).id)}")
    await node.wait("connect_failed")


@probe("GS-13")
async def noise(node):
    await Remote(security="noise").dial(node)


async def noise_to(node, muxers=("/yamux/1.0.0",), change=lambda payload: None):
    """Our end of a handshake, in whose payload something was changed."""
    channel = await raw(node, noise_channel.PROTOCOL)
    handshake = noise_channel.Handshake(channel, Identity(bytes([7] * 32)), None, True, list(muxers))
    original = handshake._payload

    def payload(names):
        message = parsed(NoiseHandshakePayload, original(names))
        change(message)
        return message.SerializeToString()
    handshake._payload = payload
    # Whether the node refuses is for it to say.
    handshake._agreed = lambda dialers, listeners: next((name for name in dialers if name in listeners), None)
    return await handshake.secure()


@probe("GS-14")
async def noise_bad_signature(node):
    def change(message):
        message.identity_sig = bytes(64)

    channel, *_ = await noise_to(node, change=change)
    await ended(channel)


@probe("GS-15")
async def noise_first_message(node):
    server = await asyncio.start_server(lambda reader, writer: asyncio.ensure_future(first(reader, writer)), "127.0.0.1", 0)
    found = asyncio.get_running_loop().create_future()

    async def first(reader, writer):
        channel = TCPChannel(reader, writer)
        await multistream.answer(multistream.Adapter(channel), [noise_channel.PROTOCOL])
        if not found.done():
            found.set_result(int.from_bytes(await channel.readexactly(2), "big"))
    node.command("connect", addr="127.0.0.1:%d" % server.sockets[0].getsockname()[1])
    async with asyncio.timeout(3):
        if (size := await found) != 32:
            raise Failed(f"{size} bytes")


@probe("GS-16")
async def noise_unknown(node):
    def change(message):
        message.MergeFromString(b"\x98\x40\x05")

    channel, _, _, muxer = await noise_to(node, change=change)
    channel.write(frame(yamux.PING, yamux.SYN, 0, 5))
    await frame_of(channel, lambda found: found[:2] == (yamux.PING, yamux.ACK))


@probe("GS-17")
async def noise_frames(node):
    channel, *_ = await noise_to(node)
    ping = frame(yamux.PING, yamux.SYN, 0, 5)
    channel.write(ping[:5])
    channel.write(ping[5:])
    await frame_of(channel, lambda found: found[:2] == (yamux.PING, yamux.ACK))


@probe("GS-19")
async def noise_no_overlap(node):
    channel, *_ = await noise_to(node, muxers=["/none/1"])
    await ended(channel)


@probe("GS-20", options=["--muxer", "yamux,mplex"])
async def noise_muxer(node):
    remote = Remote(security="noise", muxers=["/mplex/6.7.0", "/yamux/1.0.0"])
    await remote.dial(node)
    await remote.until(lambda: remote.theirs, "stream")


@probe("GS-22", "GS-23", "GS-28")
async def yamux_streams(node):
    channel = await muxed(node)
    found = await frame_of(channel, lambda found: found[1] & yamux.SYN)
    if found[2] % 2:
        raise Failed("a listener opened an odd stream")
    channel = await muxed(node)
    channel.write(frame(yamux.WINDOW, yamux.SYN, 1))
    await frame_of(channel, lambda found: found[2] == 1 and found[1] & yamux.ACK)
    # Our end is over, the node still answers.
    channel.write(frame(yamux.DATA, 0, 1, data=token(HEADER) + token(IDENTIFY)) + frame(yamux.WINDOW, yamux.FIN, 1))
    await frame_of(channel, lambda found: found[2] == 1 and len(found[4]) > 100)


@probe("GS-24")
async def yamux_early_data(node):
    channel = await muxed(node)
    channel.write(frame(yamux.WINDOW, yamux.SYN, 1) + frame(yamux.DATA, 0, 1, data=token(HEADER) + token(IDENTIFY)))
    await frame_of(channel, lambda found: found[2] == 1 and len(found[4]) > 100)


@probe("GS-25")
async def yamux_ping(node):
    channel = await muxed(node)
    channel.write(frame(yamux.PING, yamux.SYN, 0, 0xabcdef01))
    found = await frame_of(channel, lambda found: found[0] == yamux.PING)
    if found[:4] != (yamux.PING, yamux.ACK, 0, 0xabcdef01):
        raise Failed(f"{found}")


@probe("GS-26")
async def yamux_window(node):
    channel = await muxed(node)
    channel.write(frame(yamux.WINDOW, yamux.SYN, 1) + frame(yamux.DATA, 0, 1, data=token(HEADER) + token("/ipfs/ping/1.0.0")))
    size, total = 32 * 1024, 0
    for _ in range(12):
        channel.write(frame(yamux.DATA, 0, 1, data=bytes(size)))
        # It may not send more than 256 KiB, which we never add to.
        try:
            async with asyncio.timeout(0.15):
                while True:
                    found = await read_frame(channel)
                    total += len(found[4]) if found[2] == 1 else 0
        except TimeoutError:
            pass
    if total > 262144:
        raise Failed(f"{total} bytes")
    if total < 200000:
        raise Failed(f"only {total} bytes")


@probe("GS-27")
async def yamux_update(node):
    channel = await muxed(node)
    channel.write(frame(yamux.WINDOW, yamux.SYN, 1) + frame(yamux.DATA, 0, 1, data=token(HEADER) + token("/ipfs/ping/1.0.0")))
    for _ in range(6):
        channel.write(frame(yamux.DATA, 0, 1, data=bytes(32 * 1024)))
    await frame_of(channel, lambda found: found[0] == yamux.WINDOW and found[2] == 1 and found[3] > 0)


@probe("GS-29")
async def yamux_violations(node):
    for bad in (b"\1" + frame(yamux.PING, yamux.SYN, 0, 1)[1:], frame(9, 0, 0), frame(yamux.DATA, 0, 1, data=bytes(300000))):
        channel = await muxed(node)
        channel.write(frame(yamux.WINDOW, yamux.SYN, 1) + bad)
        await ended(channel)


@probe("GS-30")
async def yamux_flood(node):
    channel = await muxed(node)
    channel.write(b"".join(frame(yamux.WINDOW, yamux.SYN, number) for number in range(1, 4001, 2)))
    await frame_of(channel, lambda found: found[1] & yamux.RST)


@probe("GS-32", options=["--muxer", "mplex"])
async def mplex_spaces(node):
    channel = await muxed(node, mplex.PROTOCOL)
    # The node opens 0 and 1; ours have the same numbers.
    for number in (0, 1):
        channel.write(varint(number << 3) + prefixed(b"x"))
        channel.write(varint(number << 3 | mplex.MESSAGE_INITIATOR) + prefixed(token(HEADER) + token(IDENTIFY)))
    answered = set()
    async with asyncio.timeout(2):
        while len(answered) < 2:
            head = (await channel.readexactly(1))[0]
            data = await read_prefixed(channel, 1 << 20)
            if head & 7 == mplex.MESSAGE_RECEIVER and len(data) > 100:
                answered.add(head >> 3)
    channel.write(varint(0 << 3 | mplex.MESSAGE_INITIATOR) + varint(2 << 20))
    channel.write(bytes(1000))
    await ended(channel)


@probe("GS-38")
async def identify(node):
    remote = await Remote().dial(node, opens=False)
    stream = await remote.connection.open([IDENTIFY])
    async with asyncio.timeout(2):
        told = parsed(Identify, await read_prefixed(stream, 65536))
        try:
            await stream.readexactly(1)
            raise Failed("more came")
        except Closed:
            pass
    if told.public_key != remote.connection.key or b"/meshsub/1.2.0" not in list(told.protocols):
        raise Failed(f"{told}")


@probe("GS-39")
async def push(node):
    remote = await Remote().dial(node)
    await remote.join()
    stream = await remote.connection.open([PUSH])
    await stream.write(prefixed(Identify(agent_version=b"other").SerializeToString()))
    stream.close()
    await asyncio.sleep(0.3)
    node.command("publish", topic="t", text="still")
    await remote.data(b"still")
