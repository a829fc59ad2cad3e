"""The protobuf messages of libp2p and gossipsub, and what frames them.

The messages are described by the table below and built at run time by protobuf's own means. Text fields are declared as bytes:
the encoding is the same, and topics and message ids of foreign nodes need not be valid UTF-8.
"""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

# Message: number name type, * for repeated. A type that is no scalar is another message.
TABLE = """
PublicKey: 1 type uint64, 2 data bytes
Exchange: 1 id bytes, 2 pubkey PublicKey
NoiseExtensions: 1 webtransport_certhashes bytes*, 2 stream_muxers bytes*
NoiseHandshakePayload: 1 identity_key bytes, 2 identity_sig bytes, 4 extensions NoiseExtensions
Identify: 1 public_key bytes, 2 listen_addrs bytes*, 3 protocols bytes*, 4 observed_addr bytes, 5 protocol_version bytes, \
 6 agent_version bytes, 8 signed_peer_record bytes
Envelope: 1 public_key PublicKey, 2 payload_type bytes, 3 payload bytes, 5 signature bytes
AddressInfo: 1 multiaddr bytes
PeerRecord: 1 peer_id bytes, 2 seq uint64, 3 addresses AddressInfo*
SubOpts: 1 subscribe bool, 2 topic bytes, 3 requests_partial bool, 4 supports_sending_partial bool
Message: 1 from_ bytes, 2 data bytes, 3 seqno bytes, 4 topic bytes, 5 signature bytes, 6 key bytes
ControlIHave: 1 topic bytes, 2 message_ids bytes*
ControlIWant: 1 message_ids bytes*
ControlGraft: 1 topic bytes
PeerInfo: 1 peer_id bytes, 2 signed_peer_record bytes
ControlPrune: 1 topic bytes, 2 peers PeerInfo*, 3 backoff uint64
ControlIDontWant: 1 message_ids bytes*
ControlExtensions: 10 partial_messages bool, 6492434 test_extension bool
ControlMessage: 1 ihave ControlIHave*, 2 iwant ControlIWant*, 3 graft ControlGraft*, 4 prune ControlPrune*, 5 idontwant ControlIDontWant*, \
 6 extensions ControlExtensions
TestExtension:
Order: 1 id bytes, 2 market bytes, 3 side uint64, 4 price bytes, 5 amount bytes, 6 version uint64, 7 author bytes, 8 signature bytes
Fill: 1 id bytes, 2 market bytes, 3 price bytes, 4 amount bytes, 5 maker bytes, 6 maker_order bytes, 7 maker_version uint64, 8 taker bytes, \
 9 taker_order bytes, 10 taker_version uint64, 11 taker_signature bytes, 12 maker_signature bytes
Orders: 1 orders Order*, 3 fills Fill*
SnapshotRequest: 1 market bytes
SnapshotPart: 1 orders Order*, 2 last bool, 3 fills Fill*
RendezvousRegister: 1 namespace bytes, 2 signed_peer_record bytes, 3 ttl uint64
RendezvousRegisterResponse: 1 status uint64, 2 status_text bytes, 3 ttl uint64
RendezvousUnregister: 1 namespace bytes
RendezvousDiscover: 1 namespace bytes, 2 limit uint64, 3 cookie bytes
RendezvousDiscoverResponse: 1 registrations RendezvousRegister*, 2 cookie bytes, 3 status uint64, 4 status_text bytes
Rendezvous: 1 type uint64, 2 register RendezvousRegister, 3 register_response RendezvousRegisterResponse, 4 unregister RendezvousUnregister, \
 5 discover RendezvousDiscover, 6 discover_response RendezvousDiscoverResponse
PartialMessages: 1 topic bytes, 2 group_id bytes, 3 partial_message bytes, 4 parts_metadata bytes
RPC: 1 subscriptions SubOpts*, 2 publish Message*, 3 control ControlMessage, 10 partial PartialMessages, 6492434 test_extension TestExtension
"""


def _built():
    file = descriptor_pb2.FileDescriptorProto(name="gossipsub-peer.proto", package="peer", syntax="proto2")
    kinds = {"uint64": 4, "bool": 8, "bytes": 12}
    for line in TABLE.replace("\\\n", "").strip().splitlines():
        name, _, fields = line.partition(":")
        message = file.message_type.add(name=name)
        for field in filter(None, fields.strip().split(",")):
            number, label, kind = field.split()
            added = message.field.add(name=label, number=int(number), label=3 if kind.endswith("*") else 1)
            kind = kind.rstrip("*")
            if kind in kinds:
                added.type = kinds[kind]
            else:
                added.type, added.type_name = 11, f".peer.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {m.name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"peer.{m.name}")) for m in file.message_type}


MESSAGES = _built()
PublicKey, Exchange, NoiseHandshakePayload, Identify, Envelope, PeerRecord, Message, RPC = (MESSAGES[name] for name in (
    "PublicKey", "Exchange", "NoiseHandshakePayload", "Identify", "Envelope", "PeerRecord", "Message", "RPC"))


class Malformed(Exception):
    """Bytes that are not what they should be."""


def parsed(kind, data):
    try:
        return kind.FromString(bytes(data))
    except (DecodeError, ValueError) as error:
        raise Malformed(f"{kind.DESCRIPTOR.name}: {error}") from error


def varint(value):
    out = bytearray()
    while value > 0x7f:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(data, at=0):
    """The number at an offset, and the offset behind it; only its shortest form, of 9 bytes at most."""
    value = 0
    for count in range(9):
        if at + count >= len(data):
            raise Malformed("a varint ends too early")
        byte = data[at + count]
        value |= (byte & 0x7f) << 7 * count
        if byte < 0x80:
            if byte == 0 and count:
                raise Malformed("a varint is not in its shortest form")
            return value, at + count + 1
    raise Malformed("a varint has more than 9 bytes")


def prefixed(data):
    return varint(len(data)) + data


def fields(data):
    """The fields of any protobuf message: number, value (bytes or a number) and all bytes of each."""
    at = 0
    while at < len(data):
        start = at
        tag, at = _number(data, at)
        number, kind = tag >> 3, tag & 7
        if not number:
            raise Malformed("field number 0")
        if kind == 0:
            value, at = _number(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, at = data[at:at + size], at + size
        elif kind == 2:
            size, at = _number(data, at)
            value, at = data[at:at + size], at + size
        else:
            raise Malformed(f"wire type {kind}")
        if at > len(data):
            raise Malformed("a field ends too early")
        yield number, value, data[start:at]


def _number(data, at):
    """A varint of protobuf, which need not be the shortest and has up to 10 bytes."""
    value = 0
    for count in range(10):
        if at + count >= len(data):
            raise Malformed("a field ends too early")
        value |= (data[at + count] & 0x7f) << 7 * count
        if data[at + count] < 0x80:
            return value, at + count + 1
    raise Malformed("a varint has more than 10 bytes")
