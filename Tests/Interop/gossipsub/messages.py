"""Published messages, their signatures and ids, and the RPCs that carry them."""

import hashlib
import time

import identity
from wire import RPC, Malformed, Message, fields, parsed, prefixed

SIGN_PREFIX = b"libp2p-pubsub:"
FROM, DATA, SEQNO, TOPIC, SIGNATURE, KEY = range(1, 7)
PUBLISH = b"\x12"        # tag of RPC.publish
LONGEST_RPC = 1 << 20


class Published:
    """A message as it came: its bytes are kept and passed on as they are, unknown fields too."""

    def __init__(self, raw):
        self.raw = bytes(raw)
        message = parsed(Message, self.raw)
        self.has = {field.number for field, _ in message.ListFields()}
        self.sender, self.data, self.seqno, self.topic = message.from_, message.data, message.seqno, message.topic
        self.signature, self.key = message.signature, message.key
        self.id = self.sender + self.seqno if {FROM, SEQNO} & self.has else hashlib.sha256(self.data).digest()

    def preimage(self, is_known_only=False):
        """What the signature is over: all fields but signature and key."""
        return SIGN_PREFIX + b"".join(data for number, _, data in fields(self.raw)
                                      if number not in (SIGNATURE, KEY) and not (is_known_only and number > KEY))

    def refusal(self, is_signed, fault=None):
        """Why the policy (StrictSign, or StrictNoSign) has it dropped, or None."""
        if TOPIC not in self.has:
            return "no topic"
        if not is_signed:
            if self.has & {FROM, SEQNO, SIGNATURE, KEY} and fault != "nosign-lax":
                return "signed, against the policy"
            return None
        if SIGNATURE not in self.has:
            return None if fault == "accepts-unsigned" else "no signature"
        if FROM not in self.has or len(self.seqno) != 8 and fault != "short-seqno-in":
            return "no origin, or no sequence number of 8 bytes"
        if fault == "any-signature":
            return None
        key = self.key if KEY in self.has else identity.key_of(self.sender)
        if key is None or identity.peer_id(key) != self.sender and fault != "any-key":
            return "no key of the origin"
        if not identity.verify(key, self.preimage(is_known_only=fault == "known-fields"), self.signature):
            return "wrong signature"
        return None


class Author:
    """Makes our own messages."""

    def __init__(self, ours, is_signed, fault=None):
        self._ours, self._is_signed, self._fault = ours, is_signed, fault
        self._seqno = time.time_ns()

    def message(self, topic, data):
        message = Message(data=data, topic=topic)
        if self._is_signed or self._fault == "nosign-origin":
            message.from_ = self._ours.id
            message.seqno = self._next()
        if self._is_signed:
            message.signature = self._ours.sign(self._preimage(message))
            if self._fault == "unsigned":
                message.ClearField("signature")
            elif self._fault == "bad-signature":
                message.signature = bytes(64)
        return Published(message.SerializeToString())

    def _preimage(self, message):
        if self._fault == "signs-key":
            message.key = self._ours.key
        raw = message.SerializeToString()
        return raw if self._fault == "signs-bare" else SIGN_PREFIX + raw

    def _next(self):
        self._seqno += -1 if self._fault == "seqno-falls" else 1
        if self._fault == "seqno-4":
            return (self._seqno & 0xffffffff).to_bytes(4, "big")
        if self._fault == "seqno-0":
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
        self.publish.append(published.raw)
        return self

    def frames(self):
        """The RPC with its length; several when one would be too long."""
        rest, out = self.rpc.SerializeToString(), b""
        for raw in self.publish:
            part = PUBLISH + prefixed(raw)
            if out and len(out) + len(part) + len(rest) > LONGEST_RPC:
                yield prefixed(out)
                out = b""
            out += part
        if out or rest:
            yield prefixed(out + rest)


class Incoming:
    """An RPC that came, with the messages in it as bytes."""

    def __init__(self, data):
        self.rpc = parsed(RPC, data)
        self.size = len(data)
        self.publish = [value for number, value, _ in fields(data) if number == 2 and isinstance(value, bytes)]

    def messages(self):
        for raw in self.publish:
            try:
                yield Published(raw)
            except Malformed:
                yield None
