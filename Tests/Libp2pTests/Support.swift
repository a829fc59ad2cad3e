import Wire

@testable import Libp2p
@testable import Node

/// Returns the bytes of hexadecimal text with spaces.
func hex(_ text: String) -> [UInt8] { [UInt8](hex: text.filter { $0 != " " }) ?? [] }
/// Returns a token of multistream-select.
func token(_ text: String) -> [UInt8] { MultistreamToken(text).encoded() }

/// The output of a layer that decoded both sides of a stream.
struct Watched: Equatable {
    /// The names of units with their side, in the order in which they were found.
    var units: [String] = []
    var items: [LayerOutput.Item] = []
    /// The bytes of channels, by channel and side.
    var carried: [String: [UInt8]] = [:]
    /// The remaining bytes of each side, which wait or are incomplete.
    var rest: [Opener: [UInt8]] = [:]
    var refusals: [WireError] = []
    var remarks: [String] = []

    /// `turns`: bytes and their senders. The layer gets them in pieces; a waiting side is tried again.
    init(_ layer: some Layer, _ turns: [(Opener, [UInt8])], pieces: Int = .max) {
        var layer = layer
        var output = LayerOutput()
        for (side, bytes) in turns {
            var at = 0
            repeat {
                let end = pieces >= bytes.count - at ? bytes.count : at + pieces
                rest[side, default: []] += bytes[at..<end]
                at = end
                while go(side, &layer, &output) || go(side.opposite, &layer, &output) {}
            } while at < bytes.count
        }
    }
    /// Decodes a unit if it is complete.
    private mutating func go(_ side: Opener, _ layer: inout some Layer, _ output: inout LayerOutput) -> Bool {
        guard refusals.isEmpty, let bytes = rest[side], !bytes.isEmpty, !isOver else { return false }
        output.clear()
        switch layer.next(bytes.span.bytes, from: side, into: &output) {
        case .needMore, .waits, .becomes: return false
        case .refused(let error):
            refusals.append(error)
            return false
        case .unit(let type, let length):
            units.append("\(side == .us ? ">" : "<") \(type.name)")
            let unit = bytes.span.bytes.extracting(0..<length)
            for item in output.items {
                switch item {
                case .lent(let channel, _), .made(let channel, _, _):
                    output.withBytes(of: item, in: unit) { content in
                        carried["\(channel.number)\(side == .us ? ">" : "<")", default: []] += content.withUnsafeBytes {
                            [UInt8]($0)
                        }
                    }
                default: items.append(item)
                }
            }
            if let remark = output.remark { remarks.append(remark) }
            rest[side] = Array(bytes[length...])
            return true
        }
    }
    private var isOver: Bool {
        items.contains { if case .becomes = $0 { true } else { false } }
    }
}

/// The ends of a connection, which exchange bytes, and the content that arrived on each side.
struct Talk {
    var ends: [Opener: LayerEnds] = [:]
    var content: [Opener: [LayerContent]] = [:]
    var events: [Opener: [Event]] = [:]
    /// All bytes that each side sent.
    var sent: [Opener: [UInt8]] = [.us: [], .them: []]
    /// The sent bytes with their senders, in turns.
    var turns: [(Opener, [UInt8])] = []
    var over: Set<Opener> = []
    /// The number of bytes that are delivered at a time.
    var pieces = Int.max

    /// Creates a connection that `us` opens.
    init(_ us: LayerStack, _ them: LayerStack, target: String = "", secrets: Secrets? = nil, top: String? = nil) {
        for (side, stack, opener) in [(Opener.us, us, Opener.us), (Opener.them, them, Opener.them)] {
            var plan = LayerEnds.Plan(
                stack, top: top, peer: .loopback(1), target: side == .us ? target : "",
                Settings(profile: "", values: [:]), Random(seed: side == .us ? 1 : 2))
            plan.secrets = secrets
            ends[side] = LayerEnds(plan, opener)
        }
    }
    mutating func begin() {
        act(.us) { $0.begin(.zero, &$1) }
        act(.them) { $0.begin(.zero, &$1) }
        deliver()
    }
    /// The bytes sent to each side, delivered or not.
    private var underway: [Opener: [UInt8]] = [.us: [], .them: []]
    /// The number of delivered bytes of each side.
    private var given: [Opener: Int] = [:]
    /// Calls the ends of a side, and takes their output.
    mutating func act(_ side: Opener, _ body: (inout LayerEnds, inout LayerTurn) -> Void) {
        guard var own = ends.removeValue(forKey: side) else { return }
        var turn = LayerTurn()
        body(&own, &turn)
        ends[side] = own
        take(turn, side)
    }
    private mutating func take(_ turn: LayerTurn, _ side: Opener) {
        sent[side, default: []] += turn.down
        if !turn.down.isEmpty { turns.append((side, turn.down)) }
        events[side, default: []] += turn.events
        if turn.isOver { over.insert(side) }
        underway[side.opposite, default: []] += turn.down
    }
    /// Delivers bytes until neither side sends more.
    mutating func deliver() {
        while true {
            var isDone = true
            for side in [Opener.us, .them] {
                guard let bytes = underway[side], case let at = given[side] ?? 0, at < bytes.count else { continue }
                isDone = false
                let stop = pieces >= bytes.count - at ? bytes.count : at + pieces
                given[side] = stop
                guard var own = ends.removeValue(forKey: side) else { continue }
                var (turn, up) = (LayerTurn(), [LayerContent]())
                own.receive(bytes.span.bytes.extracting(at..<stop), at: .zero, into: &up, in: &turn)
                ends[side] = own
                content[side, default: []] += up
                take(turn, side)
            }
            if isDone { return }
        }
    }
    /// Opens a stream.
    mutating func open(_ side: Opener, _ id: String) -> [ChannelID]? {
        var path: [ChannelID]?
        act(side) { path = $0.open(id, in: [], .zero, &$1) }
        deliver()
        return path
    }
    /// Sends on a stream.
    mutating func send(_ side: Opener, _ bytes: [UInt8], _ name: String, _ path: [ChannelID]) -> Bool {
        var isSent = false
        act(side) { isSent = $0.send(bytes, kind: 0, into: name, in: path[...], .zero, &$1) }
        deliver()
        return isSent
    }
    /// Returns the names of the events of a side.
    func names(_ side: Opener) -> [String] { (events[side] ?? []).map(\.name) }
    /// Returns all bytes that arrived for a protocol.
    func bytes(_ side: Opener, _ name: String) -> [UInt8] {
        (content[side] ?? []).flatMap { if case .bytes(name, let bytes, _) = $0 { bytes } else { [UInt8]() } }
    }
}
