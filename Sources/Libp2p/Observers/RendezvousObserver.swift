import Node
import Wire

/// An observer of a rendezvous stream. The side that opened it sends requests. The other side, a point, answers each
/// request except UNREGISTER in order. The identities of the sides are unknown here, so it does not judge whether a
/// record belongs to the sender.
struct RendezvousObserver: Observer {
    /// A request that is not answered yet.
    private enum Request {
        /// `fault`: the fault of its record.
        case register(namespace: Int, ttl: UInt64?, fault: String?)
        case unregister
        case discover(RendezvousDiscover)
    }
    private var requests: [Request] = []
    /// True if an answer was assigned to the request after UNREGISTER.
    private var hasPassedOver = false
    private var isUnsure = false
    private let verifies: Bool

    /// The maximum number of waiting requests. If there are more, the stream is judged no further.
    private static let requestLimit = 1024

    init(_ scrutiny: Scrutiny) { verifies = scrutiny == .content }

    mutating func miss() { (isUnsure, requests) = (true, []) }

    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard !isUnsure, type is RendezvousMessage.Type else { return }
        // An undecodable message may be answered in any way.
        guard isGood, let said = (try? RendezvousMessage(copying: bytes))?.rendezvous else { return miss() }
        if sender == .us { ask(said, into: &findings) } else { answer(said, into: &findings) }
    }
    private mutating func ask(_ said: RendezvousContent, into findings: inout [Finding]) {
        guard requests.count < Self.requestLimit else { return miss() }
        // A missing value means the first value of an enum, as everywhere in protobuf.
        switch said.type ?? .register {
        case .register:
            guard let register = said.register else { return miss() }
            let fault = fault(of: register)
            let path = "rendezvous.register.signed_peer_record"
            if let fault { Self.tell(.gs131, path, fault, into: &findings) }
            let size = register.namespace?.bytes.own?.count ?? 0
            requests.append(.register(namespace: size, ttl: register.ttl, fault: fault))
        case .unregister: requests.append(.unregister)
        case .discover:
            guard let discover = said.discover else { return miss() }
            requests.append(.discover(discover))
        default: miss()
        }
    }
    /// Returns the fault of a record; nil too if records are not verified.
    private func fault(of register: RendezvousRegister) -> String? {
        guard let record = register.signedPeerRecord?.own, !record.isEmpty else { return "no record" }
        return verifies ? PeerRecord.fault(of: record) : nil
    }

    // Answers

    private mutating func answer(_ said: RendezvousContent, into findings: inout [Finding]) {
        let type = said.type ?? .register
        // UNREGISTER is skipped, unless this message answers it.
        while case .unregister? = requests.first {
            requests.removeFirst()
            guard let next = requests.first(where: { if case .unregister = $0 { false } else { true } }),
                Self.answers(type, next)
            else { return Self.tell(.gs129, "", "an answer to UNREGISTER", into: &findings) }
            hasPassedOver = true
        }
        guard !requests.isEmpty else {
            let text = "an answer that nobody asked for"
            guard hasPassedOver else { return findings.append(Finding(.violation, text)) }
            return Self.tell(.gs129, "", text + ", unless UNREGISTER did", into: &findings)
        }
        switch requests.removeFirst() {
        case .register(let namespace, let ttl, let fault):
            guard type == .registerResponse else {
                return Self.tell(.gs128, "rendezvous.type", "the request was REGISTER", into: &findings)
            }
            guard let told = said.registerResponse, told.status ?? .ok == .ok else { return }
            if let fault { Self.tell(.gs127, "", "it was registered with: \(fault)", into: &findings) }
            if namespace > RendezvousLimits.namespace {
                Self.tell(.gs132, "", "for a namespace of \(namespace) bytes", into: &findings)
            }
            judge(told.ttl, wanted: ttl, into: &findings)
        case .discover(let discover):
            guard type == .discoverResponse else {
                return Self.tell(.gs126, "rendezvous.type", "the request was DISCOVER", into: &findings)
            }
            guard let told = said.discoverResponse, told.status ?? .ok == .ok else { return }
            judge(told.registrations, discover, into: &findings)
        case .unregister: break
        }
    }
    private static func answers(_ type: RendezvousType, _ request: Request) -> Bool {
        switch request {
        case .register: type == .registerResponse
        case .discover: type == .discoverResponse
        case .unregister: false
        }
    }
    /// Judges the duration of a registration.
    private func judge(_ ttl: UInt64?, wanted: UInt64?, into findings: inout [Finding]) {
        let path = "rendezvous.register_response.ttl"
        guard let ttl else { return Self.tell(.gs128, path, "it says no time", into: &findings) }
        let wanted = wanted ?? RendezvousLimits.defaultTTL
        if ttl > RendezvousLimits.mostTTL {
            Self.tell(.gs128, path, "more than 72 hours", into: &findings)
        } else if ttl > wanted {
            // The document lets a point grant less, and does not forbid a point to grant more.
            Self.tell(.gs128, path, "\(wanted) seconds were asked for", isSure: false, into: &findings)
        }
    }
    private func judge(
        _ told: [RendezvousRegister], _ wanted: RendezvousDiscover, into findings: inout [Finding]
    ) {
        let path = "rendezvous.discover_response.registrations"
        // A missing limit means no limit, and so does 0.
        if let limit = wanted.limit, limit > 0, UInt64(told.count) > limit {
            Self.tell(.gs130, path, "\(told.count) of them, for a limit of \(limit)", into: &findings)
        }
        let namespace = wanted.namespace?.bytes.own.flatMap { $0.isEmpty ? nil : $0 }
        var places: Set<Place> = []
        for (i, one) in told.enumerated() {
            let path = "\(path)[\(i)]"
            let own = one.namespace?.bytes.own
            if let namespace, let own, own != namespace {
                Self.tell(.gs126, "\(path).namespace", "it was not asked for", into: &findings)
            }
            if let ttl = one.ttl, ttl > RendezvousLimits.mostTTL {
                Self.tell(.gs128, "\(path).ttl", "more than 72 hours", into: &findings)
            }
            guard let record = one.signedPeerRecord?.own, !record.isEmpty else {
                Self.tell(.gs126, "\(path).signed_peer_record", "no record", into: &findings)
                continue
            }
            guard verifies else { continue }
            if let fault = PeerRecord.fault(of: record) {
                Self.tell(.gs127, "\(path).signed_peer_record", fault, into: &findings)
            } else if let owner = PeerRecord.uncheckedOwner(of: record), let own = own ?? namespace,
                !places.insert(Place(owner: owner, namespace: own)).inserted
            {
                Self.tell(.gs129, path, "\(owner) was there before", into: &findings)
            }
        }
    }
    /// A peer and a namespace, for which an answer may hold one registration.
    private struct Place: Hashable {
        var owner: PeerID
        var namespace: [UInt8]
    }
    private static func tell(
        _ rule: Libp2pRule, _ path: String, _ text: String, isSure: Bool = true, into findings: inout [Finding]
    ) {
        findings.append(Finding(isSure ? rule.severity : .warning, of: rule, path: path, text))
    }
}
