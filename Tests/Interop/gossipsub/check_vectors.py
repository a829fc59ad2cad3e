#!/usr/bin/env python3
"""Compares this node's readers and writers with the vectors of libp2p and gossipsub.

    python3 check_vectors.py [FOLDER ...]

The folders are Vectors/libp2p and Vectors/gossipsub unless told. Every accepted vector must be read as its fields say and written to the
same bytes; every refused one must be refused. The recorded Noise connection is played again from its private keys. Exits 1 when one
differs, or when a file is of no kind that is known here.
"""

import asyncio
import json
import pathlib
import sys

from noise.connection import Keypair, NoiseConnection

import noise_channel
import yamux
from identity import check_key, peer_id, verify
from messages import LONGEST_RPC, Published
from multistream import read_token, token
from streams import Closed, Violation, read_prefixed, read_varint
from wire import MESSAGES, Exchange, Malformed, NoiseHandshakePayload, PublicKey, RPC, fields, parsed, prefixed, varint

ROOT = pathlib.Path(__file__).resolve().parents[3]
KEY_TYPES = ["rsa", "ed25519", "secp256k1", "ecdsa"]
YAMUX_TYPES = ["data", "window_update", "ping", "go_away"]
MPLEX_FLAGS = ["new_stream", "message_receiver", "message_initiator", "close_receiver", "close_initiator", "reset_receiver",
               "reset_initiator"]
TEXTS = {"topic", "protocols", "protocol_version", "agent_version", "stream_muxers", "market", "price", "amount", "namespace", "status_text"}
STATUSES = {0: "ok", 100: "invalid_namespace", 101: "invalid_signed_peer_record", 102: "invalid_ttl", 103: "invalid_cookie", 200: "not_authorized",
            300: "internal_error", 400: "unavailable"}
# Numbers with names, by message and field.
NAMES = {
    ("PublicKey", "type"): dict(enumerate(KEY_TYPES)),
    ("Order", "side"): {1: "buy", 2: "sell"},
    ("Rendezvous", "type"): dict(enumerate(["register", "register_response", "unregister", "discover", "discover_response"])),
    ("RendezvousRegisterResponse", "status"): STATUSES,
    ("RendezvousDiscoverResponse", "status"): STATUSES,
}
OURS = {"from": "from_"}


class Bytes:
    """A stream that holds all there will be."""

    def __init__(self, data):
        self.rest = data

    async def readexactly(self, count):
        if len(self.rest) < count:
            raise Closed("the bytes end")
        out, self.rest = self.rest[:count], self.rest[count:]
        return out


def run(work):
    return asyncio.run(work)


def hexed(data):
    return "0x" + bytes(data).hex()


def unhexed(text):
    return bytes.fromhex(text.removeprefix("0x"))


# Protobuf

def told(message):
    """A message as the vectors have it."""
    out = {}
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.message_type:
            values = [told(item) for item in values]
        elif field.name in TEXTS:
            values = [item.decode("utf-8", "backslashreplace") for item in values]
        elif isinstance(values[0], bytes):
            values = [hexed(item) for item in values]
        elif names := NAMES.get((message.DESCRIPTOR.name, field.name)):
            values = [names.get(values[0], values[0])]
        elif isinstance(values[0], int):
            # Beyond 2^53 vectors have the digits as text.
            values = [str(item) if item > 2 ** 53 else item for item in values]
        out[field.name.rstrip("_")] = values if field.is_repeated else values[0]
    unknown = [hexed(raw) for number, _, raw in fields(message.SerializeToString()) if number not in message.DESCRIPTOR.fields_by_number]
    return out | ({"unknown": unknown} if unknown else {})


def built(message, values):
    rest = b"".join(map(unhexed, values.get("unknown", [])))
    for name, value in values.items():
        if name == "unknown":
            continue
        field = message.DESCRIPTOR.fields_by_name[OURS.get(name, name)]
        for item in value if field.is_repeated else [value]:
            if field.message_type:
                part = getattr(message, field.name).add() if field.is_repeated else getattr(message, field.name)
                part.SetInParent()
                built(part, item)
                continue
            if names := NAMES.get((message.DESCRIPTOR.name, field.name)):
                item = next((number for number, name in names.items() if name == item), item)
            elif isinstance(item, str) and item.isdigit() and field.name not in TEXTS:
                item = int(item)
            elif isinstance(item, str):
                item = item.encode() if field.name in TEXTS else unhexed(item)
            if field.is_repeated:
                getattr(message, field.name).append(item)
            else:
                setattr(message, field.name, item)
    if rest:
        message.MergeFromString(rest)
    return message


def prefixed_message(kind, name, limit=LONGEST_RPC):
    """Reader and writer of a message with its length before it."""
    def read(data):
        source = Bytes(data)
        body = run(read_prefixed(source, limit))
        _whole(source)
        return {"length": len(body), name: told(parsed(kind, body))}
    return read, lambda values: prefixed(built(kind(), values[name]).SerializeToString())


def message(kind):
    return lambda data: told(parsed(kind, data)), lambda values: built(kind(), values).SerializeToString()


def _whole(source):
    if source.rest:
        raise Malformed("bytes are left")


# The rest

def read_key(data):
    return told(check_key(data))


def read_multistream(data):
    source = Bytes(data)
    size, text = run(read_varint(Bytes(data), 1024)), run(read_token(source))
    _whole(source)
    return {"length": size, "text": text, "end": 10}


def read_yamux(data):
    version, kind, flags, number, length = yamux.HEADER.unpack(data[:12])
    if version or kind >= len(YAMUX_TYPES):
        raise Malformed("version or type")
    if len(data) - 12 != (length if kind == yamux.DATA else 0):
        raise Malformed("length")
    return {"version": version, "type": YAMUX_TYPES[kind], "flags": flags, "stream": number, "length": length, "payload": hexed(data[12:])}


def write_yamux(values):
    kind = YAMUX_TYPES.index(values["type"])
    return yamux.HEADER.pack(values["version"], kind, values["flags"], values["stream"], values["length"]) + unhexed(values["payload"])


def read_mplex(data):
    source = Bytes(data)
    header, size = run(read_varint(source, (1 << 63) - 1)), run(read_varint(source, 1 << 20))
    if header & 7 >= len(MPLEX_FLAGS) or size != len(source.rest):
        raise Malformed("flag or length")
    return {"header": header, "stream": header >> 3, "flag": MPLEX_FLAGS[header & 7], "length": size, "data": hexed(source.rest)}


def write_mplex(values):
    return varint(values["stream"] << 3 | MPLEX_FLAGS.index(values["flag"])) + prefixed(unhexed(values["data"]))


def noise(*parts):
    """A Noise message: named parts, of so many bytes, the last has the rest."""
    def read(data):
        size = int.from_bytes(data[:2], "big")
        if size != len(data) - 2 or len(data) < 2:
            raise Malformed("length")
        out, at = {"length": size}, 2
        for name, length in parts:
            end = len(data) if length is None else at + length
            if end > len(data):
                raise Malformed("too short")
            out[name], at = hexed(data[at:end]), end
        return out

    def write(values):
        body = b"".join(unhexed(values[name]) for name, _ in parts)
        return len(body).to_bytes(2, "big") + body
    return read, write


KINDS = {
    "rpc": prefixed_message(RPC, "rpc"),
    "exchange": prefixed_message(Exchange, "exchange"),
    "identify": prefixed_message(MESSAGES["Identify"], "identify"),
    "public_key": (read_key, lambda values: built(PublicKey(), values).SerializeToString()),
    "envelope": message(MESSAGES["Envelope"]),
    "peer_record": message(MESSAGES["PeerRecord"]),
    "noise_payload": message(NoiseHandshakePayload),
    "order": message(MESSAGES["Order"]),
    "orders": message(MESSAGES["Orders"]),
    "fill": message(MESSAGES["Fill"]),
    "snapshot_request": prefixed_message(MESSAGES["SnapshotRequest"], "request", 65536),
    "snapshot_part": prefixed_message(MESSAGES["SnapshotPart"], "part", 65536),
    "rendezvous": prefixed_message(MESSAGES["Rendezvous"], "rendezvous", 1 << 20),
    "multistream": (read_multistream, lambda values: token(values["text"])),
    "yamux_frame": (read_yamux, write_yamux),
    "mplex_frame": (read_mplex, write_mplex),
    "noise_hello": noise(("ephemeral", 32), ("payload", None)),
    "noise_answer": noise(("ephemeral", 32), ("static", 48), ("payload", None)),
    "noise_final": noise(("static", 48), ("payload", None)),
    "noise_frame": noise(("sealed", None)),
}


def vectors(path):
    """The vectors of a file, of which each value is JSON, a plain word, or 0x and digits, on one line."""
    out = []
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        key, _, value = line.removeprefix("- ").strip().partition(": ")
        if line.startswith("- "):
            out.append({})
        try:
            out[-1][key] = json.loads(value)
        except ValueError:
            out[-1][key] = value
    return out


def differs(kind, vector):
    """How a vector is read or written otherwise, or None."""
    read, write = KINDS[kind]
    data = unhexed(vector["bytes"])
    try:
        found = read(data)
    except (Malformed, Violation, Closed, ValueError) as error:
        return None if vector["expect"] == "refuse" else f"refused: {error}"
    if vector["expect"] == "refuse":
        return "accepted"
    if found != vector["fields"]:
        return f"read as {found}"
    if (written := write(vector["fields"])) != data:
        return f"written as {hexed(written)}"
    if kind == "rpc":
        for raw in (raw for number, raw, _ in fields(data[len(varint(len(data) - 1)):]) if number == 2):
            published = Published(raw)
            if why := published.refusal(is_signed=bool(published.signature)):
                return f"its message is dropped: {why}"
    return None


def replayed(path):
    """What differs when the recorded connection is played from its keys."""
    had = dict(line.split(": ") for line in path.read_text().splitlines() if line and not line.startswith("#"))
    had = {name: [bytes.fromhex(part) for part in value.split()] for name, value in had.items()}
    ends = {}
    for name in ("initiator", "responder"):
        end = ends[name] = NoiseConnection.from_name(noise_channel.NAME)
        (end.set_as_initiator if name == "initiator" else end.set_as_responder)()
        end.set_keypair_from_private_bytes(Keypair.STATIC, had[f"{name}_static"][0])
        end.set_keypair_from_private_bytes(Keypair.EPHEMERAL, had[f"{name}_ephemeral"][0])
        end.start_handshake()
    a, b = ends["initiator"], ends["responder"]
    # Who reads a message gives the payload with which the other end must write the same.
    first, second, third = (had[f"message_{number}"][0] for number in (1, 2, 3))
    wrong = []
    if bytes(a.write_message()) != first[2:]:
        wrong.append("message 1")
    b.read_message(first[2:])
    answer = bytes(a.read_message(second[2:]))
    if bytes(b.write_message(answer)) != second[2:]:
        wrong.append("message 2")
    final = bytes(b.read_message(third[2:]))
    if bytes(a.write_message(final)) != third[2:]:
        wrong.append("message 3")
    for payload, static in ((answer, had["responder_static_public"][0]), (final, had["initiator_static_public"][0])):
        payload = parsed(NoiseHandshakePayload, payload)
        if not verify(payload.identity_key, noise_channel.PREFIX + static, payload.identity_sig) or len(peer_id(payload.identity_key)) != 38:
            wrong.append("a signature")
    if bytes(a.get_handshake_hash()) != had["handshake_hash"][0]:
        wrong.append("hash")
    if bytes(a.noise_protocol.cipher_state_encrypt.k) != had["key_from_initiator"][0] \
            or bytes(b.noise_protocol.cipher_state_encrypt.k) != had["key_from_responder"][0]:
        wrong.append("keys")
    for end, frames in ((b, had["frames_from_initiator"]), (a, had["frames_from_responder"])):
        for frame in frames:
            end.decrypt(frame[2:])
    return wrong


def main():
    folders = [pathlib.Path(folder) for folder in sys.argv[1:]] or [ROOT / "Vectors" / name for name in ("libp2p", "gossipsub")]
    count, wrong, unknown = 0, 0, []
    for path in sorted(path for folder in folders for path in folder.iterdir()):
        if path.name == "noise_transcript.txt":
            count += 1
            if differences := replayed(path):
                wrong += 1
                print(f"{path.name}: {', '.join(differences)}")
        elif path.suffix == ".yaml" and path.stem in KINDS:
            for vector in vectors(path):
                count += 1
                if difference := differs(path.stem, vector):
                    wrong += 1
                    print(f"{path.stem} {vector['name']}: {difference}")
        # What functions of expressions give is no message.
        elif path.suffix == ".yaml" and not all("call" in vector for vector in vectors(path)):
            unknown.append(path.name)
    print(f"{count - wrong} of {count} vectors as expected" + (f"; not known here: {', '.join(unknown)}" if unknown else ""))
    return 1 if wrong or unknown or not count else 0


if __name__ == "__main__":
    sys.exit(main())
