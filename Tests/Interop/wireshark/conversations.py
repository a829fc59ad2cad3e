"""Captures of what Captures has none of.

Of WebSocket: a connection with a message that can only be of the protocol, and then others that can be of any; and a second
one between the same ends, which is no connection of the protocol and has the latter. Of libp2p: floodsub; streams of yamux
with the number of one that both sides have ended, and of one that was reset; streams for which sides agree on what protects
a connection, on the name of a layer, which is no id, and on a version that nobody knows; and what is said before the other
side has agreed, to an id that is known and to one that is not.

Of Nano: legacy bootstrap, with requests whose answers are whole, are cut anywhere, follow each other, or never come.

And of each protocol, the messages of Vectors: those that are accepted, all messages in all their forms, and those that are
refused.
"""

import pathlib
import random
import re
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
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


def stream(flow, number, protocol, says, end, early=b"", answer=b""):
    """A stream of yamux in which the opener, and where it is an echo the other side, says something.

    `early`: what the opener says behind its proposal. `answer`: what the other side says at the end.
    """
    def frame(direction, flags, payload):
        flow.send(direction, struct.pack(">BBHII", 0, 0, flags, number, len(payload)) + payload)

    frame(0, SYN, negotiation(protocol) + early)
    frame(1, ACK, negotiation(protocol))
    frame(0, 0, says)
    if protocol == "/ipfs/ping/1.0.0":
        frame(1, 0, says)
    if answer:
        frame(1, 0, answer)
    frame(1, end, b"")
    if end == FIN:
        frame(0, FIN, b"")


def multiplexed(rng):
    """A connection over plaintext that has agreed on yamux."""
    flow = cw.TcpFlow(rng, cw.Address(1, 40000), cw.Address(2, 4001), 0)
    keys = [cw.field(1, 1) + cw.field(2, bytes([side]) * 32) for side in (1, 2)]
    exchanges = [cw.framed(cw.field(1, b"\0" + cw.framed(key)) + cw.field(2, key)) for key in keys]
    for said in [negotiation("/plaintext/2.0.0")] * 2, exchanges, [negotiation("/yamux/1.0.0")] * 2:
        for direction, data in enumerate(said):
            flow.send(direction, data)
    return flow


def libp2p(rng):
    """The packets of a connection with streams."""
    flow = multiplexed(rng)
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


def bootstrap(rng):
    """The packets of connections of legacy bootstrap."""
    def first(name):
        return next(vectors("nano/" + name))

    blocks = [one for one in vectors("nano/bulk_block") if len(one) > 1]
    frontiers = [one for one in vectors("nano/frontier") if any(one)]
    answers = {"blocks": b"".join(blocks) + b"\1", "frontiers": b"".join(4 * frontiers) + bytes(64)}
    asks = {"blocks": first("bulk_pull"), "frontiers": first("frontier_req")}
    for flags, name in enumerate(("pending_amount", "pending_address", "pending_block")):
        items = [one for one in vectors("nano/" + name) if any(one)]
        asks[name] = first("bulk_pull_account")[:-1] + bytes([flags])
        answers[name] = first("account_frontier") + b"".join(items) + bytes(len(items[0]))
    keepalive = first("keepalive")
    # Each conversation as (direction, bytes).
    all_ = [[(0, asks[name]), (1, answers[name]), (1, keepalive)] for name in asks]
    all_.append([(0, first("bulk_push")), (0, answers["blocks"]), (0, keepalive)])
    all_.append([(0, asks["blocks"] + asks["frontiers"]), (1, answers["blocks"] + answers["frontiers"])])
    all_.append([(0, asks["blocks"]), (1, keepalive), (0, keepalive)])
    all_.append([(0, asks["blocks"]), (1, blocks[0]), (1, b"\7" + blocks[0][1:])])
    # Pieces of one size, which cut items and headers anywhere.
    pieces = [(1, answers["frontiers"][at:at + 50]) for at in range(0, len(answers["frontiers"]), 50)]
    all_.append([(0, asks["frontiers"]), *pieces, (1, keepalive)])
    out = []
    for i, said in enumerate(all_):
        flow = cw.TcpFlow(rng, cw.Address(1, 50000 + i), cw.Address(2, 7075), 100_000 * i, split=0.3)
        for direction, data in said:
            flow.send(direction, data)
        flow.close()
        out += flow.out
    return out


# The files of Vectors with messages that stand in a connection by themselves.
WHOLE = {
    "nano": ("asc_pull_ack asc_pull_req bulk_pull bulk_pull_account bulk_push confirm_ack confirm_req frontier_req "
             "keepalive node_id_handshake publish telemetry_ack telemetry_req vote_relay_ack vote_relay_req"),
    "rightmesh": "find find_ack fragment hello hello_ack info info_ack",
    "dxos": "bye keepalive no_content open open_ack request response stream_close",
    "peerpigeon": ("announce answer cleanup cleanup_all client_signal_relay connected connection_rejected error goodbye "
                   "ice_candidate offer peer_disconnected peer_discovered ping pong unrouted"),
}


def vectors(place, expected="accept"):
    """The bytes of the messages in a file of Vectors that are accepted, or refused."""
    text = (ROOT / "Vectors" / (place + ".yaml")).read_text()
    for entry in re.split(r"^- name: ", text, flags=re.MULTILINE)[1:]:
        found = re.search(r'^  bytes: "0x([0-9a-f]*)"', entry, re.MULTILINE)
        if found and re.search(f"^  expect: {expected}", entry, re.MULTILINE):
            yield bytes.fromhex(found.group(1))


def whole(rng, protocol, expected):
    """The packets of connections with the messages of Vectors that are accepted, or refused."""
    def vectors_of(place):
        return list(vectors(place, expected))

    messages = [one for name in WHOLE.get(protocol, "").split() for one in vectors_of(f"{protocol}/{name}")]
    if protocol == "nano":
        out = []
        for i, message in enumerate(messages):
            flow = cw.TcpFlow(rng, cw.Address(1, 40000 + i), cw.Address(2, 7075), 100_000 * i)
            flow.send(0, message)
            flow.close()
            out += flow.out
        return out
    if protocol == "rightmesh":
        sender = cw.UdpSender(cw.Address(1, 40000), cw.Address(2, 40000))
        return [(i, frame) for i, message in enumerate(messages) for frame in sender.frames(message)]
    if protocol == "gossipsub":
        flow = multiplexed(rng)
        says = [("/meshsub/1.1.0", one, b"") for one in vectors_of("gossipsub/rpc")]
        says += [("/rendezvous/1.0.0", one, b"") for one in vectors_of("libp2p/rendezvous")]
        asks, answers = (vectors_of(f"gossipsub/snapshot_{name}") for name in ("request", "part"))
        says += [("/lib2p2/snapshot/1.0.0", asks[i % len(asks)], answer) for i, answer in enumerate(answers)]
        says += [("/lib2p2/snapshot/1.0.0", one, b"") for one in asks]
        for i, (name, said, answer) in enumerate(says):
            stream(flow, 2 * i + 1, name, said, FIN, answer=answer)
        flow.close()
        return flow.out
    target, own, _ = WEBSOCKET[protocol]
    return websocket(rng, 0, target, [own] + [
        (BINARY if protocol == "dxos" and message != own[1] else TEXT, message) for message in messages])


def write(path, protocol):
    """Writes the capture of a protocol that has one; returns whether it has."""
    rng = random.Random(1)
    if protocol in WEBSOCKET:
        target, own, others = WEBSOCKET[protocol]
        packets = websocket(rng, 0, target, [own, *others]) + websocket(rng, 1_000_000, "/chat", others)
    elif protocol == "gossipsub":
        packets = libp2p(rng)
    elif protocol == "nano":
        packets = bootstrap(rng)
    else:
        return False
    save(path, packets)
    return True


def write_vectors(path, protocol, expected):
    """Writes the capture with the messages of Vectors that are accepted (`accept`) or refused (`refuse`)."""
    save(path, whole(random.Random(1), protocol, expected))


def save(path, packets):
    pcap = cw.Pcap(path)
    for time, frame in packets:
        pcap.write(time, frame)
    pcap.close()
