import Capture
import Glibc
import Records
import Report
import Scenario

/// A file for the original packets of messages: pcapng, or classic pcap if its name ends in `.pcap`.
struct PacketFile {
    private let path: String
    private let survey: CaptureSurvey

    /// Creates the file. `paths` are the captures, which are read twice.
    init(_ path: String, of paths: [String]) throws(CommandError) {
        self.path = path == "-" ? "/dev/stdout" : path
        survey = try CaptureSurvey(paths)
    }
    private var isClassic: Bool { path.hasSuffix(".pcap") }
    /// The renderer that writes the packets.
    var renderer: PcapngRenderer {
        isClassic
            ? PcapngRenderer(originals: PcapWriter())
            : PcapngRenderer(originals: survey.writer(), devices: survey.devices)
    }

    /// Reads the captures and writes the packets. The exit status is the status of `decode`.
    func write(_ asked: DecodeOptions) throws(CommandError) -> Int32 {
        var options = asked
        options.packets = self
        do throws(NewFile.Failure) {
            if let outlet = try Files.outlet(path) {
                defer { close(outlet) }
                return decode(options, outlet)
            }
            let file = try NewFile(path)
            let status = decode(options, file.descriptor)
            if status < ExitCode.usage { try file.finish() }
            return status
        } catch {
            throw CommandError.unwritten(path, "\(error)")
        }
    }
    private func decode(_ options: DecodeOptions, _ descriptor: Int32) -> Int32 {
        var (output, diagnostics) = (Output(descriptor), Output(2, of: "decode"))
        if isClassic {
            diagnostics.append(
                "meshspec: \(Printable.text(path)) is classic pcap, which has no frame numbers, comments or device names: "
                    + "a .pcapng file keeps them\n")
        }
        return meshspec.decode(options, output: &output, diagnostics: &diagnostics)
    }
}
