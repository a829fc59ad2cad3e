public import Libp2p
public import Wire

/// A message that a peer publishes. The signature policy decides which fields must be present or absent.
public struct PublishedMessage: Message {
    public static var name: StaticString { "gossipsub.message" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "publish", .maybe(" ", .name("topic")), .maybe(" ", .size("data")), .maybe(" from ", .value("from")),
        ]
    }
    public static var meanings: [String: FieldMeaning] { ["from": .peerID] }
    /// The peer id of the author.
    public var from: Bytes?
    public var data: Bytes?
    /// The sequence number, 8 bytes in network byte order.
    public var sequence: Bytes?
    /// The topic, bytes like that in `Subscription`.
    public var topic: Text?
    public var signature: Bytes?
    /// A serialized `PublicKey`, needed if the id of the author does not hold the key.
    public var key: Bytes?
    public var unknown = Unknown()

    /// The bytes that precede the message when it is signed.
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
    /// The bytes that the signature covers: the prefix, then the message without its signature and its key, as
    /// implementations do it. Unknown fields are included. The message must own its bytes.
    public var signed: [UInt8] {
        // The encoder keeps unknown fields in place only if no known field is removed. With unknown fields, the
        // signature and the key are therefore cut out of the serialized message.
        if !unknown.items.isEmpty, let rest = Self.withoutSignature(encoded()) { return Self.signaturePrefix + rest }
        var copy = self
        (copy.signature, copy.key) = (nil, nil)
        return Self.signaturePrefix + copy.encoded()
    }
    /// Returns a serialized message without its fields 5 and 6; nil if the bytes are not a protobuf message.
    private static func withoutSignature(_ all: [UInt8]) -> [UInt8]? {
        ProtobufScan.fields(all)?.filter { ![5, 6].contains($0.number) }.flatMap(\.all)
    }
    /// Returns a copy signed by an identity, which becomes its author. `withKey`: the copy includes the key of the
    /// author.
    public func signed(by identity: Identity, withKey: Bool = false) -> Self {
        var copy = self
        copy.from = Bytes(identity.peer.bytes)
        copy.signature = Bytes(identity.sign(copy.signed))
        if withKey { copy.key = Bytes(identity.publicKey.encoded()) }
        return copy
    }
    /// True if the author signed the message; nil if keys of this type cannot be verified here. False if a signature,
    /// an author or the author's key is missing, or if the key is not the author's. The message must own its bytes.
    public var isSigned: Bool? {
        guard let signature = signature?.own, let from = from?.own, let author = PeerID(from),
            let key = key?.own ?? author.key, PeerID(of: key) == author, let read = try? PublicKey(copying: key)
        else { return false }
        return read.verify(signature, of: signed)
    }
    /// The id that most implementations give to the message: the author followed by the sequence number. The message
    /// must own its bytes.
    public var defaultID: [UInt8] { (from?.own ?? []) + (sequence?.own ?? []) }
}
