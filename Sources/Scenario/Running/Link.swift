internal import Network
internal import Node
internal import Wire

/// A link of a running case. It receives bytes and keeps the records made from them until a step takes them.
struct Link {
    var name: String
    var ours: String
    var theirs: String
    var id: LinkID
    /// The index among the connections of the case.
    var connection: Int
    var isOpen = false
    var incoming: Deframer
    /// The received records that steps wait for, by queue.
    private(set) var received: [Queue: Received] = [:]
    /// The number of messages whose inner messages are in the queue `inner`.
    private(set) var openedCarriers = 0
    /// Over UDP, the received datagrams, and in `sent` those that steps sent, before all faults.
    var datagrams: [(at: Instant, bytes: [UInt8])] = []
    var sent: [(at: Instant, bytes: [UInt8])] = []
    var ending: (how: String, at: Instant, isTaken: Bool)?
    /// True if our side has ended its direction. Data from the other side still arrives.
    var isHalfClosed = false
    /// The trace entries of the beginning, and of the end by the other side.
    var opened: Int?
    var ended: Int?
    /// The reason why the connection could not be made.
    var failure: String?
    /// The side that opened the connection: `us` if it was an actor.
    var opener = Opener.us
    /// If the protocol runs above layers, or its messages take several datagrams, the observed layers (`stream`) and
    /// our ends of the layers (`ends`).
    var stream: LinkStream?
    var ends: LayerEnds?
    /// The identity of the other side that the ends proved, in the form of the protocol.
    var identity: [UInt8]?
    /// The channel of a layer on the connection `id`; nil if this link is the connection itself.
    var channel: LayerChannel?
    /// What is known of the data channel that this link is; nil for any other link.
    var dataChannel: LinkDataChannel?
    /// True if the link runs above the layers of a stream.
    var isLayered: Bool { channel != nil || stream.map { !$0.isDatagrams } ?? false }
    /// The reason why the ends gave up.
    var refusal: String?
    /// True if the node supports none of the protocols that the ends proposed for the connection itself.
    var isUnsupported = false
    /// The faults on the bytes that our side sends, and on the bytes that it receives.
    var outgoingLine: FaultLine
    var incomingLine: FaultLine
    /// The faults on messages above the lowest layer, by queue, if the protocol runs above layers.
    var upperLines: [Queue: FaultLines] = [:]
    /// The deframer that cuts received bytes into units for the faults.
    var units: Deframer
    /// The number of bytes of the first unit that arrived before any fault was active. They are parsed already.
    var unitsBefore = 0
    /// The fields that faults change: the message and the path, by the name of the fault.
    var fields: [String: (message: String?, path: String)] = [:]
    /// The exchange that the address completes with the node before the first step. It continues to take the datagrams
    /// meant for it.
    var introduction: RunningIntroduction?
    /// While a step sends in pieces, the bytes of the layers' ends that must follow the last piece; nil otherwise.
    var behindPieces: [[UInt8]]?
    /// Bytes that are held back until the next message is sent.
    var coalesced: [UInt8] = []

    /// Begins to cut units, possibly in the middle of a message.
    mutating func beginUnits(_ deframer: Deframer) {
        let before = stream?.deframer(opener.opposite) ?? incoming
        units = deframer
        units.isBroken = before.isBroken
        units.restart(with: before.isBroken ? [] : before.buffer)
        unitsBefore = units.buffer.count
    }
    /// Ends the cutting of units when no fault is active any more. Returns the rest of an incomplete unit that must
    /// still be passed on; nil if there is no rest.
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
    /// A received message, or received bytes that are not a message.
    struct Record {
        var at: Instant
        var type: (any Message.Type)?
        var bytes: [UInt8]
        var problem: WireError?
        var trace: Int
        /// The channel of a layer on which it arrived.
        var channel: LayerChannel?
        var name: String { type.map { $0.name.description } ?? "bytes that are no message" }
    }
    /// The received records of one queue.
    struct Received {
        var records: [Record] = []
        /// The number of records that steps have taken or skipped.
        var taken = 0
        /// The first record that no step has taken.
        var next: Record? { records.indices.contains(taken) ? records[taken] : nil }
    }
    /// The received records of a queue.
    subscript(queue: Queue) -> Received {
        _read { yield received[queue] ?? Received() }
        _modify { yield &received[queue, default: Received()] }
    }
    /// The queues with received records, in their order.
    var queues: [(queue: Queue, received: Received)] {
        received.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    /// Adds the inner messages of new carriers to the queue `inner`. Returns the number of added messages.
    mutating func openCarriers(_ rules: InnerMessages) -> Int {
        let before = self[.inner].records.count
        let all = self[.own].records
        for record in all[min(openedCarriers, all.count)...] where rules.isCarrier(record.type) {
            self[.inner].records += rules.open(record.bytes).map {
                Record(at: record.at, type: $0.type, bytes: $0.bytes, trace: record.trace, channel: record.channel)
            }
        }
        openedCarriers = all.count
        return self[.inner].records.count - before
    }
    /// Ends a fault in all lines. Delayed bytes are due at once.
    mutating func heal(_ fault: String, now: Instant) {
        outgoingLine.heal(fault, now: now)
        incomingLine.heal(fault, now: now)
        for queue in upperLines.keys.sorted() {
            upperLines[queue]?.outgoing.heal(fault, now: now)
            upperLines[queue]?.incoming.heal(fault, now: now)
        }
    }
    /// True if the scenario itself closed the link.
    var isOurEnd: Bool { ending.map { $0.isTaken && $0.how == Self.ourEnd } ?? false }
    static let ourEnd = "closed by us"
    /// The next time at which a fault releases bytes or the ends of the layers must act; nil if neither is due. The
    /// ends of a closed link no longer act.
    var deadline: Instant? {
        let upper = upperLines.values.flatMap { [$0.outgoing.deadline, $0.incoming.deadline] }
        let ofEnds = ending == nil && failure == nil ? ends?.deadline : nil
        return ([outgoingLine.deadline, incomingLine.deadline, ofEnds] + upper).compactMap { $0 }.min()
    }
}
