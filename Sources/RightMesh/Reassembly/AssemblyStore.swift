internal import Node
import Wire

/// Incomplete messages, within a memory limit.
///
/// They are kept apart by the standing of their sources when they began: under pressure, those of sources with a lower
/// standing are evicted first.
struct AssemblyStore: Sendable {
    private typealias Table = ExpiringLRU<AssemblyKey, Assembly>
    typealias Standing = SourceTable.Standing
    /// By standing.
    private var tables = Standing.allCases.map { _ in Table() }
    /// Oldest first.
    private var ofEndpoint: [Endpoint: [AssemblyKey]] = [:]
    private var ofSource: [MeshID: [AssemblyKey]] = [:]
    /// Whether abandoned messages are kept in `givenUp`, for a passive observer.
    var keepsGivenUp = false
    /// Abandoned messages, oldest first, with the reason.
    private(set) var givenUp: [(assembly: Assembly, why: Counter)] = []
    /// A seeded fault, and the places that it does not give back.
    var bug: Misbehaviour?
    private var leaked: [MeshID: Int] = [:]
    /// Bytes that all fragments count for.
    private(set) var held = 0
    /// Those of the reassembler; abandoned messages count here.
    var counters = Counters()

    /// Number of messages.
    var count: Int { tables.reduce(0) { $0 + $1.count } }
    /// When the oldest was begun.
    var oldest: Instant? { tables.compactMap { $0.first?.time }.min() }
    /// All, and when they were begun.
    var all: [(assembly: Assembly, since: Instant)] {
        tables.flatMap(\.all).sorted { $0.time < $1.time }.map { ($0.value, $0.time) }
    }
    /// Whether there is one that began there.
    func has(from endpoint: Endpoint) -> Bool { ofEndpoint[endpoint] != nil }
    /// Whether there is one of this key.
    func has(_ key: AssemblyKey) -> Bool { slot(of: key) != nil }
    /// The table that has it, and where.
    private func slot(of key: AssemblyKey) -> (table: Int, at: Int)? {
        for i in tables.indices {
            if let at = tables[i].slot(of: key) { return (i, at) }
        }
        return nil
    }
    /// Why a datagram does not fit to the others of its message; nil when it does, or when it is the first.
    func fault(_ header: Header, _ part: RawSpan, of key: AssemblyKey) -> Counter? {
        slot(of: key).flatMap { tables[$0.table][at: $0.at].fault(header, part, bug) }
    }

    /// Begins a message of a source of this standing.
    mutating func begin(_ key: AssemblyKey, _ assembly: Assembly, _ standing: Standing, now: Instant) {
        tables[standing.rawValue].set(key, assembly, at: now)
        ofEndpoint[assembly.endpoint, default: []].append(key)
        ofSource[key.message.src, default: []].append(key)
        held += assembly.charge
    }
    /// Adds a fragment; returns the bytes of the body that are there, and whether all fragments are.
    mutating func add(
        _ part: RawSpan, _ index: UInt16, to key: AssemblyKey, number: Int, now: Instant
    ) -> (held: Int, isComplete: Bool)? {
        guard let (table, at) = slot(of: key) else { return nil }
        let result = tables[table][at: at].add(index, part, number: number, now: now)
        if bug == .timeoutRestarts { tables[table].touch(at: at, now) }
        held += Assembly.charge(part.byteCount)
        return result
    }
    /// Puts other bytes of the same number in the place of a fragment: a seeded fault.
    mutating func replace(_ part: RawSpan, _ index: UInt16, of key: AssemblyKey) {
        if let (table, at) = slot(of: key) { tables[table][at: at].replace(index, part) }
    }
    /// Removes a message.
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

    /// Makes room in memory for a fragment by evicting messages of sources with a lower standing, never that of `key`.
    /// False when that is not enough.
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
    /// The place of a message is not given back, with this fault.
    mutating func leak(_ src: MeshID, _ fault: Misbehaviour) { if bug == fault { leaked[src, default: 0] += 1 } }
    /// Makes room for one more message: the oldest of this source or endpoint gives way when they have as many as they
    /// may, and the oldest of a source that is not known better when there are too many in all. False when there is
    /// none.
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
    /// Nanoseconds.
    private static let age = Limits.rejoining.nanoseconds
    /// Abandons messages that have not been completed in time.
    mutating func expire(now: Instant) {
        for i in tables.indices {
            let age = bug.span(Self.age, early: .timeoutEarly, late: .timeoutLate)
            while let (key, time) = tables[i].first, now.nanoseconds - time.nanoseconds >= age {
                leak(key.message.src, .leaksTimeout)
                evict(key, .timeout)
            }
        }
    }
    /// Abandons a message for another reason than a datagram of its own, which would be counted as dropped.
    private mutating func evict(_ key: AssemblyKey, _ why: Counter) {
        giveUp(key, why)
        counters[why] += 1
    }
}
