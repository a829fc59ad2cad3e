#!/usr/bin/env python3
"""Two browsers as clients of a mesh of three hubs: they open a data channel to each other by signals over the hubs.

    python3 browser.py meshspec

Starts three hubs as mesh.py does, and waits until they have left WebSocket for their data channels. Then two Chromium processes open
browser.html, connect to different hubs and open a real RTCPeerConnection. Messages go over their channel in both directions. One hub is
killed: its browser connects to another hub, and a new data channel is opened, with the roles exchanged. Prints a line for each check.
Exits 0 if all are ok, 1 if one is not, 2 if it cannot begin.
"""
import argparse
import asyncio
import base64
import functools
import http.server
import json
import os
import pathlib
import shutil
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
# Before this folder: the module `browser` is the one that drives Chromium.
sys.path.insert(0, str(HERE.parent / "html"))
from browser import Browser  # noqa: E402
import mesh  # noqa: E402

PATIENCE = 120  # seconds for a step: two browsers and three hubs share a busy machine
NAMES = ("11", "ee")
# WebRTC leaves the loopback address out by default, which may be the only one here.
OPTIONS = ("--allow-loopback-in-peer-connection",)
# A page that may use a microphone may see the addresses of all interfaces; other pages see names of mDNS instead.
PERMISSIONS = ["audioCapture"]


def text(value):
    return ["text", value]


def binary(value):
    return ["binary", base64.b64encode(value).decode()]


def messages(name):
    """Messages of many sizes, with characters of 1 to 4 bytes; a channel carries at most 256 KiB in one."""
    everything = bytes(range(256)) * 240
    return [text(f"from {name}"), text(""), binary(b""), text("x"), binary(b"\x00"), text("Grüße ↔ 🐦 \u0000 \U0010ffff"),
            binary(everything[:1200]), text("🐦" * 15000), binary(everything[:60000]), text("é" * 30000), text("v=0\r\n" * 240),
            binary(everything[255:256]), text(f"end of {name}")]


class Client:
    """A page in a Chromium process. The calls block, so they run in a thread."""

    def __init__(self, name, page_url):
        self.id, self.page_url = name * 20, page_url

    async def start(self, hubs):
        self.hubs = hubs
        await asyncio.to_thread(self.open)
        return self

    def open(self):
        self.browser = Browser(options=OPTIONS)
        self.browser.call("Browser.grantPermissions", permissions=PERMISSIONS)
        self.page = self.browser.page(800)
        self.page.open(self.page_url)
        self.page.js(f"join({json.dumps(self.id)}, {json.dumps([socket_url(hub) for hub in self.hubs])})")

    async def js(self, script):
        return await asyncio.to_thread(self.page.js, script)

    async def state(self):
        return await self.js("state()")

    async def wait(self, condition):
        """Whether this becomes true."""
        try:
            await asyncio.to_thread(self.page.wait, condition, PATIENCE)
        except AssertionError:
            return False
        return True

    async def joins(self, hub):
        return await self.wait(f"client.hub === {json.dumps(socket_url(hub))}")

    async def discovers(self, other):
        return await self.wait(f"client.discovered.includes({json.dumps(other.id)})")

    async def offer(self, other):
        await self.js(f"offer({json.dumps(other.id)})")

    async def close(self):
        if hasattr(self, "browser"):
            await asyncio.to_thread(self.browser.close)


def socket_url(hub):
    return f"ws://127.0.0.1:{hub.port}"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=HERE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


async def states(clients):
    return [await client.state() for client in clients]


async def exchange(what, clients):
    """Each client sends all messages to the other one."""
    one, other = clients
    sent = [messages(f"{client.id[:2]} {what}") for client in clients]
    before = [await client.js("client.session.messages.length") for client in clients]
    await asyncio.gather(*(client.js(f"transmit({json.dumps(content)})") for client, content in zip(clients, sent)))
    for client, start, wanted in ((other, before[1], sent[0]), (one, before[0], sent[1])):
        await client.wait(f"client.session.messages.length >= {start + len(wanted)}")
        got = (await client.js("received()"))[start:]
        wrong = [n for n, pair in enumerate(zip(got, wanted)) if pair[0] != pair[1]]
        mesh.check(f"{what}: browser {client.id[:2]} receives {len(wanted)} messages unchanged", got == wanted, (len(got), wrong))


async def connect(what, offerer, answerer):
    """A new data channel by signals over the hubs; each signal arrives once."""
    clients = [offerer, answerer]
    for client in clients:
        await client.js("client.signals = [], client.sent = []")
    await offerer.offer(answerer)
    opened = [await client.wait("isOpen()") for client in clients]
    mesh.check(f"{what}: the channel of browser {offerer.id[:2]} to browser {answerer.id[:2]} opens", all(opened), await states(clients))
    if not all(opened):
        return False
    for client in clients:
        view = await client.js("channel()")
        mesh.check(f"{what}: browser {client.id[:2]} has an ordered, reliable channel with the label messages",
                   view == ["messages", True, None, None, ""], view)
    for client, other, first in ((offerer, answerer, "answer"), (answerer, offerer, "offer")):
        # The channel may open before the last candidate arrives.
        count = len((await other.state())["sent"])
        await client.wait(f"client.signals.length >= {count}")
        seen, sent = (await client.state())["signals"], (await other.state())["sent"]
        mesh.check(f"{what}: browser {client.id[:2]} receives each signal once, from browser {other.id[:2]}",
                   sorted(s["type"] for s in seen) == sorted(sent) and sent.count(first) == 1 and "ice-candidate" in sent
                   and all(s["from"] == other.id for s in seen), (seen, sent))
    return True


async def migrated(hubs):
    """Checks that these hubs are connected by data channels alone. The last ones dialed the first one."""
    for hub in hubs:
        peers = {e["peer"] for e in await hub.wait("hub_p2p_connected", 2, PATIENCE)}
        mesh.check(f"hub {hub.id[:2]} has a channel to both others", peers == {h.id for h in hubs if h is not hub}, hub.events[-5:])
    # A hub reports hub_mesh_migrated if it closed a connection itself: either side may be first.
    for hub in hubs[1:]:
        gone = await hub.wait("bootstrap_disconnected", 1, PATIENCE)
        mesh.check(f"hub {hub.id[:2]} leaves WebSocket", bool(gone), hub.events[-5:])
    mesh.check("a hub reports that it migrated", any(hub.named("hub_mesh_migrated") for hub in hubs), [hub.events[-5:] for hub in hubs])


async def play(program, page_url):
    hubs, clients = [], []
    try:
        a = await mesh.Hub(program, "b0").start()
        hubs.append(a)
        for name in ("a0", "c0"):
            hubs.append(await mesh.Hub(program, name, [a]).start())
        _, b, c = hubs
        await migrated(hubs)

        one, other = clients = [Client(name, page_url) for name in NAMES]
        await asyncio.gather(one.start([b]), other.start([c, a]))
        joined = [await one.joins(b), await other.joins(c)]
        mesh.check("both browsers are clients, of different hubs", all(joined), await states(clients))
        found = [await one.discovers(other), await other.discovers(one)]
        mesh.check("each browser discovers the other", all(found), await states(clients))
        for hub in hubs:
            health = (await one.js(f"health('http://127.0.0.1:{hub.port}/health')")).get("hubMesh", {})
            mesh.check(f"/health of hub {hub.id[:2]}, read by a page of another origin, has two channels and no WebSocket to a hub",
                       health.get("p2pConnections") == 2 and health.get("bootstrapConnections") == 0, health)

        if not await connect("first", other, one):
            return
        await exchange("first", clients)

        await c.kill()
        # The channel of the browsers does not depend on the hubs.
        await exchange("after a hub is killed", clients)
        again = await other.joins(a)
        state = await other.state()
        mesh.check("the browser of the killed hub connects to another hub",
                   again and [e["hub"] for e in state["lost"]] == [socket_url(c)], state)
        mesh.check("there it discovers the other browser", await other.discovers(one), await states(clients))
        if await connect("again", one, other):
            await exchange("again", clients)
        for hub in (a, b):
            lost = [e["peer"] for e in await hub.wait("hub_p2p_disconnected", 1, PATIENCE)]
            mesh.check(f"hub {hub.id[:2]} notices the killed hub", lost == [c.id], hub.events[-5:])
        left = [state["left"] for state in await states(clients)]
        mesh.check("no hub reports that the browser left which moved to another hub", left == [[], []], left)
        errors = [(await client.state())["errors"] for client in clients]
        mesh.check("no browser received or raised an error", errors == [[], []], errors)
    finally:
        for client in clients:
            await client.close()
        for hub in hubs:
            await hub.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    options = parser.parse_args()
    if not shutil.which("chromium"):
        print("cannot begin: no chromium in the path", file=sys.stderr)
        return 2
    program = options.program if os.path.sep in options.program or not os.path.exists(options.program) else f"./{options.program}"
    with serve() as server:
        asyncio.run(play(program, f"http://127.0.0.1:{server.server_port}/browser.html"))
        server.shutdown()
    print(f"{mesh.failed} failed" if mesh.failed else "all ok")
    return 1 if mesh.failed else 0


if __name__ == "__main__":
    sys.exit(main())
