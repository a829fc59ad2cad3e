import Node
import Wire

/// An observer of a negotiation. It judges the first message of each side, and the answers.
struct NegotiationObserver: Observer {
    /// True if the negotiation is on the unsecured connection.
    let isInTheClear: Bool
    private var begun: Set<Opener> = []
    private var proposal: String?
    private var isUnsure = false

    init(isInTheClear: Bool = false) { self.isInTheClear = isInTheClear }

    mutating func miss() { isUnsure = true }

    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        var token = MultistreamToken()
        guard !isUnsure, isGood, type is MultistreamToken.Type, token.read(borrowing: bytes) else { return }
        let text = token.text.string(in: bytes)
        if begun.insert(sender).inserted {
            guard text != ProtocolID.multistream else { return }
            return findings.append(
                Finding(.violation, of: Libp2pRule.gs02, path: "text", "it begins with another message"))
        }
        guard sender == .them else { return proposal = text }
        defer { proposal = nil }
        guard let proposal, proposal != MultistreamLayer.list else { return }
        if text != proposal, text != MultistreamLayer.refusal {
            findings.append(
                Finding(.violation, of: Libp2pRule.gs04, path: "text", "the proposal was \(proposal.prefix(64))"))
        } else if isInTheClear, text == ProtocolID.yamux || text == ProtocolID.mplex {
            findings.append(Finding(.violation, of: Libp2pRule.gs07, path: "text", "nothing protects the connection"))
        }
    }
}
