internal import Crypto
internal import Libp2p
internal import Node
import Wire

/// A node that discovers peers and lets itself be found. It runs no other protocol of libp2p: it announces the TCP port
/// 4001 at its own address, where nobody listens.
///
/// Its peers are the group: it sends its queries to each of them. A real group is a multicast address. The addresses of
/// single nodes stand for a group where there is no multicast.
struct DiscoveryNode: Node {
    var discovery: Discovery
    private let groupEndpoints: [Endpoint]
    /// The links to the group that are open.
    private var group: [LinkID] = []
    private var links: [LinkID: Endpoint] = [:]
    private var started = false
    /// True after the goodbye. The node then answers nothing.
    private var hasEnded = false

    init(_ options: NodeOptions) {
        var random = options.random
        let seed = random.bytes(32)
        let peer = options.identity.flatMap { PeerID($0) } ?? Identity(seed: seed).peer
        var names = Random(seed: random.next() &+ UInt64(options.starts), "peer-name")
        let isPrivate = options.settings["network"] == "private"
        discovery = Discovery(
            peer, addresses: AnnouncedAddresses.of(options), fingerprint: isPrivate ? Self.fingerprint : nil,
            random: &names)
        groupEndpoints = options.peers
    }
    /// The fingerprint of the private network of scenarios.
    static let fingerprint = "0123456789abcdef"

    mutating func start(now: Instant, _ out: inout [Action]) {
        started = true
        out += groupEndpoints.map { .connect($0) }
        // Without a group the queries have no destination yet; `query` sends the next one.
        if groupEndpoints.isEmpty { return }
        perform(now, &out) { $0.query(now: now, into: &$1) }
    }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        guard !hasEnded else { return }
        links[link] = peer
        guard groupEndpoints.contains(peer), !group.contains(link) else { return }
        group.append(link)
        // The first query was sent before the link was open.
        out.append(.send(link, DNSMessage([Question(discovery.names.service, .ptr)]).encoded()))
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let sender = links[link] else { return }
        // Only queries of full participants are for the group (RFC 6762, section 6.7).
        let answersGroup = groupEndpoints.contains { $0.isMulticast && $0.port == sender.port }
        let (message, time) = ([UInt8](bytes), now)
        perform(now, &out, sender: link) {
            $0.receive(message.span.bytes, from: sender, answersGroup: answersGroup, now: time, into: &$1)
        }
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let peer = links.removeValue(forKey: link) else { return }
        group.removeAll { $0 == link }
        // The member of the group may listen again later.
        if groupEndpoints.contains(peer) { closedGroup.insert(peer) }
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) { closedGroup.insert(peer) }
    /// The members of the group to which no link is open.
    private var closedGroup: Set<Endpoint> = []

    mutating func wake(now: Instant, _ out: inout [Action]) {
        perform(now, &out) { $0.wake(now: now, into: &$1) }
    }
    var deadline: Instant? { started ? discovery.deadline : nil }

    mutating func perform(
        _ now: Instant, _ out: inout [Action], sender: LinkID? = nil,
        _ body: (inout Discovery, inout [Discovery.Output]) -> Void
    ) {
        var outputs: [Discovery.Output] = []
        body(&discovery, &outputs)
        for output in outputs {
            switch output {
            case .send(let bytes, .group):
                // A member that could not be reached is tried again with each message.
                out += closedGroup.sorted().map { .connect($0) }
                closedGroup = []
                out += group.map { .send($0, bytes) }
            case .send(let bytes, .sender): if let sender { out.append(.send(sender, bytes)) }
            case .found(let peer, let addresses):
                let texts = addresses.map { Value.text($0.description) }
                out.append(
                    .report(
                        Event(
                            "peer_found", sender,
                            [
                                .init("peer", .text(peer.description)), .init("addresses", .list(texts)),
                            ])))
            case .lost(let peer, let isGoodbye):
                out.append(
                    .report(
                        Event(
                            "peer_lost", sender,
                            [
                                .init("peer", .text(peer.description)),
                                .init("reason", .text(isGoodbye ? "goodbye" : "expired")),
                            ])))
            }
        }
    }
    /// Ends all links after a goodbye.
    mutating func shutDown(_ now: Instant, _ out: inout [Action]) {
        perform(now, &out) { $0.leave(into: &$1) }
        out += links.keys.sorted().map { .close($0) }
        (links, group, closedGroup) = ([:], [], [])
        hasEnded = true
    }
}
