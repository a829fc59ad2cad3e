import Capture
import Node
import Report
import Scenario

extension Command {
    static let split = Command(
        name: "split", summary: "cut a capture into parts that have whole conversations", operands: "FILE ...",
        options: [
            Option("--parts", short: "-n", value: "N", "how many, from 2 to 512"),
            Option(
                "--output", short: "-o", value: "DIR", "the folder that they are written to, as part-001.pcapng ..."),
        ],
        examples: [
            ("meshspec split -n 8 -o parts big.pcap", "eight files"),
            ("meshspec stats --partial parts/part-001.pcapng > 1.json", "what comes next"),
        ],
        notes: """
            All packets between two hosts go into one part, so that no part lacks what another has. Which one follows from the
            addresses alone: the same in every run. `meshspec stats --partial` counts what one part holds, on any machine, and
            `meshspec merge` adds that up to what the whole holds. Names, keys, devices and comments on packets of the file are in each part.
            FILE is pcap or pcapng, plain or packed with gzip; several are merged by time. It is read twice, so that it cannot be
            a pipe. Exit status: 0 all packets were written; 1 the capture is damaged, and what is whole in it was written; 2
            usage; 4 cannot be read or written, or cannot be cut.
            """
    ) { invocation in
        let paths = try files(invocation)
        guard !paths.contains("-") else { throw UsageError("the capture is read twice: a pipe cannot be") }
        guard let parts = try invocation.number("--parts", 2...512) else { throw UsageError("how many? `-n 8`") }
        guard let folder = invocation["--output"] else { throw UsageError("into which folder? `-o DIR`") }
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
        let survey = try CaptureSurvey(paths)
        if let why = Files.makeFolder(folder) { throw CommandError("cannot make \(folder): \(why)") }
        var open: [Part] = []
        for i in 0..<parts { open.append(try part(i, survey)) }
        var damage: CaptureError?
        var files = try CaptureSurvey.opened(paths)
        while true {
            do throws(CaptureError) { guard try files.advance() else { break } } catch {
                damage = error
                break
            }
            try put(files.current(), survey, &open)
        }
        for i in open.indices { try finish(&open[i]) }
        let dropped = survey.information.flatMap(\.interfaces).reduce(0 as UInt64) { $0 &+ ($1.dropped ?? 0) }
        if dropped > 0 {
            Console.error("meshspec split: \(dropped) packets were dropped while capturing, which the parts do not say")
        }
        _ = try Console.print(
            open.map { "\($0.path)  \($0.packets) packets, \($0.bytes) bytes" }.joined(separator: "\n"))
        guard let damage else { return ExitCode.good }
        Console.error("meshspec split: \(Printable.text("\(damage)"))")
        return ExitCode.failed
    }
    private func part(_ i: Int, _ survey: CaptureSurvey) throws(CommandError) -> Part {
        let digits = String(i + 1)
        let path = "\(folder)/part-\(String(repeating: "0", count: 3 - digits.count))\(digits).pcapng"
        let file: NewFile
        do throws(NewFile.Failure) { file = try NewFile(path) } catch {
            throw CommandError("cannot write \(path): \(error)")
        }
        return Part(
            path: path, file: file, output: Output(file.descriptor),
            writer: survey.writer(["part \(i + 1) of \(parts)"]))
    }
    private func put(
        _ packet: borrowing Packet, _ survey: CaptureSurvey, _ open: inout [Part]
    ) throws(CommandError) {
        guard let i = ConversationShard.of(packet, parts: parts) else {
            throw CommandError(
                "frame \(packet.number) of 802.11 holds several packets, which may be of different conversations: "
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
            throw CommandError("cannot write \(part.path): \(error)")
        }
    }
    private func check(_ part: Part) throws(CommandError) {
        if case .failed(let why)? = part.output.end { throw CommandError("cannot write \(part.path): \(why)") }
    }
}
