import Libp2p
import Node
import Wire

/// The rendezvous server and the rendezvous client of a node.
struct NodeRendezvous: Sendable {
    var server: RendezvousServer
    var client: RendezvousClient

    init(_ limits: RendezvousLimits, _ random: Random, _ fault: RendezvousFault?) {
        server = RendezvousServer(RendezvousPoint(limits, random, fault: fault))
        client = RendezvousClient(fault: fault)
    }
    var deadline: Instant? { Instant.earlier(server.deadline, client.deadline) }
}

// The rendezvous part of a node: events on its streams, and commands of its operator.
extension GossipsubNode {
    /// Handles an event on a stream that is not a pubsub stream. Returns false if it is not a rendezvous stream either.
    mutating func takeRendezvous(_ news: HostNews, _ now: Instant, _ out: inout [Action]) -> Bool {
        if case .received(let stream, _) = news, owners[stream] != nil { return false }
        // The value is moved out, so that it is changed in place without a copy.
        guard var own = rendezvous else { return false }
        rendezvous = nil
        var isTaken = true
        var actions: [StreamAction] = []
        var outcome: RendezvousClient.Outcome?
        switch news {
        case .opened(let stream, let peer, ProtocolID.rendezvous, by: .them):
            actions = own.server.opened(stream, by: peer, now)
        case .opened(let stream, _, ProtocolID.rendezvous, by: .us): actions = own.client.opened(stream)
        case .received(let stream, let bytes) where own.server.has(stream):
            actions = own.server.received(bytes, on: stream, now)
        case .received(let stream, let bytes) where own.client.has(stream):
            (actions, outcome) = own.client.received(bytes, on: stream)
        case .ended(let stream, let isOver) where own.server.has(stream):
            actions = own.server.ended(stream, isOver: isOver)
        case .ended(let stream, _) where own.client.has(stream): (actions, outcome) = own.client.ended(stream)
        case .refused(let stream) where own.client.has(stream): (actions, outcome) = own.client.ended(stream)
        default: isTaken = false
        }
        rendezvous = own
        act(actions, now, &out)
        if let outcome { tell(outcome, &out) }
        return isTaken
    }
    /// Wakes the rendezvous server and client if their deadline has passed.
    mutating func wakeRendezvous(_ now: Instant, _ out: inout [Action]) {
        guard var own = rendezvous, let due = own.deadline, due <= now else { return }
        let actions = own.server.wake(now)
        let late = own.client.wake(now)
        rendezvous = own
        act(actions + late.flatMap(\.actions), now, &out)
        for one in late { if let outcome = one.outcome { tell(outcome, &out) } }
    }
    /// Reports the outcome of a request, and dials the peers that it found.
    private mutating func tell(_ outcome: RendezvousClient.Outcome, _ out: inout [Action]) {
        switch outcome {
        case .registered(let point, let namespace, let status, let ttl):
            out.append(
                .report(
                    Event(
                        "registered", nil,
                        [
                            .init("peer", .text(point.description)),
                            .init("namespace", NodeEvents.topic(namespace)),
                            .init("status", status.value(in: RawSpan())), .init("ttl", ttl.map { .uint($0) } ?? .null),
                        ])))
        case .discovered(let point, let namespace, let status, let found):
            out.append(
                .report(
                    Event(
                        "discovered", nil,
                        [
                            .init("peer", .text(point.description)),
                            .init("namespace", namespace.map { NodeEvents.topic($0) } ?? .null),
                            .init("status", status.value(in: RawSpan())),
                            .init("found", .list(found.map { .text($0.peer.description) })),
                        ])))
            for one in found.prefix(Self.dialLimit) { connect(one.peer, one.addresses, &out) }
        case .failed(let point, let why):
            out.append(
                .report(
                    Event(
                        "rendezvous_failed", nil,
                        [.init("peer", .text(point.description)), .init("why", .text(why))])))
        }
    }
    /// The maximum number of peers of an answer that are dialed.
    private static let dialLimit = 32

    /// Registers, unregisters or discovers at a rendezvous point to which it is connected.
    mutating func ask(_ name: String, with words: ControlArguments, at now: Instant, into out: inout [Action]) -> Value?
    {
        guard rendezvous != nil, let point = words.peer("peer") else { return nil }
        let namespace = words.bytes("namespace")
        let wish: RendezvousClient.Wish
        switch (name, namespace) {
        case ("register", let namespace?):
            wish = .register(namespace, record: host.ownRecord, ttl: words.number("ttl"))
        case ("unregister", let namespace?): wish = .unregister(namespace)
        case ("discover", _): wish = .discover(namespace, limit: words.number("limit"))
        default: return nil
        }
        guard let stream = host.open([ProtocolID.rendezvous], to: point, now, &out) else { return .bool(false) }
        rendezvous?.client.asking(point, wish, on: stream, now)
        settle(now, &out)
        return .bool(true)
    }
}
