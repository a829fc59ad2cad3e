import Node
import Wire

@testable import DXOS

/// Hosts in one process, and a bus that delivers each publication to all other subscribed hosts.
struct LocalBus {
    var hosts: [HostMembership]
    var now = Instant.zero
    var topics: [Set<Topic>]
    /// True if a host receives its own publications.
    var echoes = false
    /// The publications, oldest first. `0 swarm/50 +a1 <00` is the announcement of a1 by host 0, which asks for
    /// announcements.
    var published: [String] = []
    var keepsPublished = true
    /// The number of notifications that each stream received about each peer.
    private(set) var told: [StreamID: [[UInt8]: Int]] = [:]
    private(set) var left: [StreamID: [[UInt8]: Int]] = [:]

    init(_ count: Int, _ values: [String: String] = [:], profile: String = "v1", bug: String? = nil) throws {
        let parameters = NodeParameters(try Definition.dxos.settings(profile: profile, values))
        let clock = HostClock(beginning: UnixTime(nanoseconds: 1_767_225_600_000_000_000))
        hosts = (0..<count).map {
            HostMembership(
                parameters, me: [0xf0, UInt8($0)], clock: clock, fault: bug.flatMap { Misbehaviour.named[$0] })
        }
        topics = Array(repeating: [], count: count)
    }
    /// Runs an action at a host, and delivers the resulting events to all others.
    mutating func at(_ host: Int, _ body: (inout HostMembership, Instant, inout HostMembership.Output) -> Void) {
        var waiting: [(host: Int, event: BusEvent)] = []
        turn(host, &waiting, body)
        var next = 0
        while next < waiting.count {
            let (to, event) = waiting[next]
            next += 1
            turn(to, &waiting) { _ = $0.hear(event, $1, &$2) }
        }
    }
    private mutating func turn(
        _ host: Int, _ waiting: inout [(host: Int, event: BusEvent)],
        _ body: (inout HostMembership, Instant, inout HostMembership.Output) -> Void
    ) {
        var out = HostMembership.Output()
        body(&hosts[host], now, &out)
        for notice in out.notices {
            for stream in notice.streams {
                if notice.since == nil {
                    left[stream, default: [:]][notice.peer, default: 0] += 1
                } else {
                    told[stream, default: [:]][notice.peer, default: 0] += 1
                }
            }
        }
        for call in out.calls {
            switch call {
            case .subscribe(let topic): topics[host].insert(topic)
            case .unsubscribe(let topic): topics[host].remove(topic)
            case .publish(let topic, let bytes, _):
                if keepsPublished { published.append("\(host) \(topic.name) \(Self.short(bytes))") }
                for other in hosts.indices where (other != host || echoes) && topics[other].contains(topic) {
                    waiting.append((other, .published(topic, bytes)))
                }
            }
        }
    }
    private static func short(_ bytes: [UInt8]) -> String {
        guard let event = try? SwarmEvent(copying: bytes) else { return bytes.hex }
        if let peer = event.peerLeft?.peer { return "-" + peer.array().hex }
        let back = event.peerAvailable?.announceBackToHost.map { " <" + $0.array().hex } ?? ""
        return "+" + (event.peerAvailable?.peer?.array().hex ?? "") + back
    }
    /// Advances the time, and wakes the hosts at their deadlines.
    mutating func pass(_ time: Duration) {
        let end = now + time
        while let due = hosts.compactMap(\.deadline).min(), due <= end {
            now = max(now, due)
            for host in hosts.indices { at(host) { $0.wake($1, &$2) } }
        }
        now = end
    }
    /// Returns a separate stream for each peer.
    static func stream(_ peer: [UInt8]) -> StreamID {
        StreamID(link: LinkID(peer.reduce(0) { $0 << 8 | UInt64($1) }), id: 0)
    }
    mutating func join(_ host: Int, _ peer: [UInt8], _ swarm: [UInt8] = [0x50]) {
        at(host) { $0.join(Self.stream(peer), .init(swarm: swarm, peer: peer), at: $1, into: &$2) }
    }
    mutating func leave(_ host: Int, _ peer: [UInt8], _ swarm: [UInt8] = [0x50]) {
        at(host) { host, now, out in host.leave(Self.stream(peer), .init(swarm: swarm, peer: peer), at: now, into: &out)
        }
    }
    mutating func lose(_ host: Int, _ peer: [UInt8], _ swarm: [UInt8] = [0x50]) {
        at(host) { $0.lose(Self.stream(peer), .init(swarm: swarm, peer: peer), at: $1, into: &$2) }
    }
    /// Returns how often the stream of a peer received that another peer is present, and that it left.
    func heard(_ peer: [UInt8], of other: [UInt8]) -> [Int] {
        [told[Self.stream(peer)]?[other] ?? 0, left[Self.stream(peer)]?[other] ?? 0]
    }
}
