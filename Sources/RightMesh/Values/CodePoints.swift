public import Wire

/// The message type, byte 3 of the header.
public struct MessageType: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// A message between neighbours, or between superpeers.
    public static var hello: Self { Self(rawValue: 1) }
    /// The answer to a HELLO.
    public static var helloAck: Self { Self(rawValue: 2) }
    /// A message between a local mesh and a superpeer, or a push to a phone.
    public static var info: Self { Self(rawValue: 3) }
    /// The answer to an INFO.
    public static var infoAck: Self { Self(rawValue: 4) }
    /// A request that asks a superpeer which of the targets are online.
    public static var find: Self { Self(rawValue: 5) }
    /// The answer to a FIND.
    public static var findAck: Self { Self(rawValue: 6) }
    /// The names of the known numbers.
    public static let names = [
        CodeName(1, "hello"), CodeName(2, "hello_ack"), CodeName(3, "info"), CodeName(4, "info_ack"),
        CodeName(5, "find"), CodeName(6, "find_ack"),
    ]
    /// True if the type is known.
    var isKnown: Bool { rawValue >= 1 && rawValue <= 6 }
    /// True for FIND and FIND_ACK. Other nodes relay them, and their fragments are rejoined regardless of the endpoint.
    var isRelayed: Bool { self == .find || self == .findAck }
    /// True for HELLO_ACK, INFO_ACK and FIND_ACK.
    var isAck: Bool { isKnown && rawValue % 2 == 0 }
    /// The type of the answer to a request of this type; nil for answers.
    var ack: Self? { isKnown && !isAck ? Self(rawValue: rawValue + 1) : nil }
    /// The section that every message of this type has.
    var mandatory: SectionKind { self == .find ? .targets : .peers }
    /// The value of `hop_limit` at the origin of a message.
    var firstHopLimit: UInt8 { isRelayed ? Limits.firstHopLimit : 1 }
}

/// The role of a node in the mesh. It is not authenticated.
public struct Role: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// A buyer: a phone without an uplink of its own.
    public static var client: Self { Self(rawValue: 1) }
    /// A seller: a phone with a link to the internet.
    public static var master: Self { Self(rawValue: 2) }
    /// A node that relays within a local mesh.
    public static var router: Self { Self(rawValue: 3) }
    public static var superpeer: Self { Self(rawValue: 4) }
    /// A superpeer that a member of the community runs.
    public static var communitySuperpeer: Self { Self(rawValue: 5) }
    /// The names of the known numbers.
    public static let names = [
        CodeName(0, "unset"), CodeName(1, "client"), CodeName(2, "master"), CodeName(3, "router"),
        CodeName(4, "superpeer"), CodeName(5, "community_superpeer"),
    ]
    /// True for a superpeer. The protocol has no other test.
    var isSuperpeer: Bool { self == .superpeer || self == .communitySuperpeer }
}

/// The flags in byte 4 of the header: `bcast` or none. Other bits are ignored when received.
public struct HeaderFlags: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var none: Self { Self(rawValue: 0) }
    /// The flag of a HELLO_ACK that is sent to all phones one hop away.
    public static var broadcast: Self { Self(rawValue: 1) }
    public static let names = [CodeName(0, "none"), CodeName(1, "bcast")]
    /// True if the bit is set, regardless of the others. It has a meaning only in a HELLO_ACK.
    var isBroadcast: Bool { rawValue & 1 != 0 }
}

/// The kind of a section. An unknown section below 0x80 is skipped. A message with an unknown section from 0x80 on is
/// refused.
public struct SectionKind: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var peers: Self { Self(rawValue: 1) }
    public static var superpeers: Self { Self(rawValue: 2) }
    public static var targets: Self { Self(rawValue: 3) }
    public static var signature: Self { Self(rawValue: 4) }
    public static let names = [
        CodeName(1, "peers"), CodeName(2, "superpeers"), CodeName(3, "targets"), CodeName(4, "signature"),
    ]
    /// True for an unknown section that may be between TARGETS and SIGNATURE.
    var isSkipped: Bool { rawValue > 4 && rawValue < 0x80 }
    /// True for an unknown section without which the message cannot be understood.
    var isCritical: Bool { rawValue >= 0x80 }
}

/// The flags of a PEERS section: `snapshot` or none. Other bits are ignored when received.
public struct PeersFlags: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var none: Self { Self(rawValue: 0) }
    /// The flag of a list with all peers of the sender: peers that it does not name are gone.
    public static var snapshot: Self { Self(rawValue: 1) }
    public static let names = [CodeName(0, "none"), CodeName(1, "snapshot")]
    /// True if the bit is set, regardless of the others.
    var isSnapshot: Bool { rawValue & 1 != 0 }
}

/// The flags of a target: `subscribe`, `forget` or none. Other bits are ignored when received. Both together mean
/// `forget`.
public struct TargetFlags: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt16
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static var none: Self { Self(rawValue: 0) }
    /// The flag that requests reports of changes for some time.
    public static var subscribe: Self { Self(rawValue: 1) }
    /// The flag that ends the reports.
    public static var forget: Self { Self(rawValue: 2) }
    public static let names = [CodeName(0, "none"), CodeName(1, "subscribe"), CodeName(2, "forget")]
    /// True if changes must be reported.
    var isSubscribe: Bool { rawValue & 3 == 1 }
    /// True if changes must no longer be reported.
    var isForget: Bool { rawValue & 2 != 0 }
}
