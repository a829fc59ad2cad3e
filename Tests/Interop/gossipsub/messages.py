"""Published messages, their signatures and ids, and the RPCs that carry them."""

import hashlib
import time

import identity
from identity import base58
from ways import OWN
from wire import RPC, Malformed, Message, fields, parsed, prefixed

SIGN_PREFIX = b"libp2p-pubsub:"
FROM, DATA, SEQNO, TOPIC, SIGNATURE, KEY = range(1, 7)
NO_PEER = b"\0\1\0"      # the peer id in a message id if the message has none
PUBLISH = b"\x12"        # tag of RPC.publish
LONGEST_RPC = 1 << 20


class Published:
    """A received message. `raw` are its bytes, `sent` the bytes that the node forwards."""

    def __init__(self, raw, ways=OWN):
        self.raw = self.sent = bytes(raw)
        if ways.unknown_fields != "kept":
            known, unknown = _split(self.raw)
            self.sent = known + unknown if ways.unknown_fields == "last" else known
        message = parsed(Message, self.raw)
        self.has = {field.number for field, _ in message.ListFields()}
        self.sender, self.data, self.seqno, self.topic = message.from_, message.data, message.seqno, message.topic
        self.signature, self.key = message.signature, message.key
        self.id = self._id(ways.message_id)

    def _id(self, way):
        if way == "base58":
            return base58(self.sender or NO_PEER).encode() + str(int.from_bytes(self.seqno, "big")).encode()
        if not {FROM, SEQNO} & self.has:
            return hashlib.sha256(self.data).digest()
        if way == "key":
            return (self.key or identity.key_of(self.sender) or b"") + self.seqno
        return self.sender + self.seqno

    def preimage(self, is_known_only=False):
        """What the signature is over: all fields but signature and key."""
        return SIGN_PREFIX + b"".join(data for number, _, data in fields(self.raw)
                                      if number not in (SIGNATURE, KEY) and not (is_known_only and number > KEY))

    def refusal(self, is_signed, ways=OWN):
        """Why the policy (StrictSign, or StrictNoSign) has it dropped, or None."""
        if TOPIC not in self.has:
            return "no topic"
        if not is_signed:
            refused = {SEQNO, SIGNATURE, KEY} if "nosign-from" in ways else {FROM, SEQNO, SIGNATURE, KEY}
            if self.has & refused and "nosign-lax" not in ways:
                return "signed, against the policy"
            return None
        if SIGNATURE not in self.has:
            return None if "accepts-unsigned" in ways else "no signature"
        lengths = (0, 8) if "empty-seqno-in" in ways and SEQNO in self.has else (8,)
        if FROM not in self.has or len(self.seqno) not in lengths and not ("short-seqno-in" in ways and SEQNO in self.has):
            return "no origin, or no sequence number of 8 bytes"
        if "any-signature" in ways:
            return None
        key = self.key if KEY in self.has and "key-of-id" not in ways else identity.key_of(self.sender) or self.key
        if key is None or identity.peer_id(key) != self.sender and "any-key" not in ways:
            return "no key of the origin"
        if not identity.verify(key, self.preimage(is_known_only="known-fields" in ways), self.signature):
            return "wrong signature"
        return None


def _split(raw):
    """Returns the bytes of the known fields, and of the unknown ones."""
    parts = list(fields(raw))
    return tuple(b"".join(data for number, _, data in parts if (number <= KEY) == is_known) for is_known in (True, False))


class Author:
    """Makes our own messages."""

    def __init__(self, ours, is_signed, ways=OWN):
        self._ours, self._is_signed, self._ways = ours, is_signed, ways
        self._seqno = time.time_ns()

    def message(self, topic, data):
        message = Message(data=data, topic=topic)
        if self._is_signed or "nosign-origin" in self._ways:
            message.from_ = self._ours.id
            message.seqno = self._next()
        if self._is_signed:
            message.signature = self._ours.sign(self._preimage(message))
            if "unsigned" in self._ways:
                message.ClearField("signature")
            elif "bad-signature" in self._ways:
                message.signature = bytes(64)
        return Published(message.SerializeToString(), self._ways)

    def _preimage(self, message):
        if "signs-key" in self._ways:
            message.key = self._ours.key
        raw = message.SerializeToString()
        return raw if "signs-bare" in self._ways else SIGN_PREFIX + raw

    def _next(self):
        self._seqno += -1 if "seqno-falls" in self._ways else 1
        if "seqno-4" in self._ways:
            return (self._seqno & 0xffffffff).to_bytes(4, "big")
        if "seqno-0" in self._ways:
            return bytes(8)
        return self._seqno.to_bytes(8, "big")


class Outgoing:
    """An RPC that is put together."""

    def __init__(self):
        self.rpc, self.publish = RPC(), []

    @property
    def control(self):
        return self.rpc.control

    @property
    def is_empty(self):
        return not self.publish and not self.rpc.ByteSize()

    def subscription(self, topic, is_subscribed):
        self.rpc.subscriptions.add(subscribe=is_subscribed, topic=topic)
        return self

    def graft(self, topic):
        self.control.graft.add(topic=topic)
        return self

    def prune(self, topic, backoff=None, peers=()):
        prune = self.control.prune.add(topic=topic)
        if backoff is not None:
            prune.backoff = int(backoff)
        for peer, record in peers:
            info = prune.peers.add(peer_id=peer)
            if record:
                info.signed_peer_record = record
        return self

    def ihave(self, topic, ids):
        self.control.ihave.add(topic=topic, message_ids=ids)
        return self

    def iwant(self, ids):
        self.control.iwant.add(message_ids=ids)
        return self

    def idontwant(self, ids):
        self.control.idontwant.add(message_ids=ids)
        return self

    def message(self, published):
        self.publish.append(published.sent)
        return self

    def frames(self, longest=LONGEST_RPC):
        """The RPC with its length; several when one would be too long."""
        rest, out = self.rpc.SerializeToString(), b""
        for raw in self.publish:
            part = PUBLISH + prefixed(raw)
            if out and len(out) + len(part) + len(rest) > longest:
                yield prefixed(out)
                out = b""
            out += part
        if out or rest:
            yield prefixed(out + rest)


class Incoming:
    """An RPC that came, with the messages in it as bytes."""

    def __init__(self, data, ways=OWN):
        self.rpc, self._ways = parsed(RPC, data), ways
        self.size = len(data)
        self.publish = [value for number, value, _ in fields(data) if number == 2 and isinstance(value, bytes)]

    def messages(self):
        for raw in self.publish:
            try:
                yield Published(raw, self._ways)
            except Malformed:
                yield None
