import Capture
import Node
import Report

/// What `decode` is asked for.
struct DecodeOptions {
    enum Form: String, CaseIterable {
        case line
        case tree
        case json
        case hex
        case pcapng
        case fields
        /// A page.
        case html
    }
    /// Files, which are merged by time; `-` is standard input.
    var paths: [String]
    var form = Form.line
    /// Columns of `fields`.
    var fields: [FieldReference] = []
    /// Columns are separated as in CSV.
    var isCSV = false
    /// Which records are written; nil for all.
    var filter: Filter?
    /// Units of layers are written although what they carry is.
    var showsLayers = false
    var reading = ReadingOptions()
    var colour = false
    /// How times are written to people.
    var time = RecordTime.relative
    /// Records after which it ends.
    var limit: Int?
    /// Shown in place of addresses, to people.
    var names = AddressNames()
    /// Judges records, so that only what it has to say something about is written.
    var monitor: Monitor?
    /// Where packets are written to as they were, instead of records.
    var packets: PacketFile?
    /// In pcapng every packet is written, also those without a message.
    var isWhole = false
    /// No record is written.
    var isSilent = false
    /// Threads that work side by side.
    var threads = 1
    /// How much goes from one to the other.
    var batch = RecordPipeline.Size()
    init(path: String, form: Form = .line) {
        paths = [path]
        self.form = form
    }
    /// What writes records in the form.
    var renderer: any RecordRenderer {
        if let packets { return packets.renderer }
        return switch form {
        case .line: LineRenderer(Registry.decoded, colour: colour, names: names, time: time)
        case .tree: TreeRenderer(colour: colour, names: names)
        case .json: JSONRenderer()
        case .hex: HexRenderer(colour: colour, names: names, time: time)
        case .pcapng: PcapngRenderer(application: "meshspec \(Version.current)", isWhole: isWhole)
        case .fields: FieldsRenderer(fields, isCSV: isCSV)
        case .html:
            CapturePageRenderer(
                .init(title: paths.joined(separator: ", "), filter: filter?.text, time: time), Registry.decoded,
                names: names)
        }
    }
}
