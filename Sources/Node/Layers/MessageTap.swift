import Wire

/// A node whose messages pass through layers inside it: what wraps a node to see or alter its messages is to stand above them.
public protocol LayersWithin: Node {
    /// The same with something around that node which has the messages.
    func wrapping(_ wrap: (any Node) -> any Node) -> Self
}

extension Node {
    /// The same with something around it that sees the messages of its protocol.
    public func wrappingMessages(_ wrap: (any Node) -> any Node) -> any Node {
        (self as? any LayersWithin)?.wrapping(wrap) ?? wrap(self)
    }
}

/// Where the messages of a node pass that has one or more streams with each peer, as channels of its layers: whatever
/// wraps nodes can alter them there. A peer is a link, and nothing else happens there.
public struct MessageTap: Sendable {
    /// Hands on whole messages: what is heard as reports, what is to be said as it was told.
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
    /// A message, said to this peer or heard from it.
    public enum Message: Equatable, Sendable {
        case said(LinkID, [UInt8])
        case heard(LinkID, [UInt8])
    }
    private var node: any Node

    /// A tap with something around it.
    public init(_ wrap: (any Node) -> any Node) { node = wrap(Passage()) }
    /// When `wake` is wanted.
    public var deadline: Instant? { node.deadline }
    /// There is a peer of this number.
    public mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, _ now: Instant) -> [Message] {
        turn { $0.opened(link, peer: peer, by: opener, now: now, &$1) }
    }
    /// There is none any more.
    public mutating func closed(_ link: LinkID, _ now: Instant) -> [Message] {
        turn { $0.closed(link, now: now, &$1) }
    }
    /// What is said in place of a message to a peer.
    public mutating func say(_ message: [UInt8], _ link: LinkID, _ now: Instant) -> [Message] {
        turn {
            let words: [Value.Entry] = [.init("link", .uint(link.number)), .init("message", .bytes(message))]
            _ = $0.control(Passage.says, words, now: now, &$1)
        }
    }
    /// What is heard in place of a message from a peer.
    public mutating func hear(_ message: [UInt8], _ link: LinkID, _ now: Instant) -> [Message] {
        turn { $0.received(message.span.bytes, on: link, now: now, &$1) }
    }
    /// What is late, once `deadline` has come.
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
