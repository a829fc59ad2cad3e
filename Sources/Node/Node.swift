public import Wire

/// A connection as a driver numbers it: a TCP connection, or the datagrams between one socket and one peer.
public struct LinkID: Hashable, Comparable, Sendable {
    /// The driver's number.
    public var number: UInt64
    /// A connection of this number.
    public init(_ number: UInt64) { self.number = number }
    /// By number.
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}

/// Who opened a connection.
public enum Opener: Hashable, Sendable {
    /// This node.
    case us
    /// The other side.
    case them
    /// The one that is not this one.
    public var opposite: Opener { self == .us ? .them : .us }
}

/// What a node wants done. The driver carries it out after the call that returned it, in order.
public enum Action: Equatable, Sendable {
    /// Open a connection; `opened` or `unreachable` answers. Over UDP a node that listens speaks from where it listens:
    /// a link to that peer which stands already is opened once more, under the same number.
    case connect(Endpoint)
    /// Bytes of a stream, or one datagram.
    case send(LinkID, [UInt8])
    /// Close; bytes sent before go out first. `closed` is not called for it. The status is for the layers below.
    case close(LinkID, CloseStatus? = nil)
    /// Something worth telling the operator.
    case report(Event)
}

/// What a node tells of itself, for logs and the JSON events of `meshspec node`.
public struct Event: Equatable, Sendable {
    /// A word of the protocol's vocabulary, such as `handshake_done`.
    public var name: String
    /// The connection that it is about; nil when it is about none.
    public var link: LinkID?
    /// More about it, in order.
    public var details: [Value.Entry]
    /// An event with these details.
    public init(_ name: String, _ link: LinkID? = nil, _ details: [Value.Entry] = []) {
        self.name = name
        self.link = link
        self.details = details
    }
}

/// A protocol participant as a value: events and the time go in, actions come out. It does no I/O, reads no clock and
/// no random source of the system, so that it runs alike on sockets, in a simulation and over a capture.
///
/// No call may trap or loop on anything that a peer sends.
public protocol Node: Sendable {
    /// Called once, before all else.
    mutating func start(now: Instant, _ out: inout [Action])
    /// A connection stands.
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action])
    /// A connection stands whose layers negotiated what is spoken: `speaks`, as `LayerStack.resolve` takes it.
    mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action])
    /// The next bytes of a stream, cut anywhere, or one datagram.
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action])
    /// A whole message that a layer below gives, which may be empty. `kind`: what the layer says of it, as of
    /// `LayerOutput.Item.whole`; a node may take messages of one kind only.
    mutating func received(_ message: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action])
    /// So many bytes that were sent on a stream still wait, because the other side does not take them: told soon after a
    /// `send` of which some wait, whenever they become fewer, and with 0 once all are out. A node decides by it whether
    /// to send less, or to close.
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action])
    /// The other side or the network ended the connection.
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action])
    /// The same, of layers that have words for it: how they ended.
    mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action])
    /// A connection that was asked for could not be made.
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action])
    /// Its own side asks it something: one of the questions of `Definition.controls`, with what goes with it. Gives the
    /// answer, which may be null; nil: it knows no such question, or not with these words.
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value?
    /// The answer to a question that is a list and needs no words, in parts; it has the rows that `answer` gives at
    /// that time. Nil: `answer` knows.
    func rows(_ question: String, now: Instant) -> Rows?
    /// Its own side asks or tells it something, as a person or a program beside it would: one of `Definition.controls`,
    /// with what goes with it. Gives the answer, which may be null; nil: it knows no such control, or not with these
    /// words.
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value?
    /// `deadline` has come. May be called early; never relied on to be punctual.
    mutating func wake(now: Instant, _ out: inout [Action])
    /// When `wake` is wanted next. Read after every call, so a timer is cancelled by not asking for it any more.
    var deadline: Instant? { get }
}

extension Node {
    /// It does not mind what was negotiated.
    public mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) { opened(link, peer: peer, by: opener, now: now, &out) }
    /// It does not mind how.
    public mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action]) {
        closed(link, now: now, &out)
    }
    /// As bytes: it does not mind the kind.
    public mutating func received(
        _ message: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]
    ) { received(message, on: link, now: now, &out) }
    /// It leaves that to the network, which ends a connection when too many wait.
    public mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {}
    /// It knows no questions.
    public func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? { nil }
    /// It gives all answers at once.
    public func rows(_ question: String, now: Instant) -> Rows? { nil }
    /// It knows questions only.
    public mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? { answer(name, arguments, now: now) }
}
