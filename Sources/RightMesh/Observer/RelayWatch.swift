import Node
import Wire

/// Who wrote what superpeers pass on, and whether they count down `hop_limit`.
///
/// A FIND and its answer are sent on by others than their authors. What is wrong in them is the author's fault; a relay
/// answers for `hop_limit` alone.
struct RelayWatch: Sendable {
    /// Ends, and datagrams that came to them, of which so many are remembered.
    static let limit = 65_536

    /// Who wrote a message, as far as what was heard tells.
    enum Writer: Sendable {
        case sender
        case another
        /// The sender, or somebody else.
        case anybody
    }
    private struct Arrival: ExpiringKey {
        var message: MessageKey
        var index: UInt16
        var end: Endpoint
        func add(to hash: inout WordHash) {
            message.add(to: &hash)
            hash.add(UInt64(index))
            end.add(to: &hash)
        }
    }
    /// Who is at an end, by what is never relayed.
    private var nodes = ExpiringLRU<Endpoint, MeshID>()
    /// The last of them: most datagrams come from where the one before came from.
    private var last: (end: Endpoint, node: MeshID)?
    /// The highest `hop_limit` with which a datagram came to an end.
    private var arrivals = ExpiringLRU<Arrival, UInt8>()

    /// A datagram with a good header; tells who wrote it.
    mutating func hear(
        _ h: Header, from source: Endpoint, to destination: Endpoint, at time: Instant, into findings: inout [Finding]
    ) -> Writer {
        guard h.type.isRelayed else {
            if last?.end != source || last?.node != h.src, nodes[source] != h.src {
                nodes.set(source, h.src, at: time)
                nodes.trim(to: Self.limit)
            }
            last = (source, h.src)
            return .sender
        }
        let key = MessageKey(h)
        let writer = writer(h, source, key, into: &findings)
        let arrival = Arrival(message: key, index: h.fragIndex, end: destination)
        arrivals.set(arrival, max(h.hopLimit, arrivals[arrival] ?? 0), at: time)
        arrivals.trim(to: Self.limit)
        return writer
    }
    /// Tells of a relay that does not count down.
    private func writer(
        _ h: Header, _ source: Endpoint, _ key: MessageKey, into findings: inout [Finding]
    ) -> Writer {
        let node = nodes[source]
        if node == h.src { return .sender }
        // With how much it came there.
        let came = arrivals[Arrival(message: key, index: h.fragIndex, end: source)]
        guard node != nil else {
            // Whoever starts it sends 16, and a relay less.
            return h.hopLimit == Limits.firstHopLimit && came == nil ? .sender : .anybody
        }
        // Who came to have an end, or shares one, may not have been heard there yet: a message that it got is
        // another's.
        guard let came else { return .anybody }
        if h.hopLimit == Limits.firstHopLimit {
            // Nothing that can have come to it has more.
            findings.add(.violation, .rm44, path: "hop_limit", "it is passed on with what its author begins with")
        } else if h.hopLimit >= came {
            findings.add(
                .warning, .rm44, path: "hop_limit",
                "it came with \(came) and is passed on with \(h.hopLimit), unless it came by another way too")
        }
        return .another
    }
}

extension RelayWatch.Writer {
    /// Whose fault findings about what a message says are: not that of who passes it on.
    func attribute(_ findings: inout [Finding]) {
        guard self != .sender else { return }
        for i in findings.indices where findings[i].severity > .info {
            if self == .another {
                findings[i].severity = .info
                findings[i].text += ": so its author has it"
            } else if findings[i].severity == .violation {
                findings[i].severity = .warning
                findings[i].text += ", unless its sender passes on what another wrote"
            }
        }
    }
}
