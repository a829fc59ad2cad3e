internal import Node
import Wire

/// Messages that are not whole, within the memory that there is for them.
///
/// They stand apart by how well their sources were known when they were begun: when there is no room, those of sources
/// that are known less give way.
struct AssemblyStore: Sendable {
    private typealias Table = ExpiringLRU<AssemblyKey, Assembly>
    typealias Standing = SourceTable.Standing
    /// By standing.
    private var tables = Standing.allCases.map { _ in Table() }
    /// Oldest first.
    private var ofEndpoint: [Endpoint: [AssemblyKey]] = [:]
    private var ofSource: [MeshID: [AssemblyKey]] = [:]
    /// Whether those that are given up are kept in `givenUp`, for whoever tells of them.
    var keepsGivenUp = false
    /// Those that were given up, in that order, and why.
    private(set) var givenUp: [(assembly: Assembly, why: Counter)] = []
    /// A seeded fault, and the places that it does not give back.
    var bug: Misbehaviour?
    private var leaked: [MeshID: Int] = [:]
    /// What all count for together.
    private(set) var held = 0

    /// How many there are.
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
    func has(_ key: AssemblyKey) -> Bool { place(of: key) != nil }
    /// The table that has it, and where.
    private func place(of key: AssemblyKey) -> (table: Int, at: Int)? {
        for i in tables.indices {
            if let at = tables[i].place(of: key) { return (i, at) }
        }
        return nil
    }
    /// What speaks against one more datagram of the same message; nil when nothing does, or there is none of it.
    func fault(_ header: Header, _ part: RawSpan, of key: AssemblyKey) -> Counter? {
        place(of: key).flatMap { tables[$0.table][at: $0.at].fault(header, part, bug) }
    }

    /// Begins one of a source that is known so well at its endpoint.
    mutating func begin(_ key: AssemblyKey, _ assembly: Assembly, _ standing: Standing, now: Instant) {
        tables[standing.rawValue].set(key, assembly, at: now)
        ofEndpoint[assembly.endpoint, default: []].append(key)
        ofSource[key.message.src, default: []].append(key)
        held += assembly.charge
    }
    /// Adds a fragment to one; tells the bytes that it has then, and whether all fragments are there.
    mutating func add(
        _ part: RawSpan, _ index: UInt16, to key: AssemblyKey, number: Int, now: Instant
    ) -> (held: Int, isComplete: Bool)? {
        guard let (table, at) = place(of: key) else { return nil }
        let result = tables[table][at: at].add(index, part, number: number, now: now)
        if bug == .timeoutRestarts { tables[table].touch(at: at, now) }
        held += Assembly.charge(part.byteCount)
        return result
    }
    /// Puts other bytes of the same number in the place of a fragment: a seeded fault.
    mutating func replace(_ part: RawSpan, _ index: UInt16, of key: AssemblyKey) {
        if let (table, at) = place(of: key) { tables[table][at: at].replace(index, part) }
    }
    /// Takes one out.
    @discardableResult mutating func remove(_ key: AssemblyKey) -> Assembly? {
        guard let place = place(of: key), let gone = tables[place.table].remove(key) else { return nil }
        if bug != .leaksMemory { held -= gone.charge }
        Self.remove(key, from: &ofEndpoint, gone.endpoint)
        Self.remove(key, from: &ofSource, key.message.src)
        return gone
    }
    /// Takes one out that will never be whole.
    mutating func giveUp(_ key: AssemblyKey, _ why: Counter) {
        if let gone = remove(key), keepsGivenUp { givenUp.append((gone, why)) }
    }
    /// Hands out what was given up.
    mutating func takeGivenUp() -> [(assembly: Assembly, why: Counter)] {
        defer { if !givenUp.isEmpty { givenUp = [] } }
        return givenUp
    }
    private static func remove<K: Hashable>(_ key: AssemblyKey, from index: inout [K: [AssemblyKey]], _ place: K) {
        guard var keys = index.removeValue(forKey: place) else { return }
        if let i = keys.firstIndex(of: key) { keys.remove(at: i) }
        if !keys.isEmpty { index[place] = keys }
    }

    /// Makes room for a fragment of a message that is to stay: messages of sources that are known less give way. Tells
    /// whether there is room then, and how many were given up.
    mutating func makeRoom(
        _ charge: Int, for key: AssemblyKey, _ standing: Standing
    ) -> (isThere: Bool, evicted: Int) {
        var evicted = 0
        while held + charge > Limits.held {
            guard let (oldest, of) = leastKnown, of < standing, oldest != key else { return (false, evicted) }
            giveUp(oldest, .evict)
            evicted += 1
        }
        return (true, evicted)
    }
    /// The oldest of those of the sources that are known least, and how well they are.
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
    /// Makes a place for one more message: the oldest of this source or endpoint gives way when they have as many as
    /// they may, and the oldest of a source that is not known better when there are too many in all.
    /// Tells whether there is one then, and how many were given up.
    mutating func makePlace(
        src: MeshID, at endpoint: Endpoint, _ standing: Standing
    ) -> (isThere: Bool, evicted: Int) {
        var evicted = 0
        let here = ofEndpoint[endpoint] ?? []
        let mine = bug == .fourOfSourceAnywhere ? ofSource[src] ?? [] : here.filter { $0.message.src == src }
        if mine.count + leaked[src, default: 0] >= mostOfSource {
            guard let oldest = bug == .evictsNewest ? mine.last : mine.first, bug != .evictIsFull else {
                return (false, evicted)
            }
            giveUp(oldest, .evict)
            evicted += 1
        } else if let oldest = here.count >= mostOfEndpoint ? here.first : nil {
            giveUp(oldest, .evict)
            evicted += 1
        }
        while count >= Limits.open {
            guard let (oldest, of) = leastKnown, of <= standing else { return (false, evicted) }
            giveUp(oldest, .evict)
            evicted += 1
        }
        return (true, evicted)
    }
    /// Gives up those of a source for which this is true; tells how many.
    mutating func removeAll(of src: MeshID, where isDropped: (Header) -> Bool) -> Int {
        guard let all = ofSource[src] else { return 0 }
        let gone = all.filter { key in
            place(of: key).map { isDropped(tables[$0.table][at: $0.at].header) } ?? false
        }
        for key in gone { giveUp(key, .superseded) }
        return gone.count
    }
    /// Nanoseconds.
    private static let age = Limits.rejoining.nanoseconds
    /// Gives up those that were begun too long ago; tells how many.
    mutating func expire(now: Instant) -> Int {
        var count = 0
        for i in tables.indices {
            let age = bug.span(Self.age, early: .timeoutEarly, late: .timeoutLate)
            while let (key, time) = tables[i].first, now.nanoseconds - time.nanoseconds >= age {
                leak(key.message.src, .leaksTimeout)
                giveUp(key, .timeout)
                count += 1
            }
        }
        return count
    }
}
