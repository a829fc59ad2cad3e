internal import Node
import Wire

/// Messages that are not whole, within the memory that there is for them.
///
/// Those of sources that are known at their address stand apart: when there is no room, the others give way.
struct AssemblyStore: Sendable {
    private typealias Table = AgingTable<AssemblyKey, Assembly>
    private var known = Table()
    private var strange = Table()
    /// Oldest first.
    private var ofEndpoint: [Endpoint: [AssemblyKey]] = [:]
    private var ofSource: [MeshID: [AssemblyKey]] = [:]
    /// Whether those that are given up are kept in `givenUp`, for whoever tells of them.
    var keepsGivenUp = false
    /// Those that were given up, in that order, and why.
    private(set) var givenUp: [(assembly: Assembly, why: Counter)] = []
    /// What all count for together.
    private(set) var held = 0

    /// How many there are.
    var count: Int { known.count + strange.count }
    /// When the oldest was begun.
    var oldest: Instant? { [known.first?.time, strange.first?.time].compactMap { $0 }.min() }
    /// All, and when they were begun.
    var all: [(assembly: Assembly, since: Instant)] {
        (known.all + strange.all).sorted { $0.time < $1.time }.map { ($0.value, $0.time) }
    }
    /// Whether there is one that began there.
    func has(from endpoint: Endpoint) -> Bool { ofEndpoint[endpoint] != nil }
    /// Whether there is one of this key.
    func has(_ key: AssemblyKey) -> Bool { known.has(key) || strange.has(key) }
    /// What speaks against one more datagram of the same message; nil when nothing does, or there is none of it.
    func fault(_ header: Header, _ part: RawSpan, of key: AssemblyKey) -> Counter? {
        known.has(key) ? known[key]?.fault(header, part) : strange[key]?.fault(header, part)
    }

    /// Begins one; `isKnown` tells whether its source has been heard of at that endpoint.
    mutating func begin(_ key: AssemblyKey, _ assembly: Assembly, isKnown: Bool, now: Instant) {
        if isKnown { known.set(key, assembly, at: now) } else { strange.set(key, assembly, at: now) }
        ofEndpoint[assembly.endpoint, default: []].append(key)
        ofSource[key.message.src, default: []].append(key)
        held += assembly.charge
    }
    /// Adds a fragment to one; tells the bytes that it has then, and whether all fragments are there.
    mutating func add(
        _ part: RawSpan, _ index: UInt16, to key: AssemblyKey, number: Int, now: Instant
    ) -> (held: Int, isComplete: Bool)? {
        let isKnown = known.has(key)
        guard var assembly = isKnown ? known.lend(key) : strange.lend(key) else { return nil }
        let result = assembly.add(index, part, number: number, now: now)
        if isKnown { known.giveBack(key, assembly) } else { strange.giveBack(key, assembly) }
        held += Assembly.charge(part.byteCount)
        return result
    }
    /// Puts other bytes of the same number in the place of a fragment: a seeded fault.
    mutating func replace(_ part: RawSpan, _ index: UInt16, of key: AssemblyKey) {
        let isKnown = known.has(key)
        guard var assembly = isKnown ? known.lend(key) : strange.lend(key) else { return }
        assembly.replace(index, part)
        if isKnown { known.giveBack(key, assembly) } else { strange.giveBack(key, assembly) }
    }
    /// Takes one out.
    @discardableResult mutating func remove(_ key: AssemblyKey) -> Assembly? {
        guard let gone = known.remove(key) ?? strange.remove(key) else { return nil }
        held -= gone.charge
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

    /// Makes room for a fragment of a message that is to stay; false when there is none. Tells how many were given up.
    mutating func makeRoom(_ charge: Int, for key: AssemblyKey, isKnown: Bool) -> (isRoom: Bool, evicted: Int) {
        var evicted = 0
        while held + charge > Limits.held {
            guard isKnown, let oldest = strange.first?.key, oldest != key else { return (false, evicted) }
            giveUp(oldest, .evict)
            evicted += 1
        }
        return (true, evicted)
    }
    /// Makes room for one more message; tells how many were given up.
    mutating func makePlace(src: MeshID, at endpoint: Endpoint) -> Int {
        var evicted = 0
        let here = ofEndpoint[endpoint] ?? []
        let mine = here.filter { $0.message.src == src }
        if let oldest = mine.count >= Limits.openOfSource ? mine.first : nil {
            giveUp(oldest, .evict)
            evicted += 1
        } else if let oldest = here.count >= Limits.openOfEndpoint ? here.first : nil {
            giveUp(oldest, .evict)
            evicted += 1
        }
        while count >= Limits.open, let oldest = strange.first?.key ?? known.first?.key {
            giveUp(oldest, .evict)
            evicted += 1
        }
        return evicted
    }
    /// Gives up those of a source for which this is true; tells how many.
    mutating func removeAll(of src: MeshID, where isDropped: (Header) -> Bool) -> Int {
        let gone = (ofSource[src] ?? []).filter { (known[$0] ?? strange[$0]).map { isDropped($0.header) } ?? false }
        for key in gone { giveUp(key, .superseded) }
        return gone.count
    }
    /// Gives up those that were begun too long ago; tells how many.
    mutating func expire(now: Instant) -> Int {
        var count = 0
        while let (key, time) = known.first, time + Limits.rejoining <= now {
            giveUp(key, .timeout)
            count += 1
        }
        while let (key, time) = strange.first, time + Limits.rejoining <= now {
            giveUp(key, .timeout)
            count += 1
        }
        return count
    }
}
