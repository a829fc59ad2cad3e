import Node

@testable import WebRTC

/// Two ICE agents in virtual time, with a path between them that may lose datagrams.
struct AgentPair {
    var a: ICEAgent
    var b: ICEAgent
    private(set) var now = Instant.zero
    private(set) var events: (a: [ICEAgent.Event], b: [ICEAgent.Event]) = ([], [])
    /// The datagrams on their way, each with its arrival.
    private var flying: [(at: Instant, toA: Bool, from: Endpoint, bytes: [UInt8])] = []
    private var random: Random
    var loss = 0.0
    /// The addresses at which nothing arrives.
    var unreachable: Set<Endpoint> = []
    private(set) var sent = 0
    static let aAt = Endpoint.loopback(1001), bAt = Endpoint.loopback(1002)

    init(seed: UInt64, bothControl: Bool = false) {
        random = Random(seed: seed)
        let first = ICECredentials(&random), second = ICECredentials(&random)
        a = ICEAgent(isControlling: true, first, Random(seed: random.next()))
        b = ICEAgent(isControlling: bothControl, second, Random(seed: random.next()))
    }
    /// Gives each side the credentials and the candidates of the other.
    mutating func introduce(password: String? = nil) {
        introduceToB()
        introduceToA(password: password)
    }
    mutating func introduceToB() {
        b.add(ICECandidate(Self.aAt, .host))
        b.setRemote(a.local, now: now)
    }
    mutating func introduceToA(password: String? = nil) {
        a.add(ICECandidate(Self.bAt, .host))
        a.setRemote(.init(ufrag: b.local.ufrag, password: password ?? b.local.password), now: now)
    }
    /// Delivers a message to A from any address.
    mutating func deliverToA(_ bytes: [UInt8], from: Endpoint) {
        a.receive(bytes.span.bytes, from: from, now: now)
    }
    mutating func run(for time: Duration) {
        let end = now + time
        while true {
            collect()
            let next = [flying.map(\.at).min(), a.deadline, b.deadline].compactMap { $0 }.min()
            guard let next, next <= end else { break }
            now = max(now, next)
            let due = flying.filter { $0.at <= now }
            flying.removeAll { $0.at <= now }
            for one in due {
                if one.toA {
                    a.receive(one.bytes.span.bytes, from: one.from, now: now)
                } else {
                    b.receive(one.bytes.span.bytes, from: one.from, now: now)
                }
            }
            if let at = a.deadline, at <= now { a.wake(now: now) }
            if let at = b.deadline, at <= now { b.wake(now: now) }
        }
        now = end
    }
    private mutating func collect() {
        let mine = a.takeDatagrams(), theirs = b.takeDatagrams()
        for one in mine { fly(one, toA: false, from: Self.aAt) }
        for one in theirs { fly(one, toA: true, from: Self.bAt) }
        events.a += a.takeEvents()
        events.b += b.takeEvents()
    }
    private mutating func fly(_ one: (to: Endpoint, bytes: [UInt8]), toA: Bool, from: Endpoint) {
        sent += 1
        guard one.to == (toA ? Self.aAt : Self.bAt), !unreachable.contains(one.to), !random.hits(loss) else { return }
        flying.append((now + .milliseconds(10), toA, from, one.bytes))
    }
}
