internal import Network
internal import Node
internal import Wire

/// A link of a running case: bytes in, records out, kept until a step takes them.
struct Channel {
    var name: String
    var ours: String
    var theirs: String
    var link: LinkID
    /// Index among the case's connections.
    var connection: Int
    var isOpen = false
    var incoming: Deframer
    /// What came and steps wait for, by level (`Definition.level`).
    private(set) var queues = [Queue()]
    /// Over UDP every datagram that came, and every one that steps sent, before all faults.
    var datagrams: [(at: Instant, bytes: [UInt8])] = []
    var sent: [(at: Instant, bytes: [UInt8])] = []
    var ending: (how: String, at: Instant, isTaken: Bool)?
    /// We have ended what we send; what comes still does.
    var isHalfClosed = false
    /// Trace entries of its beginning and of its end by the other side.
    var opened: Int?
    var ended: Int?
    /// Why the connection could not be made.
    var failure: String?
    /// Who opened it: `us` where that was an actor.
    var opener = Opener.us
    /// Where the protocol stands on layers, or its messages take several datagrams, what is seen of that, and the ends
    /// of layers that take part.
    var stream: LinkStream?
    var ends: LayerEnds?
    /// Who the ends proved the other side to be, as the protocol has it.
    var identity: [UInt8]?
    /// The channel of a layer that it is, of the connection `link`; nil: the connection itself.
    var channel: LayerChannel?
    /// It stands on layers of a stream.
    var isLayered: Bool { channel != nil || stream.map { !$0.isDatagrams } ?? false }
    /// Why the ends gave up.
    var refusal: String?
    /// Faults on what we send, and on what comes.
    var outgoingLine: FaultLine
    var incomingLine: FaultLine
    /// Faults on messages above the lowest layer, by level, where the protocol stands on layers.
    var upperLines: [Int: FaultLines] = [:]
    /// Cuts what comes into units for the faults.
    var units: Deframer
    /// Bytes of the first unit that came before any fault was in force, and are parsed already.
    var unitsBefore = 0
    /// Where faults hit a field: its message and path for each fault's name.
    var fields: [String: (message: String?, path: String)] = [:]
    /// What its address says to the node before any step does; it goes on to take what is for it.
    var introduction: RunningIntroduction?
    /// A step sends in pieces: what the ends of the layers say meanwhile, which goes out behind the last one.
    var behindPieces: [[UInt8]]?
    /// Held back, to go out with the next message.
    var coalesced: [UInt8] = []

    /// Units begin now, perhaps in the middle of a message.
    mutating func beginUnits(_ deframer: Deframer) {
        let before = stream?.deframer(opener.opposite) ?? incoming
        units = deframer
        units.isBroken = before.isBroken
        units.restart(with: before.isBroken ? [] : before.buffer)
        unitsBefore = units.buffer.count
    }
    /// No fault is in force any more: what is still to be passed on of a unit that is not complete, if
    /// there is any.
    mutating func endUnits() -> [UInt8]? {
        defer {
            units.restart()
            unitsBefore = 0
        }
        let rest = Array(units.buffer.dropFirst(unitsBefore))
        return rest.isEmpty ? nil : rest
    }
    /// The faults of both directions.
    struct FaultLines {
        var outgoing: FaultLine
        var incoming: FaultLine
    }
    /// A message that came, or bytes that are none.
    struct Record {
        var at: Instant
        var type: (any Message.Type)?
        var bytes: [UInt8]
        var problem: WireError?
        var trace: Int
        /// The channel of a layer that it came in.
        var channel: LayerChannel?
        var name: String { type.map { $0.name.description } ?? "bytes that are no message" }
    }
    /// What came at one level.
    struct Queue {
        var records: [Record] = []
        /// Records before this one were taken by steps.
        var taken = 0
        /// The first record that no step has taken.
        var next: Record? { records.indices.contains(taken) ? records[taken] : nil }
    }
    /// The queue of a level.
    subscript(level: Int) -> Queue {
        _read { if queues.indices.contains(level) { yield queues[level] } else { yield Queue() } }
        _modify {
            while queues.count <= level { queues.append(Queue()) }
            yield &queues[level]
        }
    }
    /// The scenario itself ended it.
    var isOurEnd: Bool { ending.map { $0.isTaken && $0.how == Self.ourEnd } ?? false }
    static let ourEnd = "closed by us"
    /// When something that a fault holds up wants to go on, or the ends of its layers do. Those of a link that ended are
    /// not woken any more.
    var deadline: Instant? {
        let upper = upperLines.values.flatMap { [$0.outgoing.deadline, $0.incoming.deadline] }
        let ofEnds = ending == nil && failure == nil ? ends?.deadline : nil
        return ([outgoingLine.deadline, incomingLine.deadline, ofEnds] + upper).compactMap { $0 }.min()
    }
}
