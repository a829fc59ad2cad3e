#!/usr/bin/env python3
"""Writes the inputs with which fuzzing begins: captures in every file format, their packets, streams and filters.

    seeds.py CAPTURES OUTPUT
"""
import gzip
import pathlib
import struct
import sys

FILTERS = [
    "nano.keepalive", "not nano.publish or n == 2", "message == nano.publish", "peers.port in {7075, 54000..54010}",
    "response.node_id contains a5cf", "src == 10.0.0.0/8 and time < 90s", "message matches /nano[.]k.*/",
    "peers[0].address == ::1", "time >= 2026-01-02T03:04:05Z", "(((flow == 1))) && !violation || malformed",
    'notes.text contains "verify"', "length > 100 and offset <= 40", "src.port != 7075", "(" * 300 + "n" + ")" * 300,
    "response.node_id[0:4] == 01020304 xor bytes[-2:] == 0000", "len(bytes) - offset % 7 > count(peers) * 2", "any peers.port == 1",
    "extensions & 0x10", "state.balance > 1.5nano", "lower(message) not in {a, b}", "ip.addr == 10.0.0.2 and tcp.stream eq 0",
]
WORDS = ["tcp.port==17075,nano", "udp.port==1,nano", "peers[3].port", "response.node_id", "notes.severity"]

# The output of `stats --partial`, for an empty capture and for one with every kind of count.
STATISTICS = [
    '{"format":"meshspec-statistics","version":1,"counts":{"packets":0,"bytes":0,"flows":0,"conversations":0,"from_inside'
    '":0,"with_gaps":0,"unknown_flows":0,"records":0,"datagrams":0,"payload":0,"fragments":0,"reassembled":0,"lost_fragme'
    'nted":0,"other":0,"foreign":0,"repeated_bytes":0,"contradictions":0,"given_up":0,"damaged":0,"gaps":0,"gap_bytes":0,'
    '"dropped":0},"capture":{},"kinds":[{"name":"malformed","records":0,"bytes":0,"from_client":0,"reassembled":0,"sizes"'
    ':{},"intervals":{}}],"notes":{},"peers":[],"others":{"ends":0,"sent":0,"sent_bytes":0,"received":0,"received_bytes":'
    '0},"series":{"width":1000000,"messages":[],"bytes":[]}}',
    '{"format":"meshspec-statistics","version":1,"counts":{"packets":100,"bytes":13512,"flows":2,"conversations":2,"from_'
    'inside":0,"with_gaps":0,"unknown_flows":0,"records":46,"datagrams":0,"payload":6860,"fragments":0,"reassembled":0,"l'
    'ost_fragmented":0,"other":0,"foreign":0,"repeated_bytes":8,"contradictions":0,"given_up":0,"damaged":0,"gaps":0,"gap'
    '_bytes":0,"dropped":0},"capture":{"start":"1795155332786419000","end":"1795155366703050000"},"kinds":[{"name":"malfo'
    'rmed","records":0,"bytes":0,"from_client":0,"reassembled":0,"sizes":{},"intervals":{}},{"name":"nano.telemetry_req",'
    '"protocol":"nano","records":9,"bytes":72,"from_client":8,"reassembled":0,"sizes":{"least":8,"most":8,"buckets":[8,9]'
    '},"intervals":{"least":8000153,"most":8002642,"buckets":[2164,6]}}],"notes":{"violation":2},"peers":[{"address":"127'
    '.0.0.1:7075","sent":8,"sent_bytes":1170,"received":17,"received_bytes":2416}],"others":{"ends":0,"sent":0,"sent_byte'
    's":0,"received":0,"received_bytes":0},"series":{"width":512000000,"start":"1795155332608000000","messages":[8,0,1],"'
    'bytes":[64,0,8]}}',
]


def pieces(items):
    """Returns the items in the form that PacketInput.next reads."""
    return b"".join(bytes((flags,)) + struct.pack("<H", len(data)) + data for flags, data in items)


def message(frame):
    """Returns the payload of one WebSocket frame."""
    size, at = frame[1] & 127, 2
    if size == 126:
        size, at = struct.unpack_from(">H", frame, 2)[0], 4
    if frame[1] & 128:
        key, at = frame[at:at + 4], at + 4
        return bytes(b ^ key[i % 4] for i, b in enumerate(frame[at:at + size]))
    return frame[at:at + size]


def chunk(kind, flags, value):
    """Returns a chunk of SCTP."""
    return bytes((kind, flags)) + struct.pack(">H", 4 + len(value)) + value + b"\0" * (-len(value) % 4)


def parameter(kind, value):
    """Returns a parameter or a cause of SCTP."""
    return struct.pack(">HH", kind, 4 + len(value)) + value + b"\0" * (-len(value) % 4)


def webrtc():
    """Returns inputs for SCTP, session descriptions and data channels."""
    opening = b"\3\0\1\0" + bytes(4) + b"\0\x08\0\1messagesp"

    def data(tsn, flags, stream, ppid, payload):
        return chunk(0, flags, struct.pack(">IHHI", tsn, stream, 0, ppid) + payload)

    def piece(tsn, flags, number, payload):
        return chunk(64, flags, struct.pack(">IHHII", tsn, 1, 0, 5, number) + payload)

    first = chunk(1, 0, struct.pack(">IIHHI", 7, 1 << 20, 64, 64, 100) + parameter(0x8008, b"\x82\xc0"))
    reset = chunk(130, 0, parameter(13, struct.pack(">IIIH", 1, 2, 103, 1)))
    chunks = [
        first, chunk(2, 0, first[4:] + parameter(7, b"cookie")), chunk(10, 0, b"cookie"), chunk(11, 0, b""),
        data(100, 3, 1, 50, opening), data(101, 2, 1, 53, b"ab" * 300), data(102, 0, 1, 53, b"c" * 600), data(103, 1, 1, 53, b"d"),
        data(104, 7, 3, 51, b"text"), data(106, 3, 1, 56, b"\0"), piece(107, 2, 53, b"ab"), piece(108, 1, 1, b"cd"),
        chunk(3, 0, struct.pack(">IIHHHHI", 103, 1 << 20, 1, 1, 2, 3, 101)), chunk(192, 0, struct.pack(">IHH", 108, 1, 2)), reset,
        chunk(194, 0, struct.pack(">IHHI", 108, 1, 0, 5)), chunk(4, 0, parameter(1, b"beat")), chunk(9, 0, parameter(1, b"\0\1\0\0")),
        chunk(7, 0, b"\0\0\0\x6c"), chunk(6, 0, parameter(12, b"bye")), chunk(14, 0, b""), chunk(8, 0, b""), chunk(77, 0, b"?"),
    ]
    head = b"\x13\x88\x13\x88\0\0\0\7\0\0\0\0"
    seeds = [b"\x18" + pieces([(0, head + one) for one in chunks]), b"\x18" + pieces([(i & 5, head + one) for i, one in enumerate(chunks)]),
             b"\x18" + pieces([(0, head + b"".join(chunks))]), b"\x18" + pieces([(0, head + one) for one in reversed(chunks)])]
    for one in chunks:
        seeds += [b"\x1a" + pieces([(0, one)]), b"\x1a" + pieces([(8, chunks[5]), (16, one), (8, chunks[6])])]
    seeds.append(b"\x1a" + pieces([(0x18, one) for one in chunks[4:18]]))
    # A message without an end.
    seeds.append(b"\x1a" + pieces([(0, chunks[5])] + [(0, chunks[6])] * 20))
    sdp = "\r\n".join([
        "v=0", "o=- 7 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=fingerprint:sha-256 " + ":".join(["A0"] * 32),
        "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:1",
        "a=ice-ufrag:abcd", "a=ice-pwd:0123456789012345678901", "a=ice-lite", "a=setup:active", "a=sctp-port:5000",
        "a=max-message-size:262144", "a=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host", "a=end-of-candidates", ""])
    seeds += [b"\x19\0" + sdp.encode(), b"\x19\1" + sdp.encode(), b"\x19\2candidate:1 1 udp 2130706431 ::1 40000 typ srflx raddr 1.2.3.4 rport 5",
              b"\x19\2candidate:a 1 UDP 1 9c1f.local 9 typ host"]
    events = [(8, opening), (8 | 1, b"\x35hello"), (8 | 2, b"a" * 500), (8 | 1, b"\x35b"), (16, opening), (4, b"own"), (24, b"\2"), (5, b"text"),
              (15, b""), (5, b"text"), (8 | 3, b""), (6, b""), (8 | 3, b"x"), (3, b""), (7, b""), (8 | 2, b"c" * 1500)]
    return seeds + [b"\x1b\0" + pieces(events), b"\x1b\1" + pieces(events), b"\x1b\0" + pieces(events * 2)]


def main():
    captures, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    seeds = []
    for path in sorted(captures.rglob("*.pcap")):
        data = path.read_bytes()
        packets, at = [], 24
        while at + 16 <= len(data):
            n = struct.unpack_from("<I", data, at + 8)[0]
            packets.append(data[at + 16:at + 16 + n])
            at += 16 + n
        link = struct.unpack_from("<I", data, 20)[0]
        seeds += [b"\0" + data[:8000], b"\0" + gzip.compress(data[:20000])]
        links = [1, 113, 276, 0, 108, 101, 12, 228, 229, 105, 127, 147]
        if link not in links or not packets:
            continue
        number = links.index(link)
        some = [(7, p) for p in packets[:30]]
        seeds += [b"\1" + bytes((number,)) + pieces(some), b"\2" + bytes((number,)) + pieces(some)]
        said = []
        for p in packets:
            # The part after Ethernet and IPv4.
            tcp = p[14 + (p[14] & 15) * 4:] if link == 1 else b""
            payload = tcp[(tcp[12] >> 4) * 4:] if len(tcp) > 20 else b""
            if payload:
                said.append((tcp[1] & 1, payload))
        for how in range(8):
            seeds.append(b"\3" + pieces([(side | how << 1 | 0x50, data) for side, data in said[:20]]))
        seeds.append(b"\4" + pieces(said[:12]))
        if path.parent.name == "websocket":
            # The frames of one side after the opening handshake, for a capture and for an end. The first byte selects compression.
            for side in (0, 1):
                frames = [data for way, data in said if way == side][1:20]
                for first in (0, 1):
                    seeds.append(bytes((8, first)) + pieces([(side, data) for data in frames]))
                    seeds.append(bytes((10, first | side << 1)) + b"".join(frames)[:2000])
        if path.parent.name == "dxos":
            # Clients mask their frames.
            frames = [(1 - (data[1] >> 7), data) for _, data in said if data[0] & 0x70 == 0]
            for at in range(0, min(len(frames), 60), 20):
                seeds.append(b"\x0d" + pieces(frames[at:at + 20]))
            for first in range(16):
                some = [(0x28 | side, message(data)) for side, data in frames[first:first + 30]]
                seeds.append(bytes((14, first)) + pieces(some))
        if path.parent.name == "peerpigeon":
            frames = [(1 - (data[1] >> 7), data) for _, data in said if len(data) > 1 and data[0] & 0x70 == 0 and data[0] & 15 < 3]
            for at in range(0, min(len(frames), 80), 20):
                seeds.append(b"\x0f" + pieces(frames[at:at + 20]))
            # The messages of clients, on one connection after the other.
            texts = [message(data) for side, data in frames if side == 0 and len(data) < 2000]
            for first in range(4):
                some = [(0x20 | i % 5, text) for i, text in enumerate(texts[first * 5:first * 5 + 40])]
                seeds.append(bytes((16, first)) + pieces(some))
        if path.parent.name == "gossipsub":
            # The whole stream, and the data above the layers that the first byte selects.
            for at in range(0, min(len(said), 60), 20):
                seeds.append(b"\x11\x10" + pieces(said[at:at + 20]))
            for first in (1, 2, 3, 9, 11, 5, 7, 15):
                seeds.append(bytes((17, first)) + pieces(said[8:24]))
            for first in range(16):
                some = [(0x08 | side, data) for side, data in said[first:first + 30]]
                seeds.append(bytes((18, first)) + pieces([(4, b""), (5, b""), (2, bytes((first & 3,)))] + some))
        if path.parent.name == "webrtc":
            udp = [p[14 + (p[14] & 15) * 4:] for p in packets]
            client = udp[0][:2]
            datagrams = [(0 if u[:2] == client else 1, u[8:]) for u in udp]
            keys = path.with_suffix(".keys").read_bytes()
            seeds += [b"\x16" + data for _, data in datagrams[:8] if data[0] < 4]
            for count in (12, 30, 60):
                seeds.append(b"\x17" + pieces([(0, keys)] + datagrams[:count]))
            # The handshake of one side after a path is nominated, from the address that the node knows.
            stun = [data for _, data in datagrams if data[0] < 4][:4]
            for side in (0, 1):
                dtls = [(0, data) for way, data in datagrams[:40] if way == side and data[0] > 19]
                for first in (0, 1):
                    for number in (0, 0x20):
                        checks = [(number | how, data) for data in stun for how in (1, 2)]
                        seeds.append(bytes((28, first)) + pieces(checks + dtls[:8] + [(0x40, b"\xff")]))
        tcp = packets[min(3, len(packets) - 1)][34:]
        seeds.append(b"\5" + pieces([(2, tcp[:64]), (8 << 2 & 0x3c | 2, tcp[64:128]), (0x3c, tcp[128:])]))
        seeds.append(b"\5" + pieces([(3, tcp[:64]), (0x23, tcp[64:128]), (0x3d, tcp[128:])]))
    # Frames of the layer in Tests/TestLayers: kind, channel, size.
    units = b"\7\0\0" + b"\1\1\4nano" + b"\3\1\6RC\x15\x15\x14\x04" + b"\2\1\2\x11\0" + b"\4\1\0" + b"\5\1\0"
    seeds += [b"\x09" + pieces([(0, units)]), b"\x09" + pieces([(1, b"\x08\0\0"), (0, units)])]
    # Records alone and after the hellos, and contents of encrypted records: an alert, a request, a KeyUpdate.
    head = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    records = [(0, b"\x16\3\1\0\6\1\0\0\2\3\3"), (1, b"\x15\3\3\0\2\2\x28"), (0, b"\x14\3\3\0\1\1")]
    held = [(0, head + b"\x17"), (1, b"\x18\0\0\1\0\x16"), (0, b"\1\0\x15\0\0"), (1, b"\x14\0\0\0\x16")]
    seeds += [b"\x0b" + bytes((how,)) + pieces(records) for how in (0, 1)] + [b"\x0b\2" + pieces(held)]
    line = b"CLIENT_TRAFFIC_SECRET_0 " + b"07" * 32 + b" " + b"01" * 32 + b"\n"
    seeds += [b"\x0c\3# keys\n" + line + line.replace(b"01", b"02") + b"no secret\r\n\n", b"\x0c\0" + line[:-1]]
    for path in sorted(captures.rglob("*.keys.jsonl")):
        seeds.append(b"\x0c\5" + path.read_bytes()[:4000])
    # RPCs that use every field, and names, addresses and keys.
    rpcs = ["0e0a0c080112084254432f55534454", "101a0e220c0a084254432f55534454183c", "131a110a0f0a084254432f5553445412030102ff",
            "091a071205" "0a030102ff", "091a0732059091e21801", "059291e21800", "131211120568656c6c6f22084254432f55534454"]
    stream = b"".join(bytes.fromhex(rpc) for rpc in rpcs)
    seeds += [b"\x13\0" + stream, b"\x13\6" + stream + b"\0" + stream[:-3], b"\x11\3" + pieces([(0, stream[1:15])] * 4)]
    names = [b"12D3KooWM1ZE4KRzP3LHnUSSJqrSGUteMonCqTj7e4s6fULPTRS5", b"bafzaajaiaejcahwr5d5ofrfbis4l5d6uwr57hu5tjodrypfm6yaq6dsc2r2pzyt6",
             b"/ip4/127.0.0.1/tcp/4001/p2p/QmVMT29id3TUASyfZZ6k9hmNyc2nYabCo4uMSpDw4zrgDk", b"/dns4/a/tcp/1/wss", bytes.fromhex("047f000001060fa1"),
             b"\x08\1\x12\x20" + b"\7" * 32, b"\0\x24\x08\1\x12\x20" + b"\7" * 32]
    seeds += [b"\x14" + name for name in names]
    seeds += webrtc()
    for path in sorted(captures.rglob("*.pcapng")):
        seeds.append(b"\0" + path.read_bytes()[:8000])
    seeds += [b"\6" + text.encode() for text in FILTERS] + [b"\7" + text.encode() for text in WORDS]
    seeds += [b"\x15" + text.encode() for text in STATISTICS]
    for i, seed in enumerate(seeds):
        (out / f"seed-{i:03}").write_bytes(seed)
    print(f"{len(seeds)} inputs to begin with")


if __name__ == "__main__":
    main()
