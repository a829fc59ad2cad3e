public import Wire

/// A block of any type, as part of a message: a group of fields, named like the type. It is no message by itself,
/// because its bytes do not state the type.
public enum Block: Equatable, Sendable {
    /// No block.
    case none
    case send(SendBlock)
    case receive(ReceiveBlock)
    case open(OpenBlock)
    case change(ChangeBlock)
    case state(StateBlock)

    /// The type of the block; `not_a_block` if there is no block.
    @inlinable public var type: BlockType {
        switch self {
        case .none: .notABlock
        case .send: .send
        case .receive: .receive
        case .open: .open
        case .change: .change
        case .state: .state
        }
    }
    /// The block, if there is one.
    public var content: (any LedgerBlock)? {
        switch self {
        case .none: nil
        case .send(let block): block
        case .receive(let block): block
        case .open(let block): block
        case .change(let block): block
        case .state(let block): block
        }
    }

    /// The summaries of the blocks, of which a message has at most one.
    static var summaries: [[MessageSummary.Part]] {
        [
            [.message("state", StateBlock.self)], [.message("send", SendBlock.self)],
            [.message("receive", ReceiveBlock.self)], [.message("open", OpenBlock.self)],
            [.message("change", ChangeBlock.self)],
        ]
    }

    /// Codes the block as part of a message. When read, it is a block of type `seen`, or none.
    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, _ seen: BlockType) {
        if C.reads {
            switch seen {
            case .send:
                var block = SendBlock()
                c.message("send", &block)
                self = .send(block)
            case .receive:
                var block = ReceiveBlock()
                c.message("receive", &block)
                self = .receive(block)
            case .open:
                var block = OpenBlock()
                c.message("open", &block)
                self = .open(block)
            case .change:
                var block = ChangeBlock()
                c.message("change", &block)
                self = .change(block)
            case .state:
                var block = StateBlock()
                c.message("state", &block)
                self = .state(block)
            default: break
            }
        } else {
            codeAll(&c)
        }
    }
    /// Codes all five groups, for coders that write the block or list all fields.
    @usableFromInline
    mutating func codeAll<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        var send: SendBlock?
        var receive: ReceiveBlock?
        var open: OpenBlock?
        var change: ChangeBlock?
        var state: StateBlock?
        switch self {
        case .none: break
        case .send(let block): send = block
        case .receive(let block): receive = block
        case .open(let block): open = block
        case .change(let block): change = block
        case .state(let block): state = block
        }
        c.optional("send", &send, present: false)
        c.optional("receive", &receive, present: false)
        c.optional("open", &open, present: false)
        c.optional("change", &change, present: false)
        c.optional("state", &state, present: false)
        // If several groups are present, the last one is used.
        self =
            state.map(Self.state) ?? change.map(Self.change) ?? open.map(Self.open) ?? receive.map(Self.receive)
            ?? send.map(Self.send) ?? .none
    }
}
