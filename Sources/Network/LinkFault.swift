public import Node

/// Trouble on one direction of a link, as a scenario asks for it.
public struct LinkFault: Sendable {
    /// What is done to a unit that is hit.
    public enum Effect: Sendable, Equatable {
        case drop
        case delay(Duration)
        /// Sent this many times in all.
        case duplicate(Int)
        /// Held back until this many later ones have gone.
        case reorder(Int)
        /// Bits of one byte inverted: of those in the range if there is one, else of any.
        case corrupt(Range<Int>?)
        /// Cut to this many bytes.
        case truncate(Int)
        /// In pieces of these sizes, over and over, each a time after the one before.
        case chop([Int], every: Duration)
        /// Bytes a second.
        case rate(Int)
        /// Nothing passes.
        case partition
    }
    /// Which units are hit; all of these must hold.
    public struct Selector: Sendable, Equatable {
        /// The unit with this number, from 1 since the fault began; negative ones count from the end of what is sent at
        /// once.
        public var frame: Int?
        /// Every so manieth.
        public var nth: Int?
        /// With this probability, 0 to 1.
        public var probability: Double?
        /// Only messages of this name.
        public var message: String?
        /// Selects every unit.
        public init(frame: Int? = nil, nth: Int? = nil, probability: Double? = nil, message: String? = nil) {
            self.frame = frame
            self.nth = nth
            self.probability = probability
            self.message = message
        }
    }
    /// What is done.
    public var effect: Effect
    /// To which units.
    public var selector: Selector
    public init(_ effect: Effect, _ selector: Selector = Selector()) {
        self.effect = effect
        self.selector = selector
    }
}

/// One direction of a link with its faults: units go in, pieces come out when their time has come.
///
/// Does no I/O and reads no clock. With no fault in force every unit comes out at once and unchanged.
public struct FaultLine: Sendable {
    /// A unit on its way: a message, a datagram, or what was read at once.
    public struct Unit: Sendable {
        /// What it is made of.
        public var bytes: [UInt8]
        /// Name of the message, where it is one, or is a part of one.
        public var message: String?
        /// Name of what a datagram is by itself, where messages take several.
        public var part: String?
        /// Its place in what was sent together, from 1.
        public var place = 1
        /// How many units were sent together with it, itself among them.
        public var count = 1
        /// A unit.
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
        /// Units seen since it began.
        var seen = 0
        /// Units that it hit.
        var hits = 0
    }
    struct Waiting: Sendable {
        var bytes: [UInt8]
        var at: Instant
        /// Of those of one time the lower goes first.
        var order: Int
        /// Units that must go before it.
        var behind: Int
        /// Faults that hold it up, by name; when all are healed it goes.
        var holders: [String]
        func isDue(_ now: Instant) -> Bool { behind == 0 && at <= now }
    }
    var random: Random
    var faults: [Active] = []
    var waiting: [Waiting] = []
    var lastOrder = 0
    /// When the line is free again, under `rate` and `chop`.
    var free = Instant.zero
    /// Bytes that may wait, with 64 for each piece: beyond them units are lost.
    static let maximumWaiting = 64 << 20
    static let overhead = 64
    var waitingBytes = 0

    /// Units are datagrams, which may be empty; pieces of a stream that are nothing do not go out.
    let isDatagrams: Bool

    /// A line without faults; what chance decides comes from `random`.
    public init(_ random: Random, isDatagrams: Bool = false) {
        self.random = random
        self.isDatagrams = isDatagrams
    }
    /// Puts a fault in force; one of the same name is replaced.
    public mutating func add(_ fault: LinkFault, as name: String) {
        faults.removeAll { $0.name == name }
        faults.append(Active(name: name, fault: fault))
    }
    /// Ends a fault. What it held back goes out now.
    public mutating func heal(_ name: String, now: Instant) {
        faults.removeAll { $0.name == name }
        for i in waiting.indices where waiting[i].holders.contains(name) {
            waiting[i].holders.removeAll { $0 == name }
            guard waiting[i].holders.isEmpty else { continue }
            waiting[i].behind = 0
            waiting[i].at = min(waiting[i].at, now)
        }
        // What still waits for a slow line keeps it busy.
        free = waiting.map(\.at).max() ?? now
    }
    /// Where the next unit has the field that a corrupting fault is about.
    public mutating func aim(_ name: String, at range: Range<Int>) {
        guard let i = faults.firstIndex(where: { $0.name == name }), case .corrupt = faults[i].fault.effect else {
            return
        }
        faults[i].fault.effect = .corrupt(range)
    }
    /// Whether a fault of this name is in force.
    public func has(_ name: String) -> Bool { faults.contains { $0.name == name } }
    /// How many units a fault has hit; nil when there is none of this name.
    public func hits(_ name: String) -> Int? { faults.first { $0.name == name }?.hits }
    /// Whether anything can happen to a unit.
    public var isClear: Bool { faults.isEmpty && waiting.isEmpty }

    /// A unit goes in.
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
        // What goes out lets one more of those that wait for it go, behind it.
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

    /// What comes out by now, in order.
    public mutating func take(now: Instant) -> [[UInt8]] {
        guard !waiting.isEmpty else { return [] }
        let due = waiting.filter { $0.isDue(now) }.sorted { ($0.at, $0.order) < ($1.at, $1.order) }
        waiting.removeAll { $0.isDue(now) }
        for d in due { waitingBytes -= d.bytes.count + Self.overhead }
        return due.map(\.bytes)
    }
    /// Everything that waits, whatever its time: the connection ends now.
    public mutating func drain() -> [[UInt8]] {
        for i in waiting.indices { waiting[i].behind = 0 }
        return take(now: .never)
    }
    /// When something comes out next; nil when nothing will without another unit.
    public var deadline: Instant? { waiting.filter { $0.behind == 0 }.map(\.at).min() }
}
