public import Capture
internal import Node
internal import Wire

/// A record as a tree for people: lines of where it came from, its fields with their places, and what is worth telling.
/// All text is harmless for a terminal.
public struct RecordTree: Sendable {
    /// A field, with those in it behind it.
    public struct Field: Hashable, Sendable {
        /// Fields around it.
        public var depth: Int
        /// Its bytes in the message; empty for what other fields tell.
        public var range: Range<Int>
        /// Its own step of the path, such as `port` or `peers[0]`.
        public var name: String
        /// The value in one line; nil of groups and lists.
        public var value: String?
        /// `name: value`.
        public var text: String { value.map { "\(name): \($0)" } ?? name }
    }
    /// Something worth telling.
    public struct Remark: Hashable, Sendable {
        public var text: String
        public var tone: Style.Tone
    }
    /// Fields shown of one record.
    static let fieldLimit = 2000

    /// When it was captured, and its ends and frames.
    public var origin: [String]
    /// The datagrams or layers that carried it, where its bytes are those of other records.
    public var carriers: [String]
    /// Nil for bytes that are no message.
    public var fields: [Field]?
    /// Fields beyond the limit.
    public var omitted = 0
    /// Why reading stopped, and at which byte.
    public var stop: (text: String, at: Int)?
    /// Findings, then comments of the capture, a line each.
    public var remarks: [Remark]

    init(_ record: borrowing Record, _ bytes: RawSpan, _ names: AddressNames, _ meanings: inout MeaningTrees) {
        let opened = DissectedRecord(record, bytes)
        origin = Self.origin(of: record, names)
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
    /// What carried a record, where its bytes are those of other records.
    static func carriers(of record: borrowing Record) -> [String] {
        (record.isReassembled ? [origin(record.parts)] : [])
            + (record.isCarried ? [layers(record.path, record.origins)] : [])
    }
    /// Where the bytes of a message came from that was put together.
    private static func origin(_ parts: [DatagramPart]) -> String {
        let shown = parts.prefix(20).map { "\(ByteRanges.short($0.range)) frame \($0.number)" }
        return "put together: bytes " + shown.joined(separator: ", ") + (parts.count > 20 ? ", .." : "")
    }
    /// The layers that carry a message, and the bytes of their units that it was read from or made of.
    private static func layers(_ path: String, _ origins: [RecordOrigin]) -> String {
        let shown = origins.prefix(20).map {
            "\($0.isMade ? "made of" : "read from") bytes \(ByteRanges.short($0.range)) of #\($0.record)"
        }
        return "in " + ([Escape.line(path)] + shown).joined(separator: ", ") + (origins.count > 20 ? ", .." : "")
    }
    /// Findings behind `!`, and the lines of comments behind a number sign.
    static func remarks(_ notes: [Finding], _ comments: [String]) -> [Remark] {
        notes.map { Remark(text: "! \($0.line)", tone: $0.severity.tone) }
            + comments.flatMap { comment in
                comment.split(separator: "\n", omittingEmptySubsequences: false).prefix(fieldLimit).map {
                    Remark(text: "# \(Escape.line(String($0)))", tone: .quiet)
                }
            }
    }
}

/// Makes trees of records.
public struct RecordTrees: Sendable {
    private let names: AddressNames
    private var meanings = MeaningTrees()

    /// With names for addresses where there are any.
    public init(names: AddressNames = AddressNames()) { self.names = names }
    /// The tree of a record, whose bytes these are.
    public mutating func tree(of record: borrowing Record, _ bytes: RawSpan) -> RecordTree {
        RecordTree(record, bytes, names, &meanings)
    }
}
