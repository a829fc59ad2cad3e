public import Node

/// The assignment of packets to parts of a capture so that no conversation is split.
///
/// All packets between two hosts are in one part. The ports do not count, because only the first fragment of a packet
/// has them. A message of a protocol with a `datagramObserver` may travel by several hosts, so all hosts that such
/// datagrams connect are in one part too. `survey` must have received every packet before the first call of `part`. The
/// result is the same on every machine and in every run.
public struct ConversationShard {
    private let guess: ProtocolDetector
    private var groups = HostGroups()

    /// Creates an assignment that finds the datagrams of these protocols by their ports and first bytes.
    public init(_ definitions: [Definition]) {
        guess = ProtocolDetector(
            definitions: definitions.filter { $0.transport == .udp && $0.judging.datagramObserver != nil }, rules: [])
    }
    /// Receives a packet before the packets are assigned.
    public mutating func survey(_ packet: borrowing Packet) {
        guard !guess.definitions.isEmpty else { return }
        switch Layers(packet) {
        case .udp(let d) where isTravelling(d, packet.bytes.extracting(d.payload)):
            groups.join(d.source, d.destination)
        // Only the first fragment of a datagram shows its protocol, and fragments may be missing.
        case .fragment(let f) where f.key.transport == 17 || f.next == 17: groups.join(f.key.source, f.key.destination)
        default: break
        }
    }
    private func isTravelling(_ datagram: Datagram, _ payload: RawSpan) -> Bool {
        if guess.byPort(datagram.source, datagram.destination, .udp) != nil { return true }
        guard payload.byteCount >= ProtocolDetector.enough, case .certain = guess.byBytes(payload, .udp) else {
            return false
        }
        return true
    }

    /// Returns the part, counted from 0; 0 for packets that carry no messages. Returns nil for an 802.11 frame with
    /// several packets, which may belong to different hosts. The hosts are those inside of tunnels, except for
    /// fragments, whose content is not known yet.
    public mutating func part(of packet: borrowing Packet, parts: Int) -> Int? {
        if packet.link.isWireless, WirelessFrame.several(in: packet) != nil { return nil }
        return switch Layers(packet) {
        case .tcp(let s): part(s.source, s.destination, parts)
        case .udp(let d): part(d.source, d.destination, parts)
        case .fragment(let f): part(f.key.source, f.key.destination, parts)
        case .other, .unopened, .damaged, .inner: 0
        }
    }
    private mutating func part(_ a: Endpoint, _ b: Endpoint, _ parts: Int) -> Int {
        let (first, second) = groups.group(a, b) ?? (a, b)
        // The result is the same for both directions.
        let mixed = Self.mix(first.high, first.low) &+ Self.mix(second.high, second.low)
        return Int((mixed ^ mixed >> 32) % UInt64(max(1, parts)))
    }
    /// Mixes an address, so that addresses that differ in one bit differ in about half of the result's bits (the
    /// finalizer of MurmurHash3).
    private static func mix(_ high: UInt64, _ low: UInt64) -> UInt64 {
        var n = high &* 0x9e37_79b9_7f4a_7c15 ^ low
        n = (n ^ n >> 33) &* 0xff51_afd7_ed55_8ccd
        n = (n ^ n >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return n ^ n >> 33
    }
}

/// Hosts in groups, each of which has the host with the lowest address as its name.
private struct HostGroups {
    private struct Host: Hashable, Comparable {
        var high: UInt64
        var low: UInt64
        init(_ endpoint: Endpoint) { (high, low) = (endpoint.high, endpoint.low) }
        static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }
    }
    /// A host with a lower address in the same group, for each host that is not the name of its group.
    private var lower: [Host: Host] = [:]

    /// Puts both hosts into one group.
    mutating func join(_ a: Endpoint, _ b: Endpoint) {
        let (one, other) = (name(of: Host(a)), name(of: Host(b)))
        if one != other { lower[max(one, other)] = min(one, other) }
    }
    /// Returns the name of the group of both hosts, twice; nil if they are not in one group.
    mutating func group(_ a: Endpoint, _ b: Endpoint) -> (Endpoint, Endpoint)? {
        guard !lower.isEmpty else { return nil }
        let (one, other) = (name(of: Host(a)), name(of: Host(b)))
        guard one == other, a.high != b.high || a.low != b.low else { return nil }
        let end = Endpoint(high: one.high, low: one.low, port: 0)
        return (end, end)
    }
    private mutating func name(of host: Host) -> Host {
        var last = host
        while let next = lower[last] { last = next }
        // Later searches are short.
        var at = host
        while let next = lower[at], next != last {
            lower[at] = last
            at = next
        }
        return last
    }
}
