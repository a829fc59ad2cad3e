public import Wire

/// A signed envelope (libp2p specs, RFC 0002): a payload, its type, and the key and signature of the signer.
public struct Envelope: Message {
    public static var name: StaticString { "libp2p.envelope" }
    public static var form: Form { .protobuf }
    public var publicKey: PublicKey?
    /// The type of the payload, a multicodec.
    public var payloadType: Bytes?
    public var payload: Bytes?
    /// The signature over `signed(in:)`.
    public var signature: Bytes?
    public var unknown = Unknown()

    public init() {}
    /// Creates an envelope that an identity signs.
    public init(_ payload: [UInt8], type: [UInt8], in domain: String, _ identity: Identity) {
        publicKey = identity.publicKey
        (payloadType, self.payload) = (Bytes(type), Bytes(payload))
        signature = Bytes(identity.sign(signed(in: domain)))
    }

    /// Creates a record of the addresses where an identity listens. `sequence`: a number that is higher in later
    /// records.
    public init(
        of identity: Identity, at addresses: [Multiaddr], _ sequence: UInt64, in domain: String = PeerRecord.domain
    ) {
        var record = PeerRecord()
        (record.peerID, record.sequence) = (Bytes(identity.peer.bytes), sequence)
        record.addresses = addresses.map {
            var address = RecordAddress()
            address.multiaddr = Bytes($0.bytes)
            return address
        }
        self.init(record.encoded(), type: PeerRecord.payloadType, in: domain, identity)
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "public_key", &publicKey)
        c.tag(2, "payload_type", &payloadType)
        c.tag(3, "payload", &payload)
        c.tag(5, "signature", &signature)
        c.unknown(&unknown)
    }
    /// Returns the bytes that are signed in this domain: domain, type and payload, each preceded by its length. The
    /// envelope must own its bytes.
    public func signed(in domain: String) -> [UInt8] {
        var out: [UInt8] = []
        for part in [Array(domain.utf8), payloadType?.own ?? [], payload?.own ?? []] {
            Varint.append(UInt64(part.count), to: &out)
            out += part
        }
        return out
    }
    /// Returns whether the signature is good in this domain; nil if keys of this type cannot be verified here.
    public func isGood(in domain: String) -> Bool? {
        guard let publicKey, let signature = signature?.own else { return false }
        return publicKey.verify(signature, of: signed(in: domain))
    }
}

/// The addresses of a peer (libp2p specs, RFC 0003), the payload of an envelope.
public struct PeerRecord: Message {
    public static var name: StaticString { "libp2p.peer_record" }
    public static var form: Form { .protobuf }
    /// The peer id as a multihash.
    public var peerID: Bytes?
    /// A number that is higher in later records.
    public var sequence: UInt64?
    public var addresses: [RecordAddress] = []
    public var unknown = Unknown()

    /// The domain in which implementations sign a record.
    public static let domain = "libp2p-peer-record"
    /// The domain that the text of the RFC names. No implementation uses it.
    public static let domainOfText = "libp2p-routing-state"
    /// The payload type of implementations: the multicodec 0x0301, its higher byte first.
    public static let payloadType: [UInt8] = [0x03, 0x01]

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer_id", &peerID)
        c.tag(2, "seq", &sequence)
        c.tag(3, "addresses", &addresses)
        c.unknown(&unknown)
    }
}

/// An address of a record.
public struct RecordAddress: Message {
    public static var name: StaticString { "libp2p.record_address" }
    public static var form: Form { .protobuf }
    /// The address in binary form.
    public var multiaddr: Bytes?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "multiaddr", &multiaddr)
        c.unknown(&unknown)
    }
}

// Functions for received records, which are serialized `Envelope` values.
extension PeerRecord {
    /// Returns the addresses in a record; nil if the record is invalid or belongs to another peer.
    public static func addresses(in record: [UInt8], of peer: PeerID, atMost limit: Int) -> [Multiaddr]? {
        owner(of: record) == peer ? uncheckedAddresses(in: record, atMost: limit) : nil
    }
    /// Returns the peer that signed a record about itself; nil if the record is invalid.
    public static func owner(of record: [UInt8]) -> PeerID? {
        guard let envelope = try? Envelope(copying: record), envelope.payloadType?.own == payloadType,
            envelope.isGood(in: domain) == true, let key = envelope.publicKey?.encoded(),
            let payload = envelope.payload?.own, let read = try? PeerRecord(copying: payload),
            case let peer = PeerID(of: key), read.peerID?.own == peer.bytes
        else { return nil }
        return peer
    }
    /// Returns the reason why a record is invalid, or not from `owner` if an owner is given; nil if it is good, or if
    /// keys of its type cannot be verified here.
    public static func fault(of record: [UInt8], owner: PeerID? = nil) -> String? {
        guard let envelope = try? Envelope(copying: record), let key = envelope.publicKey else {
            return "not an envelope"
        }
        let signer = PeerID(of: key.encoded())
        guard owner == nil || owner == signer else { return "of another peer" }
        guard envelope.isGood(in: domain) != false else { return "the signature is wrong" }
        let told = envelope.payload?.own.flatMap { try? PeerRecord(copying: $0) }
        return told?.peerID?.own == signer.bytes ? nil : "it is about another peer"
    }
    /// Returns the peer that a record names, without checking the signature.
    static func uncheckedOwner(of record: [UInt8]) -> PeerID? {
        guard let envelope = try? Envelope(copying: record), let payload = envelope.payload?.own else { return nil }
        return (try? PeerRecord(copying: payload))?.peerID?.own.flatMap { PeerID($0) }
    }
    /// Returns the addresses in a record, without checking the signature.
    public static func uncheckedAddresses(in record: [UInt8], atMost limit: Int) -> [Multiaddr] {
        guard let envelope = try? Envelope(copying: record), let payload = envelope.payload?.own,
            let read = try? PeerRecord(copying: payload)
        else { return [] }
        return read.addresses.prefix(limit).compactMap { $0.multiaddr?.own.flatMap { Multiaddr(bytes: $0) } }
    }
}
