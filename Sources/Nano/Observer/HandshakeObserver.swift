import Node
import Wire

/// An observer that checks the handshake of one connection, in both directions.
///
/// A capture may begin in the middle of a connection, so unseen messages cause no findings. After a gap, it is
/// uncertain whether a rule that depends on earlier messages is broken.
struct HandshakeObserver: Sendable {
    /// The network; nil to use the one that each message names.
    private let network: NetworkID?
    private var us = Side()
    private var them = Side()
    /// True if messages were missed.
    private var hasMissed = false
    /// True if a legacy bootstrap request was seen.
    private var isBootstrapping = false

    /// The state of one side.
    private struct Side: Sendable {
        /// The most cookies that are kept. A second query already breaks a rule.
        static let cookieLimit = 4
        /// The cookies of its queries, and the number of queries.
        var cookies: [Key32] = []
        var queries = 0
        /// True if it has sent a response, valid or not.
        var hasAnswered = false
        /// The version of its last query or response.
        var version: UInt8 = 0
        /// The version that a receiver reads that does not know the V3 bit.
        var versionBeforeV3: UInt8 = 0
        /// The node id that the side has proved.
        var nodeID: Key32?
        /// True if a response was verified over the other side's cookie, or could not be checked.
        var isProven = false
        /// True if a message before the proof of the other side was reported. It is reported once.
        var isEarlyReported = false
    }

    init(_ rules: Ruleset?) { network = rules?.network.id }

    /// Returns the node id that a side has proved; nil if the proof was not seen.
    func nodeID(of sender: Opener) -> Key32? { sender == .us ? us.nodeID : them.nodeID }

    /// True if a side has sent a query or response, and not both sides have sent a response.
    var isUnfinished: Bool {
        let hasBegun = us.queries > 0 || them.queries > 0 || us.hasAnswered || them.hasAnswered
        return hasBegun && !hasMissed && !isBootstrapping && !(us.hasAnswered && them.hasAnswered)
    }

    mutating func miss() {
        (us, them) = (Side(), Side())
        hasMissed = true
    }

    mutating func observe(
        _ parsed: ParsedMessage, _ bytes: RawSpan, from sender: Opener, into findings: inout [Finding]
    ) {
        let surplus = parsed.header.extensions & ~parsed.type.definedBits
        if surplus != 0 { findings.append(undefined(surplus, parsed)) }
        if parsed.header.type == .nodeIDHandshake {
            handshake(parsed, bytes, from: sender, into: &findings)
        } else if isBootstrap(parsed.header.type) {
            // Legacy bootstrap needs no handshake, and neither do the messages after it.
            isBootstrapping = true
        } else if !hasMissed, !isBootstrapping, sender == .us ? !them.isProven : !us.isProven,
            sender == .us ? !us.isEarlyReported : !them.isEarlyReported
        {
            if sender == .us { us.isEarlyReported = true } else { them.isEarlyReported = true }
            let isFirst = sender == .us && us.queries == 0
            var finding = Finding(
                .violation, isFirst ? .nano40 : .nano37,
                isFirst
                    ? "\(parsed.type.name) before a query: who opens a connection asks first"
                    : "\(parsed.type.name) before the other side has proved its node id")
            // Early generations send messages before the other side has proved its id.
            if parsed.header.versionUsing < Profile.v28.versionMin { finding.severity = .warning }
            findings.append(finding)
        }
    }
    private func isBootstrap(_ type: MessageType) -> Bool {
        type == .bulkPull || type == .bulkPush || type == .bulkPullAccount || type == .frontierReq
    }

    private func undefined(_ surplus: UInt16, _ parsed: ParsedMessage) -> Finding {
        let bits = "0x" + [UInt8(surplus >> 8), UInt8(surplus & 255)].hex
        return Finding(.warning, path: "extensions", "bits \(bits) mean nothing in \(parsed.type.name)")
    }

    private mutating func handshake(
        _ parsed: ParsedMessage, _ bytes: RawSpan, from sender: Opener, into findings: inout [Finding]
    ) {
        guard let message = try? NodeIDHandshake(copying: bytes) else { return }
        let isOpener = sender == .us
        let other = isOpener ? them : us
        var own = isOpener ? us : them
        checkForm(
            message, versionUsing: parsed.header.versionUsing, of: own, other: other, isOpener: isOpener,
            into: &findings)
        checkProof(message, &own, other, beginsSeen: us.queries > 0, isOpener: isOpener, into: &findings)
        own.version = message.version
        if message.response != nil { own.hasAnswered = true }
        own.versionBeforeV3 = message.header.has(4) ? 2 : 1
        if isOpener { us = own } else { them = own }
        // The next message belongs to another stage of the handshake.
        if message.query != nil { (us.isEarlyReported, them.isEarlyReported) = (false, false) }
    }

    /// Checks that a response has the requested version, and that it has a query in the same message where required.
    private func checkForm(
        _ message: NodeIDHandshake, versionUsing: UInt8, of own: Side, other: Side, isOpener: Bool,
        into findings: inout [Finding]
    ) {
        guard !hasMissed, !own.isProven, other.queries == 1, own.queries < 2 else { return }
        // A node without V3 answers according to the other bits, and a node without V2 answers in V1. An opener answers
        // in the version of the other side.
        let knowsV2 = versionUsing >= Profile.v28.versionMin
        let fits =
            message.version == other.version
            || !isOpener && other.version == 3 && message.version == other.versionBeforeV3
            || !isOpener && !knowsV2 && message.version == 1
        let requirement: NanoRule =
            switch (isOpener, other.version) {
            case (true, 1): .nano42
            case (true, _): .nano41
            case (false, 1): .nano17
            case (false, 2): .nano16
            case (false, _): .nano23
            }
        guard message.response != nil else {
            if !isOpener, message.query != nil, own.queries == 0 {
                findings.violation(requirement, path: "response", "a query without an answer in the same message")
            }
            return
        }
        if !fits {
            findings.violation(
                requirement, path: "response", "of V\(message.version) in answer to V\(other.version)")
        }
        if isOpener, message.query != nil {
            findings.violation(requirement, path: "query", "an answer with a query in the same message")
        } else if !isOpener, message.query == nil {
            let text = "an answer without a query in the same message, which is right only if no cookie was free"
            findings.append(Finding(.warning, requirement, path: "query", text))
        }
    }

    /// Checks queries and signatures. `beginsSeen` is true if the opener's query was seen, so that no message is
    /// missing.
    private func checkProof(
        _ message: NodeIDHandshake, _ own: inout Side, _ other: Side, beginsSeen: Bool, isOpener: Bool,
        into findings: inout [Finding]
    ) {
        // Nodes ignore handshake messages after the handshake.
        guard !own.isProven else { return }
        if let query = message.query {
            own.queries += 1
            if own.cookies.count < Side.cookieLimit { own.cookies.append(query) }
            if own.queries > 1, !hasMissed {
                findings.violation(.nano25, path: "query", "a second query of the same side")
            }
        }
        guard let response = message.response else { return }
        if message.version >= 2, let wanted = NanoNetwork.with(network ?? message.header.network),
            response.genesis != wanted.genesis
        {
            findings.violation(.nano20, path: "response.genesis", "not the genesis of the \(wanted.name) network")
        }
        guard let cookie = other.cookies.last else {
            // Only messages of the other side can be missing.
            let isFirst = isOpener && own.queries == 0
            if beginsSeen || isFirst, !hasMissed {
                let rule: NanoRule = isFirst ? .nano40 : .nano31
                findings.violation(rule, path: "response", "a response before any query of the other side")
            } else {
                // The query was missed. The response cannot be checked and may be valid.
                own.isProven = true
            }
            return
        }
        // A side with several queries may get an answer to any of them.
        if other.cookies.contains(where: { response.isSigned(over: $0) }) || other.queries > other.cookies.count {
            own.isProven = true
            own.nodeID = response.nodeID
            return
        }
        let id: NanoRule = message.version == 1 ? .nano19 : .nano18
        let text = complaint(response, to: cookie, of: own, version: message.version)
        let doubt = hasMissed ? ", unless it answers a query that is missing from the capture" : ""
        findings.append(Finding(hasMissed ? .warning : .violation, id, path: "response.signature", text + doubt))
    }

    /// Describes what the signature should cover. If it covers other bytes because of a likely mistake, the text names
    /// them.
    private func complaint(
        _ response: NodeIDHandshake.Response, to cookie: Key32, of own: Side, version: UInt8
    ) -> String {
        let parts = ["the cookie", "cookie, salt and genesis", "cookie, salt, genesis, capabilities and reserved"]
        let text = "does not verify over \(parts[max(0, min(2, Int(version) - 1))])"
        if version > 1, response.isSignature(of: cookie.array) { return text + ", but over the cookie alone" }
        if response.isSigned(over: response.nodeID) { return text + ", but with the node id in place of the cookie" }
        if let mine = own.cookies.last, response.isSigned(over: mine) { return text + ", but over its own cookie" }
        return text
    }
}
