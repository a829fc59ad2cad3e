"""Cases of test.py: what no peer should send. The node ends the stream or the connection, lives on, and still exchanges messages."""

import asyncio
import random

import yamux
from identity import Identity
from multistream import HEADER, token
from programs import OURS, Failed, Program
from wire import RPC, Exchange, prefixed, varint

SIZE = 300


async def poured(node, prefix, chosen):
    """Opens a connection, sends the prefix and bytes that follow, and reads what comes until the end, or for a moment."""
    port = int(node.address.split("/tcp/")[1].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(prefix + chosen)
        async with asyncio.timeout(0.3):
            while await reader.read(65536):
                pass
    except (OSError, TimeoutError):
        pass
    writer.close()


def prefixes():
    """The bytes that lead to each layer, over plaintext."""
    ours = Identity(random.randbytes(32))
    exchange = Exchange(id=ours.id)
    exchange.pubkey.CopyFrom(ours.message)
    security = token(HEADER) + token("/plaintext/2.0.0")
    muxer = security + prefixed(exchange.SerializeToString()) + token(HEADER) + token("/yamux/1.0.0")
    mplex = security + prefixed(exchange.SerializeToString()) + token(HEADER) + token("/mplex/6.7.0")
    open_one = yamux.HEADER.pack(0, yamux.WINDOW, yamux.SYN, 1, 0)

    def data(body):
        return yamux.HEADER.pack(0, yamux.DATA, 0, 1, len(body)) + body

    def stream(protocol):
        return muxer + open_one + data(token(HEADER) + token(protocol))

    return {"start": b"", "header": token(HEADER), "noise": token(HEADER) + token("/noise"), "plaintext": security, "yamux": muxer,
            "mplex": mplex, "stream": muxer + open_one, "pubsub": stream("/meshsub/1.2.0"), "push": stream("/ipfs/id/push/1.0.0"),
            "ping": stream("/ipfs/ping/1.0.0")}


def written(draw, layer):
    """Bytes that are nearly right for a layer."""
    noise = draw.randbytes(draw.randrange(1, SIZE))
    kind = draw.randrange(4)
    if layer in ("noise",):
        return len(noise).to_bytes(2, "big") + noise
    if layer in ("stream", "pubsub", "push", "ping"):
        if kind == 0:
            body = prefixed(noise)
        elif kind == 1:
            body = varint(draw.choice((0, 1, 1 << 20, 1 << 40))) + noise
        else:
            rpc = RPC()
            rpc.publish.add(data=noise, topic=b"t", from_=noise[:38], seqno=noise[:8], signature=noise[:64], key=noise[:36])
            rpc.control.ihave.add(topic=b"t", message_ids=[noise, b""])
            rpc.control.prune.add(topic=b"t", backoff=(1 << 64) - 1).peers.add(peer_id=noise, signed_peer_record=noise)
            rpc.control.extensions.test_extension = True
            raw = bytearray(rpc.SerializeToString())
            if kind == 3:
                raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
            body = prefixed(bytes(raw))
        return yamux.HEADER.pack(0, yamux.DATA, 0, 1, len(body)) + body
    if layer == "yamux" and kind:
        return yamux.HEADER.pack(draw.choice((0, 0, 0, 1)), draw.randrange(5), draw.randrange(16), draw.randrange(4), draw.choice(
            (0, 1, 70000, 1 << 31))) + noise
    return noise


async def survives(layer, security):
    draw = random.Random(f"{layer}{security}")
    options = ["--topic", "t", "--security", security, "--muxer", "yamux,mplex", "--heartbeat", "0.5", "--score", "--px"]
    async with Program(OURS, *options) as a, Program(OURS, *options) as b:
        for _ in range(60):
            await poured(a, prefixes()[layer], written(draw, layer))
        a.command("connect", addr=b.address)
        await b.wait("mesh", topic="t", peers=[a.id])
        b.command("publish", topic="t", text="still there?")
        await a.wait("message", text="still there?")
        await a.quit()
        if a.errors:
            raise Failed(a.errors[-400:])


def cases():
    for layer in prefixes():
        yield f"garbage {layer}", lambda layer=layer: survives(layer, "noise,plaintext")
