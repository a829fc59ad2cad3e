#!/usr/bin/env python3
"""The reference node of WebSocket and two implementations that are not ours, each as server and as client of the other.

    python3 interop.py .build/release/meshspec [--peer python|node]

What is checked stands in peers/peer.py. Exits 0 when every check of every row is ok, 1 when one is not or is missing, 2 when it cannot
begin. Needs requirements.txt, and node with ws (Debian: node-ws).
"""

import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
from ports import free_port

CHECKS = 25       # of each row
TIME_LIMIT = 120  # seconds for a row
PEERS = {
    "python": ([sys.executable, str(HERE / "peers/peer.py")], ["--deflate"]),
    "node": (["node", str(HERE / "peers/peer.js")], []),
}
# What the peer wants of permessage-deflate, and our node.
ROWS = [
    ("on", ["deflate=on"]),
    ("on", ["deflate=no_context_takeover", "window_bits=9"]),
    ("off", ["deflate=on"]),
    ("declined", ["deflate=off"]),
]


def environment():
    """Where Debian has the packages of node."""
    return {**os.environ, "NODE_PATH": os.environ.get("NODE_PATH", "/usr/share/nodejs")}


@contextlib.contextmanager
def started(command, **others):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment(), **others)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def our_node(binary, settings, control, *words):
    return started([binary, "node", "websocket", *words, "--control", control, *[w for s in settings for w in ("-P", s)]])


def peer(name, what, port, deflate):
    program, option = PEERS[name]
    return [*program, what, str(port), *option, deflate]


def as_server(binary, name, deflate, settings, folder):
    """The lines of a client of theirs that checks our server."""
    with our_node(binary, settings, "none", "--listen", "127.0.0.1:0") as node:
        port = json.loads(node.stdout.readline())["listening"].rsplit(":", 1)[1]
        # What the node tells goes nowhere from here on: it does not wait for those who read.
        done = subprocess.run(peer(name, "check-server", port, deflate), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=environment(), timeout=TIME_LIMIT)
    return done.returncode, done.stdout.splitlines() + done.stderr.splitlines()[-5:]


def as_client(binary, name, deflate, settings, folder):
    """The lines of a server of theirs that checks our client, which opens a connection for each check."""
    port, control, lines = free_port(), str(pathlib.Path(folder) / "control"), []
    opening = [binary, "websocket", "open", f"ws://127.0.0.1:{port}/", "--control", control, "--no-wait"]
    with started(peer(name, "check-client", port, deflate)) as server, \
            our_node(binary, settings, control, "--listen", "127.0.0.1:0") as node:
        node.stdout.readline()
        for line in server.stdout:
            lines.append(line.strip())
            if len(lines) <= CHECKS:
                subprocess.run(opening, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=TIME_LIMIT)
        return server.wait(TIME_LIMIT), lines[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("--peer", choices=list(PEERS), action="append", help="only this one")
    args = parser.parse_args()
    binary = str(pathlib.Path(args.binary).resolve())
    if not os.access(binary, os.X_OK):
        print(f"{args.binary} is no program", file=sys.stderr)
        return 2
    bad = 0
    print(f"{'peer':8}{'ours is':9}{'theirs wants':14}{'ours':44}ok")
    for name in args.peer or PEERS:
        for role, play in ("server", as_server), ("client", as_client):
            for deflate, settings in ROWS:
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        status, lines = play(binary, name, deflate, settings, folder)
                    except (subprocess.SubprocessError, OSError, ValueError, KeyError) as error:
                        status, lines = None, [f"{type(error).__name__}: {error}"]
                good = sum(line.startswith("ok ") for line in lines)
                isGood = status == 0 and good == CHECKS
                bad += not isGood
                print(f"{name:8}{role:9}{deflate:14}{' '.join(settings):44}{good} of {CHECKS}", flush=True)
                for line in [] if isGood else lines:
                    if not line.startswith("ok "):
                        print(f"    {line}")
    print("all rows are good" if not bad else f"{bad} rows are not good")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
