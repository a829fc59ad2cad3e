"""A PeerPigeon hub without other hubs. Spec/tutorial-websocket.md writes it step by step."""
import base64
import contextlib
import hashlib
import json
import re
import socket
import threading
import time

PORT = 3000
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
connections = {}
SIGNALS = ("offer", "answer", "ice-candidate")
UNROUTED = "Signaling server does not route '{}' messages. Use WebRTC data channels for peer-to-peer communication."
lock = threading.Lock()
members = {}


def upgrade(stream):
    """The id of the client that asks for an upgrade, and the answer."""
    lines = [line.decode().strip() for line in iter(stream.readline, b"\r\n")]
    key = next(line.split(":")[1].strip() for line in lines if line.lower().startswith("sec-websocket-key:"))
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    peer = re.search("peerId=([0-9A-Fa-f]{40})|$", lines[0])[1]
    answer = f"HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: {accept}\n\n"
    return peer, answer.replace("\n", "\r\n").encode()


def frame(opcode, payload):
    """A message of a server in one frame."""
    size = len(payload)
    head = bytes([size]) if size < 126 else bytes([126]) + size.to_bytes(2, "big")
    if size > 0xFFFF:
        head = bytes([127]) + size.to_bytes(8, "big")
    return bytes([0x80 | opcode]) + head + payload


def tell(to, kind, **members):
    """Says something to a client, if it is there."""
    said = {"type": kind, "fromPeerId": "system", "timestamp": int(time.time() * 1000), **members}
    with contextlib.suppress(KeyError, OSError):
        connections[to].sendall(frame(TEXT, json.dumps(said).encode()))


def frames(stream):
    """Opcode and payload of each frame of a client."""
    while head := stream.read(2):
        size = head[1] & 0x7F
        if size > 125:
            size = int.from_bytes(stream.read(2 if size == 126 else 8), "big")
        mask = stream.read(4)
        yield head[0] & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(stream.read(size)))


def find(network, peer):
    """The other members of a network."""
    return [other for other, (its, _) in members.items() if its == network and other != peer]


def hear(peer, said):
    kind, network, to = said["type"], said.get("networkName") or "global", said.get("targetPeerId")
    if kind == "announce":
        members[peer] = network, said.get("data") or {}
        for other in find(network, peer):
            for one, new in ((other, peer), (peer, other)):
                tell(one, "peer-discovered", networkName=network, targetPeerId=one,
                     data={**members[new][1], "peerId": new, "isHub": False})
    elif kind == "ping":
        tell(peer, "pong", targetPeerId=peer, data={"timestamp": int(time.time() * 1000)})
    elif kind in SIGNALS:
        tell(to, kind, fromPeerId=peer, targetPeerId=to, networkName=network, data=said.get("data"))
    else:
        tell(peer, "error", error=UNROUTED.format(kind))


def leave(peer):
    connections.pop(peer, None)
    network, _ = members.pop(peer, (None, None))
    for other in find(network, peer):
        tell(other, "peer-disconnected", networkName=network, targetPeerId=other, data={"peerId": peer, "isHub": False})


def converse(connection):
    with connection, connection.makefile("rb") as stream:
        peer, answer = upgrade(stream)
        connection.sendall(answer)
        with lock:
            connections[peer] = connection
            tell(peer, "connected", data={"peerId": peer})
        try:
            for opcode, payload in frames(stream):
                with lock:
                    if opcode == TEXT:
                        hear(peer, json.loads(payload))
                    elif opcode in (PING, CLOSE):
                        connection.sendall(frame(PONG if opcode == PING else CLOSE, payload))
        except OSError:
            pass  # it went without a word
        finally:
            with lock:
                leave(peer)


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=converse, args=[connection], daemon=True).start()


main()
