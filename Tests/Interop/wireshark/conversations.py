"""Captures of what Captures has none of: connections of WebSocket that are known by an earlier message alone.

In each, a first connection has a message that can only be of the protocol, and then others that can be of any; a second
one between the same ends, which is no connection of the protocol, has the latter.
"""

import pathlib
import random
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "decode/gen"))
import capwriter as cw

TEXT, BINARY = 1, 2
PEER = "a1" * 20
# Of a protocol: where it is, a message of its own, and others.
CONTENTS = {
    "dxos": ("/.well-known/dx/signal", (TEXT, b"__ping__"), [(BINARY, cw.field(15, b"")), (BINARY, b"\xff")]),
    "peerpigeon": (
        f"/?peerId={PEER}", (TEXT, b'{"type":"announce","data":{"peerId":"%s"}}' % PEER.encode()),
        [(TEXT, b'{"x":1}'), (TEXT, b"no object")]),
}


def connection(rng, start, target, messages):
    """The packets of one connection that begins so many microseconds after the first."""
    flow = cw.TcpFlow(rng, cw.Address(1, 40000), cw.Address(2, 3000), start)
    for direction, data in enumerate(cw.ws_upgrade(cw.Noise(1, 1 << 10), target, "10.0.0.2:3000")):
        flow.send(direction, data)
    for opcode, message in messages:
        flow.send(0, cw.ws_frame(message, opcode, b"mask"))
    flow.close()
    return flow.out


def write(path, protocol):
    """Writes the capture of a protocol that has one; returns whether it has."""
    if protocol not in CONTENTS:
        return False
    target, own, others = CONTENTS[protocol]
    rng, pcap = random.Random(1), cw.Pcap(path)
    for time, frame in connection(rng, 0, target, [own, *others]) + connection(rng, 1_000_000, "/chat", others):
        pcap.write(time, frame)
    pcap.close()
    return True
