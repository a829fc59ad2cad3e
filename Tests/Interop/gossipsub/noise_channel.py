"""/noise: the XX handshake with the identity payload, muxers in it, and frames behind it."""

import hashlib
import json
import os
import time
import warnings

from cryptography.exceptions import InvalidTag
from noise.connection import Keypair, NoiseConnection
from noise.exceptions import NoiseHandshakeError, NoiseInvalidMessage, NoiseValueError

from identity import base58, peer_id, verify
from streams import Violation
from ways import OWN
from wire import NoiseHandshakePayload, parsed

PROTOCOL = "/noise"
NAME = b"Noise_XX_25519_ChaChaPoly_SHA256"
PREFIX = b"noise-libp2p-static-key:"
MOST = 65519  # bytes of plaintext in a frame
BAD = (InvalidTag, NoiseHandshakeError, NoiseInvalidMessage, NoiseValueError, ValueError, TypeError)


class NoiseChannel:
    """The bytes in the frames of a finished handshake."""

    def __init__(self, channel, noise, ways):
        self._channel, self._noise, self._ways = channel, noise, ways
        self._buffer = bytearray()
        self.drain, self.close, self.abort = channel.drain, channel.close, channel.abort

    async def readexactly(self, count):
        while len(self._buffer) < count:
            if "noise-frames" in self._ways and self._buffer:
                raise Violation("a message in two frames")
            self._buffer += await self._frame()
        out = bytes(self._buffer[:count])
        del self._buffer[:count]
        return out

    async def forget(self):
        self._buffer.clear()

    async def _frame(self):
        size = int.from_bytes(await self._channel.readexactly(2), "big")
        while not size and "noise-empty-frame" in self._ways:
            size = int.from_bytes(await self._channel.readexactly(2), "big")
        data = await self._channel.readexactly(size)
        try:
            return self._noise.decrypt(data)
        except BAD as error:
            raise Violation("a frame cannot be decrypted") from error

    def write(self, data):
        data = bytes(data)
        for at in range(0, len(data), MOST):
            sealed = bytes(self._noise.encrypt(data[at:at + MOST]))
            self._channel.write(len(sealed).to_bytes(2, "big") + sealed)


class Handshake:
    """One handshake. `muxers` are those that we list in it, none to leave that to multistream."""

    def __init__(self, channel, identity, expected, is_dialer, muxers, static=None, keylog=None, ways=OWN):
        self._channel, self._identity, self._expected, self._ways = channel, identity, expected, ways
        self._is_dialer, self._muxers, self._keylog = is_dialer, muxers, keylog
        self._static, self._ephemeral = static or os.urandom(32), os.urandom(32)
        self._noise = noise = NoiseConnection.from_name(NAME)
        (noise.set_as_initiator if is_dialer else noise.set_as_responder)()
        noise.set_keypair_from_private_bytes(Keypair.STATIC, self._static)
        noise.set_keypair_from_private_bytes(Keypair.EPHEMERAL, self._ephemeral)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an ephemeral key of our own making, for the key log
            noise.start_handshake()
        if "noise-weak-keys" in ways:
            noise.noise_protocol.dh_fn = _WeakDH(noise.noise_protocol.dh_fn)
        self._state = noise.noise_protocol.handshake_state

    async def secure(self):
        """The channel within, the other's peer id, its key, and the muxer that was agreed on, or None."""
        if self._is_dialer:
            self._write(self._payload(self._muxers) if "noise-early" in self._ways else b"")
            theirs = self._read(await self._message())
            peer, key = self._check(theirs)
            order = (_listed(theirs), self._muxers) if "noise-listener-muxer" in self._ways else (self._muxers, _listed(theirs))
            muxer = self._agreed(*order)
            self._write(self._payload(self._muxers))
        else:
            self._read(await self._message(), is_empty=True)
            self._write(self._payload(self._muxers))
            theirs = self._read(await self._message())
            peer, key = self._check(theirs)
            muxer = self._agreed(_listed(theirs), self._muxers)
        await self._channel.drain()
        if self._keylog:
            self._log()
        return NoiseChannel(self._channel, self._noise, self._ways), peer, key, muxer

    def _payload(self, muxers):
        static = self._state.s.public_bytes
        message = NoiseHandshakePayload(identity_key=self._identity.key)
        message.identity_sig = self._identity.sign((b"" if "noise-prefix" in self._ways else PREFIX) + static)
        message.extensions.stream_muxers.extend(name.encode() for name in muxers)
        if not muxers:
            message.ClearField("extensions")
        return message.SerializeToString()

    def _write(self, payload):
        try:
            data = bytes(self._noise.write_message(payload))
        except ValueError as error:  # the key of the peer has small order
            raise Violation("the handshake failed") from error
        self._channel.write(len(data).to_bytes(2, "big") + data)

    async def _message(self):
        return await self._channel.readexactly(int.from_bytes(await self._channel.readexactly(2), "big"))

    def _read(self, data, is_empty=False):
        try:
            payload = bytes(self._noise.read_message(data))
        except BAD as error:
            raise Violation("the handshake failed") from error
        return None if is_empty else parsed(NoiseHandshakePayload, payload)

    def _check(self, payload):
        static = self._state.rs.public_bytes
        if "noise-strict" in self._ways and len(payload.SerializeToString()) != len(_known(payload)):
            raise Violation("an unknown field in the payload")
        if "noise-any-signature" not in self._ways and not verify(payload.identity_key, PREFIX + static, payload.identity_sig):
            raise Violation("the signature of the static key is wrong")
        peer = peer_id(payload.identity_key)
        if self._is_dialer and self._expected is not None and peer != self._expected and "dials-anybody" not in self._ways:
            raise Violation("the listener is another peer than was dialed")
        return peer, payload.identity_key

    def _agreed(self, dialers, listeners):
        if not dialers or not listeners:
            return None
        both = [name for name in dialers if name in listeners]
        if not both:
            if "noise-falls-back" in self._ways and not self._is_dialer:
                return None
            if "noise-no-overlap" in self._ways:
                return self._muxers[0]
            raise Violation("no muxer in common")
        return both[-1 if "noise-last-muxer" in self._ways else 0]

    def _log(self):
        protocol, state = self._noise.noise_protocol, self._state
        ours, theirs = state.e.public_bytes, state.re.public_bytes
        sent, received = protocol.cipher_state_encrypt.k, protocol.cipher_state_decrypt.k
        line = {
            "type": "noise-xx", "role": "initiator" if self._is_dialer else "responder", "t": round(time.time(), 6),
            "local_peer": base58(self._identity.id),
            "initiator_e": (ours if self._is_dialer else theirs).hex(), "responder_e": (theirs if self._is_dialer else ours).hex(),
            "static_priv": self._static.hex(), "static_pub": state.s.public_bytes.hex(),
            "ephemeral_priv": self._ephemeral.hex(), "ephemeral_pub": ours.hex(), "remote_static_pub": state.rs.public_bytes.hex(),
            "k_i2r": bytes(sent if self._is_dialer else received).hex(), "k_r2i": bytes(received if self._is_dialer else sent).hex(),
            "handshake_hash": bytes(self._noise.get_handshake_hash()).hex(),
        }
        with open(self._keylog, "a", encoding="ascii") as file:
            file.write(json.dumps(line) + "\n")


class _WeakDH:
    """A Diffie-Hellman whose shared secret is zeros for keys of small order, instead of an error."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def dh(self, private_key, public_key):
        try:
            return self._inner.dh(private_key, public_key)
        except ValueError:
            return bytes(self._inner.dhlen)


def static_key(seed):
    """A static key that depends on the identity's seed alone."""
    return hashlib.sha256(b"noise-static" + seed).digest()


def _listed(payload):
    return [name.decode("utf-8", "backslashreplace") for name in payload.extensions.stream_muxers]


def _known(payload):
    copy = NoiseHandshakePayload()
    copy.CopyFrom(payload)
    copy.DiscardUnknownFields()
    return copy.SerializeToString()
