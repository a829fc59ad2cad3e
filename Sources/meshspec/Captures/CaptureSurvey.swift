import Capture
import Node

/// What captures say beside their packets, read before these: in a copy keys stand before the packets that need them,
/// and names are asked for before all.
struct CaptureSurvey {
    let information: [CaptureInformation]
    let secrets = Secrets()

    /// Reads files to their end. Damage is told when they are read again.
    init(_ paths: [String]) throws(CommandError) {
        var files = try Self.opened(paths, secrets)
        while (try? files.advance()) ?? false {}
        information = files.information
    }
    static func opened(_ paths: [String], _ secrets: Secrets? = nil) throws(CommandError) -> CaptureFiles {
        do throws(CaptureError) { return try CaptureFiles(paths, secrets: secrets) } catch {
            throw CommandError("\(error)")
        }
    }
    /// Its devices by their places; none of several files, whose places may be of different ones.
    var devices: [CaptureInterface] { information.count == 1 ? information[0].interfaces : [] }
    /// Begins a copy, with `comments` before those that stand there.
    func writer(_ comments: [String] = []) -> PcapngWriter {
        var writer = PcapngWriter(
            application: "meshspec \(Version.current)", comments: comments + information.flatMap(\.comments))
        writer.add(names: information.flatMap(\.names).map { ($0.address, $0.name) })
        writer.add(secrets)
        return writer
    }
}
