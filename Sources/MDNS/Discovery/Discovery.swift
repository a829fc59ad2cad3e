public import Libp2p
public import Node
import Wire

/// The discovery of peers on a local network by multicast DNS, for a program that sends and receives its datagrams.
///
/// It sends queries at growing intervals, answers the queries of other nodes, and reports the peers that it finds. It has no
/// sockets and no clock. All its tables have limits.
public struct Discovery: Sendable {
    /// The destination of a message.
    public enum Destination: Hashable, Sendable {
        /// All nodes of the network segment.
        case group
        /// The sender of the message that was received.
        case sender
    }
    /// An output, in the order in which it has to be handled.
    public enum Output: Equatable, Sendable {
        /// A datagram to send.
        case send([UInt8], Destination)
        /// A peer is new, or has other addresses. The addresses do not end with its id.
        case found(PeerID, [Multiaddr])
        /// A peer has said goodbye, or its addresses have expired.
        case lost(PeerID, isGoodbye: Bool)
    }
    public let peer: PeerID
    /// The random name of the peer, new at each start.
    public let name: String
    let names: ServiceNames
    let responder: Responder
    var peers = FoundPeers()
    private var nextQuery: Instant?
    private var interval = Limits.firstInterval
    /// The time of the last answer for each destination and topic.
    private var recent: [Recent: Instant] = [:]
    /// The number of questions that were not answered because an equal answer was sent shortly before.
    private(set) var limited: UInt64 = 0
    /// The number of received datagrams that are no messages.
    private(set) var malformed: UInt64 = 0

    private struct Recent: Hashable, Sendable {
        /// The sender; nil for the group.
        var endpoint: Endpoint?
        var topic: Responder.Topic
        var type: RecordType
    }

    /// Creates the discovery of a peer with listen addresses. Addresses that are not local are not announced.
    /// `fingerprint` belongs to the key of a private network, and is in base 16. The peer-name is drawn from `random`.
    public init(
        _ peer: PeerID, addresses: [Multiaddr], fingerprint: String? = nil, random: inout Random
    ) {
        self.peer = peer
        names = ServiceNames(fingerprint: fingerprint)
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let drawn = (0..<Limits.nameCount).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
        name = String(decoding: drawn, as: UTF8.self)
        responder = Responder(names, name: name, peer: peer, addresses: addresses)
    }
    /// The next time at which `wake` has something to do.
    public var deadline: Instant? { Instant.earlier(nextQuery, peers.nextExpiry) }

    /// Sends a query to the group, and begins again with the shortest interval.
    public mutating func query(now: Instant, into out: inout [Output]) {
        interval = Limits.firstInterval
        sendQuery(now, &out)
    }
    private mutating func sendQuery(_ now: Instant, _ out: inout [Output]) {
        out.append(.send(DNSMessage([Question(names.service, .ptr)]).encoded(), .group))
        nextQuery = now + interval
        interval = min(interval * 2, Limits.interval)
    }
    /// Sends the query that is due, and forgets peers that have expired.
    public mutating func wake(now: Instant, into out: inout [Output]) {
        if let next = nextQuery, next <= now { sendQuery(now, &out) }
        for change in peers.expire(now: now) { report(change, &out) }
    }
    /// Says goodbye to the group: records without a lifetime. No more queries follow.
    public mutating func leave(into out: inout [Output]) {
        nextQuery = nil
        for message in responder.announcements(ttl: 0) { out.append(.send(message.encoded(), .group)) }
    }

    /// Handles a datagram. `answersGroup` is true if answers to the sender are for the whole group.
    public mutating func receive(
        _ bytes: RawSpan, from sender: Endpoint, answersGroup: Bool, now: Instant, into out: inout [Output]
    ) {
        guard bytes.byteCount <= Limits.anyMessage, let message = try? DNSMessage(copying: bytes) else {
            malformed += 1
            return
        }
        // Other kinds of messages are ignored (RFC 6762, sections 18.3 and 18.11).
        guard message.opcode == 0, message.code == 0 else { return }
        if message.response == 0 {
            answer(message, sender, answersGroup, now, &out)
        } else {
            for found in PeerAnnouncement.read(message, of: names.service) where found.peer != peer {
                if let change = peers.take(found, from: sender, now: now) { report(change, &out) }
            }
        }
    }
    private func report(_ change: FoundPeers.Change, _ out: inout [Output]) {
        switch change {
        case .found(let peer): out.append(.found(peer, peers.entries[peer]?.addresses.map(\.address) ?? []))
        case .lost(let peer, let isGoodbye): out.append(.lost(peer, isGoodbye: isGoodbye))
        }
    }
    private mutating func answer(
        _ query: DNSMessage, _ sender: Endpoint, _ answersGroup: Bool, _ now: Instant, _ out: inout [Output]
    ) {
        for question in query.questions.prefix(Limits.questions) {
            guard let topic = responder.topic(question), !(topic == .service && knows(query)) else { continue }
            let isForGroup = answersGroup && question.unicast == 0
            guard mayAnswer(.init(endpoint: isForGroup ? nil : sender, topic: topic, type: question.type), now) else {
                limited += 1
                continue
            }
            for var message in responder.answers(question, topic) where !message.answers.isEmpty {
                // An answer by unicast repeats the number of its query (RFC 6762, section 18.1).
                if !isForGroup { message.id = query.id }
                out.append(.send(message.encoded(), isForGroup ? .group : .sender))
            }
        }
    }
    /// Returns true if a query lists the node's own record with at least half of its lifetime, so that it needs
    /// no answer (RFC 6762, section 7.1).
    private func knows(_ query: DNSMessage) -> Bool {
        query.answers.contains {
            $0.name.isSame(as: names.service) && $0.ptr?.target.isSame(as: responder.instance) == true
                && $0.ttl >= Limits.ttl / 2
        }
    }
    private mutating func mayAnswer(_ key: Recent, _ now: Instant) -> Bool {
        if let last = recent[key], now < last + Limits.answerInterval { return false }
        if recent.count >= Limits.recentAnswers {
            recent = recent.filter { now < $0.value + Limits.answerInterval }
            guard recent.count < Limits.recentAnswers else { return false }
        }
        recent[key] = now
        return true
    }
}
