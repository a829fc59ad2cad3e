internal import Node
import Wire

/// The incomplete messages, within a memory limit.
///
/// They are kept apart by the standing that their sources had when they began. If memory is short, messages of sources
/// with a lower standing are evicted first.
struct AssemblyStore: Sendable {
    private typealias Table = ExpiringLRU<AssemblyKey, Assembly>
    typealias Standing = SourceTable.Standing
    /// The tables by standing.
    private var tables = Standing.allCases.map { _ in Table() }
    /// The keys of incomplete messages by endpoint and by source, oldest first.
    private var ofEndpoint: [Endpoint: [AssemblyKey]] = [:]
    private var ofSource: [MeshID: [AssemblyKey]] = [:]
    /// True if abandoned messages are kept in `givenUp`, for a passive observer.
    var keepsGivenUp = false
    /// The abandoned messages with the reason, oldest first.
    private(set) var givenUp: [(assembly: Assembly, why: Counter)] = []
    /// A seeded fault, and the number of places that it does not release.
    var bug: Misbehaviour?
    private var leaked: [MeshID: Int] = [:]
    /// The number of bytes that all fragments count against the memory limit.
    private(set) var held = 0
    /// The counters of the reassembler. Abandoned messages are counted here.
    var counters = Counters()

    /// The number of incomplete messages.
    var count: Int { tables.reduce(0) { $0 + $1.count } }
    /// The time at which the oldest message was begun.
    var oldest: Instant? { tables.compactMap { $0.first?.time }.min() }
    /// All messages, and the times at which they were begun.
    var all: [(assembly: Assembly, since: Instant)] {
        tables.flatMap(\.all).sorted { $0.time < $1.time }.map { ($0.value, $0.time) }
    }
    /// Returns true if there is a message whose first fragment was received from this endpoint.
    func has(from endpoint: Endpoint) -> Bool { ofEndpoint[endpoint] != nil }
    /// Returns true if there is a message with this key.
    func has(_ key: AssemblyKey) -> Bool { slot(of: key) != nil }
    /// Returns the table and the slot of a message.
    private func slot(of key: AssemblyKey) -> (table: Int, at: Int)? {
        for i in tables.indices {
            if let at = tables[i].slot(of: key) { return (i, at) }
        }
        return nil
    }
    /// Returns why a datagram does not fit the others of its message; nil if it does, or if it is the first.
    func fault(_ header: Header, _ part: RawSpan, of key: AssemblyKey) -> Counter? {
        slot(of: key).flatMap { tables[$0.table][at: $0.at].fault(header, part, bug) }
    }

    /// Begins a message of a source with this standing.
    mutating func begin(_ key: AssemblyKey, _ assembly: Assembly, _ standing: Standing, now: Instant) {
        tables[standing.rawValue].set(key, assembly, at: now)
        ofEndpoint[assembly.endpoint, default: []].append(key)
        ofSource[key.message.src, default: []].append(key)
        held += assembly.charge
    }
    /// Adds a fragment. Returns the number of received bytes of the body, and true if all fragments have been received.
    mutating func add(
        _ part: RawSpan, _ index: UInt16, to key: AssemblyKey, number: Int, now: Instant
    ) -> (held: Int, isComplete: Bool)? {
        guard let (table, at) = slot(of: key) else { return nil }
        let result = tables[table][at: at].add(index, part, number: number, now: now)
        if bug == .timeoutRestarts { tables[table].touch(at: at, now) }
        held += Assembly.charge(part.byteCount)
        return result
    }
    /// Replaces the bytes of a fragment by others of the same length: a seeded fault.
    mutating func replace(_ part: RawSpan, _ index: UInt16, of key: AssemblyKey) {
        if let (table, at) = slot(of: key) { tables[table][at: at].replace(index, part) }
    }
    @discardableResult mutating func remove(_ key: AssemblyKey) -> Assembly? {
        guard let slot = slot(of: key), let gone = tables[slot.table].remove(key) else { return nil }
        if bug != .leaksMemory { held -= gone.charge }
        Self.remove(key, from: &ofEndpoint, gone.endpoint)
        Self.remove(key, from: &ofSource, key.message.src)
        return gone
    }
    /// Abandons a message.
    mutating func giveUp(_ key: AssemblyKey, _ why: Counter) {
        if let gone = remove(key), keepsGivenUp { givenUp.append((gone, why)) }
    }
    /// Returns `givenUp` and empties it.
    mutating func takeGivenUp() -> [(assembly: Assembly, why: Counter)] {
        defer { if !givenUp.isEmpty { givenUp = [] } }
        return givenUp
    }
    private static func remove<K: Hashable>(_ key: AssemblyKey, from index: inout [K: [AssemblyKey]], _ owner: K) {
        guard var keys = index.removeValue(forKey: owner) else { return }
        if let i = keys.firstIndex(of: key) { keys.remove(at: i) }
        if !keys.isEmpty { index[owner] = keys }
    }

    /// Makes room in memory for a fragment by evicting messages of sources with a lower standing, but never the message
    /// `key`. Returns false if that is not enough.
    mutating func makeRoom(_ charge: Int, for key: AssemblyKey, _ standing: Standing) -> Bool {
        while held + charge > Limits.held {
            guard let (oldest, of) = leastKnown, of < standing, oldest != key else { return false }
            evict(oldest, .evict)
        }
        return true
    }
    /// The oldest message of the lowest standing.
    private var leastKnown: (key: AssemblyKey, of: Standing)? {
        for standing in Standing.allCases {
            if let (key, _) = tables[standing.rawValue].first { return (key, standing) }
        }
        return nil
    }
    private var mostOfSource: Int {
        bug == .threeOfSource ? 3 : bug == .fiveOfSource ? 5 : Limits.openOfSource
    }
    private var mostOfEndpoint: Int {
        bug == .sixtyThreeOfEndpoint ? 63 : bug == .sixtyFiveOfEndpoint ? 65 : Limits.openOfEndpoint
    }
    /// Keeps the place of a removed message occupied, if this is the seeded fault.
    mutating func leak(_ src: MeshID, _ fault: Misbehaviour) { if bug == fault { leaked[src, default: 0] += 1 } }
    /// Makes room for one more message. If this source or endpoint has reached its limit, its oldest message is
    /// evicted. If there are too many messages in all, the oldest one of a source with at most the same standing is
    /// evicted. Returns false if no room can be made.
    mutating func makeRoom(forOneOf src: MeshID, at endpoint: Endpoint, _ standing: Standing) -> Bool {
        let here = ofEndpoint[endpoint] ?? []
        let mine = bug == .fourOfSourceAnywhere ? ofSource[src] ?? [] : here.filter { $0.message.src == src }
        if mine.count + leaked[src, default: 0] >= mostOfSource {
            guard let oldest = bug == .evictsNewest ? mine.last : mine.first, bug != .evictIsFull else { return false }
            evict(oldest, .evict)
        } else if let oldest = here.count >= mostOfEndpoint ? here.first : nil {
            evict(oldest, .evict)
        }
        while count >= Limits.open {
            guard let (oldest, of) = leastKnown, of <= standing else { return false }
            evict(oldest, .evict)
        }
        return true
    }
    /// Abandons messages of a source because newer ones are complete.
    mutating func removeAll(of src: MeshID, where isDropped: (Header) -> Bool) {
        for key in ofSource[src] ?? [] {
            guard let (table, at) = slot(of: key), isDropped(tables[table][at: at].header) else { continue }
            evict(key, .superseded)
        }
    }
    /// The time in nanoseconds after which an incomplete message is abandoned.
    private static let age = Limits.rejoining.nanoseconds
    /// Abandons messages that were not completed in time.
    mutating func expire(now: Instant) {
        for i in tables.indices {
            let age = bug.span(Self.age, early: .timeoutEarly, late: .timeoutLate)
            while let (key, time) = tables[i].first, now.nanoseconds - time.nanoseconds >= age {
                leak(key.message.src, .leaksTimeout)
                evict(key, .timeout)
            }
        }
    }
    /// Abandons a message for a reason outside its own datagrams, which would be counted as dropped.
    private mutating func evict(_ key: AssemblyKey, _ why: Counter) {
        giveUp(key, why)
        counters[why] += 1
    }
}
