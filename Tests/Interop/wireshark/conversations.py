"""Captures of what Captures has none of.

Of WebSocket: a connection with a message that can only be of the protocol, and then others that can be of any; and a second
one between the same ends, which is no connection of the protocol and has the latter. Of libp2p: floodsub; streams of yamux
with the number of one that both sides have ended, and of one that was reset; streams for which sides agree on what protects
a connection, on the name of a layer, which is no id, and on a version that nobody knows; and what is said before the other
side has agreed, to an id that is known and to one that is not.
"""

import pathlib
import random
import struct
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "decode/gen"))
import capwriter as cw

TEXT, BINARY = 1, 2
PEER = "a1" * 20
# Of a protocol: where it is, a message of its own, and others.
WEBSOCKET = {
    "dxos": ("/.well-known/dx/signal", (TEXT, b"__ping__"), [(BINARY, cw.field(15, b"")), (BINARY, b"\xff")]),
    "peerpigeon": (
        f"/?peerId={PEER}", (TEXT, b'{"type":"announce","data":{"peerId":"%s"}}' % PEER.encode()),
        [(TEXT, b'{"x":1}'), (TEXT, b"no object")]),
}
SYN, ACK, FIN, RST = 1, 2, 4, 8


def websocket(rng, start, target, messages):
    """The packets of one connection that begins so many microseconds after the first."""
    flow = cw.TcpFlow(rng, cw.Address(1, 40000), cw.Address(2, 3000), start)
    for direction, data in enumerate(cw.ws_upgrade(cw.Noise(1, 1 << 10), target, "10.0.0.2:3000")):
        flow.send(direction, data)
    for opcode, message in messages:
        flow.send(0, cw.ws_frame(message, opcode, b"mask"))
    flow.close()
    return flow.out


def negotiation(protocol):
    """What each side says to agree on a protocol."""
    return b"".join(cw.framed(text.encode() + b"\n") for text in ("/multistream/1.0.0", protocol))


def stream(flow, number, protocol, says, end, early=b""):
    """A stream of yamux in which the opener, and where it is an echo the other side, says something.

    `early`: what the opener says behind its proposal.
    """
    def frame(direction, flags, payload):
        flow.send(direction, struct.pack(">BBHII", 0, 0, flags, number, len(payload)) + payload)

    frame(0, SYN, negotiation(protocol) + early)
    frame(1, ACK, negotiation(protocol))
    frame(0, 0, says)
    if protocol == "/ipfs/ping/1.0.0":
        frame(1, 0, says)
    frame(1, end, b"")
    if end == FIN:
        frame(0, FIN, b"")


def libp2p(rng):
    """The packets of a connection over plaintext and yamux."""
    flow = cw.TcpFlow(rng, cw.Address(1, 40000), cw.Address(2, 4001), 0)
    keys = [cw.field(1, 1) + cw.field(2, bytes([side]) * 32) for side in (1, 2)]
    exchanges = [cw.framed(cw.field(1, b"\0" + cw.framed(key)) + cw.field(2, key)) for key in keys]
    for said in [negotiation("/plaintext/2.0.0")] * 2, exchanges, [negotiation("/yamux/1.0.0")] * 2:
        for direction, data in enumerate(said):
            flow.send(direction, data)
    subscription = cw.framed(cw.field(1, cw.field(1, 1) + cw.field(2, "topic")))
    stream(flow, 1, "/floodsub/1.0.0", subscription, FIN)
    stream(flow, 1, "/ipfs/ping/1.0.0", bytes(range(32)), FIN)
    stream(flow, 3, "/meshsub/1.1.0", subscription, RST)
    stream(flow, 3, "/floodsub/1.0.0", subscription, FIN)
    stream(flow, 5, "/noise", struct.pack(">H", 32) + bytes(32), FIN)
    stream(flow, 7, "libp2p.ping", bytes(range(32)), FIN)
    stream(flow, 9, "libp2p.stream", negotiation("/ipfs/ping/1.0.0"), FIN)
    stream(flow, 11, "/meshsub/9.0.0", subscription, FIN)
    stream(flow, 13, "/meshsub/1.1.0", subscription, FIN, early=subscription)
    stream(flow, 15, "/chat/1.0.0", subscription, FIN, early=subscription)
    flow.close()
    return flow.out


def write(path, protocol):
    """Writes the capture of a protocol that has one; returns whether it has."""
    rng = random.Random(1)
    if protocol in WEBSOCKET:
        target, own, others = WEBSOCKET[protocol]
        packets = websocket(rng, 0, target, [own, *others]) + websocket(rng, 1_000_000, "/chat", others)
    elif protocol == "gossipsub":
        packets = libp2p(rng)
    else:
        return False
    pcap = cw.Pcap(path)
    for time, frame in packets:
        pcap.write(time, frame)
    pcap.close()
    return True
