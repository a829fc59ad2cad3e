import Capture
import Node
import Recording
import Report
import Scenario

/// A capture that was read for its scenario.
struct RecordedCapture {
    /// What of it is wanted.
    struct Question {
        var nodes: [NodeAddress] = []
        var flow: Int?
        var filter: Filter?
        var rules: [DecodeAs]
        var options = RecordingOptions()

        init(_ invocation: Invocation) throws(UsageError) {
            for text in invocation.all("--as") {
                guard text.hasPrefix("dut="), let node = NodeAddress(String(text.dropFirst(4))) else {
                    throw UsageError("`--as` is dut=ADDR or dut=ADDR:PORT, not `\(text)`")
                }
                nodes.append(node)
            }
            guard !nodes.isEmpty else {
                throw UsageError(
                    "who is the node under test? --as dut=ADDR[:PORT]; `meshspec follow` lists who there is")
            }
            flow = try invocation.number("--flow", 1...Int.max)
            filter = try Command.filter(invocation)
            rules = try Command.decodeAs(invocation)
            if let text = invocation["--max-wait"] {
                guard let d = Duration(text: text) else {
                    throw UsageError("`--max-wait` is a time such as 1s, not `\(text)`")
                }
                options.longestWait = d
            }
            if let id = invocation["--id"] {
                guard !id.isEmpty, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f }) else {
                    throw UsageError("`--id` is letters, digits, points and hyphens, such as nano.recorded.one")
                }
                options.id = id
            }
        }
    }
    var recording: Recording
    /// What the capture is called.
    var name: String
    var definition: Definition
    /// 1 when the capture is damaged.
    var status: Int32

    static func read(_ paths: [String], _ asked: Question, command: String) -> Result<Self, Cases.Ended> {
        var recorder = Recorder(Registry.definitions, of: asked.nodes, flow: asked.flow, filter: asked.filter)
        var (diagnostics, tally) = (Output(2), Tally())
        let status = readCapture(paths, asked.rules, Registry.definitions, into: &recorder, &tally, &diagnostics)
        diagnostics.flush()
        guard status < ExitCode.usage else { return .failure(Cases.Ended(status: status)) }
        let names = paths.map { $0 == "-" ? "standard input" : $0.split(separator: "/").last.map(String.init) ?? $0 }
        do throws(RecordingError) {
            let name = names.joined(separator: ", ")
            let made = try recorder.finish(name, tally, asked.options)
            guard let definition = Registry.definitions.first(where: { $0.name == made.protocolName }) else {
                return .failure(Cases.Ended(status: ExitCode.usage))
            }
            return .success(Self(recording: made, name: name, definition: definition, status: status))
        } catch {
            Console.error("meshspec \(command): \(Printable.text("\(error)"))")
            let status =
                switch error {
                case .nobody: ExitCode.nothingMatched
                case .tooLong, .tooLarge: ExitCode.invalid
                case .bothEnds, .severalProtocols: ExitCode.usage
                }
            return .failure(Cases.Ended(status: status))
        }
    }
    /// The specifications, where they can be found: what was recorded can do without.
    static func suite(_ invocation: Invocation) -> Suite {
        (try? Suite(invocation["--spec"])) ?? Suite()
    }
    /// The scenario that was made; nil, and why, when it is none. Warnings are for whoever edits it.
    func scenario(_ library: Library, _ name: String, command: String) -> Scenario? {
        let source = SourceFile(name: name, bytes: Array(recording.text.utf8))
        let (scenario, problems) = Scenario.load(source, library)
        if let scenario { return scenario }
        for p in problems.prefix(5) { Console.write(p.rendered(source), to: 2) }
        Console.error(
            "meshspec \(command): no scenario can be made of all of it: choose fewer messages with --flow or -Y")
        return nil
    }
}
