import Node

/// One TCP connection: both streams, and the conversation in them once its protocol is known.
struct Flow {
    /// Bytes that are kept, both directions together, until they tell a protocol.
    static let undecidedLimit = 4096

    let number: Int
    let client: Endpoint
    let server: Endpoint
    /// The frame last seen.
    private(set) var lastFrame = 0
    /// True when both sides have said their last.
    private(set) var isClosed = false
    private var up = TCPStream()
    private var down = TCPStream()
    private var talk: Conversation?
    /// What came before the protocol was known, in order of arrival; nil once it is known, or given up.
    private var held: [Held]?
    private var isCounted = false

    /// Bytes, or a gap of so many that are missing.
    private struct Held {
        var isClient: Bool
        var bytes: [UInt8]
        var missing: Int64
        var frame: Int
        var time: Timestamp
    }

    init(number: Int, client: Endpoint, server: Endpoint, _ definition: Definition?) {
        self.number = number
        self.client = client
        self.server = server
        if let definition {
            talk = Conversation(definition, flow: number, client: client, server: server)
        } else {
            held = []
        }
    }

    /// True when this segment, which has SYN set, opens another connection between the same endpoints.
    func isReopened(by segment: Segment) -> Bool {
        let isClient = segment.source == client
        guard isClient ? up.started : down.started else { return false }
        // A repeated SYN, or one that was captured late, stands right before the first byte.
        let first = segment.sequence &+ 1
        return isClosed || !(isClient ? up.begins(at: first) : down.begins(at: first))
    }

    /// Takes in a segment of this connection.
    mutating func receive(
        _ segment: Segment, _ packet: borrowing Packet, _ guess: Guess, _ tally: inout Tally,
        _ sink: inout some RecordSink
    ) {
        let isClient = segment.source == client
        let (frame, time) = (packet.number, packet.time)
        lastFrame = frame
        let payload = packet.bytes.extracting(segment.payload)
        let fresh: Range<Int>
        let begins: Bool
        let contradicts: Bool
        if isClient {
            (fresh, begins, contradicts) = Self.take(&up, segment, payload, frame, time)
        } else {
            (fresh, begins, contradicts) = Self.take(&down, segment, payload, frame, time)
        }
        if segment.flags.contains(.acknowledges), !fresh.isEmpty,
            isClient ? down.isBehind(segment.acknowledgement) : up.isBehind(segment.acknowledgement)
        {
            talk?.doubt()
        }
        if begins { talk?.beginMidStream(fromClient: isClient) }
        if contradicts { talk?.contradict(fromClient: isClient, frame: frame, time: time) }
        deliver(payload.extracting(fresh), isClient, frame, time, guess, &tally, &sink)
        drain(isClient, frame, time, guess, &tally, &sink)
        if segment.flags.contains(.acknowledges) {
            if isClient {
                down.acknowledge(segment.acknowledgement, frame: frame)
            } else {
                up.acknowledge(segment.acknowledgement, frame: frame)
            }
            drain(!isClient, frame, time, guess, &tally, &sink)
        }
        closeIfDone(segment, isClient, frame, time, guess, &tally, &sink)
    }

    /// No more packets: the capture ends, or there is no room for this connection any longer.
    mutating func finish(
        _ frame: Int, _ time: Timestamp, _ guess: Guess, _ tally: inout Tally, _ sink: inout some RecordSink
    ) {
        for isClient in [true, false] { drain(isClient, frame, time, guess, atEnd: true, &tally, &sink) }
        giveUp(&tally)
        for isClient in [true, false] { talk?.finish(fromClient: isClient, closed: isClosed, &tally, &sink) }
        up.release()
        down.release()
    }

    private static func take(
        _ stream: inout TCPStream, _ segment: Segment, _ payload: RawSpan, _ frame: Int, _ time: Timestamp
    ) -> (fresh: Range<Int>, beginsMidStream: Bool, contradicts: Bool) {
        let before = stream.started
        let fresh = stream.receive(segment, payload, frame: frame, time: time)
        defer { stream.contradicted = false }
        return (fresh, !before && stream.started && !stream.sawStart, stream.contradicted)
    }

    /// Hands on what was waiting, and the gaps in it.
    private mutating func drain(
        _ isClient: Bool, _ frame: Int, _ time: Timestamp, _ guess: Guess, atEnd: Bool = false, _ tally: inout Tally,
        _ sink: inout some RecordSink
    ) {
        while true {
            switch isClient ? up.ready(frame: frame, atEnd: atEnd) : down.ready(frame: frame, atEnd: atEnd) {
            case nil: return
            case .bytes(let piece):
                deliver(piece.bytes.span.bytes, isClient, piece.frame, piece.time, guess, &tally, &sink)
            case .gap(let count):
                if held != nil {
                    held?.append(Held(isClient: isClient, bytes: [], missing: count, frame: frame, time: time))
                } else {
                    talk?.gap(count, fromClient: isClient, frame: frame, time: time, &tally, &sink)
                }
            }
        }
    }

    /// Hands on the next bytes of one direction, or keeps them until the protocol is known.
    private mutating func deliver(
        _ bytes: RawSpan, _ isClient: Bool, _ frame: Int, _ time: Timestamp, _ guess: Guess, _ tally: inout Tally,
        _ sink: inout some RecordSink
    ) {
        guard bytes.byteCount > 0 else { return }
        tally.payload &+= bytes.byteCount
        if talk != nil {
            talk?.receive(bytes, fromClient: isClient, frame: frame, time: time, &tally, &sink)
        } else if held != nil {
            let copy = bytes.withUnsafeBytes { [UInt8]($0) }
            held?.append(Held(isClient: isClient, bytes: copy, missing: 0, frame: frame, time: time))
            decide(guess, &tally, &sink)
        } else {
            countUnknown(&tally)
        }
    }
    /// Tries to tell the protocol by the first bytes of either direction.
    private mutating func decide(_ guess: Guess, _ tally: inout Tally, _ sink: inout some RecordSink) {
        guard let held else { return }
        var isSpent = true
        for isClient in [true, false] {
            let first = held.prefix { $0.isClient != isClient || $0.missing == 0 }
            let bytes = first.lazy.filter { $0.isClient == isClient }.flatMap(\.bytes)
            let start = Array(bytes.prefix(Self.undecidedLimit))
            guard start.count >= Guess.enough else {
                isSpent = false
                continue
            }
            if let definition = guess.byBytes(start.span.bytes) { return begin(definition, held, &tally, &sink) }
        }
        if isSpent || held.reduce(0, { $0 &+ $1.bytes.count }) > Self.undecidedLimit || held.count > 64 {
            giveUp(&tally)
        }
    }
    private mutating func begin(
        _ definition: Definition, _ past: [Held], _ tally: inout Tally, _ sink: inout some RecordSink
    ) {
        held = nil
        talk = Conversation(definition, flow: number, client: client, server: server)
        if up.started, !up.sawStart { talk?.beginMidStream(fromClient: true) }
        if down.started, !down.sawStart { talk?.beginMidStream(fromClient: false) }
        for h in past {
            if h.missing > 0 {
                talk?.gap(h.missing, fromClient: h.isClient, frame: h.frame, time: h.time, &tally, &sink)
            } else {
                talk?.receive(
                    h.bytes.span.bytes, fromClient: h.isClient, frame: h.frame, time: h.time, &tally, &sink)
            }
        }
    }
    private mutating func giveUp(_ tally: inout Tally) {
        if let held, held.contains(where: { !$0.bytes.isEmpty }) { countUnknown(&tally) }
        held = nil
    }
    private mutating func countUnknown(_ tally: inout Tally) {
        if !isCounted { tally.unknownFlows &+= 1 }
        isCounted = true
    }

    /// Finishes what has been ended by FIN or RST.
    private mutating func closeIfDone(
        _ segment: Segment, _ isClient: Bool, _ frame: Int, _ time: Timestamp, _ guess: Guess, _ tally: inout Tally,
        _ sink: inout some RecordSink
    ) {
        guard !isClosed else { return }
        // A reset counts only at the very place where its sender stands: others are late, or forged.
        let isReset =
            segment.flags.contains(.reset)
            && (isClient ? up.mayReset(at: segment.sequence) : down.mayReset(at: segment.sequence))
        isClosed = isReset || up.isFinished && down.isFinished
        if isClosed {
            finish(frame, time, guess, &tally, &sink)
        } else if segment.flags.contains(.fin), isClient ? up.isFinished : down.isFinished {
            talk?.finish(fromClient: isClient, closed: true, &tally, &sink)
        }
    }
}
