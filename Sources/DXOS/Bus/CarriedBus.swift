import Node

/// The bus of a host whose topics another protocol carries, such as gossipsub.
struct CarriedBus: Sendable {
    /// The topics to which this host is subscribed.
    private(set) var held: Set<Topic> = []
    private var calls: [PubsubCall] = []
    /// The maximum number of bytes of a message to a peer. An RPC of gossipsub has at most 1 MiB, with the keys and the
    /// signature of the publication.
    static let largestMessage = (1 << 20) - (16 << 10)

    mutating func carry(_ call: BusCall) {
        switch call {
        case .subscribe(let topic) where held.insert(topic).inserted: calls.append(.subscribe(topic.name))
        case .unsubscribe(let topic) where held.remove(topic) != nil: calls.append(.unsubscribe(topic.name))
        case .subscribe, .unsubscribe: break
        case .publish(let topic, let content, _): calls.append(.publish(topic.name, content))
        }
    }
    mutating func takeCalls() -> [PubsubCall] {
        guard !calls.isEmpty else { return [] }
        defer { calls = [] }
        return calls
    }
    /// Returns the bus event for an event of the carrier; nil if its topic is not held.
    func event(_ event: PubsubEvent) -> BusEvent? {
        switch event {
        case .published(let name, let content):
            Topic(named: name).flatMap { held.contains($0) ? .published($0, content) : nil }
        case .joined(let name): Topic(named: name).flatMap { held.contains($0) ? .resumed($0) : nil }
        }
    }
}
