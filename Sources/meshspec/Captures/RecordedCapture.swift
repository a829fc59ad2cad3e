import Capture
import Node
import Recording
import Report
import Scenario

/// A capture that was read to make a scenario of it.
struct RecordedCapture {
    /// The parameters of the reading.
    struct Question {
        var nodes: [NodeAddress] = []
        var flow: Int?
        var filter: Filter?
        var reading: ReadingOptions
        var options = RecordingOptions()

        init(_ invocation: Invocation) throws(CommandError) {
            for text in invocation.all(.as) {
                guard text.hasPrefix("dut="), let node = NodeAddress(String(text.dropFirst(4))) else {
                    throw CommandError(.badValue, at: .as, expected: "dut=ADDR or dut=ADDR:PORT", found: text)
                }
                nodes.append(node)
            }
            guard !nodes.isEmpty else {
                throw CommandError(
                    .missingArgument, "which address is the node under test?",
                    remedy: "give --as dut=ADDR[:PORT]; `meshspec follow` lists the connections")
            }
            flow = try invocation.number(.flow, 1...Int.max)
            filter = try Command.filter(invocation)
            reading = ReadingOptions(
                rules: try Command.decodeAs(invocation), secrets: try Command.secrets(invocation))
            options.longestWait = try invocation.duration(.maxWait, "1s")
            if let id = invocation[.id] {
                guard !id.isEmpty, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f }) else {
                    throw CommandError(
                        .badValue, at: .id,
                        expected: "letters, digits, points and hyphens, such as nano.recorded.one", found: id)
                }
                options.id = id
            }
        }
        /// The longest pause that is kept, and the longest sum of all pauses, unless `--max-wait` sets another limit. A
        /// capture may be silent for years.
        static let longestPause = Duration.seconds(3600)
        static let longestInAll = Duration.seconds(86_400)
        /// Sets these limits unless `--max-wait` was given.
        mutating func boundPauses() { Self.bound(&options) }
        static func bound(_ options: inout RecordingOptions) {
            guard options.longestWait == nil else { return }
            options.longestWait = longestPause
            options.longestInAll = longestInAll
        }
    }
    var recording: Recording
    /// The names of the capture files.
    var name: String
    var definition: Definition
    /// 1 if the capture is damaged, otherwise 0.
    var status: Int32

    static func read(_ paths: [String], _ asked: Question, of command: String) throws(CommandError) -> Self {
        var recorder = Recorder(Registry.definitions, of: asked.nodes, flow: asked.flow, filter: asked.filter)
        var diagnostics = Output(2, of: command)
        let read = readCapture(paths, asked.reading, into: &recorder, &diagnostics)
        diagnostics.flush()
        guard read.status < ExitCode.usage else { throw CommandError.printed(read.status) }
        let names = paths.map { $0 == "-" ? "standard input" : $0.split(separator: "/").last.map(String.init) ?? $0 }
        let name = names.joined(separator: ", ")
        let made: Recording
        do throws(RecordingError) {
            made = try recorder.finish(name, read.tally, asked.options)
        } catch {
            throw error.coded
        }
        guard let definition = Registry.definitions.first(where: { $0.name == made.protocolName }) else {
            throw CommandError(
                .unknownProtocol, no: "protocol", called: made.protocolName, of: Registry.definitions.map(\.name))
        }
        return Self(recording: made, name: name, definition: definition, status: read.status)
    }
    /// The number of losses that are printed. The file lists every loss.
    private static let told = 100
    /// Prints the losses of the scenario.
    func tellLosses(_ command: String) {
        for loss in recording.losses.prefix(Self.told) { Console.error("meshspec \(command): \(Printable.text(loss))") }
        let rest = recording.losses.count - Self.told
        if rest > 0 { Console.error("meshspec \(command): and \(rest) more, as comments in the file") }
    }
    /// Returns the specifications. If they cannot be read, an empty suite suffices for a recording.
    static func suite(_ invocation: Invocation) -> Suite {
        (try? Suite(invocation[.spec])) ?? Suite()
    }
    /// Returns a scenario of the first steps, at least `count` if the recording has enough, and their number. Nil if
    /// these steps are no valid scenario.
    func beginning(_ count: Int, _ library: Library, _ name: String) -> (scenario: Scenario, count: Int)? {
        let (bytes, count) = recording.beginning(count)
        return Scenario.load(SourceFile(name: name, bytes: bytes), library).scenario.map { ($0, count) }
    }
    /// Returns true if a part of the steps has no mistakes. Names and links of earlier parts are unknown here, but
    /// correct, because the recorder has made them. After false, only the whole scenario can show if there is a
    /// mistake.
    func isSound(_ piece: [UInt8], _ library: Library) -> Bool {
        let borrowed: Set<DiagnosticCode> = [.unknownName, .unknownLink]
        return Scenario.load(SourceFile(name: name, bytes: recording.bytes(of: piece)), library).diagnostics.allSatisfy
        {
            $0.severity != .error || borrowed.contains($0.code)
        }
    }
    /// Writes the scenario file in parts. A long scenario was not loaded as a whole, so each part is checked when it is
    /// written. If a part has mistakes, the whole scenario is loaded, which throws if it is invalid too.
    func write(to output: inout Output, _ library: Library, _ name: String) throws(CommandError) {
        output.append { $0 += recording.header.utf8 }
        let isLong = recording.stepCount > Recording.long
        var areSound = true
        do throws(RecordingError) {
            try recording.eachPiece(Recording.long) { piece in
                if isLong, areSound { areSound = isSound(piece, library) }
                output.append { $0 += piece }
            }
        } catch {
            var failure = error.coded
            failure.status = ExitCode.invalid
            throw failure
        }
        if !areSound { _ = try scenario(library, name) }
        output.flush()
    }
    /// Returns the scenario. Warnings are left to the user who edits it.
    func scenario(_ library: Library, _ name: String) throws(CommandError) -> Scenario {
        let source = SourceFile(name: name, bytes: recording.bytes)
        let (scenario, problems) = Scenario.load(source, library)
        if let scenario { return scenario }
        for p in problems.prefix(5) { Console.write(p.rendered(source), to: 2) }
        throw CommandError(
            .noScenario, "the messages make no valid scenario", remedy: "choose fewer with --flow or -Y")
    }
}
