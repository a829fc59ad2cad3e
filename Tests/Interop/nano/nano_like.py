"""A node that imitates one of the tested implementations: `nano_peer.py --like NAME`.

It supports only the dev network. It keeps a ledger that begins with the first block, elects new blocks, and finds its peers. LIKE holds the
differences between the implementations as named behaviours. No other part of this file names an implementation. Spec/nano/README.md
describes the rules. The behaviours were observed in nano-node d45a77da and RsNano 4918d32c.

    python3 nano_like.py SOCKET HOST:PORT   make a running node dial an endpoint, over its socket of --control
"""

import asyncio
import hashlib
import ipaddress
import json
import os
import random
import socket
import struct
import sys
import time

from nano_peer import BLOCK_SIZES, CODES, NETWORKS, QUERY, RESPONSE, TYPES, V2, endpoint, verify
import ed25519_blake2b

# The behaviours by name, and the implementations that have them.
BEHAVIOURS = {
    "v3": "speaks V3 of the handshake, version 0x16, and knows the later types of ascending bootstrap",
    "closes-on-bad-content": "closes the connection on any bad content but a repeated payload",
    "closes-on-too-little-work": "closes the connection on a block with too little work",
    "closes-on-early-bootstrap": "closes the connection on a request of legacy bootstrap before the handshake",
    "close-overtakes-answer": "answers a query before it checks the response beside it; its close overtakes the answer",
    "answer-before-close": "answers a query before it checks the response beside it; the answer arrives, then it closes",
    "closes-without-cookie": "closes at once when no cookie is free for an address that it dials",
    "looks-at-last-keepalive": "keeps the last of the keepalives that wait, not the first",
    "no-vote-filter": "processes a repeated vote again",
    "v1-announces-v2": "announces the length of a V2 response in the header of a V1 answer",
    "block-type-in-confirm-req": "assumes the length of the block for a confirm_req of another block type than 1",
    "high-size-bits": "ignores the bits above the size of telemetry",
    "dials-again": "does not remember a finished attempt",
    "keeps-silent-peers": "keeps a peer that sends nothing after the handshake",
    "idle-early": "closes an idle connection after 5 s",
    "block-type-0": "writes block type 0 into a confirm_ack",
    "elections-all-the-time": "sends a block whose election runs every 20 ms",
}
LIKE = {
    "nano-28": ["close-overtakes-answer"],
    "nano-2026": ["v3", "close-overtakes-answer", "closes-on-bad-content", "closes-on-too-little-work",
                  "closes-on-early-bootstrap"],
    "rsnano": ["answer-before-close", "closes-on-bad-content", "closes-without-cookie", "looks-at-last-keepalive",
               "no-vote-filter", "v1-announces-v2", "block-type-in-confirm-req", "high-size-bits", "dials-again",
               "keeps-silent-peers", "idle-early", "block-type-0", "elections-all-the-time"],
}

DEV_GENESIS = bytes.fromhex(
    "b0311ea55708d6a53c75cdbf88300259c6d018522fe3d4d0a242e431f9e8b6d0" * 3
    + "ecda914373a2f0ca1296475baee40500a7f0a7ad72a5a80c81d7fab7f6c802b2"
    + "cc7db50f5dd0fb25b2ef11761fa7344a158dd5a700b21bd47de5bd0f63153a02") + (0x7b42a00ee91d5810).to_bytes(8, "little")
EPOCH_1, ENTRY = 0xfe00000000000000, 0xf000000000000000
RESERVED = [ipaddress.ip_network(n) for n in (
    "0.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "100::/64",
    "2001:db8::/32", "ff00::/8")]
MAX_VALUE = 2 ** 128 - 1
FINAL = b"\xff" * 8
NO_KEY = bytes(32)


def blake(data, size=32):
    return hashlib.blake2b(data, digest_size=size).digest()


def reserved(address):
    address = address.ipv4_mapped or address if address.version == 6 else address
    return address.is_unspecified or any(address.version == n.version and address in n for n in RESERVED)


class Block:
    """A block in its wire format, with the properties of its type."""

    def __init__(self, kind, raw):
        self.kind, self.raw = kind, raw
        body, tail = raw[:-72], raw[-72:]
        self.signature, work = tail[:64], tail[64:]
        field = lambda i: body[32 * i:32 * i + 32]
        self.account = self.representative = None
        self.previous, self.link, self.balance = NO_KEY, NO_KEY, None
        if kind == 2:
            self.previous, self.link, self.balance = field(0), field(1), int.from_bytes(body[64:80], "big")
        elif kind == 3:
            self.previous, self.link = field(0), field(1)
        elif kind == 4:
            self.link, self.representative, self.account = field(0), field(1), field(2)
        elif kind == 5:
            self.previous, self.representative = field(0), field(1)
        else:
            self.account, self.previous, self.representative = field(0), field(1), field(2)
            self.balance, self.link = int.from_bytes(body[96:112], "big"), body[112:144]
        self.hash = blake((bytes(31) + b"\x06" if kind == 6 else b"") + body)
        self.root = self.account if kind == 4 or kind == 6 and self.previous == NO_KEY else self.previous
        self.work = int.from_bytes(blake((work[::-1] if kind == 6 else work) + self.root, 8), "little")


class Ledger:
    """The accounts, their receivable amounts and their weights. The ledger accepts a block when it has all blocks that it needs."""

    def __init__(self, genesis):
        self.blocks, self.accounts, self.receivable, self.weights = {}, {}, {}, {}
        self.owner, self.balance, self.delegate, self.confirmed = {}, {}, {}, set()
        self.needs = {}
        self.add(genesis, genesis.account, MAX_VALUE, [])
        self.confirmed.add(genesis.hash)

    def add(self, block, account, balance, needs):
        before = self.balance.get(self.accounts[account][-1], 0) if account in self.accounts else 0
        if account in self.delegate:
            self.weights[self.delegate[account]] -= before
        self.delegate[account] = block.representative or self.delegate[account]
        self.weights[self.delegate[account]] = self.weights.get(self.delegate[account], 0) + balance
        self.accounts.setdefault(account, []).append(block.hash)
        self.blocks[block.hash], self.owner[block.hash], self.balance[block.hash] = block, account, balance
        self.needs[block.hash] = [h for h in needs if h in self.blocks]

    def insert(self, block):
        """Adds a block; returns true if it is new and valid."""
        if block.hash in self.blocks or block.work < EPOCH_1:
            return False
        account = block.account or self.owner.get(block.previous)
        if account is None or account == NO_KEY:
            return False
        chain = self.accounts.get(account, [])
        if (chain[-1] if chain else NO_KEY) != block.previous or not verify(account, block.signature, block.hash):
            return False
        if block.kind != 6 and chain and self.blocks[chain[-1]].kind == 6:
            return False
        before = self.balance[chain[-1]] if chain else 0
        after, sent = before if block.balance is None else block.balance, None
        if block.kind in (3, 4) or block.kind == 6 and after >= before and block.link != NO_KEY:
            amount = self.receivable.get((account, block.link))
            if amount is None or block.kind == 6 and amount != after - before:
                return False
            after, sent = before + amount, "received"
        elif block.kind == 2 or block.kind == 6 and after < before:
            if after > before:
                return False
            self.receivable[(block.link, block.hash)] = before - after
        elif after != before or not chain:
            return False
        if sent:
            del self.receivable[(account, block.link)]
        self.add(block, account, after, [block.previous] + ([block.link] if sent else []))
        return True

    def confirm(self, hash):
        """Confirms a block and all blocks that it follows."""
        todo = [hash]
        while todo:
            one = todo.pop()
            if one not in self.confirmed:
                self.confirmed.add(one)
                todo += self.needs[one]

    def is_ready(self, hash):
        """Returns true if all blocks that the block follows are confirmed, so that it can be elected."""
        return all(h in self.confirmed for h in self.needs[hash])

    def info(self, target, kind):
        account = target if kind == 0 else self.owner.get(target, NO_KEY)
        chain = self.accounts.get(account)
        if not chain:
            return account + bytes(32 + 32 + 8 + 32 + 8)
        height = sum(h in self.confirmed for h in chain)
        return (account + chain[0] + chain[-1] + struct.pack(">Q", len(chain))
                + (chain[height - 1] if height else NO_KEY) + struct.pack(">Q", height))

    def entries(self, hashes):
        return b"".join(bytes([self.blocks[h].kind]) + self.blocks[h].raw for h in hashes) + b"\x01"

    def answer(self, kind, body, later):
        """Returns the answer to an asc_pull_req, or None."""
        if kind == 1:
            start, count, by = body[:32], body[32], body[33]
            if not 1 <= count <= 128:
                return None
            account = start if by == 0 else self.owner.get(start) if by == 1 else None
            chain = self.accounts.get(account, [])
            return self.entries(chain[chain.index(start) if by == 1 and chain else 0:][:count])
        if kind == 2:
            return self.info(body[:32], body[32]) if body[:32] != NO_KEY and body[32] < 2 else None
        if kind == 3:
            start, count = body[:32], struct.unpack(">H", body[32:34])[0]
            if not 1 <= count <= 1000:
                return None
            some = sorted(a for a in self.accounts if a >= start)[:count]
            return b"".join(a + self.accounts[a][-1] for a in some) + bytes(64)
        if kind == 4 and later:
            hashes = [body[i:i + 32] for i in range(0, len(body) - 31, 32)]
            hashes = hashes[:hashes.index(NO_KEY)] if NO_KEY in hashes else hashes
            return self.entries([h for h in hashes if h in self.blocks])
        return None


class Node:
    def __init__(self, name, port, bind, peers):
        self.has = set(LIKE[name]).__contains__
        assert all(b in BEHAVIOURS for b in LIKE[name])
        self.magic, genesis, account = NETWORKS["dev"]
        self.genesis, self.account = bytes.fromhex(genesis), bytes.fromhex(account)
        self.versions = bytes([0x16, 0x16, 0x14]) if self.has("v3") else bytes([0x15, 0x15, 0x14])
        self.key = ed25519_blake2b.SigningKey(os.urandom(32))
        self.node_id = self.key.get_verifying_key().to_bytes()
        self.port, self.bind, self.peers = port, bind, peers
        self.links, self.cookies, self.attempts, self.dialing = [], {}, {}, set()
        self.history, self.excluded, self.payloads = {}, {}, {}
        self.ledger, self.elections, self.start = Ledger(Block(4, DEV_GENESIS)), {}, time.monotonic()
        self.idle = 5 if self.has("idle-early") else 15

    def message(self, name, payload=b"", ext=0):
        return self.magic + self.versions + bytes([CODES[name]]) + struct.pack("<H", ext) + payload

    def report(self, event, **fields):
        print(json.dumps({"t": round(time.monotonic() - self.start, 3), "event": event, **fields}), flush=True)

    @property
    def realtime(self):
        return [link for link in self.links if link.peer_id]

    @property
    def hearers(self):
        return [link for link in self.realtime if not link.is_foreign]

    # Cookies
    def cookie(self, at):
        if at in self.cookies or sum(a[0] == at[0] for a in self.cookies) >= 256:
            return None
        self.cookies[at] = (os.urandom(32), time.monotonic())
        return self.cookies[at][0]

    # Blocks and votes
    def is_new(self, payload, of_vote):
        """Returns true if a payload did not arrive in the last minute, and remembers it."""
        digest, now = blake(payload, 16), time.monotonic()
        if of_vote and self.has("no-vote-filter"):
            return True
        if now - self.payloads.get(digest, -100) < 60:
            return False
        if len(self.payloads) > 65536:
            self.payloads.clear()
        self.payloads[digest] = now
        return True

    def publish(self, block):
        if self.ledger.insert(block):
            self.elect()

    def elect(self):
        """Begins the elections of all blocks that can be elected."""
        for account, chain in self.ledger.accounts.items():
            for h in chain[-8:]:
                if h not in self.ledger.confirmed and h not in self.elections and self.ledger.is_ready(h):
                    self.elections[h] = {"sent": 0.0, "votes": {}}

    def broadcast(self, h):
        block = self.ledger.blocks[h]
        links = self.hearers
        for link in random.sample(links, min(1, len(links))):
            link.send(self.message("publish", block.raw, block.kind << 8))

    def vote(self, link, body, ext):
        account, signature, stamp, hashes = body[:32], body[32:96], body[96:104], body[104:]
        if account == NO_KEY or not verify(account, signature, blake(b"vote " + hashes + stamp)):
            return
        weight, counts = self.ledger.weights.get(account, 0), False
        # The answer to the confirm_req of a new connection.
        if not ext & 4 and self.genesis in (hashes[i:i + 32] for i in range(0, len(hashes), 32)):
            link.accounts.add(account)
        for h in (hashes[i:i + 32] for i in range(0, len(hashes), 32)):
            # A vote of enough weight for a block that follows unconfirmed blocks begins the elections of all of them.
            if h in self.ledger.blocks and h not in self.ledger.confirmed and stamp == FINAL and weight > MAX_VALUE * 0.67:
                election = self.elections.setdefault(h, {"sent": time.monotonic(), "votes": {}})
            else:
                election = self.elections.get(h)
            moment = int.from_bytes(stamp, "little")
            if election is None or not weight or election["votes"].get(account, -1) >= moment:
                continue
            election["votes"][account], counts = moment, True
            final = sum(self.ledger.weights.get(a, 0) for a, m in election["votes"].items() if m == 2 ** 64 - 1)
            if final > MAX_VALUE * 0.67:
                self.ledger.confirm(h)
                self.elections = {x: e for x, e in self.elections.items() if x not in self.ledger.confirmed}
        if counts:
            links = self.hearers
            bits = (ext & ~0x0f00 | (0 if self.has("block-type-0") else 0x0100)) | 4
            for link in random.sample(links, min(1, len(links))):
                link.send(self.message("confirm_ack", body, bits))
        self.elect()

    # Peers
    def telemetry(self):
        body = (self.node_id + struct.pack(">QQQQQI", len(self.ledger.blocks), len(self.ledger.confirmed), 0,
                                           len(self.ledger.accounts), 0, len(self.hearers))
                + self.versions[1:2] + struct.pack(">Q", int(time.monotonic() - self.start)) + self.genesis
                + bytes([28, 0, 0, 0, 0]) + struct.pack(">QQ", int(time.time() * 1000), EPOCH_1))
        if self.has("v3"):
            body += bytes([1]) + struct.pack(">III", 1, 1, 1) + bytes([2])
        return self.message("telemetry_ack", self.key.sign(body) + body, len(body) + 64)

    def keepalive(self, itself):
        known = sorted({link.listens for link in self.hearers if link.listens})
        some = [endpoint(*at) for at in random.sample(known, min(8, len(known)))]
        some += [bytes(18)] * (8 - len(some))
        # The peers of slots 0 and 1 move to slots 2 and 3.
        slots = [endpoint("::", self.port), bytes(18)] + some[:2] + some[4:] if itself else some
        return self.message("keepalive", b"".join(slots).ljust(144, b"\0"))

    def contact(self, at):
        """Dials an endpoint unless a rule forbids it."""
        host, port = at
        address, now = ipaddress.ip_address(host), time.monotonic()
        if not port or reserved(address) or self.excluded.get(host, 0) > 1 or at == (self.bind, self.port):
            return
        if host == "::1" and port == self.port or at in self.dialing:
            return
        if any(at in (link.listens, link.at) for link in self.links):
            return
        if not self.has("dials-again") and now - self.attempts.get(at, -100) < 5:
            return
        self.attempts[at] = now
        self.dialing.add(at)
        asyncio.ensure_future(self.dial(at))

    async def dial(self, at):
        try:
            loop = asyncio.get_running_loop()
            await asyncio.wait_for(loop.create_connection(lambda: Link(self, True), *at), 5)
        except (OSError, asyncio.TimeoutError):
            pass
        self.dialing.discard(at)

    async def every(self, period, work):
        while True:
            await asyncio.sleep(period)
            try:
                work()
            except Exception as error:  # a bug of this file must be visible
                self.report("error", text=repr(error))
                raise

    def tick_keepalive(self):
        links = self.hearers
        random.shuffle(links)
        for i, link in enumerate(links):
            if i < 2 or time.monotonic() - link.sent >= 1:
                link.send(self.keepalive(itself=i == 0))

    def tick_telemetry(self):
        for link in self.hearers:
            link.send(self.telemetry())

    def tick_second(self):
        now = time.monotonic()
        self.cookies = {at: c for at, c in self.cookies.items() if now - c[1] < 5}
        for link in list(self.links):
            active = max(link.received, link.sent)
            if now - active > self.idle:
                link.close()
            elif link.peer_id and not link.opener and now - link.received > 120 and not self.has("keeps-silent-peers"):
                link.close()
        for link in self.hearers:
            if link.listens:
                self.history[link.listens] = now
        self.history = {at: t for at, t in self.history.items() if now - t < 10}
        for at in list(self.history):
            self.contact(at)

    def tick_peers(self):
        """Contacts the configured peers, unless the connected representatives have enough weight."""
        accounts = set().union(*(link.accounts for link in self.hearers))
        weight = sum(self.ledger.weights.get(account, 0) for account in accounts)
        if weight > MAX_VALUE * 0.67 and not self.has("v3"):
            return
        for at in self.peers:
            self.contact(at)

    def tick_elections(self):
        pause, now = 0.02 if self.has("elections-all-the-time") else 0.5, time.monotonic()
        for h, election in list(self.elections.items()):
            if now - election["sent"] >= pause:
                election["sent"] = now
                self.broadcast(h)

    async def reach_out(self):
        """Processes the kept keepalives in order, one slot per 10 ms."""
        while True:
            waiting = [link for link in self.links if link.kept is not None]
            if waiting:
                link = random.choice(waiting)
                slots, link.kept = link.kept, None
                for at in slots:
                    self.contact(at)
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.01)

    async def run(self, control):
        loop = asyncio.get_running_loop()
        if control:
            await loop.create_datagram_endpoint(
                lambda: Control(self), sock=listening(control))
        if self.port is not None:
            server = await loop.create_server(lambda: Link(self, False), self.bind, self.port, backlog=512)
            self.port = server.sockets[0].getsockname()[1]
        self.report("listening", port=self.port, nodeId=self.node_id.hex())
        await asyncio.gather(
            self.every(1, self.tick_keepalive), self.every(0.5, self.tick_telemetry), self.every(1, self.tick_second),
            self.every(0.5, self.tick_peers), self.every(0.02, self.tick_elections), self.reach_out())


def split(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def listening(path):
    """Returns a datagram socket at a path; removes the socket of an earlier node."""
    if os.path.exists(path):
        os.unlink(path)
    control = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    control.bind(path)
    return control


class Control(asyncio.DatagramProtocol):
    """Receives endpoints to dial, like the keepalive command of nano-node's RPC."""

    def __init__(self, node):
        self.node = node

    def datagram_received(self, data, sender):
        self.node.contact(split(data.decode()))


class Link(asyncio.Protocol):
    """One connection, in either direction."""

    def __init__(self, node, opener):
        self.node, self.opener = node, opener
        self.data, self.peer_id, self.listens, self.kept = b"", None, None, None
        self.greeted = self.queried = self.is_bootstrap = self.is_foreign = self.is_over = False
        self.received = self.sent = time.monotonic()
        self.accounts = set()

    def connection_made(self, transport):
        self.transport = transport
        self.at = transport.get_extra_info("peername")[:2]
        self.host = self.at[0]
        if self.opener:
            self.listens = self.at
        beside = sum(link.host == self.host for link in self.node.links)
        if beside >= 256 or self.node.excluded.get(self.host, 0) > 1:
            self.is_over = True
            return transport.close()
        self.node.links.append(self)
        if self.opener:
            cookie = self.node.cookie(self.at)
            if cookie:
                self.queried = True
                self.send(self.node.message("node_id_handshake", cookie, QUERY | V2 | (8 if self.node.has("v3") else 0)))
            elif self.node.has("closes-without-cookie"):
                self.close()
            else:
                self.send(self.node.message("node_id_handshake"))

    def connection_lost(self, error):
        self.is_over = True
        if self in self.node.links:
            self.node.links.remove(self)
            if self.peer_id and self.listens:
                self.node.history[self.listens] = time.monotonic()

    def send(self, data):
        if not self.is_over:
            self.sent = time.monotonic()
            self.transport.write(data)

    def close(self):
        self.is_over = True
        self.transport.close()

    def data_received(self, data):
        self.data += data
        self.received = time.monotonic()
        while not self.is_over and len(self.data) >= 8:
            head = self.data[:8]
            if head[:2] != self.node.magic or head[3] < self.node.versions[2]:
                return self.close()
            ext = struct.unpack("<H", head[6:])[0]
            size = self.size(head[5], ext)
            if size is None:
                return self.close()
            if len(self.data) < 8 + size:
                return
            body, self.data = self.data[8:8 + size], self.data[8 + size:]
            self.take(head[5], ext, body)

    def size(self, kind, ext):
        """Returns the length of the payload after a header, or None for an unknown type."""
        has = self.node.has
        if kind == 10:
            form = (176 if ext & 8 and has("v3") else 160) if ext & V2 or ext & 8 and has("v3") else 96
            return 32 * bool(ext & QUERY) + form * bool(ext & RESPONSE)
        if kind in (16, 17) and has("v3"):
            return ext
        if kind not in TYPES:
            return None
        count = ((ext >> 12) << 4) | ((ext >> 4) & 15) if ext & 1 else ext >> 12
        type_bits = (ext >> 8) & 15
        if kind == 4 and has("block-type-in-confirm-req") and type_bits != 1:
            return BLOCK_SIZES.get(type_bits, 0)
        return {2: 144, 3: BLOCK_SIZES.get(type_bits, 0), 4: 64 * count, 5: 104 + 32 * count, 6: 64 + 8 * (ext & 1), 7: 0,
                8: 40, 11: 49, 12: 0, 13: ext & 0x3ff, 14: 9 + ext, 15: 9 + ext}[kind]

    def is_bad(self, kind, ext, body):
        """Returns true if the content of a message breaks its form."""
        later = self.node.has("v3")
        if kind == 3:
            return (ext >> 8) & 15 not in BLOCK_SIZES
        if kind == 4:
            pairs = [body[i:i + 64] for i in range(0, len(body), 64)]
            return not pairs or any(not any(p) for p in pairs)
        if kind == 6:
            return bool(ext & 1) and body[64] != 0
        if kind == 13:
            if ext & ~0x3ff and not self.node.has("high-size-bits"):
                return True
            return 0 < len(body) < 202
        if kind == 14:
            least = {1: 34, 2: 33, 3: 34, **({4: 32, 5: 42} if later else {})}.get(body[0])
            return least is None or len(body) < 9 + least
        if kind == 15:
            return body[0] not in ((1, 2, 3, 4, 5) if later else (1, 2, 3))
        return False

    def take(self, kind, ext, body):
        node = self.node
        if kind in (3, 5) and not node.is_new(bytes([kind]) + body, kind == 5):
            return
        if self.is_bad(kind, ext, body):
            return self.close() if node.has("closes-on-bad-content") else None
        block = Block((ext >> 8) & 15, body) if kind == 3 else None
        if block and block.work < (ENTRY if block.kind == 6 else EPOCH_1):
            return self.close() if node.has("closes-on-too-little-work") else None
        if self.is_bootstrap:
            return
        if not self.peer_id:
            if kind == 10:
                return self.handshake(ext, body)
            if kind in (6, 7, 8, 11) and not self.opener and not node.has("closes-on-early-bootstrap"):
                self.is_bootstrap = True
                return
            return self.close()
        if kind == 2:
            self.heard_keepalive(body)
        elif kind == 3:
            node.publish(block)
        elif kind == 5:
            node.vote(self, body, ext)
        elif kind == 13 and body:
            self.heard_telemetry(body)
        elif kind == 14:
            answer = node.ledger.answer(body[0], body[9:], node.has("v3"))
            if answer is not None:
                self.send(node.message("asc_pull_ack", body[:9] + answer, len(answer)))

    def heard_keepalive(self, body):
        slots = []
        for i in range(0, 144, 18):
            address, port = ipaddress.IPv6Address(body[i:i + 16]), struct.unpack("<H", body[i + 16:i + 18])[0]
            slots.append((str(address.ipv4_mapped or address), port))
        if slots[0][0] == "::" and slots[0][1]:
            self.listens = (self.host, slots[0][1])
        if self.kept is None or self.node.has("looks-at-last-keepalive"):
            self.kept = slots

    def heard_telemetry(self, body):
        if body[64:96] != self.peer_id or not verify(self.peer_id, body[:64], body[64:]):
            return
        if body[149:181] != self.node.genesis and not self.is_foreign:
            self.is_foreign = True
            self.node.excluded[self.host] = self.node.excluded.get(self.host, 0) + 1

    # The handshake
    def handshake(self, ext, body):
        node = self.node
        form = 3 if ext & 8 and node.has("v3") else 2 if ext & V2 else 1
        if not ext & (QUERY | RESPONSE) or ext & QUERY and self.greeted:
            return self.close()
        self.greeted = True
        query, response = (body[:32], body[32:]) if ext & QUERY else (None, body)
        reason = self.refusal(response, form) if ext & RESPONSE else None
        # The node answers the query before it checks the response. The peer may or may not receive the answer.
        if query and not (reason and node.has("close-overtakes-answer")):
            self.answer(query, form)
        if reason:
            return self.close()
        if ext & RESPONSE:
            self.established(response[:32])

    def answer(self, cookie, form):
        node = self.node
        own = None if self.queried else node.cookie(self.at)
        self.queried = True
        salt, extra = os.urandom(32), bytes(16) if form == 3 else b""
        signed = b"" if form == 1 else salt + node.genesis + extra
        bits = RESPONSE | (QUERY if own else 0) | {1: 0, 2: V2, 3: 8}[form]
        if form == 1 and node.has("v1-announces-v2"):
            bits |= V2
        payload = (own or b"") + node.node_id + signed + node.key.sign(cookie + signed)
        self.send(node.message("node_id_handshake", payload, bits))

    def refusal(self, response, form):
        node = self.node
        node_id, signature = response[:32], response[-64:]
        if node_id == node.node_id:
            return "own id"
        if form > 1 and response[64:96] != node.genesis:
            return "genesis"
        cookie = node.cookies.pop(self.at, None)
        if cookie is None:
            return "no cookie"
        if not verify(node_id, signature, cookie[0] + response[32:-64]):
            return "signature"
        # A node that dialed checks the id before it sends its own response.
        if any(link.peer_id == node_id and link.host == self.host for link in node.links):
            return "duplicate"
        return None

    def established(self, node_id):
        node = self.node
        self.peer_id = node_id
        self.send(node.keepalive(itself=True))
        self.send(node.message("confirm_req", node.genesis + node.account, 0x1100))


def main(args):
    node = Node(args.like, args.listen, args.bind, [split(text) for text in args.connect])
    try:
        asyncio.run(node.run(args.control))
    except KeyboardInterrupt:
        pass
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as teller:
        teller.sendto(sys.argv[2].encode(), sys.argv[1])
