/// What a rendezvous point takes (libp2p specs, rendezvous, recommendations), and how much it keeps.
public struct RendezvousLimits: Sendable {
    /// Seconds for which a registration stands.
    public var leastTTL: UInt64 = 2 * 3600
    public static let mostTTL: UInt64 = 72 * 3600
    /// Where none is said.
    public static let defaultTTL: UInt64 = 2 * 3600
    /// Bytes of a namespace.
    public static let namespace = 255
    /// Registrations of a peer.
    public static let registrations = 1000
    /// Peers that are told in an answer.
    public static let told = 1000
    /// Bytes of a record; larger ones are refused.
    public static let record = 4096
    /// Bytes of all records and namespaces together.
    public static let total = 64 << 20
    /// Addresses of a record that are looked at.
    public static let addresses = 16
    /// Streams of a peer at a time.
    public static let streams = 16
    /// From the beginning of a stream to its end.
    public static let patience = Duration.seconds(60)

    /// As the document recommends.
    public init() {}
}
