import Crypto
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
        else { return refuse(.invalidSignedPeerRecord, "the signed peer record is missing or invalid") }
        let ttl = request.ttl ?? RendezvousLimits.defaultTTL
        guard limits.leastTTL...RendezvousLimits.mostTTL ~= ttl || fault == .ignoresTTLLimit else {
            return refuse(.invalidTTL, "the TTL must be from \(limits.leastTTL) to \(RendezvousLimits.mostTTL) seconds")
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
                (answer.status, answer.statusText) = (.invalidCookie, "the cookie is not of this namespace")
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

/// The cookies of a point, which it gives with an answer and accepts in a later request. A cookie holds the number of
/// the last registration that was returned for a namespace. Only the point can create one.
struct RendezvousCookies: Sendable {
    private let secret: [UInt8]
    private static let numberSize = 8
    private static let proofSize = 16

    init(secret: [UInt8]) { self.secret = secret }
    func cookie(_ number: UInt64, _ namespace: [UInt8]?) -> [UInt8] {
        let bytes = withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
        let scope = namespace.map { [1] + $0 } ?? [0]
        return bytes + SHA256.hash(secret + bytes + scope).prefix(Self.proofSize)
    }
    /// Returns the number in a cookie; nil if this point did not create it, or created it for another namespace.
    func number(_ cookie: [UInt8], _ namespace: [UInt8]?) -> UInt64? {
        guard cookie.count == Self.numberSize + Self.proofSize else { return nil }
        let number = Self.unchecked(cookie)
        return self.cookie(number, namespace) == cookie ? number : nil
    }
    static func unchecked(_ cookie: [UInt8]) -> UInt64 {
        cookie.prefix(numberSize).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The registrations at a rendezvous point, in the order in which they arrived.
struct RendezvousTable: Sendable {
    struct Entry: Sendable {
        var peer: PeerID
        var namespace: [UInt8]
        var record: [UInt8]
        var until: Instant
        var number: UInt64
        var size: Int { record.count + namespace.count }
    }
    private struct Key: Hashable {
        var peer: PeerID
        var namespace: [UInt8]
    }
    private var numbers: [Key: UInt64] = [:]
    /// The entries by their numbers, which increase.
    private var entries: [UInt64: Entry] = [:]
    private var counts: [PeerID: Int] = [:]
    private var lastNumber: UInt64 = 0
    private(set) var byteCount = 0
    /// The earliest time at which an entry may expire.
    private var earliest = Instant.never

    func count(of peer: PeerID) -> Int { counts[peer] ?? 0 }
    func has(_ peer: PeerID, _ namespace: [UInt8]) -> Bool { numbers[Key(peer: peer, namespace: namespace)] != nil }
    /// Adds a registration, which replaces an earlier one of the peer in the namespace. `isSecond`: keeps the earlier
    /// one.
    mutating func add(
        _ peer: PeerID, _ namespace: [UInt8], _ record: [UInt8], until: Instant, isSecond: Bool = false
    ) {
        if !isSecond { remove(peer, namespace) }
        lastNumber += 1
        let entry = Entry(peer: peer, namespace: namespace, record: record, until: until, number: lastNumber)
        numbers[Key(peer: peer, namespace: namespace)] = lastNumber
        entries[lastNumber] = entry
        counts[peer, default: 0] += 1
        byteCount += entry.size
        earliest = min(earliest, until)
    }
    mutating func remove(_ peer: PeerID, _ namespace: [UInt8]) {
        if let number = numbers[Key(peer: peer, namespace: namespace)] { remove(number) }
    }
    private mutating func remove(_ number: UInt64) {
        guard let old = entries.removeValue(forKey: number) else { return }
        let key = Key(peer: old.peer, namespace: old.namespace)
        if numbers[key] == number { numbers[key] = nil }
        counts[old.peer] = counts[old.peer].flatMap { $0 > 1 ? $0 - 1 : nil }
        byteCount -= old.size
    }
    /// Removes the registrations that have expired.
    mutating func expire(_ now: Instant) {
        guard earliest <= now else { return }
        for (number, entry) in entries where entry.until <= now { remove(number) }
        earliest = entries.values.lazy.map(\.until).min() ?? .never
    }
    /// Returns the registrations of a namespace, or of all, with numbers above `number`, in order.
    func entries(in namespace: [UInt8]?, after number: UInt64) -> [Entry] {
        entries.values.filter { $0.number > number && (namespace == nil || $0.namespace == namespace) }
            .sorted { $0.number < $1.number }
    }
}
