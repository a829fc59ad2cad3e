#!/usr/bin/env python3
# Provenance: the project's collection of independent peers, peers/nano; unchanged but for this line and --like.
"""A small live Nano peer: handshake (V1 and V2), keepalive, one JSON line per event.

It accepts connections, opens them, or both, and needs only the standard
library and the package ed25519-blake2b. It keeps no ledger: it is a partner for
interoperability tests.

    python3 nano_peer.py --listen 7075
    python3 nano_peer.py --connect 127.0.0.1:7075 --handshake v1 --for 5
    python3 nano_peer.py --listen 0 --connect 127.0.0.1:7075 --network dev

Options
    --network NAME      live, beta, dev or test: magic bytes and genesis (live)
    --listen PORT       accept connections; 0 picks a free port
    --bind ADDRESS      address to listen on (127.0.0.1)
    --connect HOST:PORT open a connection; may be repeated
    --handshake v1|v2   version of our queries (v2); replies follow the query
    --versions MAX,USING,MIN   header versions, hexadecimal (15,15,14)
    --key HEX64         private node key; default: random
    --keepalive SECONDS period of keepalives once connected (15, 0 for none)
    --peer HOST:PORT    peer to name in keepalives; may be repeated
    --then NAME         after the handshake also send: telemetry_ack,
                        telemetry_req, confirm_req, confirm_ack, account_info,
                        publish; may be repeated
    --fault NAME        misbehave in the handshake: bad-signature,
                        wrong-cookie, wrong-genesis, altered-salt, own-id
                        (answer with the other side's id), second-query,
                        query-only, silent, late (15 s), trickle (10 ms a
                        byte), response-first
    --send HEX          raw bytes to send after the handshake; may be repeated
    --for SECONDS       stop after that time; default: run until interrupted
    --hex               add the raw bytes to each line
    --like NAME         behave like nano-28, nano-2026 or rsnano (nano_like.py); with --listen,
                        --bind and --connect, which names configured peers
    --control PATH      with --like: a socket for endpoints to dial (nano_like.py)

Rules implemented. A connection begins with the opener's query (a 32-byte
cookie). The listener replies with its own query and a response in one message;
the opener ends with a response alone. A response signs the cookie of the other
side (V1) or cookie, salt and genesis hash (V2) with the node key, Ed25519 over
BLAKE2b-512. Checks on a response: not our own id, genesis is ours (V2), a query
of ours is open on this connection, the signature is good; anything else closes
the connection, as does a message other than the handshake before it is done.
A keepalive names eight peers of 16 bytes IPv6 and a little-endian port; the
first slot is [::] and our own listening port.

Events: listening, connected, sent, received, handshake-done,
handshake-failed, protocol-error, closed. All times "t" are in seconds since the
start.
"""

import argparse
import hashlib
import ipaddress
import json
import os
import socket
import struct
import sys
import threading
import time

import ed25519_blake2b

NETWORKS = {  # name: (magic, genesis hash, genesis account)
    "live": (b"RC", "991CF190094C00F0B68E2E5F75F6BEE95A2E0BD93CEAA4A6734DB9F19B728948",
             "E89208DD038FBB269987689621D52292AE9C35941A7484756ECCED92A65093BA"),
    "beta": (b"RB", "E1227CF974C1455A8B630433D94F3DDBF495EEAC9ADD2481A4A1D90A0D00F488",
             "259A438A8F9F9226130C84D902C237AF3E57C0981C7D709C288046B110D8C8AC"),
    "dev": (b"RA", "04270D7F11C4B2B472F2854C5A59F2A7E84226CE9ED799DE75744BD7D85FC9D9",
            "B0311EA55708D6A53C75CDBF88300259C6D018522FE3D4D0A242E431F9E8B6D0"),
    "test": (b"RX", "B1D60C0B886B57401EF5A1DAA04340E53726AA6F4D706C085706F31BBD100CEE",
             "45C6FF9D1706D61F0821327752671BDA9F9ED2DA40326B01935AB566FB9E08ED"),
}
TYPES = {2: "keepalive", 3: "publish", 4: "confirm_req", 5: "confirm_ack", 6: "bulk_pull", 7: "bulk_push",
         8: "frontier_req", 10: "node_id_handshake", 11: "bulk_pull_account", 12: "telemetry_req",
         13: "telemetry_ack", 14: "asc_pull_req", 15: "asc_pull_ack"}
CODES = {name: code for code, name in TYPES.items()}
BLOCK_SIZES = {2: 152, 3: 136, 4: 168, 5: 136, 6: 216}
QUERY, RESPONSE, V2 = 1, 2, 4


def hash_count(ext):
    """Number of hashes or pairs stated in the extensions of a confirm message."""
    return ((ext >> 12) << 4) | ((ext >> 4) & 15) if ext & 1 else ext >> 12


def payload_size(kind, ext):
    """Payload bytes that follow a header; None for an unknown type."""
    name = TYPES.get(kind)
    if name is None:
        return None
    if name == "node_id_handshake":
        return 32 * bool(ext & QUERY) + (160 if ext & V2 else 96) * bool(ext & RESPONSE)
    return {
        "keepalive": 144, "publish": BLOCK_SIZES.get((ext >> 8) & 15, 0), "confirm_req": 64 * hash_count(ext),
        "confirm_ack": 104 + 32 * hash_count(ext), "bulk_pull": 64 + 8 * (ext & 1), "bulk_push": 0,
        "frontier_req": 40, "bulk_pull_account": 49, "telemetry_req": 0, "telemetry_ack": ext & 0x3FF,
        "asc_pull_req": 9 + ext, "asc_pull_ack": 9 + ext,
    }[name]


def account_text(key, prefix="node_"):
    alphabet = "13456789abcdefghijkmnopqrstuwxyz"

    def digits(data, n):
        value = int.from_bytes(data, "big")
        return "".join(alphabet[(value >> (5 * i)) & 31] for i in reversed(range(n)))
    return prefix + digits(key, 52) + digits(hashlib.blake2b(key, digest_size=5).digest()[::-1], 8)


def verify(key, signature, message):
    try:
        ed25519_blake2b.VerifyingKey(key).verify(signature, message)
        return True
    except Exception:  # the package raises several kinds
        return False


def endpoint(host, port):
    address = ipaddress.ip_address(host)
    if address.version == 4:
        address = ipaddress.IPv6Address("::ffff:" + host)
    return address.packed + struct.pack("<H", port)


def read_endpoints(payload):
    out = []
    for i in range(0, len(payload) - 17, 18):
        raw, port = payload[i:i + 16], struct.unpack("<H", payload[i + 16:i + 18])[0]
        if any(raw) or port:
            address = ipaddress.IPv6Address(raw)
            out.append(f"{address.ipv4_mapped or f'[{address}]'}:{port}")
    return out


class Peer:
    """State shared by all connections."""

    def __init__(self, args):
        self.args = args
        self.magic, genesis, account = NETWORKS[args.network]
        self.genesis, self.genesis_account = bytes.fromhex(genesis), bytes.fromhex(account)
        self.versions = bytes(int(v, 16) for v in args.versions.split(","))
        self.key = ed25519_blake2b.SigningKey(bytes.fromhex(args.key) if args.key else os.urandom(32))
        self.node_id = self.key.get_verifying_key().to_bytes()
        self.port = 0
        self.start = time.time()
        self.lock = threading.Lock()
        self.connections = []

    def report(self, event, **fields):
        line = json.dumps({"t": round(time.time() - self.start, 3), "event": event, **fields})
        with self.lock:
            print(line, flush=True)

    def message(self, name, payload=b"", ext=0):
        return self.magic + self.versions + bytes([CODES[name]]) + struct.pack("<H", ext) + payload

    def response(self, cookie, v2, fault=None):
        """Node id, salt and genesis where V2, and the signature."""
        if fault == "wrong-cookie":
            cookie = bytes(32)
        salt = os.urandom(32)
        genesis = bytes(32) if fault == "wrong-genesis" else self.genesis
        signed = cookie + salt + genesis if v2 else cookie
        signature = self.key.sign(signed)
        if fault == "bad-signature":
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        if fault == "altered-salt":
            salt = bytes([salt[0] ^ 1]) + salt[1:]
        return self.node_id + (salt + genesis if v2 else b"") + signature

    def keepalive(self):
        slots = endpoint("::", self.port) + b"".join(
            endpoint(*self.split(p)) for p in self.args.peer[:7])
        return self.message("keepalive", slots.ljust(144, b"\0"))

    @staticmethod
    def split(text):
        host, _, port = text.rpartition(":")
        return host.strip("[]"), int(port)

    def telemetry(self):
        now = int(time.time() * 1000)
        body = (self.node_id + struct.pack(">QQQQQI", 1, 1, 0, 1, 0, len(self.connections))
                + self.versions[1:2] + struct.pack(">Q", int(time.time() - self.start)) + self.genesis
                + bytes([28, 0, 0, 0, 0]) + struct.pack(">QQ", now, 0xFFFFFFF800000000))
        return self.message("telemetry_ack", self.key.sign(body) + body, 202)

    def vote(self):
        stamp = b"\xff" * 8  # a final vote
        digest = hashlib.blake2b(b"vote " + self.genesis + stamp, digest_size=32).digest()
        return self.message("confirm_ack", self.node_id + self.key.sign(digest) + stamp + self.genesis, 0x1100)

    def state_block(self):
        """A change block of the node key's account; its work is below every threshold."""
        body = self.node_id + bytes(32) + self.node_id + bytes(16) + bytes(32)
        # One number in sixteen reaches the lowest threshold of the dev network, so not any number will do.
        work = next(number.to_bytes(8, "little") for number in range(1 << 16)
                    if hashlib.blake2b(number.to_bytes(8, "little") + self.node_id, digest_size=8).digest()[7] < 128)
        digest = hashlib.blake2b(bytes(31) + b"\x06" + body, digest_size=32).digest()
        return self.message("publish", body + self.key.sign(digest) + work[::-1], 0x0600)

    def extra(self, name):
        if name == "telemetry_req":
            return self.message("telemetry_req")
        if name == "telemetry_ack":
            return self.telemetry()
        if name == "confirm_req":
            return self.message("confirm_req", self.genesis + self.genesis_account, 0x1100)
        if name == "confirm_ack":
            return self.vote()
        if name == "publish":
            return self.state_block()
        return self.message("asc_pull_req", b"\x02" + struct.pack(">Q", 7) + self.genesis_account + b"\0", 33)

    def describe(self, raw):
        kind, ext = raw[5], struct.unpack("<H", raw[6:8])[0]
        body = raw[8:]
        out = {"type": TYPES.get(kind, kind), "versions": raw[2:5].hex(), "ext": f"0x{ext:04x}", "bytes": len(raw)}
        if kind == 2:
            out["peers"] = read_endpoints(body)
        elif kind == 10:
            out["version"] = 2 if ext & V2 else 1
            if ext & QUERY:
                out["cookie"], body = body[:32].hex(), body[32:]
            if ext & RESPONSE and len(body) >= 96:
                out["nodeId"] = body[:32].hex()
                if ext & V2:
                    out["salt"], out["genesis"] = body[32:64].hex(), body[64:96].hex()
                out["signature"] = body[-64:].hex()
        elif kind == 13 and len(body) >= 202:
            out.update(nodeId=body[64:96].hex(), signatureValid=verify(body[64:96], body[:64], body[64:]))
        elif kind == 5:
            digest = hashlib.blake2b(b"vote " + body[104:] + body[96:104], digest_size=32).digest()
            out.update(hashes=hash_count(ext), signatureValid=verify(body[:32], body[32:96], digest))
        elif kind == 4:
            out["pairs"] = hash_count(ext)
        elif kind in (14, 15) and len(body) >= 9:
            out.update(pullType=body[0], id=struct.unpack(">Q", body[1:9])[0])
        if self.args.hex:
            out["hex"] = raw.hex()
        return out


class Connection(threading.Thread):
    def __init__(self, peer, sock, opener):
        super().__init__(daemon=True)
        self.peer, self.sock, self.opener = peer, sock, opener
        self.name = "%s:%d" % sock.getpeername()[:2]
        self.fault = peer.args.fault
        self.cookie = None          # of our open query
        self.queried = False        # the other side sent its query
        self.remote = None          # its node id once verified
        self.closing = self.closed = False
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data, trickle=False):
        self.peer.report("sent", peer=self.name, **self.peer.describe(data))
        for piece in ([data[i:i + 1] for i in range(len(data))] if trickle else [data]):
            self.sock.sendall(piece)
            if trickle:
                time.sleep(0.01)

    def query(self):
        """Payload and flag of a query of ours."""
        self.cookie = os.urandom(32)
        return self.cookie

    def run(self):
        self.peer.report("connected", peer=self.name, direction="out" if self.opener else "in")
        reason = "end of stream"
        try:
            if self.opener and self.fault not in ("silent", "response-first"):
                flags = QUERY | (V2 if self.peer.args.handshake == "v2" else 0)
                self.send(self.peer.message("node_id_handshake", self.query(), flags), self.fault == "trickle")
            elif self.opener and self.fault == "response-first":
                self.send(self.peer.message("node_id_handshake", self.peer.response(bytes(32), True), RESPONSE | V2))
            while not self.closing:
                raw = self.read()
                if raw is None:
                    break
                reason = self.received(raw) or reason
                if self.closing:
                    break
        except OSError as error:
            reason = error.__class__.__name__
        except ValueError as error:
            reason = str(error)
            self.peer.report("protocol-error", peer=self.name, reason=reason)
        self.closed = True
        self.sock.close()
        if self in self.peer.connections:
            self.peer.connections.remove(self)
        self.peer.report("closed", peer=self.name, reason=reason, handshake=self.remote is not None)

    def need(self, n):
        data = b""
        while len(data) < n:
            chunk = self.sock.recv(n - len(data))
            if not chunk:
                if data:
                    raise ValueError(f"stream ended {n - len(data)} bytes early")
                return None
            data += chunk
        return data

    def read(self):
        head = self.need(8)
        if head is None:
            return None
        if head[:2] != self.peer.magic:
            raise ValueError(f"wrong network or no header: {head.hex()}")
        if head[3] < self.peer.versions[2]:
            raise ValueError(f"outdated version 0x{head[3]:02x}")
        size = payload_size(head[5], struct.unpack("<H", head[6:8])[0])
        if size is None:
            raise ValueError(f"unknown message type 0x{head[5]:02x}")
        body = self.need(size) if size else b""
        if body is None:
            raise ValueError("stream ended after a header")
        return head + body

    def received(self, raw):
        """Handles one message; a returned text is why the connection ends."""
        self.peer.report("received", peer=self.name, **self.peer.describe(raw))
        if raw[5] != CODES["node_id_handshake"]:
            if self.remote is None:
                self.closing = True
                return "message before the handshake"
            return None
        if self.remote is not None and self.fault != "second-query":
            return None  # late handshakes are ignored
        ext, body = struct.unpack("<H", raw[6:8])[0], raw[8:]
        if not ext & (QUERY | RESPONSE):
            return self.fail("neither query nor response")
        theirs = None
        if ext & QUERY:
            if self.queried:
                return self.fail("second query")
            self.queried, theirs, body = True, body[:32], body[32:]
        if ext & RESPONSE:
            problem = self.check(body, bool(ext & V2))
            if problem:
                return self.fail(problem)
        if theirs is not None:
            self.reply(theirs, bool(ext & V2))
        if ext & RESPONSE:
            self.done(ext)
        return None

    def reply(self, cookie, v2):
        if self.fault == "silent":
            return
        if self.fault == "late":
            time.sleep(15)
        flags, payload = RESPONSE | (V2 if v2 else 0), b""
        if not self.opener or self.fault == "second-query":
            flags, payload = flags | QUERY, self.query()
        if self.fault == "query-only":
            self.send(self.peer.message("node_id_handshake", payload or self.query(), QUERY | (V2 if v2 else 0)))
            return
        response = self.peer.response(cookie, v2, self.fault)
        if self.fault == "own-id" and self.theirs_id:
            response = self.theirs_id + response[32:]
        self.send(self.peer.message("node_id_handshake", payload + response, flags), self.fault == "trickle")

    theirs_id = None

    def check(self, body, v2):
        node_id, signature = body[:32], body[-64:]
        self.theirs_id = node_id
        if node_id == self.peer.node_id:
            return "our own node id"
        if v2 and body[64:96] != self.peer.genesis:
            return "other genesis"
        if self.cookie is None:
            return "no open query"
        cookie, self.cookie = self.cookie, None
        if not verify(node_id, signature, cookie + body[32:-64]):
            return "invalid signature"
        self.remote = node_id
        return None

    def fail(self, reason):
        self.closing = True
        self.peer.report("handshake-failed", peer=self.name, reason=reason)
        return reason

    def done(self, ext):
        args = self.peer.args
        self.peer.report("handshake-done", peer=self.name, version=2 if ext & V2 else 1, nodeId=self.remote.hex(),
                         nodeAccount=account_text(self.remote))
        threading.Thread(target=self.talk, args=(args,), daemon=True).start()

    def talk(self, args):
        try:
            if args.keepalive:
                self.send(self.peer.keepalive())
            for name in args.then:
                self.send(self.peer.extra(name))
            for text in args.send:
                data = bytes.fromhex(text)
                self.peer.report("sent", peer=self.name, raw=text)
                self.sock.sendall(data)
            while args.keepalive:
                time.sleep(args.keepalive)
                if self.closed:
                    break
                self.send(self.peer.keepalive())
        except OSError:
            pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", choices=sorted(NETWORKS), default="live")
    parser.add_argument("--listen", type=int)
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--connect", action="append", default=[])
    parser.add_argument("--handshake", choices=["v1", "v2"], default="v2")
    parser.add_argument("--versions", default="15,15,14")
    parser.add_argument("--key")
    parser.add_argument("--keepalive", type=float, default=15)
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--then", action="append", default=[], choices=[
        "telemetry_ack", "telemetry_req", "confirm_req", "confirm_ack", "account_info", "publish"])
    parser.add_argument("--fault", choices=[
        "bad-signature", "wrong-cookie", "wrong-genesis", "altered-salt", "own-id", "second-query", "query-only",
        "silent", "late", "trickle", "response-first"])
    parser.add_argument("--send", action="append", default=[])
    parser.add_argument("--for", dest="duration", type=float)
    parser.add_argument("--hex", action="store_true")
    parser.add_argument("--like", choices=["nano-28", "nano-2026", "rsnano"])
    parser.add_argument("--control")
    args = parser.parse_args()
    if args.listen is None and not args.connect:
        parser.error("give --listen, --connect or both")

    if args.like:
        import nano_like
        sys.exit(nano_like.main(args))

    peer = Peer(args)
    server = None
    if args.listen is not None:
        server = socket.create_server((args.bind, args.listen),
                                      family=socket.AF_INET6 if ":" in args.bind else socket.AF_INET)
        peer.port = server.getsockname()[1]
    peer.report("listening" if server else "started", port=peer.port, network=args.network,
                nodeId=peer.node_id.hex(), nodeAccount=account_text(peer.node_id))

    def accept():
        while True:
            try:
                sock, _ = server.accept()
            except OSError:
                return
            connection = Connection(peer, sock, False)
            peer.connections.append(connection)
            connection.start()

    if server:
        threading.Thread(target=accept, daemon=True).start()
    for target in args.connect:
        try:
            sock = socket.create_connection(peer.split(target), timeout=10)
            sock.settimeout(None)
        except OSError as error:
            peer.report("closed", peer=target, reason=error.__class__.__name__, handshake=False)
            continue
        connection = Connection(peer, sock, True)
        peer.connections.append(connection)
        connection.start()
    try:
        end = time.time() + args.duration if args.duration else float("inf")
        while time.time() < end and (server or peer.connections):
            time.sleep(0.05)
    except KeyboardInterrupt:
        pass
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
