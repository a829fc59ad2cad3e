import Node
import Wire

/// An observer that checks both directions of one connection: the handshake, the messages after it, and their times.
struct ConnectionObserver: Observer {
    private var handshake: HandshakeObserver
    /// The observer of repetitions; nil for scrutiny `faults`, because a repetition breaks no rule and the check costs
    /// more than all others.
    private var repetitions: RepetitionObserver?
    private var pauses: PauseObserver
    private var network = NetworkObserver()
    /// The observers of pulls and telemetry; nil for scrutiny `faults`.
    private var pulls: PullObserver?
    private let telemetry: TelemetryObserver?
    /// The observer of contents; nil unless the scrutiny is `content`.
    private let contents: ContentObserver?
    /// A cache of recent headers without findings, by the last bits of their types. Most messages have the header of an
    /// earlier one. Observers that check more than headers do not use it.
    private var quiet = InlineArray<4, QuietHeader?>(repeating: nil)

    /// A header without findings until a handshake message or a gap is seen.
    fileprivate struct QuietHeader: Sendable {
        var type: ObjectIdentifier
        var header: UInt64
        /// The value of `PauseObserver.longest` for the header.
        var longest: Int64?
        /// The senders as bits: 1 for the side that opened the connection, 2 for the other.
        var senders: UInt8
    }

    init(_ rules: Ruleset?, _ scrutiny: Scrutiny) {
        handshake = HandshakeObserver(rules)
        repetitions = scrutiny == .faults ? nil : RepetitionObserver(rules)
        pauses = PauseObserver(rules)
        contents = scrutiny == .content ? ContentObserver(rules) : nil
        pulls = scrutiny == .faults ? nil : PullObserver()
        telemetry = scrutiny == .faults ? nil : TelemetryObserver(rules, verifies: scrutiny == .content)
    }
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        let known = contents == nil && repetitions == nil ? QuietHeader(type, bytes, sender) : nil
        if let known, let before = quiet[known.slot], before.isSame(known), before.senders & known.senders != 0 {
            return pauses.observe(before.longest, from: sender, at: time, into: &findings)
        }
        guard let parsed = ParsedMessage(type, bytes) else { return }
        let before = findings.count
        handshake.observe(parsed, bytes, from: sender, into: &findings)
        network.observe(parsed, from: sender, into: &findings)
        let isQuiet = findings.count == before
        if isGood {
            // An optional chain without this check would copy the observer.
            if contents != nil { contents?.observe(parsed, bytes, into: &findings) }
            repetitions?.observe(parsed, bytes, from: sender, at: time, into: &findings)
            if repetitions != nil, let note = Self.blockType(of: parsed.header) { findings.append(note) }
            pulls?.observe(parsed, bytes, from: sender, into: &findings)
            telemetry?.observe(parsed, bytes, nodeID: handshake.nodeID(of: sender), into: &findings)
        }
        let longest = pauses.longest(parsed.header)
        pauses.observe(longest, from: sender, at: time, into: &findings)
        if parsed.header.type == .nodeIDHandshake {
            forget()
        } else if var known, isQuiet {
            known.longest = longest
            if let before = quiet[known.slot], before.isSame(known) { known.senders |= before.senders }
            quiet[known.slot] = known
        }
    }
    /// Returns a finding about a confirm_ack with another block type than nano-node writes. Receivers ignore the type
    /// since V24.
    private static func blockType(of header: RawHeader) -> Finding? {
        guard header.type == .confirmAck, header.versionUsing >= ConfirmAck.hashesOnly else { return nil }
        let type = header.extensions >> 8 & 15
        guard type != 1 else { return nil }
        return Finding(.info, path: "extensions", "block type \(type); nano-node writes 1")
    }
    private mutating func forget() { quiet = InlineArray(repeating: nil) }
    var unfinishedHandshake: String? {
        handshake.isUnfinished ? NodeIDHandshake.name.description : nil
    }
    mutating func miss() {
        forget()
        handshake.miss()
        network.miss()
        pulls?.miss()
        pauses.miss()
    }
    func mayBeNewer(_ bytes: RawSpan) -> Bool {
        guard let header = RawHeader(bytes, at: 0), header.network.isKnown else { return false }
        return header.versionUsing > (Profile.allCases.map(\.versionUsing).max() ?? 0)
    }
}

extension ConnectionObserver.QuietHeader {
    /// Reads a header; nil for bytes shorter than a header.
    @inline(__always)
    fileprivate init?(_ type: any Message.Type, _ bytes: RawSpan, _ sender: Opener) {
        guard bytes.byteCount >= Header.count else { return nil }
        self.type = ObjectIdentifier(type)
        header = UInt64.load(bytes, 0, .big)
        senders = sender == .us ? 1 : 2
    }
    /// The slot in the cache.
    @inline(__always)
    fileprivate var slot: Int { Int(truncatingIfNeeded: header >> 16) & 3 }
    @inline(__always)
    fileprivate func isSame(_ other: Self) -> Bool { header == other.header && type == other.type }
}
