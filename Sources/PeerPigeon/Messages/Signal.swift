public import Wire

/// A message with which clients open a data channel through hubs: an offer, an answer, or an ICE candidate. The three
/// differ only in their type.
public struct Signal<Kind: SignalKind>: Message, SignalMembers {
    public static var name: StaticString { Kind.name }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        MessageSummary(
            [
                .text(Kind.verb),
                .first([
                    [" ", .name("fromPeerId"), " > ", .name("targetPeerId")], [" to ", .name("targetPeerId")],
                    [" of ", .name("fromPeerId")], [""],
                ]),
            ] + Kind.details)
    }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    public var data: JSONValue?
    public var fromPeerID: JSONValue?
    public var targetPeerID: JSONValue?
    public var networkName: JSONValue?
    public var timestamp: JSONValue?
    public var maxPeers: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, Kind.type)
        codeMembers(&c)
        c.unknown(&unknown)
    }
}

/// A kind of signal.
public protocol SignalKind: Hashable, Sendable {
    /// The name of the message.
    static var name: StaticString { get }
    /// The type on the wire.
    static var type: StaticString { get }
    /// The first words of the summary.
    static var verb: String { get }
    /// The end of the summary.
    static var details: [MessageSummary.Part] { get }
}
extension SignalKind {
    public static var verb: String { "\(type)" }
    public static var details: [MessageSummary.Part] { [] }
}

/// The kinds of signals.
public enum SignalKinds {
    /// The session in the text of an SDP description (RFC 8866, section 5.2).
    private static var session: [MessageSummary.Part] { [.maybe(" (session ", .between("data.sdp", "o=- ", " "), ")")] }
    /// The types of the three signals on the wire.
    static let types = [Offer.type, Answer.type, Candidate.type].map { "\($0)" }
    /// The beginning of a negotiation.
    public enum Offer: SignalKind {
        public static var name: StaticString { "peerpigeon.offer" }
        public static var type: StaticString { "offer" }
        public static var details: [MessageSummary.Part] { session }
    }
    /// The end of a negotiation.
    public enum Answer: SignalKind {
        public static var name: StaticString { "peerpigeon.answer" }
        public static var type: StaticString { "answer" }
        public static var details: [MessageSummary.Part] { session }
    }
    /// A way to reach the sender.
    public enum Candidate: SignalKind {
        public static var name: StaticString { "peerpigeon.ice_candidate" }
        public static var type: StaticString { "ice-candidate" }
        public static var verb: String { "candidate" }
        public static var details: [MessageSummary.Part] { [.maybe(": ", .value("data.candidate"))] }
    }
    /// The message of a client that has no room for a channel. Hubs do not route it.
    public enum Rejection: SignalKind {
        public static var name: StaticString { "peerpigeon.connection_rejected" }
        public static var type: StaticString { "connection-rejected" }
        public static var verb: String { "reject the connection" }
    }
    /// The message of a client that cleans up for all. Hubs do not route it.
    public enum CleanupAll: SignalKind {
        public static var name: StaticString { "peerpigeon.cleanup_all" }
        public static var type: StaticString { "cleanup-all" }
        public static var verb: String { "clean up all" }
    }
}
public typealias Offer = Signal<SignalKinds.Offer>
public typealias Answer = Signal<SignalKinds.Answer>
public typealias Candidate = Signal<SignalKinds.Candidate>
public typealias Rejection = Signal<SignalKinds.Rejection>
public typealias CleanupAll = Signal<SignalKinds.CleanupAll>
