internal import Node

/// Messages that were whole, in the order in which they came to be so.
///
/// There are more of them than of all else that a busy node remembers: each takes 40 bytes, and about 16 to be found.
struct DoneMessages: Sendable {
    /// A message of a source. Of that each boot has a number of its own, below 2⁵⁶.
    struct Key: Equatable, Sendable {
        fileprivate let life: UInt64
        fileprivate let msgID: UInt32
        init(life: UInt64, _ h: Header) { (self.life, msgID) = (life << 8 | UInt64(h.type.rawValue), h.msgID) }
    }
    /// What is known of one.
    struct Done: Sendable {
        /// The datagram that completed it.
        var number: Int
        var bodyCRC: UInt32
        var bodyLen: UInt32
    }
    private struct Entry: Sendable {
        var life: UInt64
        var number: Int
        var time: Instant
        var msgID: UInt32
        var bodyCRC: UInt32
        var bodyLen: UInt32
    }
    /// In pieces, so that none is moved when there are more, and memory is given back.
    private var pieces: [[Entry]] = []
    /// Entries of the first piece that were taken out.
    private var gone = 0
    /// How many there are.
    private(set) var count = 0
    /// Places are counted on, and begin again: that of the first entry of the first piece.
    private var start: Int
    private var index = PlaceIndex()
    private let seed = HashSeed()

    /// `start`: the first place.
    init(start: Int = 0) { self.start = start }

    private static let size = 128
    private static let places = 1 << 31

    /// What is known of a message; nil when it is not there.
    subscript(_ key: Key) -> Done? {
        guard count > 0 else { return nil }
        return index.find(hash(key.life, key.msgID)) {
            let e = entry($0)
            return e.life == key.life && e.msgID == key.msgID
        }.map { Done(number: entry($0).number, bodyCRC: entry($0).bodyCRC, bodyLen: entry($0).bodyLen) }
    }
    /// A message that was not there is whole now.
    mutating func add(_ key: Key, _ done: Done, at now: Instant) {
        if pieces.last.map({ $0.count == Self.size }) ?? true {
            pieces.append([])
            pieces[pieces.count - 1].reserveCapacity(Self.size)
        }
        index.insert(hash(key.life, key.msgID), (start + gone + count) % Self.places)
        pieces[pieces.count - 1].append(
            Entry(
                life: key.life, number: done.number, time: now, msgID: key.msgID, bodyCRC: done.bodyCRC,
                bodyLen: done.bodyLen))
        count += 1
    }
    /// Takes out those that were added `age` nanoseconds ago or before.
    mutating func removeAll(olderThan age: Int64, now: Instant) {
        while count > 0, now.nanoseconds - pieces[0][gone].time.nanoseconds >= age { removeFirst() }
    }
    /// Takes out the oldest until there are no more than so many.
    mutating func trim(to limit: Int) { while count > limit { removeFirst() } }

    private mutating func removeFirst() {
        let first = pieces[0][gone]
        index.remove(hash(first.life, first.msgID), (start + gone) % Self.places)
        gone += 1
        count -= 1
        guard gone == Self.size else { return }
        pieces.removeFirst()
        (start, gone) = ((start + Self.size) % Self.places, 0)
    }
    @inline(__always)
    private func entry(_ place: Int) -> Entry {
        let i = (place - start) & (Self.places - 1)
        return pieces[i / Self.size][i % Self.size]
    }
    @inline(__always)
    private func hash(_ life: UInt64, _ msgID: UInt32) -> UInt32 {
        var hash = WordHash(seed)
        hash.add(life)
        hash.add(UInt64(msgID))
        return hash.value
    }
}
