public import Wire

/// The network, bytes 0 and 1 of the header: two ASCII letters, big-endian.
public struct NetworkID: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt16
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// The letters `RC`.
    @inlinable public static var live: Self { Self(rawValue: 0x5243) }
    /// The letters `RB`.
    @inlinable public static var beta: Self { Self(rawValue: 0x5242) }
    /// The letters `RA`.
    @inlinable public static var dev: Self { Self(rawValue: 0x5241) }
    /// The letters `RX`.
    @inlinable public static var test: Self { Self(rawValue: 0x5258) }
    /// The names of the known numbers.
    public static let names = [
        CodeName(0x5243, "live"), CodeName(0x5242, "beta"), CodeName(0x5241, "dev"), CodeName(0x5258, "test"),
    ]
    /// True if the network is known.
    var isKnown: Bool { self == .live || self == .dev || self == .beta || self == .test }
}

/// The message type, byte 5 of the header.
///
/// 0 and 1 are no types, and 9 is no longer one. 0x10 and 0x11 are in the code of nano-node's development branch, but
/// no release sends them: they are types only from protocol version 0x16 on.
public struct MessageType: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable public static var keepalive: Self { Self(rawValue: 0x02) }
    @inlinable public static var publish: Self { Self(rawValue: 0x03) }
    @inlinable public static var confirmReq: Self { Self(rawValue: 0x04) }
    @inlinable public static var confirmAck: Self { Self(rawValue: 0x05) }
    @inlinable public static var bulkPull: Self { Self(rawValue: 0x06) }
    @inlinable public static var bulkPush: Self { Self(rawValue: 0x07) }
    @inlinable public static var frontierReq: Self { Self(rawValue: 0x08) }
    @inlinable public static var nodeIDHandshake: Self { Self(rawValue: 0x0a) }
    @inlinable public static var bulkPullAccount: Self { Self(rawValue: 0x0b) }
    @inlinable public static var telemetryReq: Self { Self(rawValue: 0x0c) }
    @inlinable public static var telemetryAck: Self { Self(rawValue: 0x0d) }
    @inlinable public static var ascPullReq: Self { Self(rawValue: 0x0e) }
    @inlinable public static var ascPullAck: Self { Self(rawValue: 0x0f) }
    @inlinable public static var voteRelayReq: Self { Self(rawValue: 0x10) }
    @inlinable public static var voteRelayAck: Self { Self(rawValue: 0x11) }
    /// The names of the known numbers.
    public static let names = [
        CodeName(0x02, "keepalive"), CodeName(0x03, "publish"), CodeName(0x04, "confirm_req"),
        CodeName(0x05, "confirm_ack"), CodeName(0x06, "bulk_pull"), CodeName(0x07, "bulk_push"),
        CodeName(0x08, "frontier_req"), CodeName(0x0a, "node_id_handshake"), CodeName(0x0b, "bulk_pull_account"),
        CodeName(0x0c, "telemetry_req"), CodeName(0x0d, "telemetry_ack"), CodeName(0x0e, "asc_pull_req"),
        CodeName(0x0f, "asc_pull_ack"), CodeName(0x10, "vote_relay_req"), CodeName(0x11, "vote_relay_ack"),
    ]
}

/// The type of a request of ascending bootstrap and of its answer.
public struct PullType: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var blocks: Self { Self(rawValue: 1) }
    public static var accountInfo: Self { Self(rawValue: 2) }
    public static var frontiers: Self { Self(rawValue: 3) }
    /// A type since protocol version 0x16.
    public static var blocksRandom: Self { Self(rawValue: 4) }
    /// A type since protocol version 0x16.
    public static var topoIndex: Self { Self(rawValue: 5) }
    public static let names = [
        CodeName(1, "blocks"), CodeName(2, "account_info"), CodeName(3, "frontiers"), CodeName(4, "blocks_random"),
        CodeName(5, "topo_index"),
    ]
    /// True if the type is known.
    var isKnown: Bool { rawValue >= 1 && rawValue <= 5 }
}

/// The kind of a 32-byte value: an account or a block.
public struct TargetType: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var account: Self { Self(rawValue: 0) }
    public static var block: Self { Self(rawValue: 1) }
    public static let names = [CodeName(0, "account"), CodeName(1, "block")]
}

/// The layout of the entries that `bulk_pull_account` requests.
public struct PendingFlags: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var hashAndAmount: Self { Self(rawValue: 0) }
    public static var address: Self { Self(rawValue: 1) }
    public static var hashAmountAndAddress: Self { Self(rawValue: 2) }
    public static let names = [
        CodeName(0, "pending_hash_and_amount"), CodeName(1, "pending_address_only"),
        CodeName(2, "pending_hash_amount_and_address"),
    ]
}

/// The maker of a node.
public struct Maker: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The names of the known numbers.
    public static let names = [CodeName(0, "nf_node"), CodeName(1, "nf_pruned_node")]
}

/// The database of a node.
public struct DatabaseBackend: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The names of the known numbers.
    public static let names = [CodeName(0, "unknown"), CodeName(1, "lmdb"), CodeName(2, "rocksdb")]
}

/// The progress of a node in synchronizing its ledger.
public struct BootstrapStatus: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The names of the known numbers.
    public static let names = [CodeName(0, "unknown"), CodeName(1, "syncing"), CodeName(2, "synced")]
}
