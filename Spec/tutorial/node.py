"""A Nano node of the dev network that does one thing: it shakes hands. Spec/tutorial.md writes it step by step."""
import os
import signature
import socket
import threading

PORT = 17075
NETWORK = b"RA"
KEEPALIVE, HANDSHAKE = 0x02, 0x0A
QUERY, RESPONSE, V2 = 0x0001, 0x0002, 0x0004
GENESIS = bytes.fromhex("04270D7F11C4B2B472F2854C5A59F2A7E84226CE9ED799DE75744BD7D85FC9D9")
SEED = os.urandom(32)
NODE_ID = signature.public_key(SEED)


def header(kind, extensions):
    return NETWORK + bytes([21, 21, 20, kind]) + extensions.to_bytes(2, "little")


def receive(stream):
    """The extensions and the payload of the next message. Anything but a handshake has no extensions and no payload."""
    head = stream.read(8)
    extensions = int.from_bytes(head[6:], "little") if head[:2] == NETWORK and head[5] == HANDSHAKE else 0
    size = 32 if extensions & QUERY else 0
    if extensions & RESPONSE:
        size += 160 if extensions & V2 else 96
    return extensions, stream.read(size)


def response(cookie, version):
    named = os.urandom(32) + GENESIS if version & V2 else b""
    return NODE_ID + named + signature.sign(SEED, cookie + named)


def is_good(answer, cookie):
    node_id, named, signed = answer[:32], answer[32:-64], answer[-64:]
    return node_id != NODE_ID and named[32:] in (b"", GENESIS) and signature.verifies(node_id, cookie + named, signed)


def converse(connection):
    with connection, connection.makefile("rb") as stream:
        extensions, query = receive(stream)
        if extensions & (QUERY | RESPONSE) != QUERY:
            return
        version, cookie = extensions & V2, os.urandom(32)
        connection.sendall(header(HANDSHAKE, version | QUERY | RESPONSE) + cookie + response(query, version))
        extensions, answer = receive(stream)
        if extensions & (QUERY | RESPONSE) != RESPONSE or not is_good(answer, cookie):
            return
        connection.sendall(header(KEEPALIVE, 0) + bytes(16) + PORT.to_bytes(2, "little") + bytes(7 * 18))
        while stream.read1():
            pass


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=converse, args=[connection], daemon=True).start()


main()
