public import Node

/// The way in which a connection ended.
public enum Ending: String, Sendable {
    /// The other side closed in order (FIN).
    case closed
    /// The other side reset it (RST), or it broke.
    case reset
}

/// The reason why a connection or a listener failed.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The action that failed, such as `connect` or `listen`.
    public var action: String
    /// The address, as text.
    public var endpoint: String
    /// The reason in the system's words.
    public var reason: String
    /// True if the address itself is invalid. This is an error of its author, not of the network.
    public var isMalformed = false
    /// Creates an error of an action on an address, with the system's words.
    public init(_ action: String, _ endpoint: String, _ reason: String, isMalformed: Bool = false) {
        self.action = action
        self.endpoint = endpoint
        self.reason = reason
        self.isMalformed = isMalformed
    }
    /// One line: action, address, reason.
    public var description: String { "cannot \(action) \(endpoint): \(reason)" }
}

/// A listener on an address.
public struct ListenerID: Hashable, Sendable {
    /// The number, which is unique on one network.
    public var number: UInt64
    init(_ number: UInt64) { self.number = number }
}

/// A receiver of network events. `poll` calls its functions; `send` and `close` never do.
public protocol NetworkClient: AnyObject {
    func opened(_ link: LinkID, peer: Endpoint, through listener: ListenerID?)
    /// Receives the next piece of a stream, or one datagram, which may be empty. `bytes` are memory of the network: the
    /// client must copy them to keep them.
    func received(_ bytes: RawSpan, on link: LinkID)
    /// Receives the number of sent bytes of a stream that still wait for the other side, each time it changes.
    func unsent(_ bytes: Int, on link: LinkID)
    func ended(_ link: LinkID, _ ending: Ending)
    /// Reports that a dialed connection could not be made, or that a connection broke on our side. The link is gone.
    func failed(_ link: LinkID, _ error: NetworkError)
}

extension NetworkClient {
    /// Does nothing: the client ignores the event.
    public func unsent(_ bytes: Int, on link: LinkID) {}
}

/// A network of connections with a clock. Real and simulated networks have the same interface.
///
/// Over UDP a link has the datagrams between a socket of ours and a peer. The peer is not informed of it. The first
/// datagram of a peer that a listening socket does not know opens a link. Closing a link forgets the peer, so that its
/// next datagram opens another one. A socket remembers `Datagram.maximumPeers` peers. Above that, the link that was
/// silent longest ends (`closed`). A dialed link has its own socket and port, or uses the socket of a listener; it is
/// open at once.
public protocol Network: AnyObject {
    /// The time since the network began.
    var now: Instant { get }
    /// The calendar time of `Instant.zero`, in nanoseconds since 1970.
    var beginning: Int64 { get }
    /// True if its time is virtual. Then no other process takes part.
    var isVirtual: Bool { get }
    /// Accepts connections, or datagrams. Port 0 chooses a free port. Returns the address that was bound.
    func listen(_ at: Endpoint, _ transport: Transport) throws(NetworkError) -> (id: ListenerID, bound: Endpoint)
    /// Stops accepting connections, or peers. Open links remain.
    func stopListening(_ listener: ListenerID)
    /// Begins to connect. `opened` or `failed` follows from a later `poll`.
    ///
    /// Over UDP with listeners, the link uses the socket of the first listener whose address is of the same family. So
    /// the peer receives datagrams from an address to which it can send. If a link to that peer is open already, it is
    /// reported as opened once more.
    ///
    /// `local` is our address for the link, with port 0 for any port; nil lets the system choose. A suitable listener
    /// takes precedence over it. An address that is not ours fails the link.
    func dial(_ to: Endpoint, _ transport: Transport, from: [ListenerID], at local: Endpoint?) -> LinkID
    /// Sends bytes of a stream, or one datagram. Does nothing for an empty array on a stream. A datagram above
    /// `Datagram.maximumBytes` fails the link.
    func send(_ bytes: [UInt8], on link: LinkID)
    /// Ends a connection after all bytes are sent, or at once with `reset`. No events of it follow. Over UDP the other
    /// side is not informed.
    func close(_ link: LinkID, reset: Bool)
    /// Ends our sending direction of a stream after all bytes are sent. The other side sees the end (FIN). Its own
    /// direction continues, and its end is reported. Bytes sent later are ignored. Over UDP this does nothing.
    func endSending(on link: LinkID)
    /// The number of datagrams since the network began that were dropped because we did not read them in time.
    var lostDatagrams: Int { get }
    /// Returns the number of datagrams that sockets of this machine at the address dropped since they were created,
    /// because their owner did not read in time. Returns 0 if it cannot be known, for example for another machine.
    func lostDatagrams(at address: Endpoint) -> Int
    /// Returns the addresses of an open link, ours and the peer's; nil if they have no meaning outside of this process.
    func ends(of link: LinkID) -> (local: Endpoint, peer: Endpoint)?
    /// Waits for events and passes them to the client. Returns at `deadline` at the latest, but not before all earlier
    /// events were passed on. It may return early.
    func poll(until deadline: Instant, _ client: any NetworkClient)
}

extension Network {
    /// Accepts TCP connections.
    public func listen(_ at: Endpoint) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        try listen(at, .tcp)
    }
    /// Begins to connect from an address that the system chooses, or over UDP from the address of a listener.
    public func dial(_ to: Endpoint, _ transport: Transport = .tcp, from listeners: [ListenerID] = []) -> LinkID {
        dial(to, transport, from: listeners, at: nil)
    }
}
