public import Wire

/// Network, header bytes 0 and 1: two ASCII letters, big-endian.
public struct NetworkID: CodePoint {
    /// As on the wire.
    public var rawValue: UInt16
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// `RC`
    @inlinable public static var live: Self { Self(rawValue: 0x5243) }
    /// `RB`
    @inlinable public static var beta: Self { Self(rawValue: 0x5242) }
    /// `RA`
    @inlinable public static var dev: Self { Self(rawValue: 0x5241) }
    /// `RX`
    @inlinable public static var test: Self { Self(rawValue: 0x5258) }
    /// Those that have a name.
    public static let names = [
        CodeName(0x5243, "live"), CodeName(0x5242, "beta"), CodeName(0x5241, "dev"), CodeName(0x5258, "test"),
    ]
    /// One of the four.
    var isKnown: Bool { self == .live || self == .dev || self == .beta || self == .test }
}

/// Message type, header byte 5.
///
/// 0 and 1 are no types, 9 is no longer one. 0x10 and 0x11 stand in the code of nano-node's development branch without
/// a release that sends them: they are types from protocol version 0x16 on only.
public struct MessageType: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `keepalive`
    @inlinable public static var keepalive: Self { Self(rawValue: 0x02) }
    /// `publish`
    @inlinable public static var publish: Self { Self(rawValue: 0x03) }
    /// `confirm_req`
    @inlinable public static var confirmReq: Self { Self(rawValue: 0x04) }
    /// `confirm_ack`
    @inlinable public static var confirmAck: Self { Self(rawValue: 0x05) }
    /// `bulk_pull`
    @inlinable public static var bulkPull: Self { Self(rawValue: 0x06) }
    /// `bulk_push`
    @inlinable public static var bulkPush: Self { Self(rawValue: 0x07) }
    /// `frontier_req`
    @inlinable public static var frontierReq: Self { Self(rawValue: 0x08) }
    /// `node_id_handshake`
    @inlinable public static var nodeIDHandshake: Self { Self(rawValue: 0x0a) }
    /// `bulk_pull_account`
    @inlinable public static var bulkPullAccount: Self { Self(rawValue: 0x0b) }
    /// `telemetry_req`
    @inlinable public static var telemetryReq: Self { Self(rawValue: 0x0c) }
    /// `telemetry_ack`
    @inlinable public static var telemetryAck: Self { Self(rawValue: 0x0d) }
    /// `asc_pull_req`
    @inlinable public static var ascPullReq: Self { Self(rawValue: 0x0e) }
    /// `asc_pull_ack`
    @inlinable public static var ascPullAck: Self { Self(rawValue: 0x0f) }
    /// `vote_relay_req`
    @inlinable public static var voteRelayReq: Self { Self(rawValue: 0x10) }
    /// `vote_relay_ack`
    @inlinable public static var voteRelayAck: Self { Self(rawValue: 0x11) }
    /// Those that have a name.
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
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var blocks: Self { Self(rawValue: 1) }
    public static var accountInfo: Self { Self(rawValue: 2) }
    public static var frontiers: Self { Self(rawValue: 3) }
    /// Since protocol version 0x16.
    public static var blocksRandom: Self { Self(rawValue: 4) }
    /// Since protocol version 0x16.
    public static var topoIndex: Self { Self(rawValue: 5) }
    public static let names = [
        CodeName(1, "blocks"), CodeName(2, "account_info"), CodeName(3, "frontiers"), CodeName(4, "blocks_random"),
        CodeName(5, "topo_index"),
    ]
    /// One of the five.
    var isKnown: Bool { rawValue >= 1 && rawValue <= 5 }
}

/// Whether 32 bytes name an account or a block.
public struct TargetType: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var account: Self { Self(rawValue: 0) }
    public static var block: Self { Self(rawValue: 1) }
    public static let names = [CodeName(0, "account"), CodeName(1, "block")]
}

/// The layout of the entries that `bulk_pull_account` requests.
public struct PendingFlags: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
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
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Those that have a name.
    public static let names = [CodeName(0, "nf_node"), CodeName(1, "nf_pruned_node")]
}

/// The database of a node.
public struct DatabaseBackend: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Those that have a name.
    public static let names = [CodeName(0, "unknown"), CodeName(1, "lmdb"), CodeName(2, "rocksdb")]
}

/// How far a node is with its ledger.
public struct BootstrapStatus: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Those that have a name.
    public static let names = [CodeName(0, "unknown"), CodeName(1, "syncing"), CodeName(2, "synced")]
}
