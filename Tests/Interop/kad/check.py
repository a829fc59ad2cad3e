#!/usr/bin/env python3
"""Two nodes of meshspec and one of py-libp2p in one DHT: each finds what the others provide and store.

    check.py MESHSPEC       needs the packages of Tests/Interop/gossipsub/py-libp2p/requirements.txt
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
# py-libp2p asks and provides by the id of the public DHT, whatever its prefix is.
PARAMETERS = ["-P", "network=ipfs", "-P", "security=plaintext"]
# The key of the namespace dxos-signal/alpha (Vectors/kad/functions.yaml).
KEY = "12203102beaf2d04fe56b765cfaf06d4172cff1f19e4073dad0e4cd664bd8d982dfb"


class Process:
    """A node that prints a JSON object for each event."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def wait(self, event: str) -> dict:
        for line in self.process.stdout:
            said = json.loads(line) if line.startswith("{") else {}
            if said.get("event") == event:
                return said
        sys.exit(f"check.py: a node ended before its event {event}")

    def say(self, **command: object) -> None:
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def public_key(peer: str) -> tuple[str, str]:
    """The key of the namespace `pk` for a peer whose id has its whole public key, and the value: both as 0x and digits."""
    number = 0
    for character in peer:
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(character)
    multihash = b"\x00" + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return "0x" + (b"/pk/" + multihash).hex(), "0x" + multihash[2:].hex()


def expect(what: str, is_right: bool, found: object) -> None:
    if not is_right:
        sys.exit(f"check.py: {what}; found {found}")
    print(f"ok: {what}")


def main() -> None:
    meshspec = sys.argv[1]
    folder = tempfile.mkdtemp()
    nodes = []

    def ours(name: str, *more: str) -> tuple[Process, dict]:
        node = Process(
            meshspec, "node", "kad", "--listen", "127.0.0.1:0", "--control", f"{folder}/{name}", "--seed", name[-1], *PARAMETERS, *more
        )
        nodes.append(node)
        return node, node.wait("started") | node.wait("ready")

    def ask(name: str, *words: str) -> tuple[int, dict]:
        command = [meshspec, "kad", *words, "--control", f"{folder}/{name}", "--json", "--wait", "60s"]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}

    try:
        _, first = ours("node1")
        _, second = ours("node2", "--connect", first["listening"])
        python = Process(sys.executable, str(HERE / "kad_node.py"), "--listen", "127.0.0.1:0", "--connect", first["addrs"][0])
        nodes.append(python)
        peer = python.wait("ready")["peer_id"]
        python.say(cmd="provide", key=KEY)
        expect("py-libp2p provides a key at our servers", python.wait("provided")["stored"] is True, "not stored")
        status, found = ask("node2", "discover", "dxos-signal/alpha")
        peers = [one["peer"] for one in found.get("providers", [])]
        expect("our node finds py-libp2p as the provider of the namespace", status == 0 and peer in peers, found)
        status, found = ask("node1", "advertise", "dxos-signal/alpha")
        expect("our node advertises itself in the namespace", status == 0, found)
        time.sleep(2)
        python.say(cmd="find-providers", key=KEY)
        peers = python.wait("providers")["peers"]
        expect("py-libp2p finds both providers", {peer, first["peer_id"]} <= set(peers), peers)
        key, value = public_key(second["peer_id"])
        status, found = ask("node2", "put", key, f"value={value}")
        expect("our node stores its public key", status == 0 and found.get("count", 0) >= 1, found)
        status, found = ask("node1", "get", key)
        expect("our other node gets it", status == 0 and found.get("value") == value, found)
        status, found = ask("node1", "find-peer", second["peer_id"])
        expect("a peer is found by its id", status == 0, found)
        status, found = ask("node1", "get", "/pk/nothing")
        expect("a value that nobody has is not found: exit status 5", status == 5, (status, found))
    finally:
        for node in nodes:
            node.end()


if __name__ == "__main__":
    main()
