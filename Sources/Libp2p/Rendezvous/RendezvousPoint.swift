public import Node
import Wire

/// A rendezvous point without I/O. Its input are requests of peers, its output the answers.
public struct RendezvousPoint: Sendable {
    private var table = RendezvousTable()
    private let cookies: RendezvousCookies
    private let limits: RendezvousLimits
    private let fault: RendezvousFault?

    /// Creates a point without registrations.
    public init(_ limits: RendezvousLimits, _ random: Random, fault: RendezvousFault? = nil) {
        var random = random
        cookies = RendezvousCookies(secret: random.bytes(32))
        (self.limits, self.fault) = (limits, fault)
    }
    /// The reply to a request.
    public enum Reply: Equatable, Sendable {
        case message(RendezvousMessage)
        case nothing
        /// The message is not a request.
        case refused
    }
    /// Returns the reply to a request of a peer. The request must own its bytes.
    public mutating func reply(_ request: RendezvousContent, of peer: PeerID, _ now: Instant) -> Reply {
        if fault != .discoversExpired { table.expire(now) }
        var answer = RendezvousContent()
        switch request.type {
        case .register:
            guard let register = request.register else { return .refused }
            answer.type = .registerResponse
            answer.registerResponse = self.register(register, peer, now)
        case .unregister:
            guard let unregister = request.unregister else { return .refused }
            if fault != .unregisterIgnored { table.remove(peer, unregister.namespace?.bytes.own ?? []) }
            guard fault == .unregisterAnswered else { return .nothing }
            answer.type = .registerResponse
            answer.registerResponse = RendezvousRegisterResponse()
            answer.registerResponse?.status = .ok
        case .discover:
            guard let discover = request.discover else { return .refused }
            answer.type = .discoverResponse
            answer.discoverResponse = self.discover(discover, now)
        default: return .refused
        }
        return .message(RendezvousMessage(answer))
    }
    private mutating func register(
        _ request: RendezvousRegister, _ peer: PeerID, _ now: Instant
    ) -> RendezvousRegisterResponse {
        var answer = RendezvousRegisterResponse()
        func refuse(_ status: RendezvousStatus, _ text: String) -> RendezvousRegisterResponse {
            (answer.status, answer.statusText) = (status, Text(text))
            return answer
        }
        let namespace = request.namespace?.bytes.own ?? []
        guard !namespace.isEmpty else { return refuse(.invalidNamespace, "no namespace") }
        guard namespace.count <= RendezvousLimits.namespace || fault == .namespaceUnlimited else {
            return refuse(.invalidNamespace, "the namespace is too long")
        }
        guard let record = request.signedPeerRecord?.own, record.count <= RendezvousLimits.record, isGood(record, peer)
        else { return refuse(.invalidSignedPeerRecord, "no good record of who registers") }
        let ttl = request.ttl ?? RendezvousLimits.defaultTTL
        guard limits.leastTTL...RendezvousLimits.mostTTL ~= ttl || fault == .ignoresTTLLimit else {
            return refuse(.invalidTTL, "from \(limits.leastTTL) to \(RendezvousLimits.mostTTL) seconds")
        }
        guard table.has(peer, namespace) || table.count(of: peer) < RendezvousLimits.registrations else {
            return refuse(.notAuthorized, "too many registrations")
        }
        guard table.byteCount + record.count + namespace.count <= RendezvousLimits.total else {
            return refuse(.unavailable, "too many peers")
        }
        let until = now + .seconds(Int64(clamping: min(ttl, 1 << 32)))
        table.add(peer, namespace, record, until: until, isSecond: fault == .refreshDoubles)
        answer.status = .ok
        if fault != .ttlNotTold { answer.ttl = ttl }
        return answer
    }
    private func isGood(_ record: [UInt8], _ peer: PeerID) -> Bool {
        if fault == .acceptsWrongRecord { return true }
        guard let owner = PeerRecord.owner(of: record) else { return false }
        return owner == peer || fault == .acceptsForeignRecord
    }
    private mutating func discover(_ request: RendezvousDiscover, _ now: Instant) -> RendezvousDiscoverResponse {
        var answer = RendezvousDiscoverResponse()
        let named = request.namespace?.bytes.own ?? []
        guard named.count <= RendezvousLimits.namespace else {
            (answer.status, answer.statusText) = (.invalidNamespace, "the namespace is too long")
            return answer
        }
        let namespace = named.isEmpty ? nil : named
        var first: UInt64 = 0
        if let cookie = request.cookie?.own, !cookie.isEmpty {
            let number = cookies.number(cookie, namespace)
            guard let number = fault == .anyCookieTaken ? RendezvousCookies.unchecked(cookie) : number else {
                (answer.status, answer.statusText) = (.invalidCookie, "no cookie of this namespace")
                return answer
            }
            if fault != .ignoresCookie { first = number }
        }
        let wanted = request.limit.map { $0 == 0 ? RendezvousLimits.told : Int(clamping: $0) } ?? RendezvousLimits.told
        let most = fault == .limitIgnored ? RendezvousLimits.told : min(wanted, RendezvousLimits.told)
        var size = 0
        let found = fault == .discoversOtherNamespaces ? nil : namespace
        if namespace == nil, fault == .discoversNobodyAtLarge { first = .max }
        for entry in table.entries(in: found, after: first).prefix(most) {
            // An answer is a single message, so its size is limited.
            size += entry.size + Self.overhead
            guard size <= RendezvousMessage.limit else { break }
            answer.registrations.append(told(entry, now))
            first = entry.number
        }
        (answer.status, answer.cookie) = (.ok, Bytes(cookies.cookie(first, namespace)))
        return answer
    }
    /// The maximum size of a registration in bytes, without its namespace and record, and with a share of the message
    /// around it.
    private static let overhead = 64
    private func told(_ entry: RendezvousTable.Entry, _ now: Instant) -> RendezvousRegister {
        var one = RendezvousRegister()
        one.namespace = Text(bytes: Bytes(entry.namespace))
        if fault != .recordNotTold { one.signedPeerRecord = Bytes(entry.record) }
        // The remaining time in seconds, rounded up.
        one.ttl = UInt64(clamping: ((entry.until - now).nanoseconds + 999_999_999) / 1_000_000_000)
        return one
    }
}
