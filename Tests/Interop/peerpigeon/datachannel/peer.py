#!/usr/bin/env python3
"""The other end of a data channel, on aiortc: not ours, and made without our code. Lines of JSON on standard input and output.

    python3 peer.py offer|answer

It prints {"type":"ready"}, and begins when it is told {"type":"start"}. Signals are those of PeerPigeon: offer, answer, ice-candidate.
`open` tells what is known of the channel, `text` and `bytes` (hexadecimal) are single messages of it, both ways, `close` closes it or
tells that it is closed. It knows nothing of the framing.
"""

import asyncio
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

LOW, HIGH = 128 << 10, 512 << 10  # bytes that wait to be sent


def write(kind, **members):
    sys.stdout.write(json.dumps({"type": kind, **members}) + "\n")
    sys.stdout.flush()


async def lines():
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


class Peer:
    def __init__(self):
        # No STUN: it asks for servers that cannot be reached here otherwise.
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.on("datachannel", self.adopt)
        self.channel, self.early, self.drained = None, [], asyncio.Event()

    def adopt(self, channel):
        self.channel = channel
        channel.bufferedAmountLowThreshold = LOW
        channel.on("open", self.opened)
        channel.on("close", lambda: write("close"))
        channel.on("bufferedamountlow", self.drained.set)
        channel.on("message", self.received)
        if channel.readyState == "open":
            self.opened()

    def opened(self):
        channel = self.channel
        reliable = channel.maxRetransmits is None and channel.maxPacketLifeTime is None
        write("open", label=channel.label, ordered=channel.ordered, reliable=reliable, protocol=channel.protocol)

    def received(self, message):
        if isinstance(message, str):
            write("text", text=message)
        else:
            write("bytes", bytes=message.hex())

    async def offer(self):
        self.adopt(self.connection.createDataChannel("messages", ordered=True))
        await self.connection.setLocalDescription(await self.connection.createOffer())
        self.describe()

    def describe(self):
        local = self.connection.localDescription
        write(local.type, data={"type": local.type, "sdp": local.sdp})

    async def take(self, line):
        kind, data = line["type"], line.get("data")
        if kind in ("offer", "answer"):
            await self.connection.setRemoteDescription(RTCSessionDescription(sdp=data["sdp"], type=data["type"]))
            for candidate in self.early:
                await self.connection.addIceCandidate(candidate)
            if kind == "offer":
                await self.connection.setLocalDescription(await self.connection.createAnswer())
                self.describe()
        elif kind == "ice-candidate":
            candidate = candidate_from_sdp(data["candidate"].partition(":")[2])
            candidate.sdpMid, candidate.sdpMLineIndex = data["sdpMid"], data["sdpMLineIndex"]
            if self.connection.remoteDescription is None:
                self.early.append(candidate)
            else:
                await self.connection.addIceCandidate(candidate)
        elif kind in ("text", "bytes"):
            self.drained.clear()
            self.channel.send(line["text"] if kind == "text" else bytes.fromhex(line["bytes"]))
            if self.channel.bufferedAmount > HIGH:
                await self.drained.wait()
        elif kind == "close":
            self.channel.close()
        else:
            raise ValueError(f"a line of type {kind}")


async def main():
    peer = Peer()
    write("ready")
    async for line in lines():
        if line["type"] != "start":
            await peer.take(line)
        elif sys.argv[1] == "offer":
            await peer.offer()
    await peer.connection.close()


asyncio.run(main())
