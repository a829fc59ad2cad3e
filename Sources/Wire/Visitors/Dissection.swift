/// A note about a message, for something odd that does not stop the reading.
public struct Note: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// A repeated member that may occur only once; the last one counts.
        case duplicate
        /// A field that the message does not describe.
        case unknown
        /// Bytes after a record that are skipped.
        case skipped
        /// A JSON member that is null where a value could be; it is read as missing.
        case null
        /// A JSON member that has a different type than the message describes; it is shown unchanged and read as
        /// missing.
        case wrongType
        /// JSON text with half of a surrogate pair, which is not a character.
        case loneSurrogate
        /// A varint with redundant bytes.
        case nonMinimal
        /// A text in protobuf that is not UTF-8.
        case notUTF8
        /// A protobuf field after a field with a higher number.
        case outOfOrder
        /// A protobuf field without explicit presence that has its default value.
        case defaultValue
        /// A protobuf field of numbers that is packed although the message describes single fields, or the other way
        /// round.
        case packing
        /// A derived field that contradicts the rest of the message.
        case inconsistent
    }
    public var kind: Kind
    public var path: String
    /// The range of its bytes.
    public var range: Range<Int>
    public init(kind: Kind, path: String, range: Range<Int>) {
        self.kind = kind
        self.path = path
        self.range = range
    }
}

/// A message as fields with byte ranges, in order, parents before children. For refused bytes, it has the fields that
/// could be read.
public struct Dissection: Sendable {
    /// The maximum number of nodes, at 80 bytes each; more are not kept (`isCut`).
    public static let maximumNodes = 1 << 20
    /// The maximum number of notes; more are not kept (`isCut`).
    public static let maximumNotes = 1000

    /// The shape of a node.
    public enum Shape: Sendable {
        case leaf
        /// A node with fields of its own.
        case group
        /// A node with elements.
        case list
    }
    /// A field of the message.
    public struct Node: Sendable {
        /// The name; empty for an element of a list that is a node itself.
        public var name: StaticString
        /// The index in a list, otherwise -1.
        public var index: Int32
        /// The number of nodes around it.
        public var depth: Int32
        /// The index of the node around it, otherwise -1.
        public var parent: Int32
        var start: Int32
        var end: Int32
        var contentStart: Int32
        /// The shape of the node.
        public var shape: Shape
        /// True if the content is the text of a JSON value.
        var isJSON: Bool
        /// True for a value that is computed (`ComputedLeaf`), which is no field of the message.
        public var isComputed: Bool
        /// The number of a leaf, if it has one, with its sign extended. For masked bytes, their key with the first byte
        /// lowest. Otherwise 0.
        public var number: UInt64
        /// The type of a leaf; for groups and lists, any type.
        public var type: any Leaf.Type

        /// The whole field: tag, length and content, or name and value. It is empty for a field that follows from
        /// others.
        public var range: Range<Int> { Int(start)..<Int(max(start, end)) }
        /// The value alone; for groups and lists, the whole field.
        public var content: Range<Int> { Int(min(contentStart, max(start, end)))..<Int(max(start, end)) }
    }
    /// Creates an empty dissection.
    public init() {}
    public internal(set) var nodes: [Node] = []
    public internal(set) var notes: [Note] = []
    /// The fault at which reading stopped; nil if all bytes could be read.
    public internal(set) var error: WireError?
    /// True if there were more nodes or notes than are kept.
    public internal(set) var isCut = false

    /// Returns the path of a node, such as `response.salt` or `peers[0].port`.
    public func path(of i: Int) -> String {
        var steps: [Step] = []
        var i = i
        while i >= 0 {
            steps.append(Step(name: nodes[i].name, index: nodes[i].index))
            i = Int(nodes[i].parent)
        }
        return Self.path(steps.reversed())
    }
    /// A group, list or leaf on the path to another.
    struct Step {
        var name: StaticString
        var index: Int32
    }
    static func path(_ steps: some Sequence<Step>) -> String {
        var out = ""
        for step in steps { append(step.name, Int(step.index), to: &out) }
        return out
    }
    /// Appends one more step to a path.
    static func append(_ name: StaticString, _ index: Int, to path: inout String) {
        if name.utf8CodeUnitCount > 0 {
            if !path.isEmpty { path += "." }
            path += name.description
        }
        if index >= 0 { path += "[\(index)]" }
    }
    /// Returns the index of the first node with this path.
    public func index(of path: String) -> Int? { nodes.indices.first { self.path(of: $0) == path } }
    /// Returns the first node with this path.
    public func node(_ path: String) -> Node? { index(of: path).map { nodes[$0] } }

    /// Adds a note for each of these leaves.
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
