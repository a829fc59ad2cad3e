/// Something worth telling that does not stop the reading.
public struct Note: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// A member that may stand there once, again; the last one counts.
        case duplicate
        /// A field that the message does not know.
        case unknown
        /// Bytes behind a record that are skipped.
        case skipped
        /// A JSON member that is null where a value could be: read as absent.
        case null
        /// A JSON member of another type than the message has: shown as it stands, read as absent.
        case wrongType
        /// JSON text with half of a surrogate pair, which is no character.
        case loneSurrogate
        /// A varint with bytes that add nothing.
        case nonMinimal
        /// A protobuf field behind one of a higher number.
        case outOfOrder
        /// A protobuf field without explicit presence that has its default value.
        case defaultValue
        /// Numbers of a protobuf field packed or apart, otherwise than the message has it.
        case packing
        /// A derived field that differs from what the rest of the message says.
        case inconsistent
    }
    public var kind: Kind
    public var path: String
    /// Its bytes.
    public var range: Range<Int>
    /// A note.
    public init(kind: Kind, path: String, range: Range<Int>) {
        self.kind = kind
        self.path = path
        self.range = range
    }
}

/// A message as fields with byte ranges, in order, parents before children. Of refused bytes, all that could be read.
public struct Dissection: Sendable {
    /// More nodes are not kept (`isCut`): 80 bytes each.
    public static let maximumNodes = 1 << 20
    /// More notes are not kept (`isCut`).
    public static let maximumNotes = 1000

    /// What a node stands for.
    public enum Shape: Sendable {
        case leaf
        /// Fields of its own.
        case group
        /// Elements.
        case list
    }
    /// One field.
    public struct Node: Sendable {
        /// Empty for an element of a list that is a node itself.
        public var name: StaticString
        /// Element number in a list, else -1.
        public var index: Int32
        /// Nodes around it.
        public var depth: Int32
        /// The node around it, else -1.
        public var parent: Int32
        var start: Int32
        var end: Int32
        var contentStart: Int32
        /// What it stands for.
        public var shape: Shape
        /// The content is the text of a JSON value.
        var isJSON: Bool
        /// The number of a leaf, if it is one, with its sign extended; of masked bytes their key, the first byte lowest;
        /// else 0.
        public var number: UInt64
        /// The type of a leaf; of groups and lists, any.
        public var type: any Leaf.Type

        /// The whole field: tag, length and content, or name and value. Empty for what other fields tell.
        public var range: Range<Int> { Int(start)..<Int(max(start, end)) }
        /// The value alone; of groups and lists, the whole field.
        public var content: Range<Int> { Int(min(contentStart, max(start, end)))..<Int(max(start, end)) }
    }
    /// Of no message.
    public init() {}
    /// The fields.
    public internal(set) var nodes: [Node] = []
    /// What was noticed.
    public internal(set) var notes: [Note] = []
    /// Where reading stopped; nil when it went well.
    public internal(set) var error: WireError?
    /// There were more nodes or notes than are kept.
    public internal(set) var isCut = false

    /// The path of a node, such as `response.salt` or `peers[0].port`.
    public func path(of i: Int) -> String {
        var steps: [Step] = []
        var i = i
        while i >= 0 {
            steps.append(Step(name: nodes[i].name, index: nodes[i].index))
            i = Int(nodes[i].parent)
        }
        return Self.path(steps.reversed())
    }
    /// A group, list or leaf on the way to another.
    struct Step {
        var name: StaticString
        var index: Int32
    }
    static func path(_ steps: some Sequence<Step>) -> String {
        var out = ""
        for step in steps { append(step.name, Int(step.index), to: &out) }
        return out
    }
    /// One more step of a path.
    static func append(_ name: StaticString, _ index: Int, to path: inout String) {
        if name.utf8CodeUnitCount > 0 {
            if !path.isEmpty { path += "." }
            path += name.description
        }
        if index >= 0 { path += "[\(index)]" }
    }
    /// The number of the first node with this path.
    public func index(of path: String) -> Int? { nodes.indices.first { self.path(of: $0) == path } }
    /// The first node with this path.
    public func node(_ path: String) -> Node? { index(of: path).map { nodes[$0] } }

    /// A note of each of these leaves.
    mutating func add(_ kind: Note.Kind, _ paths: [String]) {
        guard !paths.isEmpty else { return }
        let wanted = Set(paths)
        for i in nodes.indices where nodes[i].shape == .leaf {
            let path = path(of: i)
            guard wanted.contains(path) else { continue }
            guard notes.count < Self.maximumNotes else { return isCut = true }
            notes.append(Note(kind: kind, path: path, range: nodes[i].range))
        }
    }
}
