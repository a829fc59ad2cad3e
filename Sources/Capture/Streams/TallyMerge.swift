extension Tally {
    /// Its counts by their names in files, each once: what is added up, written and read.
    public static var counts: [(name: String, path: WritableKeyPath<Tally, Int>)] {
        let all: WritableKeyPath<Tally, ChecksumCounts> = \.checksums
        let checksums = ChecksumCounts.names.map { (name: "checksums_" + $0.name, path: all.appending(path: $0.path)) }
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
            ("unknown_datagrams", \.unknownDatagrams),
        ] + checksums
    }
    /// The counts of what is not read.
    public static let unreadCounts: Set = [
        "unread_bytes", "sealed_bytes", "foreign_bytes", "hidden_bytes", "quic_datagrams", "unknown_datagrams",
    ]
    /// Adds what another capture held, or another part of this one, whichever came first. Each connection must be in
    /// one of them whole.
    public mutating func merge(_ other: Tally) {
        for (_, path) in Self.counts { self[keyPath: path] &+= other[keyPath: path] }
        dropped &+= other.dropped
        start = [start, other.start].compactMap(\.self).min()
        end = [end, other.end].compactMap(\.self).max()
        foreignLink = [foreignLink, other.foreignLink].compactMap(\.self).min { $0.rawValue < $1.rawValue }
    }
}
