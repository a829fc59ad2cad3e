public import Wire

/// Proves the identities of nodes before any other message. Query and response are sent in one message or in two.
/// Extension bits 0x0001 (query), 0x0002 (response), 0x0004 (V2) and 0x0008 (V3, precedes V2) define which parts
/// follow.
public struct NodeIDHandshake: NanoMessage {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "nano.node_id_handshake" }
    public static var summary: MessageSummary {
        [
            .first([
                [
                    "handshake V", .number("version"), ": ",
                    .joined(
                        [["query ", .value("query")], [.inside("response", ["response by ", .value("node_id")])]],
                        by: " and "),
                ],
                ["handshake without query and response"],
            ])
        ]
    }
    static var type: MessageType { .nodeIDHandshake }
    static var definedBits: UInt16 { 0x000f }
    static var extensionNames: [BitName] {
        [BitName(1, "query"), BitName(2, "response"), BitName(4, "v2"), BitName(8, "v3")]
    }
    static func payloadCount(_ header: RawHeader) -> Int {
        let bits = header.extensions
        let response = bits & 8 != 0 ? Response.counts[3] : bits & 4 != 0 ? Response.counts[2] : Response.counts[1]
        return (bits & 1 != 0 ? Key32.byteCount : 0) + (bits & 2 != 0 ? response : 0)
    }
    /// The 8 bytes before the body.
    public var header = Header(.nodeIDHandshake)
    /// The version 1, 2 or 3: the form of the response, or the form that a query asks for. It has no byte of its own.
    public var version: UInt8 = 2
    /// The cookie that the receiver signs.
    public var query: Key32?
    /// The proof of the sender's identity.
    public var response: Response?
    @inlinable public init() {}
    /// A message of each version.
    public static var variants: [Self] {
        ([1, 2, 3] as [UInt8]).map { v in
            var m = Self()
            m.version = v
            return m
        }
    }

    /// The bits as nano-node sets them: a V3 query asks for V2 as well, a response states only its own form.
    @inlinable @inline(__always) var bits: UInt16 {
        (query != nil ? 1 : 0) | (response != nil ? 2 : 0)
            | (version == 2 ? 4 : version == 3 ? (response != nil ? 8 : 12) : 0)
    }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let bits = bits
        header.code(&c, .nodeIDHandshake, bits)
        c.implied("version", &version, header.has(8) ? 3 : header.has(4) ? 2 : 1)
        c.optional("query", &query, present: header.has(1))
        c.optional("response", &response, present: header.has(2), like: Response(version: version))
    }

    /// The identity of the sender and its proof: 96, 160 or 176 bytes. The signature covers the cookie of the other
    /// side and the fields from salt to reserved.
    public struct Response: Message {
        /// The name in scenarios, filters and reports.
        public static var name: StaticString { "nano.node_id_handshake.response" }
        public static var meanings: [String: FieldMeaning] {
            let capabilities = [
                BitName(1, "topo_index"), BitName(2, "vote_storage"), BitName(4, "no_ledger"), BitName(8, "vote_relay"),
            ]
            return ["node_id": .nodeID, "capabilities": .bits(capabilities)]
        }
        @usableFromInline var version: UInt8 = 2
        /// The public key that signs, which is the identity of a node.
        public var nodeID = Key32()
        /// A random value, new for each response. Since V2.
        public var salt = Key32()
        /// The hash of the first block of the sender's network. Since V2.
        public var genesis = Key32()
        /// The capabilities as bits: 1 topo_index, 2 vote_storage, 4 no_ledger, 8 vote_relay. Since V3.
        public var capabilities: UInt64 = 0
        /// A reserved number, which is zero. Since V3.
        public var reserved: UInt64 = 0
        /// The signature over the cookie of the other side and the fields between node id and signature.
        public var signature = Signature64()
        @inlinable public init() {}
        /// The number of bytes of a response of each version.
        static let counts = (0...3 as ClosedRange<UInt8>).map { Response(version: $0).byteCount() }
        /// Creates an empty response of version 1, 2 or 3.
        @inlinable public init(version: UInt8) { self.version = version }
        /// A response of each version.
        public static var variants: [Self] { [Self(version: 3), Self(version: 2), Self(version: 1)] }

        @inlinable @inline(__always)
        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("node_id", &nodeID)
            if version >= 2 {
                c.field("salt", &salt)
                c.field("genesis", &genesis)
            }
            if version >= 3 {
                c.field("capabilities", &capabilities)
                c.field("reserved", &reserved)
            }
            c.field("signature", &signature)
        }
    }
}
