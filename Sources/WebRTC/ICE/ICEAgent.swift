public import Node
internal import Wire

/// One side of Interactive Connectivity Establishment (RFC 8445) for one component over one UDP socket. It does no I/O
/// and receives the time.
///
/// It finds a path to the other side and keeps it: it checks the candidates of the other side, answers its checks,
/// resolves conflicts of roles, and asks for consent. The controlling side nominates the first path that works (regular
/// nomination); the controlled side also accepts aggressive nomination and a later nomination of another path.
public struct ICEAgent: Sendable {
    /// An event of the agent.
    public enum Event: Equatable, Sendable {
        /// A STUN server reported a candidate of this side.
        case candidate(ICECandidate)
        /// A path works.
        case connected
        /// The agent sends datagrams to this address from now on.
        case selected(Endpoint)
        /// The role of this side changed, because both sides had the same.
        case role(isControlling: Bool)
        /// There is no path, for this reason. Nothing follows.
        case failed(String)
    }
    /// The maximum number of addresses of the other side.
    public static let maximumPairs = 64

    public private(set) var isControlling: Bool
    public let local: ICECredentials
    public private(set) var remote: ICECredentials?
    private(set) var pairs: [CandidatePair] = []
    private(set) var places: [Endpoint: Int] = [:]
    private var selected: Int?
    private var consent: Consent?
    private var isConnected = false
    private var isOver = false
    private var isLite = false
    private var tieBreaker: UInt64
    private var random: Random
    private var nextFirst = Instant.zero
    private var limit: Instant?
    private var server: ServerQuery?
    private var datagrams: [(to: Endpoint, bytes: [UInt8])] = []
    private var events: [Event] = []

    /// Creates an agent. The side that offers is the controlling one.
    public init(isControlling: Bool, _ local: ICECredentials, _ random: Random) {
        (self.isControlling, self.local, self.random) = (isControlling, local, random)
        tieBreaker = self.random.next()
    }

    // MARK: - Input

    /// Asks a STUN server for the address of this side. `base`: the local address.
    public mutating func ask(_ server: Endpoint, from base: Endpoint, now: Instant) {
        self.server = ServerQuery(server, base: base, transaction: newTransaction(), now)
    }
    /// Takes the credentials of the other side, and begins the checks.
    public mutating func setRemote(_ credentials: ICECredentials, isLite: Bool = false, now: Instant) {
        guard remote == nil else { return }
        (remote, self.isLite, limit) = (credentials, isLite, now + ICETimes.connecting)
        if isLite, !isControlling { setRole(true) }
        for i in pairs.indices where pairs[i].isHeard { start(i, nominates: false, now) }
        wake(now: now)
    }
    /// Takes a candidate of the other side. Ignores further ones beyond `maximumPairs`.
    public mutating func add(_ candidate: ICECandidate) { _ = pair(candidate.endpoint, candidate.priority) }
    private mutating func pair(_ remote: Endpoint, _ priority: UInt32) -> Int? {
        if let known = places[remote] { return known }
        guard pairs.count < Self.maximumPairs else { return nil }
        pairs.append(CandidatePair(remote: remote, priority: priority))
        places[remote] = pairs.count - 1
        return pairs.count - 1
    }

    // MARK: - Output

    /// The address of the other side to which datagrams go; nil if no path works yet.
    public var path: Endpoint? {
        if let selected { return pairs[selected].remote }
        return pairs.filter { $0.state == .succeeded }.max { $0.priority < $1.priority }?.remote
    }
    /// True if a path was nominated.
    public var isNominated: Bool { selected != nil }
    /// Returns true if datagrams from this address are accepted: the other side proved that it has the address.
    public func accepts(_ from: Endpoint) -> Bool { places[from].map { pairs[$0].isUsable } ?? false }
    /// Returns true if the address belongs to the other side, or to the STUN server.
    public func knows(_ from: Endpoint) -> Bool { places[from] != nil || server?.address == from }
    /// Returns true if a check, or the query to the STUN server, waits for the answer with this transaction id.
    func awaits(_ transaction: Fixed<12>) -> Bool {
        server?.transaction == transaction || pairs.contains { $0.check?.transaction == transaction }
    }
    public mutating func takeDatagrams() -> [(to: Endpoint, bytes: [UInt8])] {
        defer { datagrams = [] }
        return datagrams
    }
    public mutating func takeEvents() -> [Event] {
        defer { events = [] }
        return events
    }
    /// The next time at which `wake` is needed.
    public var deadline: Instant? {
        guard !isOver else { return nil }
        var out = server?.due
        guard remote != nil else { return out }
        for pair in pairs {
            out = Instant.earlier(out, pair.check?.due)
            if pair.state == .waiting, selected == nil { out = Instant.earlier(out, nextFirst) }
        }
        return Instant.earlier(out, selected == nil ? limit : Instant.earlier(consent?.due, consent?.expires))
    }

    // MARK: - Checks

    /// Handles that the deadline has come.
    public mutating func wake(now: Instant) {
        guard !isOver else { return }
        if let bytes = server?.wake(now), let server { datagrams.append((server.address, bytes)) }
        if server?.due == nil { server = nil }
        guard remote != nil else { return }
        for i in pairs.indices { wake(i, now) }
        if selected != nil { keepConsent(now) } else if let limit, limit <= now { fail("no path was found in time") }
    }
    private mutating func wake(_ i: Int, _ now: Instant) {
        if let check = pairs[i].check, check.due <= now {
            guard check.transmissions < ICETimes.transmissions else {
                pairs[i].check = nil
                if pairs[i].state != .succeeded { pairs[i].state = .failed }
                return
            }
            pairs[i].check?.transmissions += 1
            pairs[i].check?.timeout = check.timeout + check.timeout
            pairs[i].check?.due = now + check.timeout + check.timeout
            request(check.transaction, to: pairs[i].remote, nominates: check.nominates)
        } else if pairs[i].state == .waiting, selected == nil, nextFirst <= now {
            start(i, nominates: false, now)
            nextFirst = now + ICETimes.pace
        }
    }
    private mutating func start(_ i: Int, nominates: Bool, _ now: Instant) {
        let check = CandidatePair.Check(
            transaction: newTransaction(), nominates: nominates, isControlling: isControlling,
            due: now + ICETimes.retransmission)
        if pairs[i].state != .succeeded { pairs[i].state = .inProgress }
        pairs[i].check = check
        request(check.transaction, to: pairs[i].remote, nominates: nominates)
    }
    private mutating func request(_ transaction: Fixed<12>, to: Endpoint, nominates: Bool) {
        guard let remote else { return }
        var message = STUNMessage(
            .bindingRequest, transaction,
            [
                STUNAttribute(.username, text: "\(remote.ufrag):\(local.ufrag)"),
                STUNAttribute(priority: ICECandidate.priority(.peerReflexive, index: 0)),
                STUNAttribute(tieBreaker: tieBreaker, controls: isControlling),
            ])
        if nominates { message.attributes.append(STUNAttribute(.useCandidate)) }
        datagrams.append((to, message.encoded(signedWith: remote.key)))
    }
    private mutating func newTransaction() -> Fixed<12> { Fixed(random.bytes(12)) ?? Fixed() }
    private mutating func keepConsent(_ now: Instant) {
        guard let selected, let consent else { return }
        if consent.expires <= now { return fail("the other side does not answer any more: its consent expired") }
        guard consent.due <= now else { return }
        let transaction = newTransaction()
        let kept = consent.transactions.suffix(Consent.outstanding - 1)
        self.consent?.transactions = kept + [transaction]
        // The interval varies by a fifth, so that checks of many connections do not come at once.
        let tenths = Int64(8 + random.next() % 5)
        self.consent?.due = now + .nanoseconds(ICETimes.consentInterval.nanoseconds / 10 * tenths)
        request(transaction, to: pairs[selected].remote, nominates: false)
    }
    private mutating func fail(_ why: String) {
        isOver = true
        events.append(.failed(why))
    }
    private mutating func setRole(_ isControlling: Bool) {
        self.isControlling = isControlling
        events.append(.role(isControlling: isControlling))
    }

    // MARK: - Messages

    /// Handles a STUN message. Ignores other bytes, and answers to requests of others.
    public mutating func receive(_ bytes: RawSpan, from: Endpoint, now: Instant) {
        var message = STUNMessage()
        guard !isOver, STUNIntegrity.hasFingerprint(bytes) != false, message.read(borrowing: bytes) else { return }
        switch message.type {
        case .bindingRequest: answer(message, bytes, from, now)
        case .bindingSuccess, .bindingError: answered(message, bytes, from, now)
        default: break
        }
    }
    private mutating func answer(_ message: STUNMessage, _ bytes: RawSpan, _ from: Endpoint, _ now: Instant) {
        let user = message[.username]?.text?.string(in: bytes) ?? ""
        guard user.hasPrefix(local.ufrag + ":") else { return }
        switch STUNIntegrity.isSigned(bytes, key: local.key) {
        case nil: return refuse(message, STUNError.badRequest, "Bad Request", isSigned: false, from)
        case false?: return refuse(message, STUNError.unauthenticated, "Unauthenticated", isSigned: false, from)
        case true?: break
        }
        if !message.unknownRequired.isEmpty {
            return refuse(message, STUNError.unknownAttribute, "Unknown Attribute", isSigned: true, from)
        }
        guard settleRoles(message) else {
            return refuse(message, STUNError.roleConflict, "Role Conflict", isSigned: true, from)
        }
        let success = STUNMessage(
            .bindingSuccess, message.transaction, [STUNAttribute(xorMapped: from, in: message.transaction)])
        datagrams.append((from, success.encoded(signedWith: local.key)))
        // An unknown address is a peer-reflexive candidate.
        guard let i = pair(from, message[.priority]?.priority ?? 0) else { return }
        pairs[i].isHeard = true
        if message[.useCandidate] != nil, !isControlling {
            let isNew = !pairs[i].isNominated || consent?.isFresh == false
            pairs[i].isNominated = true
            if isNew, pairs[i].state == .succeeded { select(i, now) }
        }
        // A check in flight stays: if each request began a new one, two sides would outrun each other for ever.
        if remote != nil, pairs[i].state != .succeeded, pairs[i].check == nil { start(i, nominates: false, now) }
    }
    private mutating func refuse(
        _ message: STUNMessage, _ code: UInt16, _ reason: String, isSigned: Bool, _ to: Endpoint
    ) {
        var error = STUNMessage(.bindingError, message.transaction, [STUNAttribute(error: code, reason)])
        if code == STUNError.unknownAttribute {
            let types = message.unknownRequired.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
            error.attributes.append(STUNAttribute(.unknownAttributes, data: types))
        }
        datagrams.append((to, error.encoded(signedWith: isSigned ? local.key : nil)))
    }
    /// Resolves a conflict of roles: the larger number controls (RFC 8445, section 7.3.1.1). Returns false if the other
    /// side must change its role.
    private mutating func settleRoles(_ message: STUNMessage) -> Bool {
        if isControlling, let theirs = message[.iceControlling]?.tieBreaker {
            if tieBreaker >= theirs { return false }
            setRole(false)
        } else if !isControlling, let theirs = message[.iceControlled]?.tieBreaker {
            if tieBreaker < theirs { return false }
            setRole(true)
        }
        return true
    }
    private mutating func answered(_ message: STUNMessage, _ bytes: RawSpan, _ from: Endpoint, _ now: Instant) {
        let isGood = message.type == .bindingSuccess
        if let found = server?.take(message, from) {
            server = nil
            if isGood, let found { events.append(.candidate(found)) }
            return
        }
        guard let remote else { return }
        // Errors about credentials have no integrity, and change nothing here.
        guard STUNIntegrity.isSigned(bytes, key: remote.key) == true else { return }
        if isGood, let i = consent?.transactions.firstIndex(of: message.transaction) {
            consent?.transactions.removeFirst(i + 1)
            consent?.expires = now + ICETimes.consent
            return
        }
        guard let i = pairs.firstIndex(where: { $0.check?.transaction == message.transaction }),
            let check = pairs[i].check
        else { return }
        pairs[i].check = nil
        // The sender of the answer must be the receiver of the request (RFC 8445, section 7.2.5.2.1).
        guard pairs[i].remote == from else {
            if pairs[i].state != .succeeded { pairs[i].state = .failed }
            return
        }
        if isGood { return works(i, check, now) }
        if message[.errorCode]?.error?.code == STUNError.roleConflict {
            if check.isControlling == isControlling {
                setRole(!isControlling)
                tieBreaker = random.next()
            }
            start(i, nominates: false, now)
        } else if pairs[i].state != .succeeded {
            pairs[i].state = .failed
        }
    }
    private mutating func works(_ i: Int, _ check: CandidatePair.Check, _ now: Instant) {
        pairs[i].state = .succeeded
        if check.nominates, isControlling { pairs[i].isNominated = true }
        if !isConnected {
            isConnected = true
            events.append(.connected)
        }
        if pairs[i].isNominated {
            select(i, now)
        } else if isControlling, selected == nil, !pairs.contains(where: { $0.check?.nominates == true }) {
            start(i, nominates: true, now)
        }
    }
    private mutating func select(_ i: Int, _ now: Instant) {
        guard selected != i else { return }
        selected = i
        consent = Consent(now)
        events.append(.selected(pairs[i].remote))
    }
}
