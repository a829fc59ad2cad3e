import Node
import Wire

/// Watches the handshake of one connection, from both sides.
///
/// A capture may begin in the middle of a connection: of what was not seen, nothing is said. Once something was missed,
/// a rule that turns on what was said before is not broken for certain any more.
struct HandshakeObserver: Sendable {
    /// Nil: the network that each message names.
    private let network: NetworkID?
    private var us = Side()
    private var them = Side()
    /// Something was said that was not seen.
    private var hasMissed = false
    /// Bootstrapping was asked for.
    private var isBootstrapping = false

    /// What one side has sent.
    private struct Side: Sendable {
        /// Queries that are remembered: a second one is a fault already.
        static let cookieLimit = 4
        /// What its queries asked to be signed, and how many queries there were.
        var cookies: [Key32] = []
        var queries = 0
        /// The form that its last query or response has.
        var version: UInt8 = 0
        /// The same to those who do not know V3, to whom its bit means nothing.
        var versionBeforeV3: UInt8 = 0
        /// Whom it has proved to be.
        var nodeID: Key32?
        /// A response of it verified over the other side's cookie, or could not be judged.
        var isProven = false
        /// It was told that this side did not wait for that of the other one: once is enough.
        var isEarlyTold = false
    }

    init(_ rules: Ruleset?) { network = rules?.network.id }

    /// Whom a side has proved to be; nil when that was not seen.
    func nodeID(of sender: Opener) -> Key32? { sender == .us ? us.nodeID : them.nodeID }

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
            findings += handshake(bytes, from: sender)
        } else if isBootstrap(parsed.header.type) {
            // It needs no handshake, nor does what is said behind it.
            isBootstrapping = true
        } else if !hasMissed, !isBootstrapping, sender == .us ? !them.isProven : !us.isProven,
            sender == .us ? !us.isEarlyTold : !them.isEarlyTold
        {
            if sender == .us { us.isEarlyTold = true } else { them.isEarlyTold = true }
            let isFirst = sender == .us && us.queries == 0
            var finding = Finding(
                .violation, isFirst ? .nano40 : .nano37,
                isFirst
                    ? "\(parsed.type.name) before a query: who opens a connection asks first"
                    : "\(parsed.type.name) before the other side has proved its node id")
            // Early generations talk to nodes that have proved nothing.
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

    private mutating func handshake(_ bytes: RawSpan, from sender: Opener) -> [Finding] {
        guard let message = try? NodeIDHandshake(copying: bytes) else { return [] }
        let other = sender == .us ? them : us
        var own = sender == .us ? us : them
        var findings = form(message, own, other, from: sender)
        findings += handshake(message, &own, other, beginsSeen: us.queries > 0, isOpener: sender == .us)
        own.version = message.version
        own.versionBeforeV3 = message.header.has(4) ? 2 : 1
        if sender == .us { us = own } else { them = own }
        // What follows is said at another stage.
        if message.query != nil { (us.isEarlyTold, them.isEarlyTold) = (false, false) }
        return findings
    }

    /// Whether a response has the form that was asked for, and the query that goes with it.
    private func form(_ message: NodeIDHandshake, _ own: Side, _ other: Side, from sender: Opener) -> [Finding] {
        guard !hasMissed, !own.isProven, other.queries == 1, own.queries < 2 else { return [] }
        let isOpener = sender == .us
        // Who does not know V3 answers to the other bits. An opener answers in the form that it is spoken to in.
        let fits =
            message.version == other.version
            || !isOpener && other.version == 3 && message.version == other.versionBeforeV3
        let requirement: NanoRule =
            switch (isOpener, other.version) {
            case (true, 1): .nano42
            case (true, _): .nano41
            case (false, 1): .nano17
            case (false, 2): .nano16
            case (false, _): .nano23
            }
        guard message.response != nil else {
            return isOpener || message.query == nil || own.queries > 0
                ? []
                : [Finding(.violation, requirement, path: "response", "a query without an answer in the same message")]
        }
        var findings: [Finding] = []
        if !fits {
            findings.append(
                Finding(
                    .violation, requirement, path: "response",
                    "of V\(message.version) in answer to V\(other.version)"))
        }
        if isOpener != (message.query == nil) {
            let with = isOpener ? "with" : "without"
            findings.append(
                Finding(.violation, requirement, path: "query", "an answer \(with) a query in the same message"))
        }
        return findings
    }

    /// `beginsSeen`: the opener's query was seen before, so nothing was missed.
    private func handshake(
        _ message: NodeIDHandshake, _ own: inout Side, _ other: Side, beginsSeen: Bool, isOpener: Bool
    ) -> [Finding] {
        // After the handshake its messages are ignored by everyone.
        guard !own.isProven else { return [] }
        var findings: [Finding] = []
        if let query = message.query {
            own.queries += 1
            if own.cookies.count < Side.cookieLimit { own.cookies.append(query) }
            if own.queries > 1, !hasMissed {
                findings.append(Finding(.violation, .nano25, path: "query", "a second query of the same side"))
            }
        }
        guard let response = message.response else { return findings }
        if message.version >= 2, let wanted = NanoNetwork.with(network ?? message.header.network),
            response.genesis != wanted.genesis
        {
            findings.append(
                Finding(
                    .violation, .nano20, path: "response.genesis", "not the genesis of the \(wanted.name) network"))
        }
        guard let cookie = other.cookies.last else {
            // What the same side said before is not missing; all that the other one said may be.
            let isFirst = isOpener && own.queries == 0
            if beginsSeen || isFirst, !hasMissed {
                let rule: NanoRule = isFirst ? .nano40 : .nano31
                findings.append(
                    Finding(.violation, rule, path: "response", "a response before any query of the other side"))
            } else {
                // The query was missed: the response cannot be judged, and may be good.
                own.isProven = true
            }
            return findings
        }
        // Who asked more than once may be answered to any of it.
        if other.cookies.contains(where: { response.isSigned(over: $0) }) || other.queries > other.cookies.count {
            own.isProven = true
            own.nodeID = response.nodeID
            return findings
        }
        let id: NanoRule = message.version == 1 ? .nano19 : .nano18
        let text = complaint(response, cookie, own, message.version)
        findings.append(
            hasMissed
                ? Finding(
                    .warning, id, path: "response.signature",
                    text + ", unless it answers a query that is missing from the capture")
                : Finding(.violation, id, path: "response.signature", text))
        return findings
    }

    /// What the signature should be over, and what it is over instead, if that is a likely mistake.
    private func complaint(
        _ response: NodeIDHandshake.Response, _ cookie: Key32, _ own: Side, _ version: UInt8
    ) -> String {
        let parts = ["the cookie", "cookie, salt and genesis", "cookie, salt, genesis, capabilities and reserved"]
        let text = "does not verify over \(parts[max(0, min(2, Int(version) - 1))])"
        var alone: [UInt8] = []
        alone.append(cookie)
        if version > 1, response.isSignature(of: alone) { return text + ", but over the cookie alone" }
        if response.isSigned(over: response.nodeID) { return text + ", but with the node id in place of the cookie" }
        if let mine = own.cookies.last, response.isSigned(over: mine) { return text + ", but over its own cookie" }
        return text
    }
}
