public import Wire

/// Message type, header byte 3.
public struct MessageType: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Between neighbours, and between superpeers.
    public static var hello: Self { Self(rawValue: 1) }
    /// Answers a HELLO.
    public static var helloAck: Self { Self(rawValue: 2) }
    /// Between a local mesh and a superpeer; a push to a phone.
    public static var info: Self { Self(rawValue: 3) }
    /// Answers an INFO.
    public static var infoAck: Self { Self(rawValue: 4) }
    /// Asks a superpeer which of the targets are online.
    public static var find: Self { Self(rawValue: 5) }
    /// Answers a FIND.
    public static var findAck: Self { Self(rawValue: 6) }
    /// Those that have a name.
    public static let names = [
        CodeName(1, "hello"), CodeName(2, "hello_ack"), CodeName(3, "info"), CodeName(4, "info_ack"),
        CodeName(5, "find"), CodeName(6, "find_ack"),
    ]
    /// One of the six.
    var isKnown: Bool { rawValue >= 1 && rawValue <= 6 }
    /// FIND and FIND_ACK: passed on by others, and rejoined wherever their fragments come from.
    var isRelayed: Bool { self == .find || self == .findAck }
    /// HELLO_ACK, INFO_ACK and FIND_ACK.
    var isAck: Bool { isKnown && rawValue % 2 == 0 }
    /// What answers a request of this type; nil for those that are answers themselves.
    var ack: Self? { isKnown && !isAck ? Self(rawValue: rawValue + 1) : nil }
    /// The section that a message has in any case.
    var mandatory: SectionKind { self == .find ? .targets : .peers }
    /// `hop_limit` where a message begins its way.
    var firstHopLimit: UInt8 { isRelayed ? Limits.firstHopLimit : 1 }
}

/// What a node is to the mesh. Nothing proves it.
public struct Role: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// A buyer: a phone without an uplink of its own.
    public static var client: Self { Self(rawValue: 1) }
    /// A seller: a phone with a link to the internet.
    public static var master: Self { Self(rawValue: 2) }
    /// Passes on within a local mesh.
    public static var router: Self { Self(rawValue: 3) }
    /// A superpeer.
    public static var superpeer: Self { Self(rawValue: 4) }
    /// A superpeer that somebody of the community runs.
    public static var communitySuperpeer: Self { Self(rawValue: 5) }
    /// Those that have a name.
    public static let names = [
        CodeName(0, "unset"), CodeName(1, "client"), CodeName(2, "master"), CodeName(3, "router"),
        CodeName(4, "superpeer"), CodeName(5, "community_superpeer"),
    ]
    /// The only test of it there is.
    var isSuperpeer: Bool { self == .superpeer || self == .communitySuperpeer }
}

/// Header byte 4: `bcast` or none. Other bits are ignored when received.
public struct HeaderFlags: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var none: Self { Self(rawValue: 0) }
    /// Of a HELLO_ACK whose copies go to all phones one hop away.
    public static var broadcast: Self { Self(rawValue: 1) }
    public static let names = [CodeName(0, "none"), CodeName(1, "bcast")]
    /// Whether the bit is set, whatever the others are; it means something in a HELLO_ACK only.
    var isBroadcast: Bool { rawValue & 1 != 0 }
}

/// What a section holds. Unknown below 0x80: it is skipped; from there on: the message is refused.
public struct SectionKind: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var peers: Self { Self(rawValue: 1) }
    public static var superpeers: Self { Self(rawValue: 2) }
    public static var targets: Self { Self(rawValue: 3) }
    public static var signature: Self { Self(rawValue: 4) }
    public static let names = [
        CodeName(1, "peers"), CodeName(2, "superpeers"), CodeName(3, "targets"), CodeName(4, "signature"),
    ]
    /// One that may stand between TARGETS and SIGNATURE without being known.
    var isSkipped: Bool { rawValue > 4 && rawValue < 0x80 }
    /// Not known, and the message cannot be understood without it.
    var isCritical: Bool { rawValue >= 0x80 }
}

/// Flags of a PEERS section: `snapshot` or none. Other bits are ignored when received.
public struct PeersFlags: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var none: Self { Self(rawValue: 0) }
    /// The list is all that the sender has: what it does not name is gone.
    public static var snapshot: Self { Self(rawValue: 1) }
    public static let names = [CodeName(0, "none"), CodeName(1, "snapshot")]
    /// Whether the bit is set, whatever the others are.
    var isSnapshot: Bool { rawValue & 1 != 0 }
}

/// Flags of a target: `subscribe`, `forget` or none. Other bits are ignored when received; both mean `forget`.
public struct TargetFlags: CodePoint {
    /// As on the wire.
    public var rawValue: UInt16
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static var none: Self { Self(rawValue: 0) }
    /// Tell of changes, for a while.
    public static var subscribe: Self { Self(rawValue: 1) }
    /// Tell no longer.
    public static var forget: Self { Self(rawValue: 2) }
    public static let names = [CodeName(0, "none"), CodeName(1, "subscribe"), CodeName(2, "forget")]
    /// Whether changes are to be told.
    var isSubscribe: Bool { rawValue & 3 == 1 }
    /// Whether they are to be told no longer.
    var isForget: Bool { rawValue & 2 != 0 }
}
