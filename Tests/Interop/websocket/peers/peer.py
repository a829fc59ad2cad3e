#!/usr/bin/env python3
"""A WebSocket endpoint made of the package `websockets`, for runs against one that is not ours.

    python3 peer.py echo PORT          a server that sends back each message; prints a line when it listens
    python3 peer.py dial PORT          a client that sends back each message, once
    python3 peer.py check-server PORT  a client that opens a connection for each check, to a server that sends back each message
    python3 peer.py check-client PORT  a server whose next connections are clients that send back each message: one check on each
    --deflate on|off|declined          permessage-deflate (on); declined: wanted, but the other end does not
    --only NAME,NAME...                these checks and no others

The checks print `ok NAME` or `not ok NAME: why`, and the exit status is 1 when one of them is not ok.
"""

import argparse
import asyncio
import contextlib
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake

LIMIT = 20  # seconds for a check
SIZES = [0, 1, 125, 126, 65535, 65536, 1 << 20]
CODES = [1000, 1001, 1003, 1007, 1011, 3000, 4999]


async def echoes(socket, message, fragments=None):
    """Sends a message, whole or in fragments, and compares what comes back."""
    await socket.send(fragments or message)
    back = await socket.recv()
    if type(back) is not type(message) or back != message:
        raise AssertionError(f"{type(back).__name__} of {len(back)} came back for {type(message).__name__} of {len(message)}")


async def pinged(socket):
    for payload in [b"", b"\x00\xff", bytes(range(125))]:
        await (await socket.ping(payload))


async def pinged_inside(socket):
    """A ping between two fragments."""
    async def parts():
        yield "Grü"
        await (await socket.ping(b"inside"))
        yield "ße"
    await socket.send(parts())
    if await socket.recv() != "Grüße":
        raise AssertionError("another text came back")


async def closed(socket, code):
    await socket.close(code, "reason ü" if code != 1001 else "")
    if socket.close_code != code:
        raise AssertionError(f"closed with {socket.close_code} for {code}")


def checks():
    """All checks by name; each has a connection of its own."""
    for size in SIZES:
        yield f"text of {size}", lambda s, size=size: echoes(s, ("aü€" * size)[: size] if size < 65535 else "a" * size)
        yield f"binary of {size}", lambda s, size=size: echoes(s, (bytes(range(256)) * (size // 256 + 1))[:size])
    yield "text in fragments", lambda s: echoes(s, "Grüße", ["Gr", "", "üß", "e"])
    yield "binary in fragments", lambda s: echoes(s, bytes(65536 * 4), [bytes(65536)] * 4)
    yield "ping", pinged
    yield "ping inside a message", pinged_inside
    for code in CODES:
        yield f"close {code}", lambda s, code=code: closed(s, code)


def wanted(args):
    return [(name, check) for name, check in checks() if not args.only or name in args.only.split(",")]


async def run(name, check, socket, deflate):
    """One check; true when it is ok."""
    try:
        async with asyncio.timeout(LIMIT):
            agreed = any(e.name == "permessage-deflate" for e in socket.protocol.extensions)
            if agreed != deflate:
                raise AssertionError(f"permessage-deflate is {agreed}")
            await check(socket)
            if not name.startswith("close"):
                await closed(socket, 1000)
    except (AssertionError, ConnectionClosed, TimeoutError) as error:
        print(f"not ok {name}: {error or type(error).__name__}", flush=True)
        return False
    print(f"ok {name}", flush=True)
    return True


def options(args):
    compression = None if args.deflate == "off" else "deflate"
    return {"compression": compression, "max_size": 64 << 20, "ping_interval": None, "open_timeout": LIMIT}


async def echo(args):
    async def handler(socket):
        with contextlib.suppress(ConnectionClosed):
            async for message in socket:
                await socket.send(message)
    async with serve(handler, "127.0.0.1", args.port, **options(args)) as server:
        print("listening", flush=True)
        await server.serve_forever()


async def dial(args):
    # The harness judges what it does about a server that breaks a rule: not its exit status.
    with contextlib.suppress(ConnectionClosed, InvalidHandshake):
        async with connect(f"ws://127.0.0.1:{args.port}/", **options(args)) as socket:
            async for message in socket:
                await socket.send(message)


async def check_server(args):
    good = []
    for name, check in wanted(args):
        async with connect(f"ws://127.0.0.1:{args.port}/", **options(args)) as socket:
            good.append(await run(name, check, socket, args.deflate == "on"))
    return good


async def check_client(args):
    left, good, over = wanted(args), [], asyncio.Event()
    async def handler(socket):
        if left:
            name, check = left.pop(0)
            good.append(await run(name, check, socket, args.deflate == "on"))
            if not left:
                over.set()
    async with serve(handler, "127.0.0.1", args.port, **options(args)):
        print("listening", flush=True)
        await over.wait()
    return good


ROLES = {"echo": echo, "dial": dial, "check-server": check_server, "check-client": check_client}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("what", choices=list(ROLES))
    parser.add_argument("port", type=int)
    parser.add_argument("--deflate", choices=["on", "off", "declined"], default="on")
    parser.add_argument("--only")
    args = parser.parse_args()
    return 0 if all(asyncio.run(ROLES[args.what](args)) or []) else 1


if __name__ == "__main__":
    sys.exit(main())
