import Node
import Wire

/// A bus over the connections between hosts, in calls of dxRPC. Each host subscribes at each other host, and publishes
/// to its subscribers. It forwards nothing.
struct ConnectionBus: Sendable {
    /// The other end of a connection, with our subscriptions there.
    private struct Neighbour {
        /// The next request id; a new connection starts at 0 again.
        var nextID: Int32 = 0
        var ours: [Topic: Int32] = [:]
        var topics: [Int32: Topic] = [:]
        /// The subscriptions without an answer.
        var unanswered: Set<Int32> = []
    }
    private let form: WireForm
    /// The key of this host.
    private let me: [UInt8]
    private var neighbours: [LinkID: Neighbour] = [:]
    /// The topics to which this host is subscribed.
    private(set) var held: Set<Topic> = []
    /// The streams that subscribed here, with the keys of their hosts.
    private var subscribers: [Topic: [StreamID: [UInt8]]] = [:]
    private var recent = RecentPublications()

    init(_ form: WireForm, _ me: [UInt8]) {
        (self.form, self.me) = (form, me)
    }

    // Connections

    /// Subscribes at the host on the other end of a connection to all held topics.
    mutating func begin(_ link: LinkID, _ out: inout [Action]) {
        guard neighbours[link] == nil else { return }
        neighbours[link] = Neighbour()
        for topic in held.sorted(by: { $0.name < $1.name }) { ask(topic, link, isResumed: true, &out) }
    }
    mutating func end(_ link: LinkID) { neighbours[link] = nil }

    // Its state

    /// A subscription of this host at another host.
    struct Subscription: Sendable {
        var stream: StreamID
        var topic: Topic
        /// True if the other host has answered.
        var isAnswered: Bool
    }
    /// The connections to other hosts, in order.
    var links: [LinkID] { neighbours.keys.sorted() }
    /// The subscriptions of this host, in order.
    var subscriptions: [Subscription] {
        neighbours.flatMap { link, neighbour in
            neighbour.topics.map { id, topic in
                Subscription(
                    stream: StreamID(link: link, id: id), topic: topic, isAnswered: !neighbour.unanswered.contains(id))
            }
        }.sorted { $0.stream < $1.stream }
    }
    /// The number of subscriptions of this host without an answer.
    var unanswered: Int { neighbours.values.reduce(0) { $0 + $1.unanswered.count } }
    /// The topics that this host or another one has, in order, each with the number of subscriptions of other hosts.
    var topics: [(topic: Topic, subscribers: Int)] {
        held.union(subscribers.keys).map { ($0, subscribers[$0]?.count ?? 0) }.sorted { $0.0.name < $1.0.name }
    }
    /// The keys of the hosts that subscribed here, by connection.
    var keys: [LinkID: [UInt8]] {
        subscribers.values.reduce(into: [:]) { keys, streams in
            for (stream, key) in streams { keys[stream.link] = key }
        }
    }

    // Requests of other hosts

    mutating func add(
        _ stream: StreamID, _ topic: Topic, host: [UInt8], at now: Instant, into out: inout [Action]
    ) {
        subscribers[topic, default: [:]][stream] = host
        for content in recent.take(topic, for: host, now) { give(content, topic, to: stream, &out) }
    }
    mutating func remove(_ stream: StreamID, _ topic: Topic) {
        subscribers[topic]?[stream] = nil
        if subscribers[topic]?.isEmpty ?? false { subscribers[topic] = nil }
    }

    // Requests of our host

    mutating func carry(_ call: BusCall, _ now: Instant, _ out: inout [Action]) {
        switch call {
        case .subscribe(let topic):
            guard held.insert(topic).inserted else { return }
            for link in neighbours.keys.sorted() { ask(topic, link, isResumed: false, &out) }
        case .unsubscribe(let topic):
            guard held.remove(topic) != nil else { return }
            for link in neighbours.keys.sorted() { close(topic, link, &out) }
        case .publish(let topic, let content, let about):
            var told: Set<[UInt8]> = []
            for (stream, host) in (subscribers[topic] ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard host.isEmpty || told.insert(host).inserted else { continue }
                give(content, topic, to: stream, &out)
            }
            if let about { recent.add(content, topic, about: about, told: told, now) }
        }
    }
    private func give(_ content: [UInt8], _ topic: Topic, to stream: StreamID, _ out: inout [Action]) {
        let payload = form.namedPayload(topic.content, content)
        out.append(.send(stream.link, form.response(stream.id) { $0.payload = payload }))
    }
    private mutating func ask(_ topic: Topic, _ link: LinkID, isResumed: Bool, _ out: inout [Action]) {
        guard let id = neighbours[link]?.nextID else { return }
        neighbours[link]?.nextID = id &+ 1
        neighbours[link]?.ours[topic] = id
        neighbours[link]?.topics[id] = topic
        neighbours[link]?.unanswered.insert(id)
        var request = RequestContent()
        if id != 0 { request.id = id }
        request.method = Text(Method.subscribe.fullName)
        let subscription = BusSubscription(topic, by: me, isResumed: isResumed)
        request.payload = form.payload(Method.subscribe.argument, form.bytes(subscription))
        request.stream = true
        out.append(.send(link, form.bytes(Request(request))))
    }
    private mutating func close(_ topic: Topic, _ link: LinkID, _ out: inout [Action]) {
        guard let id = neighbours[link]?.ours.removeValue(forKey: topic) else { return }
        neighbours[link]?.topics[id] = nil
        neighbours[link]?.unanswered.remove(id)
        var content = StreamCloseContent()
        if id != 0 { content.id = id }
        var close = StreamClose()
        close.streamClose = content
        out.append(.send(link, form.bytes(close)))
    }

    // Received messages

    /// Handles a response of another host. Returns the event for a publication; nil if it has none on a topic of ours.
    mutating func hear(_ bytes: RawSpan, _ link: LinkID) -> BusEvent? {
        guard let response = (try? Response(copying: bytes))?.response else { return nil }
        let id = response.id ?? 0
        guard let topic = neighbours[link]?.topics[id] else { return nil }
        neighbours[link]?.unanswered.remove(id)
        if response.error != nil || response.close ?? false {
            neighbours[link]?.topics[id] = nil
            neighbours[link]?.ours[topic] = nil
            return nil
        }
        guard let payload = response.payload else { return nil }
        let type = payload.typeURL?.bytes.array() ?? []
        guard type.isEmpty || topic.content.isWritten(as: type.span.bytes) else {
            return nil
        }
        return .published(topic, Call.content([2, 2, 2], bytes) ?? [])
    }
}

/// The latest publications. They are needed when two hosts begin with a swarm at the same time: both publish before
/// either knows of the other's subscription.
struct RecentPublications: Sendable {
    private struct Publication {
        var at: Instant
        var content: [UInt8]
        /// The hosts that have received it.
        var told: Set<[UInt8]>
    }
    private var all: [Topic: [[UInt8]: Publication]] = [:]
    /// The kept publications in order of time, and older ones until the next clean-up. Beyond the limit the oldest are
    /// dropped.
    private var order: [(at: Instant, topic: Topic, about: [UInt8])] = []
    /// The maximum time that a subscription may be on its way.
    static let memory = Duration.seconds(2)
    static let limit = 4096

    mutating func add(
        _ content: [UInt8], _ topic: Topic, about: [UInt8], told: Set<[UInt8]>, _ now: Instant
    ) {
        if order.count >= Self.limit { forget(now) }
        order.append((now, topic, about))
        all[topic, default: [:]][about] = Publication(at: now, content: content, told: told)
    }
    /// Returns the publications that a new subscriber lacks, oldest first.
    mutating func take(_ topic: Topic, for host: [UInt8], _ now: Instant) -> [[UInt8]] {
        let lacking = (all[topic] ?? [:]).filter { now - $0.value.at < Self.memory && !$0.value.told.contains(host) }
        for about in lacking.keys where !host.isEmpty { all[topic]?[about]?.told.insert(host) }
        return lacking.sorted {
            $0.value.at == $1.value.at ? $0.key.lexicographicallyPrecedes($1.key) : $0.value.at < $1.value.at
        }.map(\.value.content)
    }
    private mutating func forget(_ now: Instant) {
        let fresh = order.drop { now - $0.at >= Self.memory }
        let kept = fresh.count > Self.limit / 2 ? fresh.suffix(Self.limit / 2) : fresh
        for entry in order[..<kept.startIndex] where all[entry.topic]?[entry.about]?.at == entry.at {
            all[entry.topic]?[entry.about] = nil
            if all[entry.topic]?.isEmpty ?? false { all[entry.topic] = nil }
        }
        order = Array(kept)
    }
}
