"""What goes on beside the steady client of a PeerPigeon hub: connections that come and go, relays, a client that reads
nothing, malformed messages, and a hub that tells of others."""

import contextlib
import json
import os
import pathlib
import select
import socket
import struct
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Interop" / "peerpigeon"))
from rawws import BINARY, PING, TEXT, build_frame

NETWORK, HUBS = "global", "pigeonhub-mesh"
LONGEST = 1 << 20      # bytes of a message
DEEP = 100_000
MALFORMED = [
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b'{"type":"announce","data":' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"type":"ping","type":"announce","type":"ping"}',
    b'{"type":"announce","data":{"a":"\\ud800"},"networkName":"\\udfff"}',
    b'{"type":"announce","data":{"a":1e999999,"b":-' + b"9" * 1000 + b'},"maxPeers":1e-9}',
    b'{"type":"offer","targetPeerId":{"a":[1]},"data":{}}',
    b'{"type":"offer","targetPeerId":"' + b"A" * 40 + b'","fromPeerId":"' + b"b" * 40 + b'","data":{}}',
    b'{"type":"announce","data":{"peerId":"' + b"b" * 39 + b'"}}',
    b'{"type":"announce","networkName":"' + b"x" * 500_000 + b'"}',
    b'{"type":"announce","da', b"", b"\0", b"\xff\xfe", b"null", b"[]", b"5",
]


class Client:
    """One connection to the hub."""

    def __init__(self, port, host, peer=None, target=None, fields=""):
        self.peer = peer or os.urandom(20).hex()
        self.socket = socket.socket()
        self.socket.settimeout(10)
        self.kept = b""
        try:
            self.socket.bind((host, 0))
            self.socket.connect(("127.0.0.1", port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.sendall((
                f"GET {target or '/?peerId=' + self.peer} HTTP/1.1\r\n{fields or 'Host: hub'}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n").encode())
            while b"\r\n\r\n" not in self.kept:
                self.more()
            head, _, self.kept = self.kept.partition(b"\r\n\r\n")
            if b" 101 " not in head.splitlines()[0]:
                raise OSError(head.splitlines()[0])
        except OSError:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def more(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise OSError("the hub has closed the connection")
        self.kept += data

    def read(self):
        """The next message, as JSON; control frames are passed over."""
        while True:
            while len(self.kept) < 2:
                self.more()
            length, at = self.kept[1] & 0x7f, 2
            form = {126: ">H", 127: ">Q"}.get(length)
            if form:
                while len(self.kept) < at + struct.calcsize(form):
                    self.more()
                length, = struct.unpack_from(form, self.kept, at)
                at += struct.calcsize(form)
            while len(self.kept) < at + length:
                self.more()
            opcode, payload = self.kept[0] & 0x0f, self.kept[at:at + length]
            self.kept = self.kept[at + length:]
            if opcode == TEXT:
                return json.loads(payload)

    def until(self, kind, sender=None):
        """The next message of a type, from somebody."""
        while True:
            message = self.read()
            if message["type"] == kind and sender in (None, message.get("fromPeerId")):
                return message

    def skip(self):
        """Throws away what has come."""
        while select.select([self.socket], [], [], 0)[0]:
            if not self.socket.recv(1 << 20):
                raise OSError("the hub has closed the connection")

    def say(self, kind, **members):
        self.socket.sendall(build_frame(TEXT, json.dumps({"type": kind, **members}).encode()))

    def announce(self, network=NETWORK, **data):
        self.say("announce", networkName=network, data={"peerId": self.peer, **data}, maxPeers=3)


class PeerPigeon:
    words = ["peerpigeon", "--control", "none"]
    title = "peerpigeon hub"

    def __init__(self, node, load, is_long):
        self.node, self.load = node, load
        load.begin("connections", self.churn)
        load.begin("relays", self.relays)
        load.begin("signals to one that does not read", self.deaf)
        load.begin("malformed messages", self.malformed)
        load.begin("false peers and hubs", self.poison)

    def connect(self, host, **options):
        return Client(self.node.port, host, **options)

    def keep_open(self):
        return self.connect("127.0.0.6")

    def churn(self, name):
        """A second of a thousand from one address at most, most of them without an end of their own, and one of quiet."""
        begun = time.monotonic()
        for i in range(1000):
            if time.monotonic() - begun > 1 or self.load.ends.is_set():
                break
            s = socket.socket()
            try:
                s.settimeout(10)
                s.bind(("127.0.0.4", 0))
                s.connect(("127.0.0.1", self.node.port))
                if i % 4 == 0:
                    s.sendall(b"GET /?peerId=")
                elif i % 4 == 1:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                elif i % 4 == 2:
                    s.sendall(f"GET /?peerId={os.urandom(20).hex()} HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                              "Sec-WebSocket-Version: 13\r\n\r\n".encode())
                else:
                    s.sendall(b"GET /health HTTP/1.1\r\nHost: hub\r\n\r\n")
            finally:
                s.close()
            self.load.counts[name] += 1
        self.load.ends.wait(1)

    def relays(self, name):
        """A second of offers to everybody as fast as the hub reads: to one that is there, to itself and to nobody."""
        with self.connect("127.0.0.3") as a, self.connect("127.0.0.3") as b:
            network = os.urandom(8).hex()
            a.announce(network)
            b.announce(network)
            targets = [b.peer, b.peer, a.peer, os.urandom(20).hex()]
            data, begun = {"sdp": "x" * 500}, time.monotonic()
            while time.monotonic() - begun < 1 and not self.load.ends.is_set():
                for target in targets:
                    a.say("offer", targetPeerId=target, networkName=network, data=data)
                    self.load.counts[name] += 1
                a.skip()
                b.skip()
        self.load.ends.wait(1)

    def deaf(self, name):
        """What one that does not read is sent, until the hub closes it, or for ten seconds."""
        with self.connect("127.0.0.5") as a, self.connect("127.0.0.5") as b:
            network = os.urandom(8).hex()
            a.announce(network)
            b.announce(network)
            begun, number = time.monotonic(), 0
            while time.monotonic() - begun < 10 and not self.load.ends.is_set():
                number += 1
                a.say("offer", targetPeerId=b.peer, networkName=network, data={"sdp": "x" * 10_000, "n": number})
                self.load.counts[name] += 1
                a.skip()
                time.sleep(0.001)

    def malformed(self, name):
        """Each in its turn, on a connection of its own; a hub may close it, and no other."""
        for text in MALFORMED:
            with contextlib.suppress(OSError), self.connect("127.0.0.7") as a:
                a.announce(os.urandom(8).hex())
                a.socket.sendall(build_frame(TEXT, text))
                a.socket.sendall(build_frame(PING, b""))
                self.load.counts[name] += 1
                a.skip()
        for frame in (build_frame(TEXT, b"x" * (LONGEST + 1)), build_frame(BINARY, b"\0\xff"),
                      build_frame(TEXT, length=1 << 62), build_frame(3, b""), build_frame(TEXT, b"", mask=False)):
            with contextlib.suppress(OSError), self.connect("127.0.0.7") as a:
                a.socket.sendall(frame)
                self.load.counts[name] += 1
                a.until("nothing")
        for target, fields in (("//?peerId=", ""), ("/?peerId=" + "A" * 40, "Host: ]["), ("/?peerId=%zz", ""),
                               ("/?peerId=" + "a" * 39, ""), ("/?peerId=" + os.urandom(20).hex(), "Host: [" * 100)):
            with contextlib.suppress(OSError), self.connect("127.0.0.7", target=target, fields=fields):
                pass
            self.load.counts[name] += 1
        self.load.ends.wait(0.5)

    def poison(self, name):
        """A client that says to be a hub, and names hubs and peers that nobody has seen."""
        with self.connect("127.0.0.8") as a:
            a.announce(HUBS, isHub=True, host="127.0.0.8", port=9)
            for _ in range(300):
                one = os.urandom(20).hex()
                a.say("peer-discovered", networkName=os.urandom(4).hex(), data={"peerId": one})
                a.say("peer-discovered", networkName=HUBS, data={"peerId": one, "isHub": True, "port": 9, "host": "127.0.0.8"})
                a.say("offer", networkName=NETWORK, targetPeerId=os.urandom(20).hex(), fromPeerId=one, data={})
                self.load.counts[name] += 3
                a.skip()
                if self.load.ends.wait(0.01):
                    return

    def steady(self, answers, within):
        """Two clients: a ping is answered, and an offer gets from one to the other, once and as it is."""
        number, pair = 0, None
        while not self.load.ends.is_set():
            begun, came = time.monotonic(), None
            try:
                if pair is None:
                    pair = [self.connect("127.0.0.2") for _ in range(2)]
                    for one in pair:
                        one.announce("steady")
                a, b = pair
                a.socket.settimeout(within)
                b.socket.settimeout(within)
                number += 1
                a.say("ping", data=number)
                a.until("pong")
                a.say("offer", networkName="steady", targetPeerId=b.peer, data={"number": number})
                # One that comes twice is the wrong number for the next.
                if b.until("offer", a.peer)["data"]["number"] != number:
                    raise OSError("another offer")
                came = time.monotonic() - begun
            except OSError:
                for one in pair or []:
                    one.socket.close()
                pair = None
            answers.times.append(came)
            self.load.ends.wait(0.5)
        for one in pair or []:
            one.socket.close()
