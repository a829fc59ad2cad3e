public import Wire

/// The messages inside of a message of the protocol, such as the GRAFT in an RPC of gossipsub. Scenarios wait for them
/// and send them like messages of the protocol.
public struct InnerMessages: Sendable {
    /// A kind of message inside of another.
    public struct Kind: Sendable {
        /// The message. No other message has its name.
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
    /// The kinds of messages inside of it.
    public var kinds: [Kind]
    /// Creates a description of the content of a message.
    public init(of carrier: any Message.Type, _ kinds: [Kind]) {
        self.carrier = carrier
        self.kinds = kinds
    }
    /// Returns whether messages of a type carry others.
    public func isCarrier(_ type: (any Message.Type)?) -> Bool {
        type.map { $0.name.description == carrier.name.description } ?? false
    }
    /// Returns the kind of this name; nil if the carrier has no such message.
    public subscript(name: String) -> Kind? { kinds.first { $0.type.name.description == name } }

    /// Returns the messages inside of a carrier with their bytes, in the order of the bytes. The result is empty if the
    /// carrier cannot be decoded.
    public func open(_ bytes: [UInt8]) -> [(type: any Message.Type, bytes: [UInt8])] {
        let fields = carrier.dissect(bytes)
        guard fields.error == nil else { return [] }
        var out: [(start: Int, type: any Message.Type, bytes: [UInt8])] = []
        for node in fields.nodes where node.shape == .group && node.index >= 0 {
            let path = fields.names(of: node)
            guard let kind = kinds.first(where: { $0.path == path }) else { continue }
            out.append((node.range.lowerBound, kind.type, Self.content(bytes[node.range], of: kind.type)))
        }
        return out.sorted { $0.start < $1.start }.map { ($0.type, $0.bytes) }
    }
    /// Returns the bytes of a message without the tag and the length that protobuf puts before it.
    private static func content(_ field: ArraySlice<UInt8>, of type: any Message.Type) -> [UInt8] {
        guard type.form == .protobuf else { return Array(field) }
        return Array((0..<2).reduce(field) { rest, _ in rest.drop { $0 >= 0x80 }.dropFirst() })
    }
}

extension Dissection {
    /// Returns the names of the fields around a node and its own, outermost first, without indices.
    fileprivate func names(of node: Node) -> [String] {
        var out: [String] = []
        var next: Node? = node
        while let one = next {
            if one.name.utf8CodeUnitCount > 0 { out.insert(one.name.description, at: 0) }
            next = one.parent >= 0 ? nodes[Int(one.parent)] : nil
        }
        return out
    }
}
