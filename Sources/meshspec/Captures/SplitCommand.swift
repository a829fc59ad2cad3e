import Capture
import Node
import Report
import Scenario

extension Command {
    static let split = Command(
        name: "split", summary: "cut a capture into parts that have whole conversations", operands: "FILE ...",
        options: [
            Option(.parts, short: "-n", value: "N", "number of parts, from 2 to 512"),
            Option(
                .output, short: "-o", value: "DIR", "folder of the parts, which are named part-001.pcapng ..."),
        ],
        examples: [
            ("meshspec split -n 8 -o parts big.pcap", "eight files"),
            ("meshspec stats --partial parts/part-001.pcapng > 1.json", "the next step"),
        ],
        notes: """
            All packets between two hosts are in one part, so that each part can be decoded by itself. The addresses
            alone choose the part: every run gives the same parts. Hosts that exchange datagrams of RightMesh, directly
            or through others, are all in one part, because its messages travel by several hosts. `meshspec stats --partial` counts one part, on any
            machine, and `meshspec merge` adds up the counts to those of the whole capture. Each part has the names,
            keys, devices and packet comments of the file. FILE is pcap or pcapng, plain or compressed with gzip;
            several files are merged by time. FILE is read twice and cannot be a pipe. Exit status: 0 all packets were
            written; 1 the capture is damaged, and its readable packets were written; 2 usage; 4 cannot be read, written
            or split.
            """
    ) { invocation in
        let paths = try files(invocation)
        guard !paths.contains("-") else {
            throw CommandError(.wrongFile, at: "-", "the capture is read twice", remedy: "give a file, not a pipe")
        }
        guard let parts = try invocation.number(.parts, 2...512) else {
            throw CommandError(.missingArgument, "into how many parts?", remedy: "give a number, such as -n 8")
        }
        guard let folder = invocation[.output] else {
            throw CommandError(.missingArgument, "into which folder?", remedy: "give -o DIR")
        }
        return try CaptureSplit(paths, parts: parts, folder: folder).run()
    }
}

/// Splits a capture into parts.
struct CaptureSplit {
    private let paths: [String]
    private let parts: Int
    private let folder: String

    init(_ paths: [String], parts: Int, folder: String) {
        (self.paths, self.parts, self.folder) = (paths, parts, folder)
    }
    /// A part that is being written.
    private struct Part {
        var path: String
        var file: NewFile
        var output: Output
        var writer: PcapngWriter
        var packets = 0
        var bytes = 0
        /// The index of each device in the part, by its index in the capture.
        var devices: [Device: UInt32] = [:]
    }
    private struct Device: Hashable {
        var link: LinkType
        var number: Int
    }

    func run() throws -> Int32 {
        var shard = ConversationShard(Registry.decoded)
        let survey = try CaptureSurvey(paths) { shard.survey($0) }
        if let why = Files.makeFolder(folder) { throw CommandError.unwritten(folder, why) }
        var open: [Part] = []
        for i in 0..<parts { open.append(try part(i, survey)) }
        var damage: CaptureError?
        var files = try CaptureSurvey.opened(paths)
        while true {
            do throws(CaptureError) { guard try files.advance() else { break } } catch {
                damage = error
                break
            }
            let packet = files.current()
            try put(packet, into: shard.part(of: packet, parts: parts), survey, &open)
        }
        for i in open.indices { try finish(&open[i]) }
        let dropped = survey.information.flatMap(\.interfaces).reduce(0 as UInt64) { $0 &+ ($1.dropped ?? 0) }
        if dropped > 0 {
            Console.error(
                "meshspec split: \(dropped) packets were dropped while capturing; the parts do not record this number")
        }
        _ = try Console.print(
            open.map { "\($0.path)  \($0.packets) packets, \($0.bytes) bytes" }.joined(separator: "\n"))
        guard let damage else { return ExitCode.good }
        Console.report(damage.coded, "split")
        return ExitCode.failed
    }
    private func part(_ i: Int, _ survey: CaptureSurvey) throws(CommandError) -> Part {
        let digits = String(i + 1)
        let path = "\(folder)/part-\(String(repeating: "0", count: 3 - digits.count))\(digits).pcapng"
        let file: NewFile
        do throws(NewFile.Failure) { file = try NewFile(path) } catch {
            throw CommandError.unwritten(path, "\(error)")
        }
        return Part(
            path: path, file: file, output: Output(file.descriptor),
            writer: survey.writer(["part \(i + 1) of \(parts)"]))
    }
    private func put(
        _ packet: borrowing Packet, into part: Int?, _ survey: CaptureSurvey, _ open: inout [Part]
    ) throws(CommandError) {
        guard let i = part else {
            throw CommandError(
                .unsupportedCapture, at: "frame \(packet.number)",
                "this frame of 802.11 contains several packets, which may belong to different conversations: "
                    + "such a capture cannot be cut")
        }
        let device = Device(link: packet.link, number: packet.interface)
        let number: UInt32
        if let known = open[i].devices[device] {
            number = known
        } else {
            let known = survey.devices
            number = open[i].writer.addInterface(
                known.indices.contains(packet.interface)
                    ? known[packet.interface] : CaptureInterface(link: packet.link))
            open[i].devices[device] = number
        }
        open[i].writer.add(
            packet: packet.bytes.withUnsafeBytes { [UInt8]($0) }, at: packet.time, length: packet.length,
            interface: number, comments: packet.comments)
        open[i].packets += 1
        open[i].bytes += packet.length
        guard open[i].writer.bytes.count >= Output.pieceSize else { return }
        var piece = open[i].writer.take()
        open[i].output.write(&piece)
        try check(open[i])
    }
    private func finish(_ part: inout Part) throws(CommandError) {
        var piece = part.writer.take()
        part.output.write(&piece)
        part.output.flush()
        try check(part)
        do throws(NewFile.Failure) { try part.file.finish() } catch {
            throw CommandError.unwritten(part.path, "\(error)")
        }
    }
    private func check(_ part: Part) throws(CommandError) {
        if case .failed(let why)? = part.output.end { throw CommandError.unwritten(part.path, why) }
    }
}
