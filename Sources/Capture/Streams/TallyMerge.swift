extension Tally {
    /// The counts by their names in files, each once. They are summed, written and read.
    public static var counts: [(name: String, path: WritableKeyPath<Tally, Int>)] {
        let all: WritableKeyPath<Tally, ChecksumCounts> = \.checksums
        let checksums = ChecksumCounts.names.map { (name: "checksums_" + $0.name, path: all.appending(path: $0.path)) }
        let tunnels: [(name: String, path: WritableKeyPath<Tally, Int>)] = UnopenedTunnel.allCases.map {
            (name: "unopened_" + $0.rawValue, path: \.unopened[$0])
        }
        return [
            ("packets", \.packets), ("bytes", \.bytes), ("flows", \.flows), ("conversations", \.conversations),
            ("from_inside", \.conversationsFromInside), ("with_gaps", \.conversationsWithGaps),
            ("unknown_flows", \.unknownFlows), ("records", \.records), ("datagrams", \.datagrams),
            ("payload", \.payload), ("fragments", \.fragments), ("reassembled", \.reassembledPackets),
            ("lost_fragmented", \.lostFragmentedPackets), ("other", \.otherPackets), ("foreign", \.foreignPackets),
            ("repeated_bytes", \.repeatedBytes), ("contradictions", \.contradictions),
            ("given_up", \.flowsGivenUp), ("damaged", \.damagedPackets), ("gaps", \.gaps), ("gap_bytes", \.gapBytes),
            ("unread_bytes", \.unreadBytes), ("sealed_bytes", \.sealedBytes), ("foreign_bytes", \.foreignBytes),
            ("hidden_bytes", \.hiddenBytes), ("quic_datagrams", \.quicDatagrams),
            ("stun_datagrams", \.stunDatagrams), ("dtls_datagrams", \.dtlsDatagrams),
            ("unknown_datagrams", \.unknownDatagrams), ("stream_datagrams", \.streamDatagrams),
        ] + checksums + tunnels
    }
    /// The names of the counts that were added last: tunnels, and datagrams of protocols over TCP.
    public static let newestCounts: Set<String> = Set(
        UnopenedTunnel.allCases.map { "unopened_" + $0.rawValue } + ["stream_datagrams"])
    /// The names of the counts of data that is not read.
    public static let unreadCounts: Set = [
        "unread_bytes", "sealed_bytes", "foreign_bytes", "hidden_bytes", "quic_datagrams", "unknown_datagrams",
    ]
    /// The names of the counts of STUN and DTLS, which were added later.
    public static let latestCounts: Set = ["stun_datagrams", "dtls_datagrams"]
    /// Adds the counts of another capture, or of another part of this one, in any order. Each connection must be
    /// entirely in one of them.
    public mutating func merge(_ other: Tally) {
        for (_, path) in Self.counts { self[keyPath: path] &+= other[keyPath: path] }
        dropped &+= other.dropped
        start = [start, other.start].compactMap(\.self).min()
        end = [end, other.end].compactMap(\.self).max()
        streamProtocol = [streamProtocol, other.streamProtocol].compactMap(\.self).min()
        foreignLink = [foreignLink, other.foreignLink].compactMap(\.self).min { $0.rawValue < $1.rawValue }
    }
}
