#!/usr/bin/env python3
"""Clients of a relay, made of the package `websockets`: two in one room, one alone in another.

    python3 room.py PORT --deflate on|off

The status is 1 when what one of the two says does not come to the other one as it was said.
"""

import argparse
import asyncio

from websockets.asyncio.client import connect


async def talk(port, deflate):
    def join(room):
        return connect(f"ws://127.0.0.1:{port}/{room}", compression="deflate" if deflate else None)

    async with join("room?a=1") as first, join("room?a=1") as second, join("elsewhere") as alone:
        # Each is there once it has an answer.
        for one in (first, second, alone):
            await (await one.ping())
        await alone.send("is anybody here?")
        for message in ["Grüße", "", "x" * 300, bytes(range(256)), "x" * 300]:
            await first.send(message)
            assert await second.recv() == message
        await second.send(["in ", "", "fragments"])
        assert await first.recv() == "in fragments"
        await second.close(1001)
        await first.close(4000, "over")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--deflate", choices=["on", "off"], default="off")
    options = parser.parse_args()
    asyncio.run(asyncio.wait_for(talk(options.port, options.deflate == "on"), 20))


if __name__ == "__main__":
    main()
