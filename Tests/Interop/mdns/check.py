#!/usr/bin/env python3
"""Two nodes of mDNS discovery over real multicast, in network namespaces of the test's own.

Each node has its own namespace and one end of a veth pair. They find each other through the group 224.0.0.251; one of them leaves and
says goodbye. tcpdump captures at one end, and `meshspec decode` names every datagram.

    check.py [MESHSPEC] [--keep FOLDER]

It needs root, `ip` and tcpdump. Where namespaces are not allowed, it says SKIPPED and ends with status 0; with --require it ends with 1.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

GROUP, PORT = "224.0.0.251", 5353
HOSTS = ["10.77.53.1", "10.77.53.2"]


class Node:
    """A running node: its process and its events."""

    def __init__(self, meshspec, space, host, seed, folder):
        self.path = pathlib.Path(folder, f"{space}.jsonl")
        self.control = str(pathlib.Path(folder, f"{space}.sock"))
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", space, meshspec, "node", "mdns", "--listen", f"{host}:{PORT}", "--connect",
             f"{GROUP}:{PORT}", "--seed", str(seed), "--control", self.control],
            stdout=open(self.path, "wb"), start_new_session=True)

    def events(self):
        lines = self.path.read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def wait(self, name, seconds=20):
        """The first event of this name; None if it does not come in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            for event in self.events():
                if event.get("event") == name:
                    return event
            time.sleep(0.05)
        return next((e for e in self.events() if e.get("event") == name), None)

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def make_spaces(names):
    """Makes the namespaces, joined by a veth pair. Returns the reason if that is not possible."""
    for name in names:
        made = run("ip", "netns", "add", name)
        if made.returncode:
            return made.stderr.strip()
    ends = ["mesh0", "mesh1"]
    made = run("ip", "link", "add", ends[0], "netns", names[0], "type", "veth", "peer", "name", ends[1], "netns", names[1])
    if made.returncode:
        return made.stderr.strip()
    for name, end, host in zip(names, ends, HOSTS):
        for command in [["addr", "add", f"{host}/24", "dev", end], ["link", "set", end, "up"], ["link", "set", "lo", "up"],
                        ["route", "add", "224.0.0.0/4", "dev", end]]:
            made = run("ip", "-n", name, *command)
            if made.returncode:
                return made.stderr.strip()
    return None


def check(good, text):
    print(("ok    " if good else "FAIL  ") + text, flush=True)
    return good


def play(meshspec, names, folder):
    capture = pathlib.Path(folder, "mdns.pcap")
    watch = subprocess.Popen(
        ["ip", "netns", "exec", names[0], "tcpdump", "-U", "-i", "mesh0", "-w", str(capture), "udp", "port", str(PORT)],
        stderr=subprocess.PIPE, start_new_session=True)
    nodes = []
    good = True
    try:
        # tcpdump says "listening" when it captures.
        watch.stderr.readline()
        nodes = [Node(meshspec, name, host, seed, folder) for name, host, seed in zip(names, HOSTS, (1, 2))]
        found = [node.wait("peer_found") for node in nodes]
        for i, event in enumerate(found):
            other = HOSTS[1 - i]
            addresses = (event or {}).get("addresses", [])
            good &= check(addresses == [f"/ip4/{other}/tcp/4001"], f"node {i} finds the other one: {addresses}")
        asked = run(meshspec, "mdns", "peers", "--control", nodes[0].control, "--json")
        listed = json.loads(asked.stdout or "[]")
        good &= check([p["peer"] for p in listed] == [found[0] and found[0]["peer"]], "`meshspec mdns peers` lists it")
        time.sleep(1.2)
        nodes[1].stop()
        lost = nodes[0].wait("peer_lost")
        good &= check((lost or {}).get("reason") == "goodbye", "the goodbye of the other node arrives")
        nodes[0].stop()
    finally:
        for node in nodes:
            node.stop()
        time.sleep(0.3)
        os.killpg(watch.pid, signal.SIGTERM)
        watch.wait()
    decoded = subprocess.run([meshspec, "decode", str(capture), "-o", "json"], capture_output=True, text=True)
    records = [json.loads(line) for line in decoded.stdout.splitlines()]
    kinds = collections.Counter(r["message"] for r in records)
    good &= check(decoded.returncode == 0 and set(kinds) == {"mdns.message"}, f"decode names every datagram: {dict(kinds)}")
    answers = [r for r in records if r["fields"]["response"]]
    queries = [r for r in records if not r["fields"]["response"]]
    senders = {r["src"].rpartition(":")[0] for r in answers}
    good &= check(senders == set(HOSTS), f"both nodes answer: {sorted(senders)}")
    good &= check(all(r["dst"] == f"{GROUP}:{PORT}" for r in records), "every message is for the group")
    good &= check(len(queries) >= 2 and all(q["fields"]["questions"][0]["name"] == "_p2p._udp.local" for q in queries),
                  f"{len(queries)} queries ask for the service")
    notes = [n for r in records for n in r.get("notes", [])]
    good &= check(not notes, f"no finding: {notes[:2]}")
    return good


def play_gossipsub(meshspec, names, folder):
    """Two nodes of gossipsub that know nothing of each other, each with a node of mDNS beside it."""
    runs = []
    for name, host, seed in zip(names, HOSTS, (3, 4)):
        path = pathlib.Path(folder, f"{name}-gossipsub.jsonl")
        command = [meshspec, "node", "gossipsub", "--profile", "lib2p2", "--discover", "mdns", "--listen", f"{host}:29001",
                   "--seed", str(seed), "--control", "none", "--for", "60s"]
        process = subprocess.Popen(["ip", "netns", "exec", name, *command], stdout=open(path, "wb"), start_new_session=True)
        runs.append((process, path))
    good = True
    try:
        end = time.monotonic() + 30
        found = []
        while time.monotonic() < end and len(found) < 2:
            found = [path for _, path in runs if b'"event":"pubsub_peer"' in path.read_bytes()]
            time.sleep(0.1)
        good &= check(len(found) == 2, "two nodes of gossipsub find each other with --discover mdns")
    finally:
        for process, _ in runs:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("meshspec", nargs="?", default=".build/debug/meshspec")
    parser.add_argument("--keep", help="folder that keeps the capture and the events")
    parser.add_argument("--require", action="store_true", help="fail where namespaces are not allowed")
    options = parser.parse_args()
    meshspec = str(pathlib.Path(options.meshspec).resolve())
    names = [f"meshspec-{os.getpid()}-{i}" for i in (0, 1)]
    why = next((f"no program {p}" for p in ("ip", "tcpdump") if not shutil.which(p)), None)
    try:
        why = why or make_spaces(names)
        if why:
            print(f"SKIPPED: real multicast was not tested, because network namespaces are not possible: {why}",
                  file=sys.stderr, flush=True)
            return 1 if options.require else 0
        with tempfile.TemporaryDirectory() as folder:
            good = play(meshspec, names, options.keep or folder)
            good &= play_gossipsub(meshspec, names, options.keep or folder)
    finally:
        for name in names:
            run("ip", "netns", "del", name)
    print("two nodes find each other over multicast" if good else "FAILED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
