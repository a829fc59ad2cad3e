#!/usr/bin/env python3
"""Starts p2pd, which is go-libp2p 0.32.1 with pubsub 0.10.0, and drives it over its control socket. It needs no packages.

    python3 p2pd_node.py --listen 127.0.0.1:4001 --topic meshspec [--peer HOST:PORT/HEX]... [--p2pd-option=-tls=false]...

P2PD is the path of the program (setup.sh). Commands are JSON lines on standard input, with `cmd`: `subscribe` and `unsubscribe` (`topic`),
`publish` (`topic`, and `text` or `hex`), `connect` (`addr`: HOST:PORT/HEX, with the identity in hexadecimal, because go-libp2p dials only
peers with a known identity), `disconnect` (`peer`), `quit`. Events are JSON lines: `ready`, `message`, `connected`, `connect_failed`, `unnamed`, `error`, `stopped`.
p2pd leaves a topic when the connection of the subscription is closed. It binds and dials only the given addresses.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

IDENTIFY, CONNECT, DISCONNECT, PUBSUB = 0, 1, 7, 8           # types of requests
CONNECT_FIELD, DISCONNECT_FIELD, PUBSUB_FIELD = 2, 7, 8      # fields of these types in a request
PUBLISH, SUBSCRIBE = 2, 3                                    # types of requests about pubsub
ATTEMPTS, AGAIN = 5, 0.3                                     # attempts to dial, and seconds between them
printing = threading.Lock()


def emit(event, **more):
    with printing:
        print(json.dumps({"t": round(time.time(), 6), "event": event} | more), flush=True)


# Protobuf

def varint(number):
    out = b""
    while number > 0x7f:
        out += bytes([number & 0x7f | 0x80])
        number >>= 7
    return out + bytes([number])


def block(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def scalar(number, value):
    return varint(number << 3) + varint(value)


def parsed(data):
    """Returns the values of a message by field number."""
    out, at = {}, 0

    def read():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = read()
        value = read()
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        elif key & 7:
            raise ValueError(f"wire type {key & 7}")
        out.setdefault(key >> 3, []).append(value)
    return out


def request(kind, field=None, body=b""):
    return scalar(1, kind) + (block(field, body) if field else b"")


class Control:
    """One connection to the control socket."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._file = self._socket.makefile("rb")

    def read(self):
        """Reads a message; returns None at the end."""
        size = shift = 0
        while True:
            byte = self._file.read(1)
            if not byte:
                return None
            size |= (byte[0] & 0x7f) << shift
            shift += 7
            if byte[0] < 0x80:
                return self._file.read(size)

    def ask(self, message):
        self._socket.sendall(varint(len(message)) + message)
        answer = self.read()
        if answer is None:
            raise OSError("the control connection ended")
        answer = parsed(answer)
        if answer.get(1, [0])[0] != 0:
            raise OSError(parsed(answer[2][0])[1][0].decode("utf-8", "replace"))
        return answer

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._file.close()
        self._socket.close()


class Node:
    def __init__(self, options):
        self._subscriptions = {}
        self._folder = tempfile.TemporaryDirectory(prefix="p2pd-")
        self._path = f"{self._folder.name}/socket"
        host, port = options.listen.rsplit(":", 1)
        self.process = subprocess.Popen(
            [os.environ.get("P2PD", "p2pd"), "-listen", f"/unix{self._path}", "-hostAddrs", f"/ip4/{host}/tcp/{port}", "-pubsub",
             "-relay=false", "-relayService=false", "-relayDiscovery=false", "-natPortMap=false", *options.p2pd_option],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _ask(self, message):
        control = Control(self._path)
        try:
            return control.ask(message)
        finally:
            control.close()

    def wait(self):
        """Waits for an answer of p2pd, and returns its identity."""
        for _ in range(600):
            try:
                return parsed(self._ask(request(IDENTIFY))[4][0])[1][0]
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit(f"p2pd ended with {self.process.returncode}") from None
                time.sleep(0.02)
        raise SystemExit("p2pd does not answer")

    def subscribe(self, topic):
        if topic in self._subscriptions:
            return
        control = Control(self._path)
        control.ask(request(PUBSUB, PUBSUB_FIELD, scalar(1, SUBSCRIBE) + block(2, topic.encode())))
        self._subscriptions[topic] = control
        threading.Thread(target=self._drain, args=(topic, control), daemon=True).start()

    def _drain(self, topic, control):
        try:
            while (data := control.read()) is not None:
                message = parsed(data)
                emit("message", topic=topic, source=message.get(1, [b""])[0].hex(), size=len(message.get(2, [b""])[0]))
        except (OSError, ValueError, IndexError):
            pass

    def connect(self, address):
        place, _, peer = address.rpartition("/")
        host, _, port = place.rpartition(":")
        if not peer or not host:
            emit("unnamed", addr=address)
            return
        multiaddr = b"\x04" + socket.inet_aton(host) + b"\x06" + int(port).to_bytes(2, "big")
        body = block(1, bytes.fromhex(peer.removeprefix("0x"))) + block(2, multiaddr) + scalar(3, 10)
        for attempt in range(ATTEMPTS):
            try:
                self._ask(request(CONNECT, CONNECT_FIELD, body))
                emit("connected", addr=address)
                return
            except OSError as error:
                emit("connect_failed", addr=address, error=str(error))
                time.sleep(AGAIN)

    def command(self, command):
        name = command["cmd"]
        if name == "subscribe":
            self.subscribe(command["topic"])
        elif name == "unsubscribe":
            if control := self._subscriptions.pop(command["topic"], None):
                control.close()
        elif name == "publish":
            data = bytes.fromhex(command["hex"]) if "hex" in command else command["text"].encode()
            self._ask(request(PUBSUB, PUBSUB_FIELD, scalar(1, PUBLISH) + block(2, command["topic"].encode()) + block(3, data)))
        elif name == "connect":
            threading.Thread(target=self.connect, args=(command["addr"],), daemon=True).start()
        elif name == "disconnect":
            self._ask(request(DISCONNECT, DISCONNECT_FIELD, block(1, bytes.fromhex(command["peer"]))))
        elif name == "quit":
            self.stop()
        else:
            raise ValueError(f"no command {name}")

    def stop(self, *_):
        self.process.terminate()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._folder.cleanup()
        os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    parser.add_argument("--topic", action="append", default=[], help="subscribe at start, repeatable")
    parser.add_argument("--peer", action="append", default=[], metavar="HOST:PORT/HEX", help="dial this peer, repeatable")
    parser.add_argument("--p2pd-option", action="append", default=[], metavar="OPTION", help="an option of p2pd, repeatable")
    options = parser.parse_args()
    node = Node(options)
    signal.signal(signal.SIGTERM, node.stop)
    signal.signal(signal.SIGINT, node.stop)
    identity = node.wait()
    for topic in options.topic:
        node.subscribe(topic)
    emit("ready", id=identity.hex())
    for address in options.peer:
        threading.Thread(target=node.connect, args=(address,), daemon=True).start()
    for line in sys.stdin:
        try:
            if line.strip():
                node.command(json.loads(line))
        except (OSError, ValueError, KeyError, IndexError) as error:
            emit("error", line=line.strip(), error=repr(error))
    emit("stopped", status=node.process.wait())


if __name__ == "__main__":
    main()
