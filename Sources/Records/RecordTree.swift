public import Capture
internal import Node
public import Text
internal import Wire

/// A record as a tree for people: its origin, its fields with their byte ranges, and its findings. All text is safe for
/// a terminal.
public struct RecordTree: Sendable {
    /// A field. The fields inside it follow it.
    public struct Field: Hashable, Sendable {
        /// The nesting depth.
        public var depth: Int
        /// The range of its bytes in the message; empty if its value follows from other fields.
        public var range: Range<Int>
        /// The last step of its path, such as `port` or `peers[0]`.
        public var name: String
        /// The value in one line; nil for groups and lists.
        public var value: String?
        /// The text `name: value`.
        public var text: String { value.map { "\(name): \($0)" } ?? name }
    }
    /// A finding or a comment.
    public struct Remark: Hashable, Sendable {
        public var text: String
        public var tone: Style.Tone
    }
    /// The maximum number of fields of one record.
    static let fieldLimit = 2000

    /// The capture time, the ends and the frames, and the request that it answers.
    public var origin: [String]
    /// The datagrams or layers that carried the record, if its bytes belong to other records.
    public var carriers: [String]
    /// The fields; nil for bytes that are not a message.
    public var fields: [Field]?
    /// The number of fields beyond the limit.
    public var omitted = 0
    /// The reason why decoding stopped, and the byte offset.
    public var stop: (text: String, at: Int)?
    /// The findings, followed by the comments of the capture, one line each.
    public var remarks: [Remark]

    init(_ record: borrowing Record, _ bytes: RawSpan, names: AddressNames, meanings: inout MeaningTrees) {
        let opened = DissectedRecord(record, bytes)
        origin = Self.origin(of: record, names) + (record.answers.map { [AnswerText.text($0)] } ?? [])
        carriers = Self.carriers(of: record)
        remarks = Self.remarks(opened.notes, record.comments)
        guard let dissection = opened.dissection, let meaning = meanings.of(record.message) else { return }
        var fields: [Field] = []
        for (i, node) in dissection.nodes.prefix(Self.fieldLimit).enumerated() {
            let name =
                (node.name.utf8CodeUnitCount > 0 ? node.name.description : "")
                + (node.index >= 0 ? "[\(node.index)]" : "")
            fields.append(
                Field(
                    depth: Int(clamping: max(0, node.depth)), range: node.range, name: Escape.line(name),
                    value: node.shape == .leaf ? meaning.line(of: i, dissection, bytes) : nil))
        }
        self.fields = fields
        omitted = dissection.nodes.count - fields.count
        if let error = dissection.error {
            stop = ("stopped: \(Escape.line(error.description))", min(max(0, error.offset), bytes.byteCount))
        }
    }
    private static func origin(of record: borrowing Record, _ names: AddressNames) -> [String] {
        let frames = record.frames.prefix(20).map(String.init).joined(separator: ", ")
        let ends = "\(names.text(record.source)) > \(names.text(record.destination))"
        return [
            "\(record.time) (\(record.time.since(record.start)) s)",
            "\(ends) \(record.transport.rawValue) flow \(record.flow), stream offset \(record.offset)"
                + ", frame\(record.frames.count > 1 ? "s" : "") \(frames)\(record.frames.count > 20 ? ", ..." : "")",
        ]
    }
    /// Returns the carriers of a record, if its bytes belong to other records.
    static func carriers(of record: borrowing Record) -> [String] {
        (record.isReassembled ? [origin(record.parts)] : [])
            + (record.isCarried ? [layers(record.path, record.origins)] : [])
    }
    /// Returns the frames of the bytes of a reassembled message.
    private static func origin(_ parts: [DatagramPart]) -> String {
        let shown = parts.prefix(20).map { "\(ByteRanges.short($0.range)) frame \($0.number)" }
        return "put together: bytes " + shown.joined(separator: ", ") + (parts.count > 20 ? ", .." : "")
    }
    /// Returns the layers that carry a message, and the bytes of their units from which it was read or made.
    private static func layers(_ path: String, _ origins: [RecordOrigin]) -> String {
        let shown = origins.prefix(20).map {
            "\($0.isMade ? "made of" : "read from") bytes \(ByteRanges.short($0.range)) of #\($0.record)"
        }
        return "in " + ([Escape.line(path)] + shown).joined(separator: ", ") + (origins.count > 20 ? ", .." : "")
    }
    /// Returns the findings after `!`, and the lines of comments after a number sign.
    static func remarks(_ notes: [Finding], _ comments: [String]) -> [Remark] {
        notes.map { Remark(text: "! \($0.line)", tone: $0.severity.tone) }
            + comments.flatMap { comment in
                comment.split(separator: "\n", omittingEmptySubsequences: false).prefix(fieldLimit).map {
                    Remark(text: "# \(Escape.line(String($0)))", tone: .quiet)
                }
            }
    }
}

/// A builder of record trees.
public struct RecordTrees: Sendable {
    private let names: AddressNames
    private var meanings = MeaningTrees()

    /// Makes a builder. Addresses are shown with their names, if known.
    public init(names: AddressNames = AddressNames()) { self.names = names }
    /// Returns the tree of a record. `bytes` are the bytes of the record.
    public mutating func tree(of record: borrowing Record, _ bytes: RawSpan) -> RecordTree {
        RecordTree(record, bytes, names: names, meanings: &meanings)
    }
}
