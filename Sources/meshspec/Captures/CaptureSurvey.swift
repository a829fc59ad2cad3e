import Capture
import Node

/// The information in captures apart from their packets, read in advance. A copy needs keys before the packets that
/// they decrypt, and names are needed before the first line of output.
struct CaptureSurvey {
    let information: [CaptureInformation]
    let secrets = Secrets()

    /// Reads the files to their end, and calls `each` with every packet. Damage is reported by the second reading.
    init(_ paths: [String], each: (borrowing Packet) -> Void = { _ in }) throws(CommandError) {
        var files = try Self.opened(paths, secrets)
        while (try? files.advance()) ?? false { each(files.current()) }
        information = files.information
    }
    static func opened(_ paths: [String], _ secrets: Secrets? = nil) throws(CommandError) -> CaptureFiles {
        do throws(CaptureError) { return try CaptureFiles(paths, secrets: secrets) } catch {
            throw error.coded
        }
    }
    /// The devices of the capture, by index; empty for several files, where an index can mean different devices.
    var devices: [CaptureInterface] { information.count == 1 ? information[0].interfaces : [] }
    /// Begins a copy. `comments` precede the comments of the files.
    func writer(_ comments: [String] = []) -> PcapngWriter {
        var writer = PcapngWriter(
            application: "meshspec \(Version.current)", comments: comments + information.flatMap(\.comments))
        writer.add(names: information.flatMap(\.names).map { ($0.address, $0.name) })
        writer.add(secrets)
        return writer
    }
}
