#!/usr/bin/env python3
"""Our running node and rmpx_peer.py over UDP sockets: in one mesh, and one in the place of the other.

    interop.py MESHSPEC [--only WORD]

Meshes: in each the two implementations stand at every place by turns, in both profiles; what each node keeps is asked at its own side
(`meshspec rightmesh` and bridge.py) until it is what the specification says. Places: a node of each at the same address is sent the same
datagrams, and what it answers is compared byte for byte, but for boot and msg_id, which each chooses and counts by itself.
A row is printed for each; the exit status tells whether all are good.
"""
import argparse
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import rmpx_peer as peer

sys.path.append(str(HERE.parent))
from ports import free_port

ROWS, LOCK = [], threading.Lock()
PATIENCE = 60  # seconds; a change is known everywhere within two INTERVALs a hop, and gone after HOLD


def mid(name):
    return peer.mesh_id(name)


def text(name):
    return "0x" + mid(name).hex()


def row(group, what, good, why=""):
    with LOCK:
        ROWS.append(good)
        print(f"{'ok  ' if good else 'FAIL'} {group:44} {what}{'' if good else '   ' + why}", flush=True)


class Running:
    """A node of one of the two, as a process."""

    def __init__(self, mine, program, folder, name, role, port, profile, superpeers=(), neighbours=(), options=()):
        self.mine, self.program, self.name, self.port = mine, program, name, port
        self.control = f"{folder}/{name}-{port}"
        if mine:
            words = [program, "node", "rightmesh", "--role", role, "--id", text(name), "--listen", f"127.0.0.1:{port}", "--profile", profile,
                     "--control", self.control, *options]
            words += [w for who, at in superpeers for w in ("--superpeer", f"{text(who)}@127.0.0.1:{at}")]
            words += [w for who, at in neighbours for w in ("--seller", f"{text(who)}@127.0.0.1:{at}")]
        else:
            words = [sys.executable, str(HERE / "bridge.py"), "serve", str(port), "--id", text(name), "--role", role, "--bind", f"127.0.0.1:{port}",
                     "--profile", profile, *options]
            words += [w for who, at in superpeers for w in ("--superpeer", f"{text(who)}@127.0.0.1:{at}")]
            words += [w for who, at in neighbours for w in ("--neighbour", f"{text(who)}@127.0.0.1:{at}")]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(200):
            if self.process.poll() is not None:
                raise SystemExit(f"{name}: {self.process.stderr.read().decode()}")
            if self.ask("routes") is not None:
                return
            time.sleep(0.05)
        raise SystemExit(f"{name} cannot be asked")

    def ask(self, *words):
        if self.mine:
            command = [self.program, "rightmesh", *words, "--json", "--control", self.control]
        else:
            command = [sys.executable, str(HERE / "bridge.py"), "ask", str(self.port), *words]
        done = subprocess.run(command, capture_output=True, text=True)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def routes(self):
        return {(r["peer"], r["nexthop"], r["hopcount"]) for r in self.ask("routes") or []}

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process.stderr.close()


def until(body, patience=PATIENCE):
    """The first good look, or the last one: (good, what was seen, seconds)."""
    start = time.monotonic()
    while True:
        good, seen = body()
        if good or time.monotonic() - start > patience:
            return good, seen, time.monotonic() - start
        time.sleep(0.3)


def table(*words):
    """S1>S1/1 as routes have it."""
    out = set()
    for w in words:
        who, rest = w.split(">")
        via, hops = rest.split("/")
        out.add((text(who), text(via), int(hops)))
    return out


NAMES = {text(n): n for n in ("RSP1", "RSP2", "S1", "S2", "B1", "B2")}


def shown(routes):
    return " ".join(sorted(f"{NAMES.get(a, a[:6])}>{NAMES.get(b, b[:6])}/{n}" for a, b, n in routes))


def mesh(program, folder, profile, mine, superpeers=("superpeer", "superpeer")):
    """Two superpeers, a seller of each and a buyer behind each seller; those of `mine` are ours, the others the peer."""
    group = f"mesh {profile}, ours {'+'.join(sorted(mine))}" + (", community" if "community" in superpeers else "")
    port = {n: free_port() for n in ("RSP1", "RSP2", "S1", "S2", "B1", "B2")}
    nodes = {}

    def start(name, role, sps=(), near=()):
        nodes[name] = Running(name in mine, program, folder, name, role, port[name], profile, [(s, port[s]) for s in sps], [(s, port[s]) for s in near])

    try:
        start("RSP1", superpeers[0])
        start("RSP2", superpeers[1], sps=["RSP1"])
        start("S1", "seller", sps=["RSP1"])
        start("S2", "seller", sps=["RSP2"])
        start("B1", "buyer", near=["S1"])
        start("B2", "buyer", near=["S2"])
        wanted = {
            "RSP1": table("S1>S1/1", "RSP2>RSP2/1", "B1>S1/2", "S2>RSP2/2", "B2>RSP2/3"),
            "RSP2": table("S2>S2/1", "RSP1>RSP1/1", "B2>S2/2", "S1>RSP1/2", "B1>RSP1/3"),
            "S1": table("RSP1>RSP1/1", "B1>B1/1"), "S2": table("RSP2>RSP2/1", "B2>B2/1"),
            "B1": table("S1>S1/1", "RSP1>S1/2"), "B2": table("S2>S2/1", "RSP2>S2/2"),
        }
        if profile == "narrated":
            wanted["S1"] |= table("RSP2>RSP1/2", "S2>RSP1/3", "B2>RSP1/4")
            wanted["S2"] |= table("RSP1>RSP2/2", "S1>RSP2/3", "B1>RSP2/4")
            wanted["B1"] |= table("RSP2>S1/3", "S2>S1/4", "B2>S1/5")
            wanted["B2"] |= table("RSP1>S2/3", "S1>S2/4", "B1>S2/5")

        def converged():
            seen = {n: node.routes() for n, node in nodes.items()}
            return seen == wanted, {n: shown(r) for n, r in seen.items() if r != wanted[n]}
        good, seen, took = until(converged)
        row(group, f"all six tables are those of the specification ({took:.0f} s)", good, str(seen))
        superpeer_rows = {n: {(r["id"], r["address"]) for r in nodes[n].ask("superpeers")} for n in ("RSP1", "RSP2")}
        good = superpeer_rows == {"RSP1": {(text("RSP2"), f"127.0.0.1:{port['RSP2']}")}, "RSP2": {(text("RSP1"), f"127.0.0.1:{port['RSP1']}")}}
        row(group, "superpeers know each other's addresses", good, str(superpeer_rows))
        if profile == "target":  # the other one names superpeers as peers only
            both = {text("RSP1"), text("RSP2")}
            good, seen, _ = until(lambda: (lambda c: (c == [both, both], c))([{r["id"] for r in nodes[n].ask("candidates")} for n in ("S1", "S2")]))
            row(group, "sellers have both superpeers to choose from", good, str(seen))
        for asker, target in (("B1", "B2"), ("B2", "B1"), ("S1", "B2")):
            nodes[asker].ask("find", text(target), text("nobody"))
            good, seen, _ = until(lambda: (lambda r: (r.get(text(target)) is True and not r.get(text("nobody")), r))(
                {r["id"]: r["online"] for r in nodes[asker].ask("remote")}), 10)
            row(group, f"FIND {target} by {asker} ({'ours' if asker in mine else 'peer'})", good, str(seen))
        # One that is killed is forgotten, with all behind it, and nobody else is.
        nodes["RSP2"].kill()
        gone = text("RSP2")
        good, seen, took = until(lambda: (lambda r: (table("S1>S1/1", "B1>S1/2") <= r and all(gone not in x for x in r), shown(r)))(nodes["RSP1"].routes()), 90)
        row(group, f"killed RSP2, and all that is reached through it, leaves RSP1 ({took:.0f} s)", good and took > 20, str(seen))
        if "S2" in mine and profile == "target":  # the other one tells no addresses of superpeers
            moved = table("S1>S1/1", "B1>S1/2", "S2>S2/1", "B2>S2/2")
            good, seen, took = until(lambda: (lambda r: (r == moved, shown(r)))(nodes["RSP1"].routes()), 90)
            row(group, f"S2 (ours) takes the other superpeer ({took:.0f} s)", good, str(seen))
        # Dead peers are no reason to be counted as damaged.
        for n in ("RSP1", "S1", "B1"):
            bad = {k: v for k, v in nodes[n].ask("counters").items() if v and k in ("malformed badVersion badType tooBig badSource crc conflict inconsistent overrun"
                                                                                     " unknownSection badRecord oldBoot notForMe unasked").split()}
            row(group, f"{n} ({'ours' if n in mine else 'peer'}) has nothing against what it heard", not bad, str(bad))
    finally:
        for n in nodes.values():
            n.stop()


def large(program, folder, mine, maximum, count):
    """A seller with many neighbours, two superpeers: lists in many datagrams, both ways."""
    group = f"{count} peers in {maximum} bytes, ours {'+'.join(mine)}"
    port = {n: free_port() for n in ("RSP1", "RSP2", "S1")}
    nodes = {}
    try:
        for name, role, sps in (("RSP1", "superpeer", []), ("RSP2", "superpeer", ["RSP1"]), ("S1", "seller", ["RSP1"])):
            own = name in mine
            options = ["-P", f"max_datagram={maximum}"] if own else ["--max-datagram", str(maximum)]
            if name == "S1":
                options += ["--local-peers", str(count)]
            nodes[name] = Running(own, program, folder, name, role, port[name], "target", [(s, port[s]) for s in sps], [], options)
        for name, via, hops in (("RSP1", "S1", 2), ("RSP2", "RSP1", 3)):
            wanted = {("0x" + mid(f"{text('S1')}/{i}").hex(), text(via), hops) for i in range(count)}
            good, seen, took = until(lambda: (lambda r: (wanted <= r, f"{len(wanted & r)} of {count}"))(nodes[name].routes()))
            row(group, f"{name} ({'ours' if name in mine else 'peer'}) has all of them ({took:.0f} s)", good, str(seen))
        ids = [text("S1")] + [f"0x{mid(text('S1') + '/' + str(i)).hex()}" for i in range(40)]
        if "RSP2" in mine:
            found = nodes["RSP2"].ask("find", *ids)
            row(group, "FIND of 41 at RSP2", found is not None and found.get("count") == 41, str(found)[:200])
    finally:
        for n in nodes.values():
            n.stop()


def bound(s, port):
    try:
        s.bind(("127.0.0.1", port))
        return True
    except OSError:
        return False


class Player:
    """Plays those around a node at an address, and keeps what it says."""

    def __init__(self, node_port):
        self.node, self.heard = ("127.0.0.1", node_port), []
        self.sockets, self.taken = {}, set()

    def open(self, name, port=0):
        s = self.sockets[name] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # A process that another thread is just starting may still have what was open when it was begun.
        until(lambda: (bound(s, port), None), 5)
        s.settimeout(3)
        return s.getsockname()[1]

    def send(self, name, typ, dst, msg_id, sections, role, **more):
        for d in peer.build(typ, mid(name), mid(dst), msg_id, sections, role=role, boot=7, **more):
            self.sockets[name].sendto(d, self.node)
            time.sleep(0.0005)

    def take(self, name, note, *types):
        """The next whole message of these types, in the order of its fragments; not one that was taken and comes again."""
        parts, first = {}, None
        while not parts or len(parts) < first.frag_count:
            try:
                d = self.sockets[name].recv(65536)
            except TimeoutError:
                break
            h = peer.decode_datagram(d)
            if h.type not in types or (name, h.src, h.msg_id) in self.taken or first and h.msg_id != first.msg_id:
                continue
            first = first or h
            parts[h.frag_index] = (h.frag_count, d)
        if first:
            self.taken.add((name, first.src, first.msg_id))
        parts = [p[1] for _, p in sorted(parts.items())]
        if peer.crc32c(b"".join(p[72:] for p in parts)) != (int.from_bytes(parts[0][64:68], "big") if parts else 0):
            parts = []
        self.heard.append((note, masked(parts)))

    def close(self):
        for s in self.sockets.values():
            s.close()


def masked(parts):
    """Without boot and msg_id, and without ages: those are of the moment, and the checksum of a list goes by them."""
    body, out = bytearray(b"".join(p[72:] for p in parts)), []
    at = 0
    while at + 8 <= len(body):
        kind, length, count = body[at], int.from_bytes(body[at + 2:at + 4], "big"), int.from_bytes(body[at + 4:at + 8], "big")
        at += 8
        for i in range(at, at + length * count, max(1, length)):
            if kind in (peer.PEERS, peer.SUPERPEERS):
                age = i + (22 if kind == peer.PEERS else 40)
                body[age:age + 2] = b"--"
        at += length * count
    at = 0
    for p in parts:
        end = at + len(p) - 72
        out.append(p[:48] + b"----" + p[52:64] + b"----" + p[68:70] + b"--" + bytes(body[at:end]))
        at = end
    return out


def snapshot(*peers):
    return peer.Section(peer.PEERS, list(peers), peer.SNAPSHOT)


def play_superpeer(p, ports):
    """As a superpeer: INFO, FIND, HELLO, lists of several datagrams, an answer repeated."""
    for name in ("S1", "S2", "RSP2"):
        p.open(name, ports[name])
    # In the order of their ids, in which both list them.
    b = sorted((mid(f"B{i}") for i in range(1000)))
    p.send("S1", peer.INFO, "RSP1", 1, [snapshot()], 2)
    p.take("S1", "INFO_ACK to the first INFO", peer.INFO_ACK)
    p.send("S1", peer.INFO, "RSP1", 2, [snapshot(peer.Peer(b[0], 1, 1, 0), peer.Peer(b[1], 1, 1, 3))], 2)
    p.take("S1", "INFO_ACK to an INFO with two peers", peer.INFO_ACK)
    p.send("S1", peer.FIND, "RSP1", 3, [peer.Section(peer.TARGETS, [peer.Target(b[1]), peer.Target(mid("nobody")), peer.Target(mid("RSP1"))])], 2)
    p.take("S1", "FIND_ACK: one online, one offline, itself", peer.FIND_ACK)
    p.send("S1", peer.FIND, "RSP1", 4, [peer.Section(peer.TARGETS, [peer.Target(mid("nobody"))])], 2)
    p.take("S1", "FIND_ACK: nobody", peer.FIND_ACK)
    p.send("S1", peer.FIND, "RSP1", 5, [peer.Section(peer.TARGETS, [peer.Target(b[0], 0, peer.SUBSCRIBE)])], 2)
    p.take("S1", "FIND_ACK: subscribed", peer.FIND_ACK)
    p.send("S1", peer.INFO, "RSP1", 6, [snapshot(peer.Peer(b[0], 1, 1, 0), peer.Peer(b[1], 1, 1, 3))], 2)
    p.take("S1", "INFO_ACK with what is tracked", peer.INFO_ACK)
    p.send("S1", peer.INFO, "RSP1", 7, [snapshot(peer.Peer(b[1], 1, 1, 3))], 2)
    first, second = len(p.heard), len(p.heard) + 1
    p.take("S1", "push or INFO_ACK", peer.INFO, peer.INFO_ACK)
    p.take("S1", "push or INFO_ACK", peer.INFO, peer.INFO_ACK)
    # Which of the two goes out first is left open.
    p.heard[first:second + 1] = sorted(p.heard[first:second + 1], key=lambda x: x[1])


def play_large(p, ports):
    """A list of 1,000 in, and out again to another superpeer."""
    for name in ("RSP2", "RSP3"):
        p.open(name, ports[name])
    b = sorted((mid(f"B{i}") for i in range(1000)))
    low, high = min(b), max(b)
    own = peer.Superpeer(mid("RSP2"), peer.ip_bytes("127.0.0.1"), ports["RSP2"])
    records = [peer.Peer(x, 1 + i % 14, 1 + i % 3, i % 20) for i, x in enumerate(b)]
    p.send("RSP2", peer.HELLO, "RSP1", 1, [snapshot(*records), peer.Section(peer.SUPERPEERS, [own])], 4)
    p.take("RSP2", "HELLO_ACK to a superpeer: split horizon", peer.HELLO_ACK)
    own3 = peer.Superpeer(mid("RSP3"), peer.ip_bytes("127.0.0.1"), ports["RSP3"])
    p.send("RSP3", peer.HELLO, "RSP1", 1, [snapshot(), peer.Section(peer.SUPERPEERS, [own3])], 4)
    p.take("RSP3", "HELLO_ACK of 1,000 peers", peer.HELLO_ACK)
    # Compared by the records of the whole: each lists the superpeer RSP2 where it stands in its own order.
    note, parts = p.heard.pop()
    body = b"".join(x[72:] for x in parts)
    at = body[8:8 + 24 * 1001]
    p.heard.append((note + ", its records", sorted(at[i:i + 24] for i in range(0, len(at), 24))))
    p.heard.append((note + ", its superpeers", [body[8 + 24 * 1001:]]))
    p.heard.append((note + ", sizes", [len(x).to_bytes(2, "big") + x[56:60] for x in parts]))


def play_seller(p, ports):
    """As a seller: its own INFO, HELLO from buyers, a FIND passed on and back, a push passed on."""
    for name in ("RSP1", "B1", "B2"):
        p.open(name, ports[name])
    p.take("RSP1", "the first INFO", peer.INFO)
    ack = [peer.Section(peer.PEERS), peer.Section(peer.SUPERPEERS, [peer.Superpeer(mid("RSP1"), peer.ip_bytes("127.0.0.1"), ports["RSP1"])])]
    p.send("RSP1", peer.INFO_ACK, "S1", 1, ack, 4, ack_id=1)
    time.sleep(0.05)
    p.send("B1", peer.HELLO, "S1", 1, [snapshot()], 1)
    p.take("B1", "HELLO_ACK to a buyer", peer.HELLO_ACK)
    find = [peer.Section(peer.TARGETS, [peer.Target(mid("B9"))])]
    p.send("B1", peer.FIND, "RSP1", 2, find, 1)
    p.take("RSP1", "FIND passed on", peer.FIND)
    p.send("RSP1", peer.FIND_ACK, "B1", 2, [peer.Section(peer.PEERS, [peer.Peer(mid("B9"), 3, 1, 2)])], 4, ack_id=2)
    p.take("B1", "FIND_ACK passed on", peer.FIND_ACK)
    many = [peer.Section(peer.TARGETS, [peer.Target(mid(f"x{i}")) for i in range(1000)])]
    p.send("B1", peer.FIND, "RSP1", 3, many, 1)
    p.take("RSP1", "FIND of four datagrams passed on", peer.FIND)
    p.send("RSP1", peer.INFO, "S1", 3, [peer.Section(peer.PEERS, [peer.Peer(mid("B9"), 15, 0, 0, True)])], 4)
    p.take("RSP1", "INFO_ACK to a push", peer.INFO_ACK)
    p.take("B1", "the push passed on", peer.INFO)


def place(program, folder, profile, role, play, maximum=8000):
    """The same datagrams to each of the two at the same address."""
    group = f"place of a {role}, {profile}, {maximum}"
    ports = {n: free_port() for n in ("node", "RSP1", "RSP2", "RSP3", "S1", "S2", "B1", "B2")}
    said = {}
    name = "RSP1" if role == "superpeer" else "S1"
    for mine in (True, False):
        player = Player(ports["node"])
        sps = [] if role == "superpeer" else [("RSP1", ports["RSP1"])]
        options = ["-P", f"max_datagram={maximum}", "-P", "hello_ack=unicast"] if mine else ["--max-datagram", str(maximum)]
        if role != "superpeer":
            # Its first words are heard.
            player.open("RSP1", ports["RSP1"])
            early = player.sockets.pop("RSP1")
        node = Running(mine, program, folder, name, role, ports["node"], profile, sps, [], options)
        try:
            if role != "superpeer":
                opener = player.open
                player.open = lambda n, port=0: player.sockets.__setitem__(n, early) if n == "RSP1" else opener(n, port)
            play(player, ports)
            said[mine] = player.heard
        finally:
            node.stop()
            player.close()
    for (note, ours), (_, theirs) in zip(said[True], said[False]):
        good = bool(ours) and ours == theirs
        why = ""
        if not good:
            i = next((i for i, (x, y) in enumerate(zip(ours, theirs)) if x != y), min(len(ours), len(theirs)))
            x, y = (ours + [b""] * (i + 1))[i], (theirs + [b""] * (i + 1))[i]
            at = next((k for k in range(min(len(x), len(y))) if x[k] != y[k]), min(len(x), len(y)))
            why = f"{len(ours)}/{len(theirs)} datagrams; {i} from byte {at} of {len(x)}/{len(y)}: ours {x[at:at + 24].hex()}, peer {y[at:at + 24].hex()}"
        row(group, note, good, why)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("meshspec")
    p.add_argument("--only", default="")
    a = p.parse_args()
    program = os.path.abspath(a.meshspec)
    sets = [{"RSP1", "S2", "B1"}, {"RSP2", "S1", "B2"}, {"RSP1", "S1", "B1"}, {"RSP2", "S2", "B2"}, {"RSP1", "B1", "B2"}, {"S1", "S2"}]
    with tempfile.TemporaryDirectory() as folder:
        work = [("mesh", lambda pr=pr, m=m: mesh(program, folder, pr, m)) for pr in ("target", "narrated") for m in sets]
        work += [("community", lambda m=m: mesh(program, folder, "target", m, ("community", "superpeer"))) for m in sets[:2]]
        work += [("large", lambda m=m, x=x, n=n: large(program, folder, m, x, n)) for m in (["RSP1"], ["RSP2"]) for x, n in ((256, 100), (8000, 1000))]
        for profile in ("target", "narrated"):
            work += [("place", lambda pr=profile: place(program, folder, pr, "superpeer", play_superpeer))]
            work += [("place", lambda pr=profile: place(program, folder, pr, "seller", play_seller))]
        work += [("place", lambda x=x: place(program, folder, "target", "superpeer", play_large, x)) for x in (8000, 256)]
        threads, gate, failed = [], threading.Semaphore(6), []

        def run(body):
            with gate:
                try:
                    body()
                except BaseException as error:  # told as a row: the others go on
                    failed.append(error)
                    traceback.print_exc()
                    row("harness", "", False, repr(error))
        for name, body in work:
            if a.only in name:
                threads.append(threading.Thread(target=run, args=(body,)))
                threads[-1].start()
        for t in threads:
            t.join()
    print(f"{sum(ROWS)} of {len(ROWS)} rows are good")
    sys.exit(0 if ROWS and all(ROWS) else 1)


if __name__ == "__main__":
    main()
