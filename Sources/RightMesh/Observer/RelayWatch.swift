import Node
import Wire

/// Determines who wrote relayed messages, and checks that relays decrease `hop_limit`.
///
/// A FIND and its answer are sent on by nodes other than their authors. The author is responsible for errors in the
/// content; a relay is responsible only for `hop_limit`.
struct RelayWatch: Sendable {
    /// The most endpoints, and the most datagrams with their destinations, that are remembered.
    static let limit = 65_536

    /// The writer of a message, as far as the capture shows it.
    enum Writer: Sendable {
        case sender
        case another
        /// The sender, or another node.
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
    /// The node at each endpoint, known from messages that are never relayed.
    private var nodes = ExpiringLRU<Endpoint, MeshID>()
    /// The last of these entries, because most datagrams have the same source as the previous one.
    private var last: (end: Endpoint, node: MeshID)?
    /// The highest `hop_limit` with which a datagram was sent to an endpoint.
    private var arrivals = ExpiringLRU<Arrival, UInt8>()

    /// Takes a datagram with a valid header. Returns who wrote it.
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
    /// Returns the writer of a relayed datagram, and reports a relay that does not decrease `hop_limit`.
    private func writer(
        _ h: Header, _ source: Endpoint, _ key: MessageKey, into findings: inout [Finding]
    ) -> Writer {
        let node = nodes[source]
        if node == h.src { return .sender }
        // The hop limit with which the source received the datagram.
        let came = arrivals[Arrival(message: key, index: h.fragIndex, end: source)]
        guard node != nil else {
            // The author sends 16, and a relay sends less.
            return h.hopLimit == Limits.firstHopLimit && came == nil ? .sender : .anybody
        }
        // A node that has taken over this endpoint, or shares it, may have sent no message from it before. If the
        // endpoint received the message, its author is another node.
        guard let came else { return .anybody }
        if h.hopLimit == Limits.firstHopLimit {
            // The author began with 16, so the relay cannot have received a higher value.
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
    /// Attributes findings about the content of a message to its author: they are weakened if the sender may be a
    /// relay.
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
