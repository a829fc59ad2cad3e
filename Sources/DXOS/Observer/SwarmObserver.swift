import Node
import Wire

/// A passive observer of all connections of a capture, between clients and hosts and between hosts. It records who
/// joined which swarm at which host, ended announcements, recipients that never asked for messages, and unanswered
/// offers. Its key identifies a peer at every host.
///
/// Its memory is limited: beyond the limit it forgets entries, and does not judge what it forgot.
struct SwarmObserver: MessageObserver {
    private struct StreamKey: Hashable {
        var channel: HeardChannel
        var id: Int32
    }
    private struct BusKey: Hashable {
        var stream: StreamKey
        /// The side that subscribed.
        var subscriber: Opener
    }
    private typealias Membership = Swarms.Place
    /// An offer: its author, its recipient, and its message id, or its session if it has no id.
    private struct Offer: Hashable {
        var author: [UInt8]
        var recipient: [UInt8]
        var id: [UInt8]
    }
    private var swarms: [StreamKey: [UInt8]] = [:]
    /// The subscriptions through which hosts exchange events of swarms.
    private var topics: [BusKey: [UInt8]] = [:]
    private var announcements = HeardAnnouncements()
    /// The hosts at which a peer joined a swarm: these know of it without an announcement.
    private var hosts: [Membership: Set<Endpoint>] = [:]
    /// The members that were reported as left and did not join again.
    private var left: Set<Membership> = []
    private var subscribed: Set<[UInt8]> = []
    private var written: [[UInt8]: HeardMessage] = [:]
    private var offers: [Offer: HeardMessage] = [:]
    private var answered: Set<Offer> = []
    /// True if some messages were not seen, which may be the missing ones.
    private var isUnsure = false
    /// The maximum number of entries of each kind.
    private let limit: Int

    /// Creates an observer that uses about `memory` bytes.
    init(memory: Int) { limit = max(64, memory / 1024) }

    mutating func miss(_ channel: HeardChannel) { isUnsure = true }
    mutating func end(_ channel: HeardChannel, by sender: Opener, isClosed: Bool) {
        topics = topics.filter { $0.key.stream.channel != channel || $0.key.subscriber != sender }
        guard sender == .us else { return }
        swarms = swarms.filter { $0.key.channel != channel }
    }
    mutating func observe(_ message: HeardMessage, _ bytes: RawSpan, into findings: inout [Finding]) {
        guard message.isGood else { return }
        switch (message.type, message.sender) {
        case (is Request.Type, _): request(message, bytes)
        case (is Response.Type, let sender):
            publication(message, bytes)
            if sender == .them { response(message, bytes, into: &findings) }
        default: break
        }
    }
    private mutating func request(_ heard: HeardMessage, _ bytes: RawSpan) {
        guard let request = try? Request(copying: bytes).request else { return }
        // Ids of finished calls are used again, so an earlier meaning is void.
        let stream = StreamKey(channel: heard.channel, id: request.id ?? 0)
        topics[BusKey(stream: stream, subscriber: heard.sender)] = nil
        if heard.sender == .us { swarms[stream] = nil }
        guard let payload = request.payload else { return }
        if heard.sender == .us { call(stream, payload, heard) }
        if let wanted = payload.busSubscription { subscription(stream, wanted, heard) }
    }
    private mutating func call(_ stream: StreamKey, _ payload: Payload, _ heard: HeardMessage) {
        if let join = payload.joinRequest {
            let swarm = join.swarm?.array() ?? []
            let place = Membership(swarm: swarm, peer: join.peer?.array() ?? [])
            left.remove(place)
            if hosts.count < limit { hosts[place, default: []].insert(heard.destination) } else { isUnsure = true }
            if swarms.count < limit { swarms[stream] = swarm }
        } else if let reception = payload.receptionRequest {
            if subscribed.count < limit { subscribed.insert(reception.peer?.array() ?? []) } else { isUnsure = true }
        } else if let message = payload.message {
            write(message, heard)
        }
    }
    /// Records a request to another host: a peer there requests messages, or is in a swarm.
    private mutating func subscription(_ stream: StreamKey, _ wanted: BusSubscription, _ heard: HeardMessage) {
        if let peer = wanted.peer {
            if subscribed.count < limit { subscribed.insert(peer.array()) } else { isUnsure = true }
        } else if let swarm = wanted.swarm, topics.count < limit {
            topics[BusKey(stream: stream, subscriber: heard.sender)] = swarm.array()
        }
    }
    /// Records a publication from one host to another.
    private mutating func publication(_ heard: HeardMessage, _ bytes: RawSpan) {
        guard let response = try? Response(copying: bytes).response, let payload = response.payload else { return }
        if let message = payload.peerEvent?.message { write(message, heard) }
        if let peer = payload.hostEvent?.peerAvailable?.peer?.array() {
            // The event does not name the swarm, so earlier knowledge of this peer may be outdated.
            left = left.filter { $0.peer != peer }
            announcements.forget { $0.peer == peer }
        }
        let back = payload.hostEventV3?.announceBack
        let stream = StreamKey(channel: heard.channel, id: response.id ?? 0)
        let swarm = back?.swarm?.array() ?? topics[BusKey(stream: stream, subscriber: heard.sender.opposite)]
        guard let swarm else { return }
        if let available = back?.peerAvailable ?? payload.swarmEvent?.peerAvailable {
            let place = Membership(swarm: swarm, peer: available.peer?.array() ?? [])
            left.remove(place)
            announcements.hear(available, of: place, heard.time, limit: limit)
        } else if let peer = payload.swarmEvent?.peerLeft?.peer?.array() {
            announcements.forget { $0 == Membership(swarm: swarm, peer: peer) }
        }
    }
    private mutating func write(_ message: SignalMessage, _ heard: HeardMessage) {
        let (author, recipient) = (message.author?.array() ?? [], message.recipient?.array() ?? [])
        if written[recipient] == nil, written.count < limit { written[recipient] = heard }
        guard let payload = message.payload,
            let swarm = payload.swarmMessage ?? payload.reliable?.payload?.swarmMessage
        else { return }
        let session = swarm.sessionID?.data?.array() ?? []
        if swarm.data?.offer != nil {
            let id = swarm.messageID?.data?.array() ?? session
            let offer = Offer(author: author, recipient: recipient, id: id)
            if offers[offer] == nil, offers.count < limit { offers[offer] = heard }
        } else if let answer = swarm.data?.answer, answered.count < limit {
            // An answer matches by the offer that it names, and by the session, which builds without the offer's id
            // use.
            for id in [answer.offerMessageID?.data?.array(), session].compactMap({ $0 }) {
                answered.insert(Offer(author: recipient, recipient: author, id: id))
            }
        }
    }
    private mutating func response(_ heard: HeardMessage, _ bytes: RawSpan, into findings: inout [Finding]) {
        var message = Response()
        guard message.read(borrowing: bytes), let response = message.response,
            let event = response.payload?.swarmEvent,
            let swarm = swarms[StreamKey(channel: heard.channel, id: response.id ?? 0)]
        else { return }
        if let peer = event.peerLeft?.peer?.array(in: bytes) {
            if left.count < limit { left.insert(Membership(swarm: swarm, peer: peer)) }
        } else if let available = event.peerAvailable {
            judge(available, into: &findings)
            let path = Self.path + ".peer"
            let place = Membership(swarm: swarm, peer: available.peer?.array(in: bytes) ?? [])
            if let ended = announcements.ended(place, heard.time), hosts[place]?.contains(heard.source) != true {
                let text = "its announcement ended \(heard.time - ended) before"
                findings.append(Finding(.warning, of: DXOSRule.sig69, path: path, text))
            }
            guard left.contains(place) else { return }
            findings.append(
                Finding(.warning, of: DXOSRule.sig49, path: path, "it left, and no Join of it was seen since"))
        }
    }
    private static let path = "response.payload.swarm_event.peer_available"
    /// Judges an event to a client, except for the presence of the peer.
    private func judge(_ available: PeerAvailable, into findings: inout [Finding]) {
        func tell(_ field: String, _ text: String) {
            findings.append(Finding(.warning, of: DXOSRule.sig54, path: Self.path + field, text))
        }
        if available.announceBackToHost != nil {
            tell(".announce_back_to_host", "a client is asked to announce back to a host")
        }
        guard let since = available.since else { return tell("", "it does not say since when the peer is there") }
        // The clock may be wrong. But zero is not a time, and milliseconds are not seconds.
        guard !(1...Self.lastSecond).contains(since.seconds ?? 0) else { return }
        tell(".since.seconds", "\(since.seconds ?? 0) s since 1970 is no moment of now")
    }
    /// The last second of the year 9999, the latest time that a Timestamp may have.
    private static let lastSecond: Int64 = 253_402_300_799
    mutating func finish(into findings: inout [HeardFinding]) {
        guard !isUnsure else { return }
        func tell(_ all: some Sequence<HeardMessage>, _ text: String) {
            for message in all.sorted(by: { $0.record < $1.record }) {
                findings.append(HeardFinding(Finding(.info, text), about: message))
            }
        }
        tell(
            written.filter { !subscribed.contains($0.key) }.values,
            "a message to a peer that never asked for messages here")
        tell(offers.filter { !answered.contains($0.key) }.values, "an offer that was never answered here")
    }
}

/// The ends of the peers' announcements in a capture, in capture time, because hosts have other clocks.
struct HeardAnnouncements {
    private struct Announcement {
        var until: UnixTime
        /// The end in capture time.
        var ends: Instant
    }
    private var all: [Swarms.Place: Announcement] = [:]
    /// The tolerance for a slow host and for the transfer of the announcement.
    private static let slack = Duration.seconds(1)

    /// Records an announcement. One that asks for answers is the first of a peer: it holds from now on. A repetition
    /// extends it by the difference of the ends. Nothing is recorded for other announcements, because their beginning
    /// was not seen.
    mutating func hear(_ available: PeerAvailable, of place: Swarms.Place, _ now: Instant, limit: Int) {
        guard let time = available.until, let since = available.since, time.seconds ?? 0 != 0 else {
            all[place] = nil
            return
        }
        let until = UnixTime(time)
        if let known = all[place], available.announceBackToHost == nil {
            let (more, over) = until.nanoseconds.subtractingReportingOverflow(known.until.nanoseconds)
            all[place] = over ? nil : Announcement(until: until, ends: known.ends + .nanoseconds(more))
        } else if available.announceBackToHost != nil, all[place] != nil || all.count < limit {
            let (life, over) = until.nanoseconds.subtractingReportingOverflow(UnixTime(since).nanoseconds)
            all[place] = over || life < 0 ? nil : Announcement(until: until, ends: now + .nanoseconds(life))
        }
    }
    mutating func forget(_ isMeant: (Swarms.Place) -> Bool) { all = all.filter { !isMeant($0.key) } }
    /// Returns the end of a peer's announcement, if it has certainly ended.
    func ended(_ place: Swarms.Place, _ now: Instant) -> Instant? {
        guard let ends = all[place]?.ends, ends + Self.slack < now else { return nil }
        return ends
    }
}
