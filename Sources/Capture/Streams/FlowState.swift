/// What is kept of a connection once it has said something. One word, so that the table of connections stays small.
enum FlowState {
    /// Nothing was said.
    case none
    /// What will tell its protocol; empty when nothing did.
    case early(ProbeBuffer)
    /// The protocol is known.
    case conversation(Conversation)

    /// The conversation, once the protocol is known.
    @inline(__always)
    var conversation: Conversation? { if case .conversation(let c) = self { c } else { nil } }
    /// What was said before.
    var early: ProbeBuffer? { if case .early(let e) = self { e } else { nil } }
    var isNone: Bool { if case .none = self { true } else { false } }
    /// True when bytes wait for packets to come.
    var isWaiting: Bool {
        switch self {
        case .none: false
        case .early(let early): !early.held.isEmpty
        case .conversation(let conversation): conversation.isWaiting
        }
    }
    /// Bytes that it keeps.
    var memory: Int {
        switch self {
        case .none: 0
        case .early(let early): early.memory
        case .conversation(let conversation): conversation.memory
        }
    }
    /// Bytes counted for it in `FlowContext.memory`, its streams included.
    var charged: Int {
        get {
            switch self {
            case .none: 0
            case .early(let early): early.charged
            case .conversation(let conversation): conversation.charged
            }
        }
        nonmutating set {
            switch self {
            case .none: break
            case .early(let early): early.charged = newValue
            case .conversation(let conversation): conversation.charged = newValue
            }
        }
    }
}
