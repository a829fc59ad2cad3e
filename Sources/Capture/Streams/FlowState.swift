/// The state of a connection after its first data. It is one word, so that the table of connections stays small.
enum FlowState {
    /// No data was sent.
    case none
    /// The protocol is not known yet. The buffer has the first bytes.
    case early(ProbeBuffer)
    /// The protocol is known.
    case conversation(Conversation)
    /// No protocol fits, so nothing is kept.
    case unknown

    /// The conversation, once the protocol is known.
    @inline(__always)
    var conversation: Conversation? { if case .conversation(let c) = self { c } else { nil } }
    var isNone: Bool { if case .none = self { true } else { false } }
    /// True if bytes wait for later packets.
    var isWaiting: Bool {
        switch self {
        case .none, .unknown: false
        case .early(let early): !early.held.isEmpty
        case .conversation(let conversation): conversation.isWaiting
        }
    }
    /// The number of bytes kept in memory.
    @inline(__always)
    var memory: Int {
        switch self {
        case .none, .unknown: 0
        case .early(let early): early.memory
        case .conversation(let conversation): conversation.memory
        }
    }
}
