import Wire

/// A node whose messages pass through layers inside it. A wrapper that sees or alters its messages must be above these
/// layers.
public protocol LayersWithin: Node {
    /// Returns this node with a wrapper around the inner node, which handles the messages.
    func wrapping(_ wrap: (any Node) -> any Node) -> Self
}

extension Node {
    /// Returns this node with a wrapper that sees the messages of its protocol.
    public func wrappingMessages(_ wrap: (any Node) -> any Node) -> any Node {
        (self as? any LayersWithin)?.wrapping(wrap) ?? wrap(self)
    }
}

/// A tap on the messages of a node that has one or more streams with each peer, as channels of its layers. A wrapper of
/// nodes can alter the messages there. Each peer is a link, and the inner node does nothing else.
public struct MessageTap: Sendable {
    /// A node that passes on whole messages: a received message as a report, a message to send as it was given.
    private struct Passage: Node {
        static let says = "says"
        static let heard = "heard"
        var deadline: Instant? { nil }
        mutating func start(now: Instant, _ out: inout [Action]) {}
        mutating func opened(
            _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
        ) {}
        mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
            let message = bytes.withUnsafeBytes { [UInt8]($0) }
            out.append(.report(Event(Self.heard, link, [.init(Self.heard, .bytes(message))])))
        }
        mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
        mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
        mutating func wake(now: Instant, _ out: inout [Action]) {}
        mutating func control(
            _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
        ) -> Value? {
            guard name == Self.says, case .uint(let link)? = arguments.first?.value,
                case .bytes(let message)? = arguments.last?.value
            else { return nil }
            out.append(.send(LinkID(link), message))
            return .bool(true)
        }
    }
    /// A message that was sent to this peer or received from it.
    public enum Message: Equatable, Sendable {
        case said(LinkID, [UInt8])
        case heard(LinkID, [UInt8])
    }
    private var node: any Node

    /// Creates a tap with a wrapper.
    public init(_ wrap: (any Node) -> any Node) { node = wrap(Passage()) }
    /// The next time at which the tap needs `wake`.
    public var deadline: Instant? { node.deadline }
    /// Reports a new peer of this number.
    public mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, _ now: Instant) -> [Message] {
        turn { $0.opened(link, peer: peer, by: opener, now: now, &$1) }
    }
    /// Reports that a peer is gone.
    public mutating func closed(_ link: LinkID, _ now: Instant) -> [Message] {
        turn { $0.closed(link, now: now, &$1) }
    }
    /// Returns the messages that replace a message to a peer.
    public mutating func say(_ message: [UInt8], _ link: LinkID, _ now: Instant) -> [Message] {
        turn {
            let words: [Value.Entry] = [.init("link", .uint(link.number)), .init("message", .bytes(message))]
            _ = $0.control(Passage.says, words, now: now, &$1)
        }
    }
    /// Returns the messages that replace a message from a peer.
    public mutating func hear(_ message: [UInt8], _ link: LinkID, _ now: Instant) -> [Message] {
        turn { $0.received(message.span.bytes, on: link, now: now, &$1) }
    }
    /// Returns the delayed messages, once `deadline` has come.
    public mutating func wake(_ now: Instant) -> [Message] { turn { $0.wake(now: now, &$1) } }

    private mutating func turn(_ body: (inout any Node, inout [Action]) -> Void) -> [Message] {
        var wanted: [Action] = []
        body(&node, &wanted)
        return wanted.compactMap { action in
            switch action {
            case .send(let link, let message): .said(link, message)
            case .report(let event):
                if let link = event.link, case .bytes(let message)? = event.details.first?.value {
                    .heard(link, message)
                } else {
                    nil
                }
            case .connect, .close: nil
            }
        }
    }
}
