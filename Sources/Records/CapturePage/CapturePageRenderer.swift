public import Capture
public import Node
internal import Scenario
internal import Text
internal import Wire

/// A writer of records as one self-contained page that works from disk without a network: list, fields and bytes, with
/// the filters of `-Y`.
///
/// Records are written in chunks (`CaptureChunk`), so that memory does not grow with the capture. Records beyond the
/// limits of a page are counted and left out, and the page reports their number.
public struct CapturePageRenderer: RecordRenderer {
    /// The maximum number of records of a page.
    public static let maximumRecords = 500_000
    /// The number of bytes of a page after which no record is accepted. The last chunk may exceed it.
    public static let maximumBytes = 256 << 20

    private let about: CapturePageAbout
    private let definitions: [Definition]
    private let names: AddressNames
    private let limits: (records: Int, bytes: Int)
    private var chunk = CaptureChunk()
    private var shapes = CaptureShapes()
    private var meanings = MeaningTrees()
    private var summaries = Summaries()
    private var records = 0
    private var bytes = 0
    private var lackingFields = 0
    /// The number of records that did not fit into the page.
    public private(set) var leftOut = 0

    /// Makes a page for messages of these protocols. Addresses are shown with their names, if known.
    public init(_ about: CapturePageAbout, _ definitions: [Definition], names: AddressNames = AddressNames()) {
        self.init(about, definitions, names: names, limits: (Self.maximumRecords, Self.maximumBytes))
    }
    init(
        _ about: CapturePageAbout, _ definitions: [Definition], names: AddressNames = AddressNames(),
        limits: (records: Int, bytes: Int)
    ) {
        (self.about, self.definitions, self.names, self.limits) = (about, definitions, names, limits)
    }

    /// Writes the head of the page, and the schema of the messages for filters.
    public mutating func begin(to out: inout [UInt8]) {
        out += CapturePage.frame.head(title: Printable.text(about.title))
        out += "<script type=\"application/json\" id=\"schema\">".utf8
        PageText.json(CaptureSchema(definitions).value(about), to: &out)
        out += "</script>\n".utf8
    }
    /// Adds a record, and writes the chunk if it is full.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        guard records < limits.records, self.bytes < limits.bytes else { return leftOut += 1 }
        records += 1
        if !chunk.hasRoom(for: record) { flush(to: &out) }
        let opened = DissectedRecord(record, bytes)
        if opened.dissection.map({ $0.isCut || $0.nodes.count > CaptureFields.maximum }) ?? false { lackingFields += 1 }
        chunk.add(
            record, bytes, opened, meaning: meanings.of(record.message), summary: summaries.text(record, bytes),
            names: names, with: &shapes)
    }
    private mutating func flush(to out: inout [UInt8]) {
        let start = out.count
        chunk.flush(&shapes, to: &out)
        bytes += out.count - start
    }
    /// Writes the last chunk, the number of omitted items, and the script.
    public mutating func end(to out: inout [UInt8]) {
        flush(to: &out)
        out += "<script type=\"application/json\" id=\"end\">".utf8
        PageText.json(["leftOut": .number(leftOut), "lackingFields": .number(lackingFields)], to: &out)
        out += "</script>\n".utf8
        out += CapturePage.frame.foot
    }
    /// A text about the omitted records and fields, for people; nil if the page is complete.
    public var omission: String? {
        var lacks: [String] = []
        if leftOut > 0 {
            lacks.append(
                "\(leftOut) of \(leftOut + records) messages were left out of the page: "
                    + "choose fewer with -Y, -c or `meshspec split`")
        }
        if lackingFields > 0 {
            lacks.append(
                "\(lackingFields) messages have more than \(CaptureFields.maximum) fields; the page lacks the rest"
            )
        }
        return lacks.isEmpty ? nil : lacks.joined(separator: "; ")
    }
}

/// The page of a capture: its style, its two scripts, and the frame around them. The first script does not depend on a
/// browser: it reads the data and implements the filters.
enum CapturePage {
    static let frame = PageFrame(
        style: PackageResources.capture_css, body: PackageResources.capture_html, scripts: [model, view])
    /// The script for data and filters. The second script uses it through `capture`.
    static let model = joined(
        "\"use strict\";\nconst capture = (() => {\n",
        [
            PackageResources.capture_data_js, PackageResources.capture_values_js, PackageResources.capture_forms_js,
            PackageResources.filter_text_js, PackageResources.filter_parser_js, PackageResources.filter_names_js,
            PackageResources.filter_literals_js, PackageResources.filter_operands_js, PackageResources.filter_js,
        ],
        "return { Capture, Filter, FilterError, FieldForms, FieldRelations, RecordView, Code, shown, bitsText, line, hex, "
            + "dateText, LIST, GROUP };\n})();\n"
    )
    /// The script for the display.
    static let view = joined(
        "\"use strict\";\n(() => {\n",
        [
            PackageResources.view_parts_js, PackageResources.view_list_js, PackageResources.view_fields_js,
            PackageResources.view_ladder_js, PackageResources.view_overview_js, PackageResources.view_js,
        ], "})();\n")
    private static func joined(_ begin: String, _ parts: [[UInt8]], _ end: String) -> [UInt8] {
        Array(begin.utf8) + parts.joined() + Array(end.utf8)
    }
}
