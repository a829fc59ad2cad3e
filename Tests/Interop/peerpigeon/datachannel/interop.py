#!/usr/bin/env python3
"""A hub on aiortc meshes with our hub: the data channel of a stack that is not ours, in both roles.

    python3 interop.py meshspec [--signals N] [--only offer|answer]

The hub in this file connects to ours by WebSocket, opens the data channel by signals over it (as offerer or as answerer), and leaves
WebSocket. Then signals between a client of ours and a client of that hub go over the channel, up to 60 kB each. Prints a line for each
check. Exits 0 if all are ok, 1 if one is not, 2 if it cannot begin.
"""
import argparse
import asyncio
import contextlib
import json
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import mesh
import ws

OURS, LARGER, SMALLER = "80", "90", "70"
NAMESPACE = "pigeonhub-mesh"
PATIENCE = 20


class ForeignHub:
    """A hub whose only link is one to our hub. The hub with the larger id offers the channel."""

    def __init__(self, name, ours):
        from aiortc import RTCConfiguration, RTCPeerConnection
        self.id, self.ours, self.offers = name * 20, ours, name * 20 > ours.id
        # No STUN: it would ask for servers that cannot be reached here.
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.on("datachannel", self.adopt)
        self.channel, self.relays, self.changed, self.closed = None, [], asyncio.Event(), False

    async def start(self):
        self.socket = await ws.dial("127.0.0.1", self.ours.port, f"/?peerId={self.id}", 1 << 20)
        self.reading = asyncio.create_task(self.read())
        self.send_socket({"type": "announce", "networkName": NAMESPACE,
                          "data": {"isHub": True, "port": 0, "host": "127.0.0.1", "capabilities": ["signaling", "relay", "gossip"]}})
        if self.offers:
            self.adopt(self.connection.createDataChannel("messages", ordered=True))
            await self.connection.setLocalDescription(await self.connection.createOffer())
            self.describe()
        return self

    def send_socket(self, message):
        self.socket.send(json.dumps(message))

    def describe(self):
        local = self.connection.localDescription
        self.send_socket(self.relay(self.ours.id, local.type, {"type": local.type, "sdp": local.sdp}, self.id, NAMESPACE))

    @staticmethod
    def relay(target, kind, data, sender, network):
        now = int(time.time() * 1000)
        return {"type": "client-signal-relay", "targetPeerId": target, "timestamp": now,
                "signalData": {"type": kind, "data": data, "fromPeerId": sender, "targetPeerId": target, "networkName": network,
                               "timestamp": now}}

    async def read(self):
        async for _, payload in self.socket.messages():
            message = json.loads(payload)
            if message["type"] == "client-signal-relay" and message["targetPeerId"] == self.id:
                await self.take(message["signalData"])

    async def take(self, signal):
        from aiortc import RTCSessionDescription
        if signal["type"] not in ("offer", "answer"):
            return
        data = signal["data"]
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp=data["sdp"], type=data["type"]))
        if data["type"] == "offer":
            await self.connection.setLocalDescription(await self.connection.createAnswer())
            self.describe()

    def adopt(self, channel):
        self.channel = channel
        channel.on("message", self.received)
        channel.on("close", self.ended)
        channel.on("open", self.changed.set)
        self.changed.set()

    def ended(self):
        self.closed = True
        self.changed.set()

    def received(self, message):
        self.relays.append(json.loads(message))
        self.changed.set()

    def signals(self):
        return [m["signalData"] for m in self.relays if m["type"] == "client-signal-relay"]

    async def collect(self, count):
        """Waits for so many signals, as long as one comes each PATIENCE seconds: aiortc is slow on a busy machine."""
        while (seen := len(self.signals())) < count:
            if not await self.wait(lambda: len(self.signals()) > seen):
                return

    async def wait(self, condition, seconds=PATIENCE):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not condition():
                    self.changed.clear()
                    await self.changed.wait()
        return condition()


def sdp(n):
    """Descriptions of many sizes, with characters of 1 to 4 bytes. aiortc takes messages of 64 KiB at most."""
    return "v=0\r\n" + "é🐦x" * (n * 997 % 8500)


def text(message):
    return json.dumps(message, ensure_ascii=False)


async def play(program, role, count):
    row = f"aiortc {role}s"
    with tempfile.TemporaryDirectory() as folder:
        keys = pathlib.Path(folder, "keys.txt")
        ours = await mesh.Hub(program, OURS, options=["--keylog", str(keys), "-P", "min_channels=1"]).start()
        theirs = None
        try:
            client = await mesh.Client("01", ours).start()
            theirs = await ForeignHub(LARGER if role == "offer" else SMALLER, ours).start()
            opened = await theirs.wait(lambda: theirs.channel is not None and theirs.channel.readyState == "open")
            mesh.check(f"{row}: the channel opens", opened, ours.events[-5:])
            if not opened:
                return
            channel = theirs.channel
            view = (channel.label, channel.ordered, channel.maxRetransmits, channel.maxPacketLifeTime, channel.protocol)
            mesh.check(f"{row}: HUB-76 label, order, reliability", view == ("messages", True, None, None, ""), view)
            connected = [e["peer"] for e in await ours.wait("hub_p2p_connected")]
            mesh.check(f"{row}: our hub reports the channel", connected == [theirs.id], ours.events[-5:])
            await theirs.wait(lambda: theirs.socket.close_sent)
            mesh.check(f"{row}: our hub leaves WebSocket", theirs.socket.reason == "Migrated to P2P mesh", theirs.socket.reason)
            lines = keys.read_text().splitlines()
            mesh.check(f"{row}: the key log has the connection", [w.split()[0] for w in lines] == ["CLIENT_RANDOM"], lines)

            away = "02" * 20
            for n in range(count):
                data = {"type": "offer", "sdp": sdp(n), "n": n}
                client.socket.send(text({"type": "offer", "data": data, "targetPeerId": away, "networkName": "global"}))
                data = {"type": "answer", "sdp": sdp(n), "n": n}
                channel.send(text(ForeignHub.relay(client.id, "answer", data, away, "global")))
                await asyncio.sleep(0)
            await theirs.collect(count)
            got = [(s["data"]["n"], s["data"]["sdp"]) for s in theirs.signals()]
            mesh.check(f"{row}: {count} signals of ours arrive in order", got == [(n, sdp(n)) for n in range(count)],
                       (len(got), [n for n, _ in got[:3] + got[-3:]], ours.events[-3:]))

            def answers():
                return [(m["data"]["n"], m["data"]["sdp"]) for m in client.messages if m["type"] == "answer"]
            while (seen := len(answers())) < count and await client.wait(lambda: len(answers()) > seen):
                pass
            mesh.check(f"{row}: {count} signals of theirs arrive in order", answers() == [(n, sdp(n)) for n in range(count)], len(answers()))

            if role == "offer":
                channel.close()
            else:
                await theirs.connection.close()
            lost = await ours.wait("hub_p2p_disconnected")
            mesh.check(f"{row}: our hub notices that they close", [e["peer"] for e in lost] == [theirs.id], ours.events[-5:])
        finally:
            if theirs:
                await theirs.connection.close()
            await ours.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--signals", type=int, default=200)
    parser.add_argument("--only", choices=("offer", "answer"))
    options = parser.parse_args()
    try:
        import aioice.ice
        import aiortc  # noqa: F401
    except ImportError as trouble:
        print(f"cannot begin: {trouble}", file=sys.stderr)
        return 2
    # It leaves the loopback address out.
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    for role in ("offer", "answer"):
        if options.only in (None, role):
            asyncio.run(play(options.program, role, options.signals))
    print(f"{mesh.failed} failed" if mesh.failed else "all ok")
    return 1 if mesh.failed else 0


if __name__ == "__main__":
    sys.exit(main())
