import Node

/// The registrations at a rendezvous point, in the order in which they arrived.
struct RendezvousTable: Sendable {
    struct Entry: Sendable {
        var peer: PeerID
        var namespace: [UInt8]
        var record: [UInt8]
        var until: Instant
        var number: UInt64
        var size: Int { record.count + namespace.count }
    }
    private struct Key: Hashable {
        var peer: PeerID
        var namespace: [UInt8]
    }
    private var numbers: [Key: UInt64] = [:]
    /// The entries by their numbers, which increase.
    private var entries: [UInt64: Entry] = [:]
    private var counts: [PeerID: Int] = [:]
    private var lastNumber: UInt64 = 0
    private(set) var byteCount = 0
    /// The earliest time at which an entry may expire.
    private var earliest = Instant.never

    func count(of peer: PeerID) -> Int { counts[peer] ?? 0 }
    func has(_ peer: PeerID, _ namespace: [UInt8]) -> Bool { numbers[Key(peer: peer, namespace: namespace)] != nil }
    /// Adds a registration, which replaces an earlier one of the peer in the namespace. `isSecond`: keeps the earlier
    /// one.
    mutating func add(
        _ peer: PeerID, _ namespace: [UInt8], _ record: [UInt8], until: Instant, isSecond: Bool = false
    ) {
        if !isSecond { remove(peer, namespace) }
        lastNumber += 1
        let entry = Entry(peer: peer, namespace: namespace, record: record, until: until, number: lastNumber)
        numbers[Key(peer: peer, namespace: namespace)] = lastNumber
        entries[lastNumber] = entry
        counts[peer, default: 0] += 1
        byteCount += entry.size
        earliest = min(earliest, until)
    }
    mutating func remove(_ peer: PeerID, _ namespace: [UInt8]) {
        if let number = numbers[Key(peer: peer, namespace: namespace)] { remove(number) }
    }
    private mutating func remove(_ number: UInt64) {
        guard let old = entries.removeValue(forKey: number) else { return }
        let key = Key(peer: old.peer, namespace: old.namespace)
        if numbers[key] == number { numbers[key] = nil }
        counts[old.peer] = counts[old.peer].flatMap { $0 > 1 ? $0 - 1 : nil }
        byteCount -= old.size
    }
    /// Removes the registrations that have expired.
    mutating func expire(_ now: Instant) {
        guard earliest <= now else { return }
        for (number, entry) in entries where entry.until <= now { remove(number) }
        earliest = entries.values.lazy.map(\.until).min() ?? .never
    }
    /// Returns the registrations of a namespace, or of all, with numbers above `number`, in order.
    func entries(in namespace: [UInt8]?, after number: UInt64) -> [Entry] {
        entries.values.filter { $0.number > number && (namespace == nil || $0.namespace == namespace) }
            .sorted { $0.number < $1.number }
    }
}
