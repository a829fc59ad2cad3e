import Libp2p
import Node
import Wire

/// The state of one stream of a DHT for `KadObserver`. The side that opened it asks, and the other side answers in order.
struct StreamObserver {
    private struct Request {
        var type: KadType
        var key: [UInt8]
        var record: KadRecord?
    }
    /// The requests without an answer, in order.
    private var requests: [Request] = []
    /// True if messages were not seen, so that it is unknown which request an answer belongs to.
    private var isUnsure = false
    private static let limit = 1024

    mutating func miss() { (isUnsure, requests) = (true, []) }
    /// Judges a message of one side. `names`: the peers of the connection, which their requests state.
    mutating func observe(
        _ message: KadContent, from sender: Opener, _ names: inout PeerNames, into findings: inout [Finding]
    ) {
        if sender == .us {
            ask(message, &names, into: &findings)
        } else {
            answer(message, names, into: &findings)
        }
    }
    private mutating func ask(_ request: KadContent, _ names: inout PeerNames, into findings: inout [Finding]) {
        let type = request.type ?? .putValue
        if type == .ping {
            findings.append(
                Finding(
                    .warning, of: KadRule.kad74, path: "message.type",
                    "PING: nodes must not send it, and use /ipfs/ping/1.0.0"))
        }
        if type == .addProvider {
            // It has no answer in most implementations.
            return Self.claim(request, &names, into: &findings)
        }
        // Some implementations ignore an unknown type, and others answer it.
        guard type.rawValue <= KadType.ping.rawValue else { return miss() }
        guard !isUnsure else { return }
        requests.append(Request(type: type, key: request.key?.own ?? [], record: request.record))
        if requests.count > Self.limit { miss() }
    }
    /// Judges the providers that the asking side names: only its own id can be right.
    private static func claim(_ request: KadContent, _ names: inout PeerNames, into findings: inout [Finding]) {
        guard request.providerPeers.count == 1, let id = request.providerPeers[0].id?.own, PeerID(id) != nil else {
            return
        }
        if let asker = names.asker, asker != id {
            findings.append(
                Finding(
                    .violation, of: KadRule.kad89, path: "message.provider_peers[0].id",
                    "an ADD_PROVIDER before it on this connection names another peer, and only one can be its sender"))
            // It is unknown which of the two is right.
            names.isAskerUnsure = true
        }
        names.asker = id
    }
    private mutating func answer(_ answer: KadContent, _ names: PeerNames, into findings: inout [Finding]) {
        let type = answer.type ?? .putValue
        if type == .addProvider { return }
        judgeOrder(answer, into: &findings)
        guard !isUnsure, !requests.isEmpty else { return }
        let request = requests.removeFirst()
        guard type == request.type else {
            findings.append(
                Finding(
                    .warning, of: KadRule?.none, path: "message.type",
                    "the request has the type \(request.type.value(in: RawSpan()))"))
            return miss()
        }
        if type == .putValue {
            judgeEcho(answer, of: request, into: &findings)
        } else {
            judgeKeys(answer, of: request, into: &findings)
        }
        // An echo of PING may have the peers of its request.
        guard type == .findNode || type == .getProviders || type == .getValue else { return }
        judgePeers(answer, to: request, into: &findings)
        judgeEnds(answer, to: request, names, into: &findings)
    }
    /// Judges the answer that confirms a stored value.
    private func judgeEcho(_ answer: KadContent, of request: Request, into findings: inout [Finding]) {
        func add(_ rule: KadRule, _ path: String, _ text: String) {
            findings.append(Finding(.violation, of: rule, path: path, text))
        }
        guard let echo = answer.record, let sent = request.record else { return }
        if let key = sent.key?.own, key != request.key {
            return add(.kad57, "message.record", "the request has another key in its record than in its message")
        }
        if let key = answer.key?.own, !key.isEmpty, key != request.key {
            add(.kad61, "message.key", "the request has another key")
        }
        if let key = echo.key?.own, key != request.key {
            add(.kad61, "message.record.key", "the request has another key")
        }
        if let value = echo.value, let stored = sent.value, value != stored {
            add(.kad61, "message.record.value", "the request has another value")
        }
    }
    /// Compares the keys of an answer with the request. No document forbids another key, but it is seldom meant.
    private func judgeKeys(_ answer: KadContent, of request: Request, into findings: inout [Finding]) {
        for (path, key) in [("message.key", answer.key), ("message.record.key", answer.record?.key)] {
            guard let key = key?.own, !key.isEmpty, key != request.key else { continue }
            findings.append(Finding(.warning, of: KadRule?.none, path: path, "the request has another key"))
        }
    }
    private func judgeOrder(_ answer: KadContent, into findings: inout [Finding]) {
        let most = answer.type == .findNode ? 21 : 20
        guard answer.closerPeers.count > most else { return }
        findings.append(
            Finding(
                .warning, of: KadRule.kad30, path: "message.closer_peers",
                "\(answer.closerPeers.count) closer peers, at most \(most) with k = 20"))
    }
    /// Judges the order of the closer peers. A peer whose id is the key may be anywhere.
    private func judgePeers(_ answer: KadContent, to request: Request, into findings: inout [Finding]) {
        guard !request.key.isEmpty else { return }
        let place = KadID(of: request.key)
        var last: KadID?
        for peer in answer.closerPeers {
            guard let id = peer.id?.own, id != request.key else { continue }
            let distance = KadID(of: id) ^ place
            if let last, distance < last {
                findings.append(
                    Finding(
                        .warning, of: KadRule.kad32, path: "message.closer_peers",
                        "the peers are not sorted by their distance from the key"))
                return
            }
            last = distance
        }
    }
    /// Judges that the closer peers have neither the answering side nor the asking side, except for the peer whose id is
    /// the key.
    private func judgeEnds(
        _ answer: KadContent, to request: Request, _ names: PeerNames, into findings: inout [Finding]
    ) {
        for (name, text) in [(names.sureAsker, "the peer that asks"), (names.sureServer, "the peer that answers")] {
            guard let name, name != request.key else { continue }
            guard let index = answer.closerPeers.firstIndex(where: { $0.id?.own == name }) else { continue }
            findings.append(
                Finding(
                    .warning, of: KadRule.kad33, path: "message.closer_peers[\(index)].id",
                    "this is \(text), and not the key of the request"))
        }
    }
}
