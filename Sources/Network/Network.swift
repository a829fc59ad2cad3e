public import Node

/// How a connection ended.
public enum Ending: String, Sendable {
    /// The other side closed in order (FIN).
    case closed
    /// The other side reset it (RST), or it broke.
    case reset
}

/// Why a connection could not be made, or an address not be listened on.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried, such as `connect` or `listen`.
    public var action: String
    /// The address that was meant, as text.
    public var endpoint: String
    /// The system's words for it.
    public var reason: String
    /// The address itself was not understood: a mistake of whoever wrote it, not of the network.
    public var isMalformed = false
    /// A failed action on an address, with the system's words.
    public init(_ action: String, _ endpoint: String, _ reason: String, isMalformed: Bool = false) {
        self.action = action
        self.endpoint = endpoint
        self.reason = reason
        self.isMalformed = isMalformed
    }
    /// One line: action, address, reason.
    public var description: String { "cannot \(action) \(endpoint): \(reason)" }
}

/// An address that is listened on.
public struct ListenerID: Hashable, Sendable {
    /// Unique on one network.
    public var number: UInt64
    init(_ number: UInt64) { self.number = number }
}

/// Who is told what happens on a network. Called from `poll` only, never from `send` or `close`.
public protocol NetworkClient: AnyObject {
    func opened(_ link: LinkID, peer: Endpoint, through listener: ListenerID?)
    /// `bytes` are the network's own memory: copy what is to stay.
    /// The next piece of a stream, or one datagram, which may be empty.
    func received(_ bytes: RawSpan, on link: LinkID)
    /// So many bytes that were sent on a stream still wait for the other side; they became more or fewer, or 0.
    func unsent(_ bytes: Int, on link: LinkID)
    func ended(_ link: LinkID, _ ending: Ending)
    /// A connection that was dialed could not be made, or one broke on our side. It is gone.
    func failed(_ link: LinkID, _ error: NetworkError)
}

extension NetworkClient {
    /// For a client that does not look at it.
    public func unsent(_ bytes: Int, on link: LinkID) {}
}

/// Connections and time: real ones or simulated ones, alike to those who use them.
///
/// Over UDP a link is the datagrams between one socket of ours and one peer. Nobody tells the peer that there is one:
/// the first datagram of a peer that a listening socket does not know opens a link, and closing a link forgets the
/// peer, so that its next datagram opens another. A socket remembers `Datagram.maximumPeers`; beyond them the link that
/// was silent longest ends (`closed`). A link that is dialed has a socket of its own, with a port of its own, or goes
/// over that of a listener; it stands at once.
public protocol Network: AnyObject {
    /// Time since the network began.
    var now: Instant { get }
    /// What `Instant.zero` of it is by the calendar, in nanoseconds since 1970.
    var beginning: Int64 { get }
    /// Accepts connections, or datagrams; port 0 takes a free one. Returns what was really taken.
    func listen(_ at: Endpoint, _ transport: Transport) throws(NetworkError) -> (id: ListenerID, bound: Endpoint)
    /// Takes no new connections, or peers; those that stand stay.
    func stopListening(_ listener: ListenerID)
    /// Begins to connect; `opened` or `failed` follows from a later `poll`.
    ///
    /// Over UDP with listeners given, the link goes over the socket of the first one whose address is of the same
    /// family, so that the peer sees datagrams from where it may send some itself; a link to that peer which stands
    /// already is opened once more.
    ///
    /// `local` is the address of ours that the link leaves from, with port 0 for any port; nil is the system's choice.
    /// A listener that fits goes before it. One that is not ours fails the link.
    func dial(_ to: Endpoint, _ transport: Transport, from: [ListenerID], at local: Endpoint?) -> LinkID
    /// Sends bytes of a stream, of which none are nothing, or one datagram. One above `Datagram.maximumBytes` fails the
    /// link.
    func send(_ bytes: [UInt8], on link: LinkID)
    /// Ends a connection after what was sent; with `reset` at once. Nothing is called for it afterwards. Over UDP the
    /// other side does not hear of it.
    func close(_ link: LinkID, reset: Bool)
    /// Ends what we send on a stream, after what was sent: the other side sees its end (FIN), while what it sends still
    /// comes, and its own end is told. What is sent afterwards is nothing. Over UDP this is nothing.
    func endSending(on link: LinkID)
    /// Datagrams that came and were thrown away because we did not take them in time, since the network began.
    var lostDatagrams: Int { get }
    /// Datagrams that sockets of this machine at the address threw away because their owner did not take them in time,
    /// since the sockets were made; 0 where that cannot be known, as of another machine.
    func lostDatagrams(at address: Endpoint) -> Int
    /// The addresses of a link that stands, ours and the other side's; nil where they mean nothing beyond this process.
    func ends(of link: LinkID) -> (local: Endpoint, peer: Endpoint)?
    /// Waits for something to happen, tells the client, and returns; returns in any case when `deadline` has come, but
    /// not before everything that had already happened by then was told. May return early.
    func poll(until deadline: Instant, _ client: any NetworkClient)
}

extension Network {
    /// Accepts TCP connections.
    public func listen(_ at: Endpoint) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        try listen(at, .tcp)
    }
    /// Begins to connect from whatever address the system chooses, or over UDP from that of a listener.
    public func dial(_ to: Endpoint, _ transport: Transport = .tcp, from listeners: [ListenerID] = []) -> LinkID {
        dial(to, transport, from: listeners, at: nil)
    }
}
