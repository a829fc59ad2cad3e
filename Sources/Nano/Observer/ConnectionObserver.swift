import Node
import Wire

/// Watches the two directions of one connection for broken rules: the handshake, what is said behind it, and when.
struct ConnectionObserver: Observer {
    private var handshake: HandshakeObserver
    /// Not for those who only count: it breaks no rule, and costs more than all the rest.
    private var repetitions: RepetitionObserver?
    private var pauses: PauseObserver
    private var network = NetworkObserver()
    /// These two not for those who only count either.
    private var pulls: PullObserver?
    private let telemetry: TelemetryObserver?
    /// Only for those who want every vote and block verified.
    private let contents: ContentObserver?
    /// Headers behind which all has been looked at lately, by the last bits of their types: most messages begin like
    /// others before them. None for those who look at more than headers.
    private var quiet = InlineArray<4, QuietHeader?>(repeating: nil)

    /// A header of which there is nothing to say as long as no handshake is seen and nothing missed.
    fileprivate struct QuietHeader: Sendable {
        var type: ObjectIdentifier
        var header: UInt64
        /// As of `PauseObserver`.
        var longest: Int64?
        /// From whom: 1 for the side that opened the connection, 2 for the other.
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
        if let known, let before = quiet[known.place], before.isSame(known), before.senders & known.senders != 0 {
            return pauses.observe(before.longest, from: sender, at: time, into: &findings)
        }
        guard let parsed = ParsedMessage(type, bytes) else { return }
        let before = findings.count
        handshake.observe(parsed, bytes, from: sender, into: &findings)
        network.observe(parsed, from: sender, into: &findings)
        let isQuiet = findings.count == before
        if isGood {
            // Asked first: to call it would copy it.
            if contents != nil { contents?.observe(parsed, bytes, into: &findings) }
            repetitions?.observe(parsed, bytes, from: sender, at: time, into: &findings)
            pulls?.observe(parsed, bytes, from: sender, into: &findings)
            telemetry?.observe(parsed, bytes, nodeID: handshake.nodeID(of: sender), into: &findings)
        }
        let longest = pauses.longest(parsed.header)
        pauses.observe(longest, from: sender, at: time, into: &findings)
        if parsed.header.type == .nodeIDHandshake {
            forget()
        } else if var known, isQuiet {
            known.longest = longest
            if let before = quiet[known.place], before.isSame(known) { known.senders |= before.senders }
            quiet[known.place] = known
        }
    }
    private mutating func forget() { quiet = InlineArray(repeating: nil) }
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
    /// Nil for what is too short to have a header.
    @inline(__always)
    fileprivate init?(_ type: any Message.Type, _ bytes: RawSpan, _ sender: Opener) {
        guard bytes.byteCount >= Header.count else { return nil }
        self.type = ObjectIdentifier(type)
        header = UInt64.load(bytes, 0, .big)
        senders = sender == .us ? 1 : 2
    }
    /// Where one like it is kept.
    @inline(__always)
    fileprivate var place: Int { Int(truncatingIfNeeded: header >> 16) & 3 }
    @inline(__always)
    fileprivate func isSame(_ other: Self) -> Bool { header == other.header && type == other.type }
}
