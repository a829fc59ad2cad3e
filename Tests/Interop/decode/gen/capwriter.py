"""Small helpers for writing deterministic capture files with only the Python standard library.

Classes
    Pcap       buffered writer of classic pcap files (little endian, microseconds, Ethernet)
    TcpFlow    one TCP connection: segments byte streams, keeps sequence numbers, injects
               retransmissions, reordering and split segments, checksums everything
    UdpSender  UDP datagrams with optional IP fragmentation
    Interleave merges the packets of many flows into one file in time order

Every random decision comes from the random.Random instance given by the caller, so the same
arguments always give the same file.
"""
import argparse
import heapq
import json
import os
import random
import struct
import sys
import zlib

MSS = 1448
ETH4 = bytes.fromhex("020000000002020000000001") + b"\x08\x00"
ETH6 = bytes.fromhex("020000000002020000000001") + b"\x86\xdd"
BASE_TIME = 1_700_000_000

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def checksum(data):
    """Internet checksum. A sum of 16-bit words modulo 65535 is the whole number modulo 65535."""
    if len(data) & 1:
        data += b"\0"
    total = int.from_bytes(data, "big") % 65535
    return 65535 - total or 65535 if total else 65535 - total


class Pcap:
    """Buffered pcap writer. count and size are the packets and bytes written so far."""

    def __init__(self, path):
        self.file = open(path, "wb", buffering=1 << 20)
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        self.count = 0
        self.size = 24

    def write(self, time_us, frame):
        n = len(frame)
        self.file.write(struct.pack("<IIII", BASE_TIME + time_us // 1_000_000, time_us % 1_000_000, n, n))
        self.file.write(frame)
        self.count += 1
        self.size += 16 + n

    def close(self):
        self.file.close()


class Address:
    """An endpoint; v6 chooses the address family. ip is the packed address."""

    def __init__(self, host, port, v6=False):
        self.v6 = v6
        self.port = port
        if v6:
            self.ip = bytes.fromhex("fd00000000000000000000000000") + struct.pack(">H", host & 0xFFFF)
        else:
            self.ip = bytes((10, (host >> 16) & 255, (host >> 8) & 255, host & 255))

    def __str__(self):
        if self.v6:
            import ipaddress
            return "[%s]:%d" % (ipaddress.IPv6Address(self.ip), self.port)
        return "%d.%d.%d.%d:%d" % (*self.ip, self.port)


class Link:
    """Builds IP packets between two endpoints in one direction."""

    def __init__(self, src, dst, protocol):
        self.src, self.dst, self.v6, self.protocol = src, dst, src.v6, protocol
        self.ident = (src.port * 7) & 0xFFFF
        addresses = src.ip + dst.ip
        self.address_sum = int.from_bytes(addresses, "big") % 65535
        self.pseudo = (self.address_sum + protocol) % 65535

    def transport_checksum(self, segment):
        body = segment if len(segment) % 2 == 0 else segment + b"\0"
        total = (int.from_bytes(body, "big") + self.pseudo + len(segment)) % 65535
        result = 65535 - total
        return result if result else 65535

    def ip_header(self, length, more=False, offset=0, protocol=None):
        if self.v6:
            return struct.pack(">IHBB", 0x60000000, length, protocol or self.protocol, 64) + self.src.ip + self.dst.ip
        fragment = (0x2000 if more else 0) | offset >> 3
        if not more and not offset:
            fragment = 0x4000 if self.protocol == 6 else 0
        total = 20 + length
        s = (0x4500 + total + self.ident + fragment + 0x4000 + self.protocol + self.address_sum) % 65535
        return struct.pack(">HHHHBBH", 0x4500, total, self.ident, fragment, 64, self.protocol,
                           (65535 - s) % 65535) + self.src.ip + self.dst.ip

    def frame(self, segment):
        self.ident = (self.ident + 1) & 0xFFFF
        return (ETH6 if self.v6 else ETH4) + self.ip_header(len(segment)) + segment


class TcpFlow:
    """One connection. send(direction, data) queues packets as (time, frame) in self.out.

    direction 0 is client to server. loss, reorder, split are probabilities per segment:
      loss     the segment is captured, then captured again later (a retransmission); one in four
               of these is re-cut so that the copy overlaps two original segments
      reorder  the segment is captured after the next one, or (30 %) after the rest of its burst
      drop     the segment is not captured, though it was sent and acknowledged
      split    the segment is cut at a random place (message boundaries then fall inside segments)
    """

    def __init__(self, rng, client, server, start_us, loss=0.0, reorder=0.0, split=0.0, wrap=False, stats=None, pace=60, drop=0.0):
        self.rng, self.time = rng, start_us
        self.ends = (client, server)
        self.links = (Link(client, server, 6), Link(server, client, 6))
        first = 0xFFFFF000 if wrap else rng.getrandbits(32)
        self.seq = [first, rng.getrandbits(32)]
        self.delivered = list(self.seq)
        self.first = [n + 1 for n in self.seq]
        self.waiting = ({}, {})
        self.loss, self.reorder, self.split, self.pace = loss, reorder, split, pace
        self.drop, self.captured = drop, ([], [])
        self.out = []
        self.stats = stats if stats is not None else new_tcp_stats()
        self.unacked = 0
        self.bytes = [0, 0]
        self.crc = [0, 0]
        self.ports = (struct.pack(">HH", client.port, server.port), struct.pack(">HH", server.port, client.port))
        self._control(0, SYN)
        self._control(1, SYN | ACK)
        self._control(0, ACK)

    def _packet(self, direction, seq, flags, data=b"", step=None):
        ack = self.delivered[1 - direction] if flags & ACK else 0
        offset_flags = (0x5000 if not flags & SYN else 0x6000) | flags
        options = b"\x02\x04\x05\xb4" if flags & SYN else b""
        head = self.ports[direction] + struct.pack(">IIHHHH", seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, offset_flags, 65000, 0, 0) + options
        segment = head + data
        link = self.links[direction]
        check = link.transport_checksum(segment)
        segment = segment[:16] + struct.pack(">H", check) + segment[18:]
        self.time += step if step is not None else 5 + self.rng.randrange(self.pace)
        if self.drop and data:
            if self.rng.random() < self.drop:
                self.stats["dropped_segments"] = self.stats.get("dropped_segments", 0) + 1
                return
            at = (seq - self.first[direction]) & 0xFFFFFFFF
            self.captured[direction].append((at, at + len(data)))
        self.out.append((self.time, link.frame(segment)))

    def _control(self, direction, flags):
        seq = self.seq[direction]
        self._packet(direction, seq, flags)
        if flags & (SYN | FIN):
            self.seq[direction] += 1
            self.delivered[direction] += 1
        self.stats["control_packets"] += 1

    def _deliver(self, direction, seq, size):
        """Moves the acknowledged position of one direction past every segment captured so far."""
        waiting = self.waiting[direction]
        if seq != self.delivered[direction]:
            waiting[seq] = size
            return
        seq += size
        while waiting and seq in waiting:
            seq += waiting.pop(seq)
        self.delivered[direction] = seq

    def send(self, direction, data):
        """Appends data to the stream of one direction, cut into segments of at most MSS bytes."""
        rng, stats = self.rng, self.stats
        self.bytes[direction] += len(data)
        self.crc[direction] = zlib.crc32(data, self.crc[direction])
        pieces, at = [], 0
        while at < len(data):
            size = min(MSS, len(data) - at)
            if size > 1 and rng.random() < self.split:
                size = rng.randrange(1, size)
            pieces.append((self.seq[direction], data[at:at + size]))
            self.seq[direction] += size
            at += size
        order, late = [], []
        i = 0
        while i < len(pieces):
            if i + 1 < len(pieces) and rng.random() < self.reorder:
                stats["out_of_order_segments"] += 1
                if rng.random() < 0.3:
                    late.append(pieces[i])
                    i += 1
                else:
                    order += [pieces[i + 1], pieces[i]]
                    i += 2
            else:
                order.append(pieces[i])
                i += 1
        order += late
        base = self.seq[direction] - len(data)
        repeats = []
        for seq, payload in order:
            self._packet(direction, seq, ACK | PSH, payload)
            self._deliver(direction, seq, len(payload))
            stats["data_segments"] += 1
            if rng.random() < self.loss:
                if rng.random() < 0.25 and len(data) > len(payload):
                    low = max(0, seq - base - rng.randrange(1, 100))
                    repeats.append((base + low, data[low:low + len(payload)]))
                else:
                    repeats.append((seq, payload))
            self.unacked += 1
            if self.unacked >= 2:
                self.unacked = 0
                self._packet(1 - direction, self.seq[1 - direction], ACK)
                stats["pure_acks"] += 1
        for seq, payload in repeats:
            self._packet(direction, seq, ACK | PSH, payload, step=2000)
            stats["retransmitted_segments"] += 1

    def missing(self, direction):
        """Ranges of the stream that no segment holds which was written."""
        out, at = [], 0
        for start, stop in sorted(self.captured[direction]):
            if start > at:
                out.append([at, start])
            at = max(at, stop)
        if at < self.bytes[direction]:
            out.append([at, self.bytes[direction]])
        return out

    def close(self):
        self._control(0, FIN | ACK)
        self._control(1, FIN | ACK)
        self._control(0, ACK)

    def describe(self):
        return [{"from": str(self.ends[d]), "to": str(self.ends[1 - d]), "stream_bytes": self.bytes[d],
                 "stream_crc32": "%08x" % self.crc[d]} for d in (0, 1)]


def new_tcp_stats():
    return {"data_segments": 0, "control_packets": 0, "pure_acks": 0, "retransmitted_segments": 0, "out_of_order_segments": 0}


class UdpSender:
    """Datagrams from one endpoint to another. mtu 0 disables IP fragmentation (IPv4 only)."""

    def __init__(self, src, dst, mtu=0):
        self.link = Link(src, dst, 17)
        self.ports = struct.pack(">HH", src.port, dst.port)
        self.mtu = mtu

    def frames(self, payload):
        link = self.link
        datagram = self.ports + struct.pack(">HH", 8 + len(payload), 0) + payload
        datagram = datagram[:6] + struct.pack(">H", link.transport_checksum(datagram)) + datagram[8:]
        room = (self.mtu - 20) & ~7
        if not self.mtu or link.v6 or len(datagram) <= self.mtu - 20:
            return [link.frame(datagram)]
        link.ident = (link.ident + 1) & 0xFFFF
        result = []
        for at in range(0, len(datagram), room):
            part = datagram[at:at + room]
            result.append(ETH4 + link.ip_header(len(part), more=at + room < len(datagram), offset=at) + part)
        return result


class Interleave:
    """Runs step functions of many flows in time order until a byte budget is used.

    A flow object needs: time (int, microseconds), out (list of (time, frame)), step() -> bool
    (False = nothing more to say), finish().
    """

    def __init__(self, pcap, flows, budget):
        self.pcap, self.flows, self.budget = pcap, flows, budget

    def run(self):
        queue = [(flow.time, i) for i, flow in enumerate(self.flows)]
        heapq.heapify(queue)
        pending = []
        serial = 0
        write = self.pcap.write
        open_flows = set(range(len(self.flows)))
        while queue:
            _, i = heapq.heappop(queue)
            flow = self.flows[i]
            alive = self.pcap.size < self.budget and flow.step()
            if not alive:
                flow.finish()
                open_flows.discard(i)
            for when, frame in flow.out:
                serial += 1
                heapq.heappush(pending, (when, serial, frame))
            flow.out.clear()
            if alive:
                heapq.heappush(queue, (flow.time, i))
            low = queue[0][0] if queue else None
            while pending and (low is None or pending[0][0] <= low):
                when, _, frame = heapq.heappop(pending)
                write(when, frame)


class Noise:
    """A block of pseudo-random bytes; take(n) gives n of them cheaply, at changing places."""

    def __init__(self, seed, size=1 << 22):
        self.data = random.Random(seed).randbytes(size)
        self.rng = random.Random(seed + 1)
        self.size = size

    def take(self, n):
        at = self.rng.randrange(self.size - n)
        return self.data[at:at + n]


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, value):
    """Protobuf field: bytes/str are length-delimited, int/bool are varints."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(int(value))


def framed(data):
    return varint(len(data)) + data


def ws_frame(payload, opcode, mask=None):
    """One unfragmented WebSocket frame; mask is 4 bytes for client frames."""
    n = len(payload)
    bit = 0x80 if mask else 0
    if n < 126:
        head = bytes((0x80 | opcode, bit | n))
    elif n < 65536:
        head = bytes((0x80 | opcode, bit | 126)) + struct.pack(">H", n)
    else:
        head = bytes((0x80 | opcode, bit | 127)) + struct.pack(">Q", n)
    if not mask:
        return head + payload
    if n:
        key = (mask * (n // 4 + 1))[:n]
        payload = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(n, "big")
    return head + mask + payload


def ws_upgrade(noise, target, host):
    """(request bytes, response bytes) of a WebSocket opening handshake."""
    import base64
    import hashlib
    key = base64.b64encode(noise.take(16)).decode()
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    request = ("GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n" % (target, host, key))
    response = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Accept: %s\r\n\r\n" % accept)
    return request.encode(), response.encode()


def parser(description, flows):
    p = argparse.ArgumentParser(description=description)
    p.add_argument("output", help="pcap file to write; <output>.json gets the manifest")
    p.add_argument("--mb", type=float, default=10, help="approximate file size in 10^6 bytes (default 10)")
    p.add_argument("--flows", type=int, default=flows, help="number of flows (default %d)" % flows)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--loss", type=float, default=0.005, help="share of segments captured twice")
    p.add_argument("--reorder", type=float, default=0.005, help="share of segments captured after their successor")
    p.add_argument("--split", type=float, default=0.15, help="share of segments cut at a random place")
    p.add_argument("--clean", action="store_true", help="no loss, no reordering")
    return p


def arguments(p):
    a = p.parse_args()
    if a.clean:
        a.loss = a.reorder = 0.0
    return a


def finish(path, pcap, manifest):
    pcap.close()
    manifest = dict(file=os.path.basename(path), packets=pcap.count, file_bytes=pcap.size, **manifest)
    text = json.dumps(manifest, indent=1)
    with open(path + ".json", "w") as f:
        f.write(text + "\n")
    short = dict(manifest)
    if len(short.get("streams", ())) > 8:
        short["streams"] = "%d entries, see %s.json" % (len(short["streams"]), os.path.basename(path))
    print(json.dumps(short, indent=1))
    return 0
