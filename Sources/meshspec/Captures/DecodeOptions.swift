import Capture
import Node
import Records

/// The options of `decode`.
struct DecodeOptions {
    enum Form: String, CaseIterable {
        case line
        case tree
        case json
        case hex
        case pcapng
        case fields
        /// An HTML page.
        case html
    }
    /// The paths of the files, which are merged by time; `-` is standard input.
    var paths: [String]
    var form = Form.line
    /// The columns of `fields`.
    var fields: [FieldReference] = []
    /// True if columns are separated like in CSV.
    var isCSV = false
    /// The filter of the records to write; nil for all.
    var filter: Filter?
    /// True if the units of layers are written even if the messages in them are.
    var showsLayers = false
    var reading = ReadingOptions()
    var colour = false
    /// The form of times in text for people.
    var time = RecordTime.relative
    /// The number of records after which the output ends.
    var limit: Int?
    /// The names that replace addresses in text for people.
    var names = AddressNames()
    /// The monitor that judges the records. With a monitor, only records with warnings or violations are written,
    /// unless there is a filter.
    var monitor: Monitor?
    /// The file that receives the original packets instead of records; nil without one.
    var packets: PacketFile?
    /// True if pcapng output has all packets, including the ones without a message.
    var isWhole = false
    /// True if no record is written.
    var isSilent = false
    /// The number of threads.
    var threads = 1
    /// The size of the batches for the threads.
    var batch = RecordPipeline.Size()
    /// True if the output depends on which message answers which.
    var wantsAnswers: Bool {
        let showsAnswers = form == .fields ? fields.contains(where: \.isAboutAnswers) : form != .hex
        return filter?.testsAnswers ?? false || packets == nil && !isSilent && showsAnswers
    }
    init(path: String, form: Form = .line) {
        paths = [path]
        self.form = form
    }
    /// The renderer of the form.
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
