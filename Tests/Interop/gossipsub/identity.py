"""Keys, peer ids and signed records."""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire import Envelope, Malformed, PeerRecord, PublicKey, parsed, prefixed, read_varint

RSA, ED25519, SECP256K1, ECDSA = range(4)
# What implementations use for signed peer records; the RFC names another domain and type.
RECORD_DOMAIN, RECORD_TYPE = b"libp2p-peer-record", b"\x03\x01"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def from_base58(text):
    number = 0
    for letter in text:
        if letter not in ALPHABET:
            raise Malformed(f"{text} is not base58")
        number = number * 58 + ALPHABET.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def parse_peer_id(text):
    """The multihash of a peer id in either text form: base58, or a CID of version 1 in base32."""
    if text.startswith(("1", "Qm")):
        data = from_base58(text)
    elif text.startswith("b"):
        bits = "".join(f"{BASE32.index(letter):05b}" for letter in text[1:] if letter in BASE32)
        cid = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits) // 8 * 8, 8))
        version, at = read_varint(cid)
        codec, at = read_varint(cid, at)
        if (version, codec) != (1, 0x72):
            raise Malformed(f"{text} is no peer id")
        data = cid[at:]
    else:
        raise Malformed(f"{text} is no peer id")
    check_peer_id(data)
    return data


def check_peer_id(data):
    if not (data[:2] == b"\x12\x20" and len(data) == 34 or data[:1] == b"\0" and len(data) > 2 and data[1] == len(data) - 2 <= 42):
        raise Malformed("no multihash of a key")


def peer_id(key):
    """The peer id of a serialized PublicKey."""
    return b"\0" + bytes([len(key)]) + key if len(key) <= 42 else b"\x12\x20" + hashlib.sha256(key).digest()


def key_of(peer):
    """The serialized key that a peer id holds, or None."""
    return peer[2:] if peer[:1] == b"\0" else None


def check_key(data):
    """A serialized PublicKey, read; it must be in its one deterministic form."""
    key = parsed(PublicKey, data)
    if not key.HasField("type") or not key.HasField("data") or key.SerializeToString() != bytes(data) \
            or list(PublicKey(type=key.type, data=key.data).SerializeToString()) != list(data):
        raise Malformed("a PublicKey is not in its deterministic form")
    return key


def verify(key, data, signature):
    """Whether a signature is that of a serialized PublicKey over these bytes."""
    try:
        key = check_key(key)
        if key.type == ED25519:
            Ed25519PublicKey.from_public_bytes(key.data).verify(signature, data)
        elif key.type == SECP256K1:
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), key.data)
            point.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif key.type == ECDSA:
            public = serialization.load_der_public_key(key.data)
            if not isinstance(public, ec.EllipticCurvePublicKey):
                return False
            public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif key.type == RSA:
            public = serialization.load_der_public_key(key.data)
            if not isinstance(public, rsa.RSAPublicKey):
                return False
            public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, Malformed, ValueError, TypeError):
        return False
    return True


class Identity:
    """A node's Ed25519 key."""

    def __init__(self, seed):
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.message = PublicKey(type=ED25519, data=raw)
        self.key = self.message.SerializeToString()
        self.id = peer_id(self.key)

    def sign(self, data):
        return self._key.sign(data)

    def record(self, addresses, seq):
        """A sealed peer record."""
        record = PeerRecord(peer_id=self.id, seq=seq)
        for address in addresses:
            record.addresses.add(multiaddr=address)
        payload = record.SerializeToString()
        envelope = Envelope(payload_type=RECORD_TYPE, payload=payload)
        envelope.public_key.CopyFrom(self.message)
        envelope.signature = self.sign(_sealed(RECORD_TYPE, payload))
        return envelope.SerializeToString()


def _sealed(kind, payload):
    return prefixed(RECORD_DOMAIN) + prefixed(kind) + prefixed(payload)


def open_record(data):
    """Peer id and addresses of a sealed peer record; Malformed when its signature or key is not right."""
    envelope = parsed(Envelope, data)
    key = envelope.public_key.SerializeToString()
    if envelope.payload_type != RECORD_TYPE or not verify(key, _sealed(RECORD_TYPE, envelope.payload), envelope.signature):
        raise Malformed("the signature of a peer record is wrong")
    record = parsed(PeerRecord, envelope.payload)
    if record.peer_id != peer_id(key):
        raise Malformed("a peer record is of another peer than its key")
    return record.peer_id, [info.multiaddr for info in record.addresses]
