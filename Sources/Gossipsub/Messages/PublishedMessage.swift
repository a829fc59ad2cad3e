public import Libp2p
public import Wire

/// What a peer publishes. Which fields must be there, or must not, is a matter of policy.
public struct PublishedMessage: Message {
    public static var name: StaticString { "gossipsub.message" }
    public static var form: Form { .protobuf }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["from": .peerID] }
    /// The peer id of the author.
    public var from: Bytes?
    public var data: Bytes?
    /// 8 bytes, the highest first.
    public var sequence: Bytes?
    /// As in `Subscription`.
    public var topic: Text?
    public var signature: Bytes?
    /// A `PublicKey`, serialized; needed where the id of the author does not hold it.
    public var key: Bytes?
    public var unknown = Unknown()

    /// What stands before the message where it is signed.
    static let signaturePrefix = Array("libp2p-pubsub:".utf8)

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "from", &from)
        c.tag(2, "data", &data)
        c.tag(3, "seqno", &sequence)
        c.tag(4, "topic", &topic)
        c.tag(5, "signature", &signature)
        c.tag(6, "key", &key)
        c.unknown(&unknown)
    }
    /// What is signed: the message without its signature and its key, as implementations have it. Fields that nobody knows
    /// are part of it. For a message that owns its bytes.
    public var signed: [UInt8] {
        // What is not known stays where it stood only as long as nothing else is left out.
        if !unknown.items.isEmpty, let rest = Self.withoutSignature(encoded()) { return Self.signaturePrefix + rest }
        var copy = self
        (copy.signature, copy.key) = (nil, nil)
        return Self.signaturePrefix + copy.encoded()
    }
    /// A serialized message without its fields 5 and 6; nil for what is none.
    private static func withoutSignature(_ all: [UInt8]) -> [UInt8]? {
        ProtobufScan.fields(all)?.filter { ![5, 6].contains($0.number) }.flatMap(\.all)
    }
    /// The same with the signature of an identity, which is its author. `withKey`: its key is told as well.
    public func signed(by identity: Identity, withKey: Bool = false) -> Self {
        var copy = self
        copy.from = Bytes(identity.peer.bytes)
        copy.signature = Bytes(identity.sign(copy.signed))
        if withKey { copy.key = Bytes(identity.publicKey.encoded()) }
        return copy
    }
    /// Whether the author signed it; nil: of keys of this type nobody can tell here. False where a signature, an author or
    /// his key is missing, or the key is another's. For a message that owns its bytes.
    public var isSigned: Bool? {
        guard let signature = signature?.own, let from = from?.own, let author = PeerID(from),
            let key = key?.own ?? author.key, PeerID(of: key) == author, let read = try? PublicKey(copying: key)
        else { return false }
        return read.verify(signature, of: signed)
    }
    /// How most implementations name it: author and sequence number, one behind the other. For a message that owns its
    /// bytes.
    public var defaultID: [UInt8] { (from?.own ?? []) + (sequence?.own ?? []) }
}
