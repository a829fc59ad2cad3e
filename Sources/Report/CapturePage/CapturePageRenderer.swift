public import Capture
public import Node
internal import Scenario
internal import Wire

/// Writes records as one page that works from disk, without any network and without any other file: list, fields and
/// bytes, with the filters of `-Y`.
///
/// Records go out in chunks (`CaptureChunk`), so that memory does not grow with the capture. What is too much for a page
/// is counted and left out; the page tells it too.
public struct CapturePageRenderer: RecordRenderer {
    /// Records of a page at most.
    public static let maximumRecords = 500_000
    /// Bytes of a page after which no record is taken any more; the last chunk may go beyond.
    public static let maximumBytes = 256 << 20

    private let about: CapturePageAbout
    private let definitions: [Definition]
    private let names: AddressNames
    private let limits: (records: Int, bytes: Int)
    private var chunk = CaptureChunk()
    private var shapes = CaptureShapes()
    private var meanings = MeaningTrees()
    private var records = 0
    private var bytes = 0
    private var lackingFields = 0
    /// Records that the page has no room for.
    public private(set) var leftOut = 0

    /// A page of messages of these protocols, with names for addresses where there are any.
    public init(_ about: CapturePageAbout, _ definitions: [Definition], names: AddressNames = AddressNames()) {
        self.init(about, definitions, names: names, limits: (Self.maximumRecords, Self.maximumBytes))
    }
    init(
        _ about: CapturePageAbout, _ definitions: [Definition], names: AddressNames = AddressNames(),
        limits: (records: Int, bytes: Int)
    ) {
        (self.about, self.definitions, self.names, self.limits) = (about, definitions, names, limits)
    }

    /// The head of the page, and what filters know of messages.
    public mutating func begin(to out: inout [UInt8]) {
        out += CapturePage.frame.head(title: Printable.text(about.title))
        out += "<script type=\"application/json\" id=\"schema\">".utf8
        PageText.json(CaptureSchema(definitions).value(about), to: &out)
        out += "</script>\n".utf8
    }
    /// Takes a record; writes when a chunk is full.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        guard records < limits.records, self.bytes < limits.bytes else { return leftOut += 1 }
        records += 1
        if !chunk.hasRoom(for: record) { flush(to: &out) }
        let opened = DissectedRecord(record, bytes)
        if opened.dissection.map({ $0.isCut || $0.nodes.count > CaptureFields.maximum }) ?? false { lackingFields += 1 }
        chunk.add(record, bytes, opened, meanings.of(record.message), names, &shapes)
    }
    private mutating func flush(to out: inout [UInt8]) {
        let start = out.count
        chunk.flush(&shapes, to: &out)
        bytes += out.count - start
    }
    /// What is left, what is lacking, and the script.
    public mutating func end(to out: inout [UInt8]) {
        flush(to: &out)
        out += "<script type=\"application/json\" id=\"end\">".utf8
        PageText.json(["leftOut": .number(leftOut), "lackingFields": .number(lackingFields)], to: &out)
        out += "</script>\n".utf8
        out += CapturePage.frame.foot
    }
    /// What did not go into the page, for people; nil when all did.
    public var omission: String? {
        var lacks: [String] = []
        if leftOut > 0 {
            lacks.append(
                "\(leftOut) of \(leftOut + records) messages were left out of the page: "
                    + "-Y, -c or `meshspec split` choose fewer")
        }
        if lackingFields > 0 {
            lacks.append(
                "\(lackingFields) messages have more than \(CaptureFields.maximum) fields, of which the page lacks the rest"
            )
        }
        return lacks.isEmpty ? nil : lacks.joined(separator: "; ")
    }
}
