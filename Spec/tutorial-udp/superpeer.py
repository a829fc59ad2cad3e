"""A RightMesh superpeer without other superpeers. Spec/tutorial-udp.md writes it step by step."""
import math
import os
import socket
import struct
import time
import zlib

PORT = 40000
HEADER = struct.Struct(">2sBBBBBB20s20sIIHHIIHH")
HELLO, HELLO_ACK = 1, 2
PEERS, SNAPSHOT = 1, 0x01
SUPERPEER = 4
ID = os.urandom(20)
BOOT = int.from_bytes(os.urandom(2), "big") | 1
sent = 0
INFO, INFO_ACK = 3, 4
SUPERPEERS = 2
HOLD, INTERVAL, FARTHEST, WITHDRAWN = 30, 6, 15, 0x10
routes = {}


def section(kind, flags, size, records):
    return struct.pack(">BBHI", kind, flags, size, len(records)) + b"".join(records)


def message(kind, dst, ack_id, body):
    global sent
    sent += 1
    crc = crc32c(body)
    return HEADER.pack(b"RM", 1, kind, 0, SUPERPEER, 1, 0, ID, dst, sent, ack_id, 0, 1, len(body), crc, len(body), BOOT) + body


def answer(data):
    """What is sent back for a datagram, or nothing."""
    kind, role, src, msg_id, body = data[3], data[5], data[8:28], int.from_bytes(data[48:52], "big"), data[72:]
    if crc32c(body).to_bytes(4, "big") != data[64:68]:
        return None
    if kind in (HELLO, INFO):
        learn(src, role, body)
    if kind == HELLO:
        return message(HELLO_ACK, src, msg_id, section(PEERS, SNAPSHOT, 24, table(src)))
    if kind == INFO:
        itself = struct.pack(">20s16sHBBHH", ID, bytes(16), PORT, SUPERPEER, 0, 0, 0)
        return message(INFO_ACK, src, msg_id, section(PEERS, 0, 24, []) + section(SUPERPEERS, 0, 44, [itself]))
    return None


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def learn(src, role, body):
    """Takes over what a body says of peers. A route: through whom, hops, role, when the peer itself was heard."""
    now = time.monotonic()
    _, flags, size, count = struct.unpack(">BBHI", body[:8])
    listed = [struct.unpack(">20sBBH", body[8 + at * size:][:24]) for at in range(count)]
    routes[src] = src, 1, role, now
    for peer, hop, kind, age in listed:
        if hop == 0 or peer in (ID, src, bytes(20)):
            continue
        old = routes.get(peer)
        if hop >= FARTHEST or kind & WITHDRAWN or age >= HOLD + INTERVAL * hop:
            if old and old[0] == src:
                del routes[peer]
        elif not old or old[0] == src or hop + 1 < old[1]:
            routes[peer] = src, hop + 1, kind & 0x0F, now - age
    if flags & SNAPSHOT:
        gone = {peer for peer, route in routes.items() if route[0] == src} - {src, *(record[0] for record in listed)}
        for peer in gone:
            del routes[peer]


def table(dst):
    """The records of all peers, but for the receiver and those that are reached through it."""
    now = time.monotonic()
    for peer, (_, hop, _, heard) in list(routes.items()):
        if now - heard >= HOLD + INTERVAL * (hop - 1):
            del routes[peer]
    return [struct.pack(">20sBBH", peer, hop, role, math.ceil(max(0, now - heard - 0.001)))
            for peer, (via, hop, role, heard) in routes.items() if dst not in (peer, via)]


def converse(node):
    while True:
        data, address = node.recvfrom(8000)
        try:
            said = answer(data)
        except (IndexError, struct.error):
            continue  # shorter than it says
        if said:
            node.sendto(said, address)


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as node:
        node.bind(("127.0.0.1", PORT))
        converse(node)


main()
