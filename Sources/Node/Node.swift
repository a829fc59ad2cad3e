public import Wire

/// The number of a connection in a driver: a TCP connection, or the datagrams between one socket and one peer.
public struct LinkID: Hashable, Comparable, Sendable {
    /// The driver's number.
    public var number: UInt64
    /// Creates the connection of this number.
    public init(_ number: UInt64) { self.number = number }
    /// Orders connections by number.
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }

    /// Creates the link that is the data channel of this connection. Networks count from 0 and do not reach its number.
    public init(channelOf connection: UInt64) { self.init(.max - connection) }
    /// The connection whose data channel it is; nil for any other link.
    public var connectionOfChannel: UInt64? { number > .max / 2 ? .max - number : nil }
}

/// The side that opened a connection.
public enum Opener: Hashable, Sendable {
    /// This node.
    case us
    /// The other side.
    case them
    /// The other side.
    public var opposite: Opener { self == .us ? .them : .us }
}

/// An action that a node requests. The driver carries actions out in order, after the call that returned them.
public enum Action: Equatable, Sendable {
    /// Open a connection. The driver calls `opened` or `unreachable`. Over UDP a node that listens sends from its
    /// listening socket. A link to that peer that is already open is opened once more, under the same number.
    case connect(Endpoint)
    /// Send bytes of a stream, or one datagram.
    case send(LinkID, [UInt8])
    /// Close the connection after all bytes are sent. `closed` is not called for it. The status is for the layers
    /// below.
    case close(LinkID, CloseStatus? = nil)
    /// Report an event to the operator.
    case report(Event)
}

/// An event that a node reports about itself, for logs and the JSON events of `meshspec node`.
public struct Event: Equatable, Sendable {
    /// A word of the protocol's vocabulary, such as `handshake_done`.
    public var name: String
    /// The connection of the event; nil if the event is not about a connection.
    public var link: LinkID?
    /// The details, in order.
    public var details: [Value.Entry]
    /// Creates an event with these details.
    public init(_ name: String, _ link: LinkID? = nil, _ details: [Value.Entry] = []) {
        self.name = name
        self.link = link
        self.details = details
    }
}

/// A protocol participant as a value: it receives events and the time, and returns actions. It does no I/O, reads no
/// clock and no random source of the system. So it behaves the same on sockets, in a simulation and over a capture.
///
/// No call may trap or loop, regardless of the bytes that a peer sends.
public protocol Node: Sendable {
    /// Starts the node. It is called once, before all other calls.
    mutating func start(now: Instant, _ out: inout [Action])
    /// Handles a connection that is open.
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action])
    /// Handles a connection that is open, whose layers negotiated `speaks`, in the form that `LayerStack.resolve`
    /// takes.
    mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action])
    /// Handles the next bytes of a stream, cut at any place, or one datagram.
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action])
    /// Handles a whole message that a layer below delivers, which may be empty. `kind` is the layer's number for it,
    /// see `LayerOutput.Item.whole`. A node may accept messages of one kind only.
    mutating func received(_ message: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action])
    /// Reports how many sent bytes of a stream still wait because the other side does not read them. It is called soon
    /// after a `send` that could not be completed, whenever the number falls, and with 0 once all bytes are sent. The
    /// node can use it to send less, or to close.
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action])
    /// Handles that the other side or the network ended the connection.
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action])
    /// Handles the end of a connection whose layers have a status for it.
    mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action])
    /// Handles that a requested connection could not be opened.
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action])
    /// Answers a question of its own side, from `ReferenceImplementation.controls`, with arguments. Returns the answer,
    /// which may be null; nil if the node does not know the question, or not with these arguments.
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value?
    /// Returns the answer to a question without arguments that is a list, in parts. It has the rows that `answer`
    /// returns at that time. Nil: `answer` handles the question.
    func rows(_ question: String, now: Instant) -> Rows?
    /// Handles a question or command of its own side, as a person or a program beside it would send, from
    /// `ReferenceImplementation.controls` and with arguments. Returns the answer, which may be null; nil if the node
    /// does not know the control, or not with these arguments.
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value?
    /// Handles that `deadline` has come. It may be called early, and the node must not rely on a punctual call.
    mutating func wake(now: Instant, _ out: inout [Action])
    /// The next time at which the node needs `wake`. It is read after every call, so a node cancels a timer by not
    /// returning it.
    var deadline: Instant? { get }
}

extension Node {
    /// Ignores the negotiated protocol.
    public mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) { opened(link, peer: peer, by: opener, now: now, &out) }
    /// Ignores the status.
    public mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action]) {
        closed(link, now: now, &out)
    }
    /// Handles the message as bytes and ignores the kind.
    public mutating func received(
        _ message: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]
    ) { received(message, on: link, now: now, &out) }
    /// Does nothing. The network ends a connection when too many bytes wait.
    public mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {}
    /// Returns nil: the node knows no questions.
    public func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? { nil }
    /// Returns nil: the node returns whole answers.
    public func rows(_ question: String, now: Instant) -> Rows? { nil }
    /// Answers questions and knows no commands.
    public mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? { answer(name, arguments, now: now) }
}
