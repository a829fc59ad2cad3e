public import Node

/// A fault on one direction of a link, as a scenario declares it.
public struct LinkFault: Sendable {
    /// The effect on a selected unit.
    public enum Effect: Sendable, Equatable {
        case drop
        case delay(Duration)
        /// Sends the unit this many times in all.
        case duplicate(Int)
        /// Holds the unit back until this many later ones are sent.
        case reorder(Int)
        /// Inverts bits of one byte, in the range if there is one, else anywhere.
        case corrupt(Range<Int>?)
        /// Cuts the unit to this many bytes.
        case truncate(Int)
        /// Sends the unit in pieces of these sizes, repeated, with this time between them.
        case chop([Int], every: Duration)
        /// Limits the rate, in bytes per second.
        case rate(Int)
        /// Blocks all units.
        case partition
    }
    /// The selected units. All conditions must hold.
    public struct Selector: Sendable, Equatable {
        /// The number of the unit, from 1 since the fault began. A negative number counts from the end of the units
        /// sent together.
        public var frame: Int?
        /// The n that selects every nth unit.
        public var nth: Int?
        /// The probability, 0 to 1.
        public var probability: Double?
        /// The name of the selected messages.
        public var message: String?
        /// Selects every unit.
        public init(frame: Int? = nil, nth: Int? = nil, probability: Double? = nil, message: String? = nil) {
            self.frame = frame
            self.nth = nth
            self.probability = probability
            self.message = message
        }
    }
    /// The effect.
    public var effect: Effect
    /// The units that it affects.
    public var selector: Selector
    public init(_ effect: Effect, _ selector: Selector = Selector()) {
        self.effect = effect
        self.selector = selector
    }
}

/// One direction of a link with its faults. Units enter, and pieces leave at their time.
///
/// It does no I/O and reads no clock. Without an active fault every unit leaves at once and unchanged.
public struct FaultLine: Sendable {
    /// A unit on the link: a message, a datagram, or bytes that were read together.
    public struct Unit: Sendable {
        /// The bytes of the unit.
        public var bytes: [UInt8]
        /// The name of the message, if the unit is a message or a part of one.
        public var message: String?
        /// The name of the datagram itself, in protocols whose messages take several datagrams.
        public var part: String?
        /// The position among the units sent together, from 1.
        public var place = 1
        /// The number of units sent together, including this one.
        public var count = 1
        /// Creates a unit.
        public init(_ bytes: [UInt8], message: String? = nil, part: String? = nil, place: Int = 1, count: Int = 1) {
            self.bytes = bytes
            self.message = message
            self.part = part
            self.place = place
            self.count = count
        }
    }
    struct Active: Sendable {
        var name: String
        var fault: LinkFault
        /// The number of units seen since it began.
        var seen = 0
        /// The number of units that it affected.
        var hits = 0
    }
    struct Waiting: Sendable {
        var bytes: [UInt8]
        var at: Instant
        /// The order of pieces with the same time; lower is first.
        var order: Int
        /// The number of units that must leave before it.
        var behind: Int
        /// The names of the faults that hold it back. It leaves when all of them are healed.
        var holders: [String]
        func isDue(_ now: Instant) -> Bool { behind == 0 && at <= now }
    }
    var random: Random
    var faults: [Active] = []
    var waiting: [Waiting] = []
    var lastOrder = 0
    /// The time at which the line is free again, under `rate` and `chop`.
    var free = Instant.zero
    /// The maximum number of bytes that may wait, with 64 added for each piece. Units above it are lost.
    static let maximumWaiting = 64 << 20
    static let overhead = 64
    var waitingBytes = 0

    /// True if units are datagrams, which may be empty. Empty pieces of a stream are not sent.
    let isDatagrams: Bool

    /// Creates a line without faults. Random decisions use `random`.
    public init(_ random: Random, isDatagrams: Bool = false) {
        self.random = random
        self.isDatagrams = isDatagrams
    }
    /// Adds a fault. It replaces a fault with the same name.
    public mutating func add(_ fault: LinkFault, as name: String) {
        faults.removeAll { $0.name == name }
        faults.append(Active(name: name, fault: fault))
    }
    /// Ends a fault. The units that it held back leave now.
    public mutating func heal(_ name: String, now: Instant) {
        faults.removeAll { $0.name == name }
        for i in waiting.indices where waiting[i].holders.contains(name) {
            waiting[i].holders.removeAll { $0 == name }
            guard waiting[i].holders.isEmpty else { continue }
            waiting[i].behind = 0
            waiting[i].at = min(waiting[i].at, now)
        }
        // The bytes that still wait for a slow line keep it busy.
        free = waiting.map(\.at).max() ?? now
    }
    /// Sets the range of the field that a corrupting fault changes in the next unit.
    public mutating func aim(_ name: String, at range: Range<Int>) {
        guard let i = faults.firstIndex(where: { $0.name == name }), case .corrupt = faults[i].fault.effect else {
            return
        }
        faults[i].fault.effect = .corrupt(range)
    }
    /// Returns true if a fault of this name is active.
    public func has(_ name: String) -> Bool { faults.contains { $0.name == name } }
    /// Returns the number of units that a fault has affected; nil if no fault has this name.
    public func hits(_ name: String) -> Int? { faults.first { $0.name == name }?.hits }
    /// True if no fault can affect a unit.
    public var isClear: Bool { faults.isEmpty && waiting.isEmpty }

    /// Adds a unit.
    public mutating func push(_ unit: Unit, now: Instant) {
        var pieces: [(bytes: [UInt8], after: Duration)] = [(unit.bytes, .zero)]
        var delay = Duration.zero
        var behind = 0
        var rate: Int?
        var holders: [String] = []
        for i in faults.indices where isHit(i, unit) {
            faults[i].hits += 1
            let name = faults[i].name
            switch faults[i].fault.effect {
            case .drop, .partition: pieces = []
            case .delay(let d):
                delay = max(.zero, delay + min(d, .seconds(1 << 32)))
                holders.append(name)
            case .duplicate(let n): pieces = (0..<min(n, 1000)).flatMap { _ in pieces }
            case .reorder(let n):
                behind = max(behind, n)
                holders.append(name)
            case .corrupt(let range):
                for k in pieces.indices { pieces[k].bytes = corrupted(pieces[k].bytes, range) }
            case .truncate(let n):
                for k in pieces.indices { pieces[k].bytes = Array(pieces[k].bytes.prefix(max(0, n))) }
            case .chop(let sizes, let every):
                // A datagram has no pieces.
                if isDatagrams { continue }
                pieces = pieces.flatMap { Self.chopped($0.bytes, sizes, every) }
                holders.append(name)
            case .rate(let n):
                rate = rate.map { min($0, n) } ?? n
                holders.append(name)
            }
        }
        let older = waiting.count
        var at = now + delay
        for piece in pieces where isDatagrams || !piece.bytes.isEmpty {
            at = max(at + piece.after, behind > 0 || delay > .zero ? at : free)
            if let rate, rate > 0 {
                at = at + .nanoseconds(Int64(clamping: Int128(piece.bytes.count) * 1_000_000_000 / Int128(rate)))
            }
            guard waitingBytes + piece.bytes.count + Self.overhead <= Self.maximumWaiting else { break }
            waitingBytes += piece.bytes.count + Self.overhead
            waiting.append(Waiting(bytes: piece.bytes, at: at, order: nextOrder(), behind: behind, holders: holders))
            if rate != nil || pieces.count > 1 { free = at }
        }
        // Each unit that leaves releases one place of the units that wait for it, which then leave after it.
        guard waiting.count > older else { return }
        for i in 0..<older where waiting[i].behind > 0 {
            waiting[i].behind -= 1
            guard waiting[i].behind == 0 else { continue }
            waiting[i].at = max(waiting[i].at, at)
            waiting[i].order = nextOrder()
        }
    }
    mutating func nextOrder() -> Int {
        lastOrder += 1
        return lastOrder
    }
    mutating func isHit(_ i: Int, _ unit: Unit) -> Bool {
        let s = faults[i].fault.selector
        if let m = s.message, m != unit.message, m != unit.part { return false }
        faults[i].seen += 1
        if let f = s.frame, f > 0 ? faults[i].seen != f : unit.place - unit.count - 1 != f { return false }
        if let n = s.nth, n < 1 || faults[i].seen % n != 0 { return false }
        if let p = s.probability, !random.hits(p) { return false }
        return true
    }
    mutating func corrupted(_ bytes: [UInt8], _ range: Range<Int>?) -> [UInt8] {
        let r = (range ?? bytes.indices).clamped(to: bytes.indices)
        guard !r.isEmpty else { return bytes }
        var out = bytes
        let i = r.lowerBound + Int(random.next() % UInt64(r.count))
        out[i] ^= UInt8(truncatingIfNeeded: 1 + random.next() % 255)
        return out
    }
    static func chopped(_ bytes: [UInt8], _ sizes: [Int], _ every: Duration) -> [(bytes: [UInt8], after: Duration)] {
        var out: [(bytes: [UInt8], after: Duration)] = []
        var at = 0
        var k = 0
        while at < bytes.count {
            let n = sizes.isEmpty ? bytes.count : max(1, sizes[k % sizes.count])
            out.append((Array(bytes[at..<min(bytes.count, at + n)]), at == 0 ? .zero : every))
            at += min(n, bytes.count - at)
            k += 1
        }
        return out
    }

    /// Returns the pieces that are due, in order.
    public mutating func take(now: Instant) -> [[UInt8]] {
        guard !waiting.isEmpty else { return [] }
        let due = waiting.filter { $0.isDue(now) }.sorted { ($0.at, $0.order) < ($1.at, $1.order) }
        waiting.removeAll { $0.isDue(now) }
        for d in due { waitingBytes -= d.bytes.count + Self.overhead }
        return due.map(\.bytes)
    }
    /// Returns all waiting pieces regardless of their time, because the connection ends.
    public mutating func drain() -> [[UInt8]] {
        for i in waiting.indices { waiting[i].behind = 0 }
        return take(now: .never)
    }
    /// The time at which the next piece leaves; nil if none leaves without another unit.
    public var deadline: Instant? { waiting.filter { $0.behind == 0 }.map(\.at).min() }
}
