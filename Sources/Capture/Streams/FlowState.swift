/// What is kept of a connection once it has said something. One word, so that the table of connections stays small.
enum FlowState {
    /// Nothing was said.
    case none
    /// What will tell its protocol.
    case early(ProbeBuffer)
    /// The protocol is known.
    case conversation(Conversation)
    /// No protocol explains it: nothing is kept.
    case unknown

    /// The conversation, once the protocol is known.
    @inline(__always)
    var conversation: Conversation? { if case .conversation(let c) = self { c } else { nil } }
    var isNone: Bool { if case .none = self { true } else { false } }
    /// True when bytes wait for packets to come.
    var isWaiting: Bool {
        switch self {
        case .none, .unknown: false
        case .early(let early): !early.held.isEmpty
        case .conversation(let conversation): conversation.isWaiting
        }
    }
    /// Bytes that it keeps.
    @inline(__always)
    var memory: Int {
        switch self {
        case .none, .unknown: 0
        case .early(let early): early.memory
        case .conversation(let conversation): conversation.memory
        }
    }
}
