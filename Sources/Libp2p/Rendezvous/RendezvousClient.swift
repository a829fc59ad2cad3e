public import Node
import Wire

/// A client that registers at rendezvous points and discovers peers there, without I/O.
public struct RendezvousClient: Sendable {
    /// A request to a point.
    public enum Wish: Equatable, Sendable {
        /// `record`: the record of this node, an `Envelope`. `ttl`: the duration in seconds; nil leaves it to the
        /// point.
        case register([UInt8], record: [UInt8], ttl: UInt64?)
        case unregister([UInt8])
        /// Discovers the peers in a namespace, or in all namespaces, that earlier answers did not include.
        case discover([UInt8]?, limit: UInt64?)
    }
    /// A peer that was discovered.
    public struct Found: Equatable, Sendable {
        public var peer: PeerID
        public var addresses: [Multiaddr]
        public var namespace: [UInt8]
    }
    /// The outcome of a request.
    public enum Outcome: Equatable, Sendable {
        case registered(at: PeerID, [UInt8], RendezvousStatus, ttl: UInt64?)
        case discovered(at: PeerID, [UInt8]?, RendezvousStatus, [Found])
        case failed(at: PeerID, String)
    }
    private struct Exchange: Sendable {
        var peer: PeerID
        var wish: Wish
        var began: Instant
        var reader = UnitReader()
    }
    private struct Place: Hashable, Sendable {
        var point: PeerID
        var namespace: [UInt8]?
    }
    private var exchanges: [HostStream: Exchange] = [:]
    /// The cookie in the last answer of each point for each namespace.
    private var cookies: [Place: [UInt8]] = [:]
    private let fault: RendezvousFault?

    /// The maximum number of points and namespaces whose cookies are kept.
    public static let placeLimit = 1024

    public init(fault: RendezvousFault? = nil) { self.fault = fault }
    public func has(_ stream: HostStream) -> Bool { exchanges[stream] != nil }

    /// Notes the stream on which a point can be asked.
    public mutating func asking(_ peer: PeerID, _ wish: Wish, on stream: HostStream, _ now: Instant) {
        exchanges[stream] = Exchange(peer: peer, wish: wish, began: now)
    }
    /// Sends the request, after both sides agreed on the protocol.
    public mutating func opened(_ stream: HostStream) -> [StreamAction] {
        guard let exchange = exchanges[stream] else { return [] }
        if case .unregister = exchange.wish { exchanges[stream] = nil }
        let request = RendezvousMessage(request(exchange))
        return [.send(request.encoded(), stream), .end(stream)]
    }
    private func request(_ exchange: Exchange) -> RendezvousContent {
        var content = RendezvousContent()
        switch exchange.wish {
        case .register(let namespace, let record, let ttl):
            var register = RendezvousRegister()
            (register.namespace, register.ttl) = (Text(bytes: Bytes(namespace)), ttl)
            register.signedPeerRecord = Bytes(record)
            (content.type, content.register) = (.register, register)
        case .unregister(let namespace):
            var unregister = RendezvousUnregister()
            unregister.namespace = Text(bytes: Bytes(namespace))
            (content.type, content.unregister) = (.unregister, unregister)
        case .discover(let namespace, let limit):
            var discover = RendezvousDiscover()
            (discover.namespace, discover.limit) = (namespace.map { Text(bytes: Bytes($0)) }, limit)
            let cookie = cookies[Place(point: exchange.peer, namespace: namespace)]
            if fault != .cookieNotSaid { discover.cookie = cookie.map { Bytes($0) } }
            (content.type, content.discover) = (.discover, discover)
        }
        return content
    }
    /// Handles the next bytes of an answer.
    public mutating func received(
        _ bytes: [UInt8], on stream: HostStream
    ) -> (actions: [StreamAction], outcome: Outcome?) {
        guard var exchange = exchanges[stream] else { return ([], nil) }
        var at = 0
        var answer: RendezvousMessage?
        let result = exchange.reader.next(RendezvousMessage.self, in: bytes.span.bytes, at: &at) { _, unit in
            answer = try? RendezvousMessage(copying: unit)
        }
        if case .needMore = result {
            exchanges[stream] = exchange
            return ([], nil)
        }
        exchanges[stream] = nil
        let outcome = answer.flatMap { self.outcome($0.rendezvous, exchange) }
        return ([.reset(stream)], outcome ?? .failed(at: exchange.peer, "the answer does not fit the request"))
    }
    /// Returns the outcome of an answer; nil if it does not answer the request.
    private mutating func outcome(_ answer: RendezvousContent, _ exchange: Exchange) -> Outcome? {
        switch exchange.wish {
        case .register(let namespace, _, _):
            guard answer.type == .registerResponse, let said = answer.registerResponse else { return nil }
            return .registered(at: exchange.peer, namespace, said.status ?? .ok, ttl: said.ttl)
        case .unregister: return nil
        case .discover(let namespace, _):
            guard answer.type == .discoverResponse, let said = answer.discoverResponse else { return nil }
            let place = Place(point: exchange.peer, namespace: namespace)
            let status = said.status ?? .ok
            if cookies.count < Self.placeLimit || cookies[place] != nil {
                // A point that no longer knows its cookie is asked without one.
                cookies[place] = status == .ok ? said.cookie?.own : nil
            }
            let all = said.registrations.prefix(RendezvousLimits.told).compactMap { found($0, namespace) }
            return .discovered(at: exchange.peer, namespace, status, all)
        }
    }
    /// Returns a peer with a valid record of itself; nil if the record is invalid, or if the peer is in another
    /// namespace.
    private func found(_ said: RendezvousRegister, _ namespace: [UInt8]?) -> Found? {
        guard let record = said.signedPeerRecord?.own, let own = said.namespace?.bytes.own,
            namespace == nil || own == namespace
        else { return nil }
        let owner =
            fault == .discoveredNotChecked ? PeerRecord.uncheckedOwner(of: record) : PeerRecord.owner(of: record)
        guard let owner else { return nil }
        let addresses = PeerRecord.uncheckedAddresses(in: record, atMost: RendezvousLimits.addresses)
        return Found(peer: owner, addresses: addresses, namespace: own)
    }
    /// Handles a stream on which no protocol was agreed on, or that the other side ended.
    public mutating func ended(_ stream: HostStream) -> (actions: [StreamAction], outcome: Outcome?) {
        guard let exchange = exchanges.removeValue(forKey: stream) else { return ([], nil) }
        return ([.reset(stream)], .failed(at: exchange.peer, "the stream ended"))
    }
    /// The time at which `wake` must be called.
    public var deadline: Instant? { exchanges.values.lazy.map { $0.began + RendezvousLimits.patience }.min() }
    /// Gives up requests that were not answered in time.
    public mutating func wake(_ now: Instant) -> [(actions: [StreamAction], outcome: Outcome?)] {
        let late = exchanges.filter { now - $0.value.began >= RendezvousLimits.patience }
        return late.keys.sorted().map { ended($0) }
    }
}
