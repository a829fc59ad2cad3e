#!/usr/bin/env python3
"""A gossipsub node that is not ours to trust: written from the description of the protocol alone. See README.md.

Prints events as JSON lines, the first is `ready`; takes commands as JSON lines on standard input; SIGTERM, SIGINT, quit and the
end of input end it.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import signal
import sys
import time

import multiaddress
import seeded
from host import MUXERS, Host
from identify import Identification
from identity import Identity, base58, parse_peer_id
from messages import Author
from pubsub import Pubsub
from router import Router, text
from streams import guarded
from ways import personalities
from wire import Malformed

MUXER_NAMES = {protocol.split("/")[1]: protocol for protocol in MUXERS}
DIAL_ATTEMPTS, DIAL_AGAIN = 10, 0.3
PERSONALITIES = personalities()
# Weights and thresholds of --score, and of a node that scores by default.
SCORES = {"p4-weight": -10, "p4-decay": 0.9, "p6-weight": 0, "p7-weight": -10, "p7-decay": 0.9, "gossip-threshold": -100,
          "publish-threshold": -200, "graylist-threshold": -1000, "accept-px": 0}
SCORES_OF_ADDRESSES = {"p4-weight": 0, "p6-weight": -5, "p7-decay": 0.2, "gossip-threshold": -10, "publish-threshold": -50,
                       "graylist-threshold": -80, "accept-px": 10}


def emit(event, **fields):
    print(json.dumps({"t": round(time.time(), 6), "event": event} | fields, ensure_ascii=False), flush=True)


def pattern(size):
    """Bytes of which the i-th is i mod 251."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def data_of(command):
    """What a publish command says: text, hex, size, or data, which is text or 0x and hexadecimal digits."""
    if "hex" in command:
        return bytes.fromhex(command["hex"])
    if "size" in command:
        return pattern(int(command["size"]))
    told = command.get("text", command.get("data", ""))
    if "text" not in command and told.startswith("0x"):
        return bytes.fromhex(told[2:])
    return told.encode()


def validated(message):
    """What --validate says of a message."""
    return next((verdict for verdict in ("reject", "ignore") if message.data.startswith(verdict.encode())), "accept")


class Node:
    def __init__(self, options):
        self.options = options
        self.identity = Identity(options.seed)
        self.host = Host(self.identity, emit, options.security, options.muxer, options.early_muxer, options.seed, options.keylog,
                         options.ways, options.debug)
        self.host.touched = self._touched
        self.pubsub = Pubsub(self.host, options, emit)
        self.identification = Identification(self.host, self.pubsub.learned)
        self.router = self.pubsub.router = Router(
            options, self.identity.id, Author(self.identity, options.sign, options.ways), self.pubsub.send, emit, time.monotonic,
            self._dial_offered, self._record)
        if options.validate:
            self.router.is_valid = validated
        self.host.connected, self.host.disconnected = self._connected, self._disconnected
        self._stopped, self._reason = asyncio.Event(), ""
        self._active = asyncio.Event()   # set if something happened since the last heartbeat
        self._tasks, self._meshes = set(), {}

    def _touched(self):
        self._active.set()

    def _start(self, work):
        task = asyncio.create_task(guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self, reason):
        self._reason = self._reason or reason
        self._stopped.set()

    # Connections

    def _connected(self, connection):
        remote = connection.remote and "{}:{}".format(*connection.remote[:2])
        emit("connected", peer=base58(connection.peer), remote=remote, outbound=connection.is_dialer,
             security=connection.security, muxer=connection.muxer)
        self.pubsub.connected(connection)
        connection.start(self.identification.ask(connection))
        if self.options.ways.pings_every:
            connection.start(self._ping_often(connection))

    def _disconnected(self, connection):
        self.pubsub.disconnected(connection)
        if self.host.to(connection.peer) is None:
            self.identification.forget(connection.peer)
        emit("disconnected", peer=base58(connection.peer))

    async def connect(self, address, attempts=DIAL_ATTEMPTS):
        host, port, expected = multiaddress.endpoint(address)
        await self._connect(address, host, port, expected, attempts)

    async def _connect(self, address, host, port, expected, attempts):
        error = None
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(DIAL_AGAIN)
            error = await self.host.dial(host, port, expected)
            if not isinstance(error, ConnectionRefusedError):
                break
        if error:
            emit("connect_failed", addr=address, error=str(error) or repr(error))

    def _dial_offered(self, addresses, peer):
        """Dials a peer that a PRUNE named."""
        for address in addresses:
            try:
                host, port, expected = multiaddress.endpoint_of(multiaddress.decode(address))
            except Malformed:
                continue
            self._start(self._connect(multiaddress.of(host, port), host, port, expected or peer, 1))
            return

    def _record(self, peer):
        known = self.identification.known.get(peer)
        return known.signed_peer_record if known else b""

    # Commands

    def command(self, line):
        """Runs a command and returns its answer."""
        self._touched()
        try:
            command = json.loads(line)
            name, topic = command["cmd"], command.get("topic", "").encode()
            if name == "subscribe":
                self.router.subscribe(topic)
            elif name == "unsubscribe":
                self.router.unsubscribe(topic)
            elif name == "publish":
                self.router.publish(topic, data_of(command))
            elif name == "connect":
                multiaddress.endpoint(command["addr"])
                self._start(self.connect(command["addr"]))
            elif name in ("disconnect", "push", "ping"):
                self._reach(name, parse_peer_id(command["peer"]))
            elif name == "explicit":
                self.options.direct.append(bytes.fromhex(command["peer"].removeprefix("0x")))
            elif name == "validate":
                self._validate(topic, command.get("reject"), command.get("ignore"))
            elif name == "mesh":
                self.report_meshes(is_asked=True)
            elif name == "counts":
                emit("counts", **self.counts())
            elif name == "peers":
                return {"ok": self._peers()}
            elif name == "quit":
                self.stop("quit")
            else:
                raise ValueError(f"no command {name}")
        except (ValueError, KeyError, TypeError, AttributeError, Malformed) as error:
            emit("command_error", line=line, error=repr(error))
            return {"error": repr(error)}
        return {"ok": True}

    def _peers(self):
        """Returns the connected peers, with their own descriptions."""
        return [{"id": number.hex(), "agent": told.agent_version.decode("utf-8", "backslashreplace"),
                 "protocols": [name.decode("utf-8", "backslashreplace") for name in told.protocols]}
                for number, told in self.identification.known.items()]

    def _reach(self, name, peer):
        for connection in [connection for connection in self.host.connections if connection.peer == peer]:
            if name == "disconnect":
                connection.close()
            elif name == "push":
                connection.start(self.identification.push(connection))
            else:
                connection.start(self._ping(connection))

    async def _ping(self, connection):
        emit("pong", peer=base58(connection.peer), seconds=await self.identification.ping(connection))

    async def _ping_often(self, connection):
        while True:
            await asyncio.sleep(self.options.ways.pings_every)
            await self.identification.ping(connection)

    def _validate(self, topic, reject, ignore):
        """Messages of a topic that begin with these texts are refused, or passed over."""
        def verdict(message):
            if message.topic != topic:
                return "accept"
            if reject and message.data.startswith(reject.encode()):
                return "reject"
            return "ignore" if ignore and message.data.startswith(ignore.encode()) else "accept"
        self.router.is_valid = verdict

    def counts(self):
        return {direction: dict(sorted(counter.items())) for direction, counter in self.pubsub.counts.items()}

    def report_meshes(self, is_asked=False):
        now = {text(topic): sorted(map(base58, peers)) for topic, peers in self.router.mesh.members.items()}
        for topic in sorted({*now, *self._meshes}):
            if is_asked or now.get(topic, []) != self._meshes.get(topic, []):
                emit("mesh", topic=topic, peers=now.get(topic, []))
        self._meshes = now

    # Running

    async def _read_commands(self):
        loop, reader = asyncio.get_running_loop(), asyncio.StreamReader(limit=1 << 24)
        try:
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        except ValueError:   # a file, or /dev/null
            for line in sys.stdin:
                self.command(line)
            reader.feed_eof()
        while line := await reader.readline():
            if line.strip():
                self.command(line.decode("utf-8", "replace").strip())
        if not self.options.ignore_stdin:
            self.stop("end of input")

    async def _controlled(self, reader, writer):
        """Serves one connection to the control socket: reads one command per line, and writes its answer."""
        while line := await reader.readline():
            writer.write(json.dumps(self.command(line.decode("utf-8", "replace"))).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _beat(self):
        loop = asyncio.get_running_loop()
        at = loop.time() + min(self.options.ways.first_heartbeat / 1000, 5 * self.options.heartbeat)
        while True:
            await asyncio.sleep(at - loop.time())
            if "idle-heartbeat" in self.options.ways:
                # The event that ends the idle time also starts the timer again.
                if self._active.is_set():
                    self._active.clear()
                else:
                    await self._active.wait()
                at = loop.time()
            self.router.heartbeat()
            self.report_meshes()
            at += self.options.heartbeat * (3 if "slow-heartbeat" in self.options.ways else 1)

    async def run(self):
        options, loop = self.options, asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop, signal.Signals(number).name)
        host, port = await self.host.listen(*options.listen)
        self.host.addresses = [multiaddress.of(host, port)]
        for topic in options.topic:
            self.router.subscribe(topic.encode())
        emit("ready", peer_id=base58(self.identity.id), addrs=[f"{self.host.addresses[0]}/p2p/{base58(self.identity.id)}"], port=port,
             security=options.security, muxer=[protocol.split("/")[1] for protocol in options.muxer], early_muxer=options.early_muxer,
             protocols=options.protocol, topics=options.topic, sign=options.sign, degree=options.degree, heartbeat=options.heartbeat,
             like=options.like, fault=options.fault)
        if options.control:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(options.control)
            await asyncio.start_unix_server(self._controlled, options.control, limit=1 << 24)
        for work in (self._read_commands(), self._beat(), *map(self.connect, options.connect)):
            self._start(work)
        await self._stopped.wait()
        emit("counts", **self.counts())
        await self.host.stop()
        if options.control:
            os.unlink(options.control)
        emit("stopped", reason=self._reason)


def listed(names):
    def parse(told):
        values = told.split(",")
        if unknown := set(values) - set(names):
            raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))} is none of {', '.join(names)}")
        return values
    return parse


def degree(told):
    values = [int(value) for value in told.removeprefix("D=").split(",")]
    if len(values) != 3 or not 0 <= values[1] <= values[0] <= values[2]:
        raise argparse.ArgumentTypeError("wanted D,LOW,HIGH with LOW <= D <= HIGH")
    return values


def endpoint(told):
    host, _, port = told.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def seed(told):
    try:
        data = bytes.fromhex(told)
    except ValueError:
        data = b""
    return data if len(data) == 32 else hashlib.sha256(told.encode()).digest()


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flag = argparse.BooleanOptionalAction
    p.add_argument("--listen", type=endpoint, default=("127.0.0.1", 0), metavar="HOST:PORT")
    p.add_argument("--connect", action="append", default=[], metavar="ADDRESS", help="a multiaddr or HOST:PORT, repeatable")
    p.add_argument("--security", type=listed(("noise", "plaintext")), metavar="LIST", help="noise,plaintext (noise)")
    p.add_argument("--muxer", type=listed(MUXER_NAMES), metavar="LIST", help="yamux,mplex (yamux)")
    p.add_argument("--early-muxer", action=flag, help="muxers in the noise handshake (yes)")
    p.add_argument("--protocol", action="append", metavar="ID", help="pubsub protocol, repeatable, preferred first (all)")
    p.add_argument("--topic", action="append", default=[], help="subscribe at start, repeatable")
    p.add_argument("--sign", action=flag, default=True, help="StrictSign, or StrictNoSign (StrictSign)")
    p.add_argument("--seed", type=seed, default=os.urandom(32), help="32 bytes of the identity in hexadecimal, or a text to hash")
    p.add_argument("--keylog", metavar="FILE", help="append noise secrets")
    p.add_argument("--degree", type=degree, metavar="D=D,LOW,HIGH")
    p.add_argument("--outbound", type=int, default=None, metavar="N", help="D_out (2, or what D and LOW allow)")
    p.add_argument("--lazy", type=int, default=6, metavar="N", help="D_lazy (6)")
    p.add_argument("--gossip-factor", type=float, default=0.25)
    p.add_argument("--heartbeat", type=float, default=1.0, metavar="S")
    for name, value in (("fanout-ttl", 60), ("prune-backoff", 60), ("unsubscribe-backoff", 10)):
        p.add_argument(f"--{name}", type=float, default=value, metavar="S", help=f"({value})")
    p.add_argument("--seen-ttl", type=float, metavar="S", help="(120)")
    p.add_argument("--idontwant-size", type=int, metavar="BYTES", help="smallest message of which IDONTWANT is told (1024)")
    p.add_argument("--idontwant-publish", action=flag, default=False, help="IDONTWANT before own messages too (no)")
    p.add_argument("--flood-publish", action=flag, help="own messages to all peers of the topic (no)")
    p.add_argument("--px", action=flag, default=False, help="peer exchange in PRUNE, both ways (no)")
    p.add_argument("--extension", action=flag, help="advertise testExtension to peers of 1.3 (no)")
    p.add_argument("--direct", action="append", default=[], type=parse_peer_id, metavar="PEER", help="explicit peer, repeatable")
    p.add_argument("--score", action=flag, help="score peers, for invalid messages (P4) and misbehaviour (P7) (no)")
    for name, value in SCORES.items():
        p.add_argument(f"--{name}", type=float, metavar="X", help=f"({value})")
    p.add_argument("--validate", action="store_true", help="reject messages that begin with reject, pass over those with ignore")
    p.add_argument("--ignore-stdin", action="store_true", help="the end of input does not end the node")
    p.add_argument("--debug", action="store_true", help="more events")
    p.add_argument("--control", metavar="SOCKET", help="take commands from a Unix socket too, and answer each")
    p.add_argument("--like", choices=PERSONALITIES, default="own", help="behave like this implementation (own)")
    p.add_argument("--way", action="append", default=[], metavar="NAME[=VALUE]", help="another value of a row of personalities.tsv, repeatable")
    p.add_argument("--fault", metavar="NAME", help="misbehave on purpose, see --list-faults")
    p.add_argument("--list-faults", action="store_true")
    options = p.parse_args()
    if options.fault and options.fault not in {row.fault for row in seeded.faults()}:
        p.error(f"no fault is called {options.fault}")
    try:
        ways = options.ways = PERSONALITIES[options.like].changed([*options.way, *filter(None, [options.fault])])
    except ValueError as error:
        p.error(str(error))
    options.security = options.security or ways.securities
    options.protocol = options.protocol or ways.protocols
    options.muxer = [MUXER_NAMES[name] for name in options.muxer or ways.muxers]
    for name in ("degree", "seen_ttl", "idontwant_size"):
        if getattr(options, name) is None:
            setattr(options, name, getattr(ways, name))
    if options.early_muxer is None:
        options.early_muxer = bool(ways.early_muxer)
    if options.extension is None:
        options.extension = "test-extension" in ways
    if options.flood_publish is None:
        options.flood_publish = "flood-publish" in ways
    scores = SCORES | ({} if options.score or "scores-addresses" not in ways else SCORES_OF_ADDRESSES)
    if options.score is None:
        options.score = "scores-addresses" in ways
    for name, value in scores.items():
        name = name.replace("-", "_")
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.outbound is None:
        options.outbound = max(0, min(2, options.degree[1] - 1, options.degree[0] // 2))
    if options.list_faults:
        for row in seeded.faults():
            print(f"{row.fault:26}{row.breaks:16}{row.what}")
        sys.exit(0)
    return options


async def main():
    await Node(arguments()).run()


if __name__ == "__main__":
    asyncio.run(main())
