import Node
import Wire

/// Watches the two directions of one connection for broken rules: the handshake, what is said behind it, and when.
struct ConnectionObserver: Observer {
    private var handshake: HandshakeObserver
    /// Not for those who only count: it breaks no rule, and costs more than all the rest.
    private var repetitions: RepetitionObserver?
    private var pauses: PauseObserver
    /// Only for those who want every vote and block verified.
    private let contents: ContentObserver?

    init(_ rules: Ruleset?, _ scrutiny: Scrutiny) {
        handshake = HandshakeObserver(rules)
        repetitions = scrutiny == .faults ? nil : RepetitionObserver(rules)
        pauses = PauseObserver(rules)
        contents = scrutiny == .content ? ContentObserver(rules) : nil
    }
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard let said = Said(type, bytes) else { return }
        handshake.observe(said, bytes, from: sender, into: &findings)
        if isGood {
            // Asked first: to call it would copy it.
            if contents != nil { contents?.observe(said, bytes, into: &findings) }
            repetitions?.observe(said, bytes, from: sender, at: time, into: &findings)
        }
        pauses.observe(said, from: sender, at: time, into: &findings)
    }
    mutating func miss() {
        handshake.miss()
        pauses.miss()
    }
    func mayBeNewer(_ bytes: RawSpan) -> Bool {
        guard let header = Prelude(bytes, at: 0), header.network.isKnown else { return false }
        return header.versionUsing > (Profile.allCases.map(\.versionUsing).max() ?? 0)
    }
}
