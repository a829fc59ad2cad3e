"""The answers of a server of the DHT, without input or output. `ways` is a column of personalities.tsv."""

import datetime
import hashlib

import multiaddress
from identity import check_peer_id, key_of, peer_id
from kad_wire import ADD_PROVIDER, FIND_NODE, GET_PROVIDERS, GET_VALUE, PING, PUT_VALUE, Message, Peer, Record
from wire import Malformed, prefixed, read_varint

K = 20
P2P = bytes.fromhex("a503")  # the code of /p2p/ in an address


class Refused(Exception):
    """The stream is reset without an answer."""


class Ended(Exception):
    """The stream ends without an answer."""


def place(preimage):
    return int.from_bytes(hashlib.sha256(preimage).digest(), "big")


def valid(addresses):
    """The addresses that can be decoded."""
    out = []
    for address in addresses:
        try:
            if multiaddress.decode(address):
                out.append(address)
        except Malformed:
            pass
    return out


def multihash_of(key):
    """The multihash of a key that is a multihash or a CID of version 1, or None."""
    try:
        if key[:1] == b"\x01":
            _, at = read_varint(key, 1)
            key = key[at:]
        code, at = read_varint(key)
        size, at = read_varint(key, at)
    except Malformed:
        return None
    return key if code in (0, 0x12, 0x13) and len(key) == at + size and size else None


def number_of(value):
    """The number of a value of the namespace seq."""
    return int.from_bytes(value[:8], "big")


class Server:
    """Stores what peers send, and answers them. `now` returns the time in seconds."""

    def __init__(self, own, ways):
        self.own, self.ways = own, ways
        self.addresses = []         # of this node, encoded
        self.book = {}              # peer -> encoded addresses
        self.buckets = {}           # shared bits -> servers, the oldest first
        self.clients = []
        self.connected = set()
        self.providers = {}         # key -> {peer: encoded addresses}
        self.values = {}            # key -> (value, time)

    # The table

    def add(self, peer):
        bucket = self.buckets.setdefault(256 - (place(peer) ^ place(self.own)).bit_length(), [])
        if peer not in bucket and len(bucket) < K:
            bucket.append(peer)

    def remove(self, peer):
        for bucket in self.buckets.values():
            if peer in bucket:
                bucket.remove(peer)

    def _peer(self, peer, addresses):
        if self.ways["p2p"]:
            addresses = [one if P2P in one else one + P2P + prefixed(peer) for one in addresses]
        addresses = list(addresses)
        while self.ways["trims"] and len(Peer(peer, addresses, 1).encoded()) > self.ways["trims"]:
            addresses.pop()
        return Peer(peer, addresses, int(self.ways["connection"] and peer in self.connected))

    def _closer(self, key, asker, is_find=False):
        known = [peer for bucket in self.buckets.values() for peer in bucket]
        if self.ways["clients"]:
            known += [peer for peer in self.clients if peer not in known]
        named = key if is_find and self.ways["named"] in ("first", "twice") else None
        near = sorted((peer for peer in known if peer not in (asker, named) and self.book.get(peer)),
                      key=lambda peer: place(peer) ^ place(key))[:K]
        out = [self._peer(peer, self.book.get(peer, [])) for peer in near]
        if named == self.own:
            itself = self._peer(self.own, self.addresses)
            return [itself, *out] + ([itself] if self.ways["named"] == "twice" else [])
        if named and self.book.get(named):
            return [self._peer(named, self.book[named]), *out]
        if is_find and key == self.own and self.ways["named"] == "self":
            return [self._peer(self.own, []), *out]
        return out

    # Requests

    def answer(self, request, asker):
        """The answer to a request, or None. Raises Refused or Ended."""
        answer = Message(request.type, request.key if self.ways["answer-key"] else b"")
        answer.level = {"highest": max(request.level, 1), "9": 9, "copied": request.level, "none": 0}[str(self.ways["level"])]
        if request.type in (FIND_NODE, GET_PROVIDERS, GET_VALUE) and not request.key and self.ways["no-key"] == "reset":
            raise Refused
        if request.type == FIND_NODE:
            if self.ways["find-key"] and len(request.key) > self.ways["find-key"]:
                raise Refused
            answer.key, answer.closer = b"", self._closer(request.key, asker, True)
        elif request.type == GET_PROVIDERS:
            key = self._key(request.key, self.ways["get-key"])
            answer.closer = self._closer(key, asker)
            answer.providers = [self._peer(peer, addresses) for peer, addresses in self.providers.get(key, {}).items()
                                if (peer != asker or self.ways["asker-provider"]) and (addresses or self.ways["bare-providers"])]
        elif request.type == ADD_PROVIDER:
            self._add(request, asker)
            return Message(ADD_PROVIDER, request.key) if self.ways["add-answer"] else None
        elif request.type == GET_VALUE:
            self._get(request, answer, asker)
        elif request.type == PUT_VALUE:
            return self._put(request, answer)
        elif request.type == PING:
            return self._ping(request, answer)
        elif self.ways["unknown-type"] == "put":
            return Message(PUT_VALUE, record=Record())
        elif self.ways["unknown-type"] == "reset":
            raise Refused
        else:
            return None
        return answer

    def _key(self, key, form):
        if form == "multihash" and multihash_of(key) is None or form != "any" and not 0 < len(key) <= 80:
            raise Refused
        return multihash_of(key) if self.ways["cid-key"] else key

    def _add(self, request, asker):
        key, ways = self._key(request.key, self.ways["add-key"]), self.ways
        entries = request.providers
        if ways["add-first"]:
            entries = [entry for entry in entries if _is_peer(entry.id)][:1]
        own = [entry for entry in entries if entry.id == asker]
        if not entries:
            self._refuse(ways["add-nobody"])
        elif not own:
            self._refuse(ways["add-foreign"])
        for entry in own:
            addresses = valid(entry.addresses)
            if not addresses:
                how = ways["add-bad-address" if entry.addresses else "add-bare"]
                if how != "store":
                    self._refuse(how)
                    continue
            providers = self.providers.setdefault(key, {})
            if asker in providers or not ways["most-providers"] or len(providers) < ways["most-providers"]:
                providers[asker] = addresses or providers.get(asker, [])
                self.book.setdefault(asker, addresses)

    @staticmethod
    def _refuse(how):
        if how == "reset":
            raise Refused

    def _get(self, request, answer, asker):
        key = request.key
        stored = self.values.get(key)
        owner = key[4:] if key.startswith(b"/pk/") else None
        if self.ways["known-keys"] and owner in self.connected and key_of(owner):
            answer.record = Record(key, key_of(owner), _time())
            return
        answer.closer = self._closer(key, asker)
        if stored:
            answer.record = Record(key, stored[0], {"own": stored[1], "none": b""}[self.ways["get-time"]])

    def _put(self, request, answer):
        record = request.record
        if self.ways["values"] == "any":
            record = record or Record()
            self.values[record.key] = (record.value, b"")
            return Message(PUT_VALUE, record.key, Record(record.key, record.value))
        if not request.key or record is None or record.key != request.key or not self._may_store(record.key, record.value):
            raise Refused
        self.values[record.key] = (record.value, _time())
        answer.key = record.key
        answer.record = Record(record.key, record.value, {"sent": record.time, "own": _time()}[self.ways["echo-time"]])
        return answer

    def _may_store(self, key, value):
        stored = self.values.get(key)
        _, *parts = key.split(b"/", 2)
        space = parts[0] if key[:1] == b"/" and len(parts) == 2 else None
        if self.ways["values"] == "unknown":
            return space != b"pk" and stored is None or space == b"pk" and not key_of(key[4:]) and peer_id(value) == key[4:]
        if space == b"pk":
            return peer_id(value) == key[4:]
        if space != b"seq" or len(value) < 8:
            return False
        return stored is None or self.ways["values"] == "older" or number_of(value) > number_of(stored[0]) or value == stored[0]

    def _ping(self, request, answer):
        how = self.ways["ping"]
        if how == "end":
            raise Ended
        answer.key = b"" if how == "type" else request.key
        if how == "peers":
            answer.closer, answer.providers = request.closer, request.providers
        return answer


def _is_peer(data):
    try:
        check_peer_id(data)
    except Malformed:
        return False
    return True


def _time():
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z").encode()
