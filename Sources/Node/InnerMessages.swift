public import Wire

/// The messages that a message of the protocol carries, such as the GRAFT in an RPC of gossipsub. Scenarios wait for them
/// and send them like messages of the protocol.
public struct InnerMessages: Sendable {
    /// A kind of message inside of another.
    public struct Kind: Sendable {
        /// The message. Its name differs from those of all other messages.
        public var type: any Message.Type
        /// The names of the fields around it in the carrier, outermost first. The last one is a list.
        public var path: [String]
        /// Creates a kind of message that the list `path` holds. The names in `path` have periods between them.
        public init(_ type: any Message.Type, at path: String) {
            self.type = type
            self.path = path.split(separator: ".").map(String.init)
        }
    }
    /// The message that carries the others.
    public var carrier: any Message.Type
    /// The kinds of messages that it carries.
    public var kinds: [Kind]
    /// Returns the messages inside of a carrier, in the order of its bytes. It returns none of a carrier that cannot be
    /// decoded.
    public var open: @Sendable (_ carrier: [UInt8]) -> [(type: any Message.Type, bytes: [UInt8])]
    /// Creates a description of what a message carries.
    public init(
        of carrier: any Message.Type, _ kinds: [Kind],
        open: @escaping @Sendable (_ carrier: [UInt8]) -> [(type: any Message.Type, bytes: [UInt8])]
    ) {
        self.carrier = carrier
        self.kinds = kinds
        self.open = open
    }
    /// Returns whether messages of a type carry others.
    public func isCarrier(_ type: (any Message.Type)?) -> Bool {
        type.map { $0.name.description == carrier.name.description } ?? false
    }
    /// Returns the kind of this name; nil if the carrier has no such message.
    public subscript(name: String) -> Kind? { kinds.first { $0.type.name.description == name } }
}
