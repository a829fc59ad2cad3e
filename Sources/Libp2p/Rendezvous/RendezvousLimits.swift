/// The limits of a rendezvous point (libp2p specs, rendezvous, recommendations), and the limits of its memory.
public struct RendezvousLimits: Sendable {
    /// The minimum and maximum duration of a registration in seconds.
    public var leastTTL: UInt64 = 2 * 3600
    public static let mostTTL: UInt64 = 72 * 3600
    /// The duration of a registration that gives none.
    public static let defaultTTL: UInt64 = 2 * 3600
    /// The maximum length of a namespace in bytes.
    public static let namespace = 255
    /// The maximum number of registrations of a peer.
    public static let registrations = 1000
    /// The maximum number of peers in an answer.
    public static let told = 1000
    /// The maximum size of a record in bytes. Larger records are refused.
    public static let record = 4096
    /// The maximum size of all records and namespaces together, in bytes.
    public static let total = 64 << 20
    /// The maximum number of addresses of a record that are used.
    public static let addresses = 16
    /// The maximum number of simultaneous streams of a peer.
    public static let streams = 16
    /// The time limit of a stream.
    public static let patience = Duration.seconds(60)

    /// Creates the limits that the document recommends.
    public init() {}
}
