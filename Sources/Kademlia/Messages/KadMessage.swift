import Libp2p
public import Wire

/// A message of a DHT on a stream: the content, preceded by its length (libp2p specs, kad-dht, "RPC messages"). A
/// request and its answer have the same form.
public struct KadMessage: Message {
    public static var name: StaticString { "kad.message" }
    public static var summary: MessageSummary { [.message("message", KadContent.self)] }
    public static var parts: [String] { ["message.type"] }
    /// The length of `message` in bytes.
    public var length = Derived<UInt32>()
    public var message = KadContent()

    /// The maximum length in bytes, 4 MiB (go-libp2p-kad-dht).
    public static let limit = 4 << 20

    public init() {}
    /// Creates a message with this content.
    public init(_ message: KadContent) { self.message = message }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: message.byteCount()))
        c.message("message", &message, length: length.count, by: "length")
    }
}

/// The content of a message. The type decides which fields a request and an answer have.
public struct KadContent: Message {
    public static var name: StaticString { "kad.content" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([[.value("type")], ["put_value"]]), .maybe(" ", .value("key")),
            .maybe(": ", .message("record", KadRecord.self)), .maybe(", ", .count("provider_peers", "provider")),
            .maybe(", ", .count("closer_peers", "closer peer")),
        ]
    }
    public static var meanings: [String: FieldMeaning] { ["key": .kadKey] }
    /// The type; nil means PUT_VALUE.
    public var type: KadType?
    /// A preimage of a place in the key space: a peer id, the multihash of a content, or the key of a value.
    public var key: Bytes?
    public var record: KadRecord?
    /// The peers that are nearest to the key, the nearest first.
    public var closerPeers: [KadPeer] = []
    /// The peers that provide the content.
    public var providerPeers: [KadPeer] = []
    /// A field without meaning, which implementations write.
    public var clusterLevel: Int32?
    /// An `Envelope` with a record of the sender, a field of py-libp2p.
    public var senderRecord: Bytes?
    public var unknown = Unknown()

    public init() {}
    /// Creates a message with this type and key.
    public init(_ type: KadType, key: [UInt8]? = nil) {
        self.type = type
        self.key = key.map { Bytes($0) }
    }
    /// False if the time of the record is not valid UTF-8, which proto3 forbids. The message must own its bytes.
    var isText: Bool {
        guard let time = record?.timeReceived?.bytes.own else { return true }
        return String(validating: time, as: UTF8.self) != nil
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "type", &type, as: .implicit)
        c.tag(2, "key", &key, as: .implicit)
        c.tag(3, "record", &record)
        c.tag(8, "closer_peers", &closerPeers)
        c.tag(9, "provider_peers", &providerPeers)
        c.tag(10, "cluster_level_raw", &clusterLevel, as: .implicit)
        c.tag(11, "sender_record", &senderRecord)
        c.unknown(&unknown)
    }
}

extension FieldMeaning {
    /// A key of the DHT: a peer id, a text such as `/pk/...` up to its first other byte, or other bytes.
    static let kadKey = FieldMeaning.form(
        FieldForm(
            "a key (a peer id, or text such as /pk/)", isLong: true, text: text(of:), bytes: { PeerID($0)?.bytes }))
    private static func text(of key: [UInt8]) -> String? {
        if key.first == 0x00 || key.starts(with: [0x12, 0x20]), let peer = PeerID(key) { return peer.description }
        let isText = !key.isEmpty && key.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
        return isText ? String(decoding: key, as: UTF8.self) : nil
    }
}
