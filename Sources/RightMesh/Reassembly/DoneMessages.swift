internal import Node

/// Messages that were whole, in the order in which they came to be so.
///
/// There are more of them than of all else that a busy node remembers: each takes 32 bytes, and about 16 to be found.
struct DoneMessages: Sendable {
    /// A message of a source. Of that each boot has a number of its own, which counts modulo 2³⁹: nobody gets round in
    /// the time that messages are remembered.
    struct Key: Sendable {
        fileprivate let life: UInt64
        fileprivate let msgID: UInt32
        init(life: UInt64, _ h: Header) {
            self.life = (life << 3 | UInt64(h.type.rawValue & 7)) << DoneMessages.lengthBits
            msgID = h.msgID
        }
        fileprivate init(life: UInt64, msgID: UInt32) { (self.life, self.msgID) = (life, msgID) }
    }
    /// Bits that the length of a body takes.
    private static let lengthBits = UInt64(Int.bitWidth - Limits.body.leadingZeroBitCount)
    private static let lengthMask = UInt64(1) << lengthBits - 1
    /// What is known of one.
    struct Done: Sendable {
        /// The datagram that completed it.
        var number: Int
        var bodyCRC: UInt32
        var bodyLen: UInt32
    }
    private struct Entry: Sendable {
        /// With the length of the body in its last bits.
        var life: UInt64
        var number: Int
        var time: Instant
        var msgID: UInt32
        var bodyCRC: UInt32
    }
    /// In pieces, so that none is moved when there are more, and memory is given back.
    private var pieces: [[Entry]] = []
    /// Entries of the first piece that were taken out.
    private var gone = 0
    /// How many there are.
    private(set) var count = 0
    /// Places are counted on, and begin again: that of the first entry of the first piece.
    private var start: Int
    private var index = HashIndex()
    private let seed = HashSeed()

    /// `start`: the first place.
    init(start: Int = 0) { self.start = start }

    private static let size = 128
    private static let places = 1 << 31

    /// What is known of a message; nil when it is not there.
    subscript(_ key: Key) -> Done? {
        guard count > 0 else { return nil }
        return index.find(hash(key)) {
            let e = entry($0)
            return (e.life ^ key.life) & ~Self.lengthMask == 0 && e.msgID == key.msgID
        }.map {
            let e = entry($0)
            return Done(
                number: e.number, bodyCRC: e.bodyCRC, bodyLen: UInt32(truncatingIfNeeded: e.life & Self.lengthMask))
        }
    }
    /// A message that was not there is whole now.
    mutating func add(_ key: Key, _ done: Done, at now: Instant) {
        if pieces.last.map({ $0.count == Self.size }) ?? true {
            pieces.append([])
            pieces[pieces.count - 1].reserveCapacity(Self.size)
        }
        index.insert(hash(key), (start + gone + count) % Self.places)
        pieces[pieces.count - 1].append(
            Entry(
                life: key.life | UInt64(done.bodyLen) & Self.lengthMask, number: done.number, time: now,
                msgID: key.msgID, bodyCRC: done.bodyCRC))
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
        let key = Key(life: first.life & ~Self.lengthMask, msgID: first.msgID)
        index.remove(hash(key), (start + gone) % Self.places)
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
    private func hash(_ key: Key) -> UInt32 {
        var hash = WordHash(seed)
        hash.add(key.life)
        hash.add(UInt64(key.msgID))
        return hash.value
    }
}
