public import Wire

/// The telemetry that a node sends every minute. The low ten extension bits are the size of the data, which may be 0.
/// Any bit above them makes receivers read past the end, which is a content error.
public struct TelemetryAck: NanoMessage {
    public static var name: StaticString { "nano.telemetry_ack" }
    public static var summary: MessageSummary {
        [
            .first([
                [
                    .inside(
                        "data",
                        [
                            "telemetry of ", .value("node_id"), ": V", .number("major"), ".", .number("minor"), ", ",
                            .count("block_count", "block"), .maybe(", ", .count("peer_count", "peer")),
                        ])
                ], ["telemetry without data"],
            ])
        ]
    }
    static var type: MessageType { .telemetryAck }
    static var definedBits: UInt16 { 0x03ff }
    static var extensionNames: [BitName] {
        [BitName(0x03ff, "size")]
    }
    static func payloadCount(_ header: RawHeader) -> Int { Int(header.extensions & 0x3ff) }
    public var header = Header(.telemetryAck)
    public var data: Telemetry?
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .telemetryAck, UInt16(truncatingIfNeeded: data?.byteCount() ?? 0))
        c.require("extensions", header.extensions.value <= 0x3ff, UInt64(header.extensions.value))
        let size = Int(header.extensions.value & 0x3ff)
        c.optional("data", &data, present: size > 0, like: Telemetry(), length: size, by: "extensions")
    }

    /// The data: 202 bytes (V1) or 216 bytes (V2), followed by the fields that later versions append.
    public struct Telemetry: Message {
        public static var name: StaticString { "nano.telemetry_ack.data" }
        public static var meanings: [String: FieldMeaning] {
            ["node_id": .nodeID, "timestamp": .milliseconds, "active_difficulty": .difficulty]
        }
        /// The signature with the node key over all fields after it, unknown ones included.
        public var signature = Signature64()
        public var nodeID = Key32()
        public var blockCount: UInt64 = 0
        public var cementedCount: UInt64 = 0
        public var uncheckedCount: UInt64 = 0
        public var accountCount: UInt64 = 0
        /// The bandwidth cap in bytes per second; 0 means unlimited.
        public var bandwidthCap: UInt64 = 0
        public var peerCount: UInt32 = 0
        public var protocolVersion: UInt8 = 0
        /// The uptime in seconds.
        public var uptime: UInt64 = 0
        public var genesis = Key32()
        public var major: UInt8 = 0
        public var minor: UInt8 = 0
        public var patch: UInt8 = 0
        public var preRelease: UInt8 = 0
        /// The maker. Since protocol version 0x16 there are numbers above 1 for further makers.
        public var maker = Maker()
        /// The time in milliseconds since 1970.
        public var timestamp: UInt64 = 0
        public var activeDifficulty: UInt64 = 0
        public var v2: V2?
        /// The fields of unknown versions.
        public var unknown = Bytes()
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("signature", &signature)
            c.field("node_id", &nodeID)
            c.field("block_count", &blockCount)
            c.field("cemented_count", &cementedCount)
            c.field("unchecked_count", &uncheckedCount)
            c.field("account_count", &accountCount)
            c.field("bandwidth_cap", &bandwidthCap)
            c.field("peer_count", &peerCount)
            c.field("protocol_version", &protocolVersion)
            c.field("uptime", &uptime)
            c.field("genesis", &genesis)
            c.field("major", &major)
            c.field("minor", &minor)
            c.field("patch", &patch)
            c.field("pre_release", &preRelease)
            c.field("maker", &maker)
            c.field("timestamp", &timestamp)
            c.field("active_difficulty", &activeDifficulty)
            c.optional("v2", &v2, present: c.remaining >= V2.count)
            c.rest("unknown", &unknown)
        }
        /// Returns the bytes that the signature covers: all after it. If the data borrows bytes, `packet` must hold
        /// them.
        func signed(in packet: RawSpan = RawSpan()) -> [UInt8] {
            Array(encoded(from: packet).dropFirst(Signature64.byteCount))
        }
        /// Returns true if the signature is valid for the node id.
        func isSigned(in packet: RawSpan = RawSpan()) -> Bool {
            signature.verifies(nodeID, signed(in: packet).span.bytes)
        }
    }

    /// Telemetry since protocol version 0x16.
    public struct V2: Message {
        public static var name: StaticString { "nano.telemetry_ack.v2" }
        static let count = V2().byteCount()
        public var databaseBackend = DatabaseBackend()
        /// The percentiles of confirmation latency in milliseconds.
        public var latencyP50: UInt32 = 0
        public var latencyP90: UInt32 = 0
        public var latencyP99: UInt32 = 0
        public var bootstrapStatus = BootstrapStatus()
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("database_backend", &databaseBackend)
            c.field("latency_p50", &latencyP50)
            c.field("latency_p90", &latencyP90)
            c.field("latency_p99", &latencyP99)
            c.field("bootstrap_status", &bootstrapStatus)
        }
    }
}
