import Node
import Report
import Scenario
import Wire

extension Command {
    static let vectors = Command(
        name: "vectors", summary: "print messages as bytes and fields for any implementation, or judge a codec by them",
        operands: "[PROTOCOL]",
        options: [
            Option(
                .exec, value: "CMD",
                "judge the codec that this shell command starts, over its standard input and output"),
            Option(.timeout, value: "TIME", "timeout for an answer of the codec (default 10s)"),
            Option(
                .select, short: "-k", value: "EXPR",
                "vectors by name, message, function or requirement, and `tag:accept`, `tag:refuse`"),
            Option(.json, "the vectors as one JSON document; with --exec, events as `run --json`"),
            Reports.option, .color, Option(.quiet, short: "-q", "with --exec, print only failures and the summary"),
            .spec,
        ],
        examples: [
            ("meshspec vectors nano -k nano.keepalive", "the vectors of a message"),
            ("meshspec vectors --json > vectors.json", "all vectors, for a program in any language"),
            ("meshspec vectors nano --exec ./codec", "your codec, which decodes, encodes or refuses each vector"),
            ("meshspec vectors nano --exec ./codec --report junit=codec.xml", "the same for a CI system"),
        ],
        notes: """
            Spec/vectors.md describes the document and what a codec reads and writes.
            Tests/Interop/vectors/codec.py is an example. Exit status: 0 all judged vectors passed, 1 a failure, 2
            usage, 3 an invalid file, 4 the codec crashed, did not answer, or sent an unreadable answer, 5 nothing
            matched the selection or all were skipped, 130 or 143 interrupted.
            """,
        body: VectorsCommand.run)
}

/// `meshspec vectors`.
enum VectorsCommand {
    static func run(_ invocation: Invocation) throws -> Int32 {
        let command = invocation[.exec]
        for option in [.timeout, .report, .quiet] as [OptionName]
        where command == nil && invocation.has(option) {
            throw CommandError.dependent(option, on: .exec)
        }
        let definition =
            command == nil && invocation.operands.isEmpty ? nil : try invocation.definition()
        let selection = try invocation.selection
        var suite = try Suite(invocation[.spec])
        guard let all = try suite.loadVectors() else {
            throw CommandError(.noSuchFile, at: suite.vectorFolder, "there are no vectors")
        }
        if suite.complain() { throw CommandError.printed(ExitCode.invalid) }
        let vectors = suite.library.definitions.filter { definition == nil || $0.name == definition?.name }.flatMap {
            d in
            (all[d.name] ?? []).map { ProtocolVector(d, $0) }.filter { $0.isTaken(by: selection) }
        }
        guard !vectors.isEmpty else {
            throw CommandError(
                .nothingSelected, "nothing matches the selection", remedy: "`meshspec vectors` lists all vectors")
        }
        if let command, let definition {
            return try VectorRun(invocation, command: command, definition: definition, suite: suite, vectors: vectors)
                .run()
        }
        if invocation.has(.json) { return try Console.print(VectorDocument.text(vectors)) }
        let rows = vectors.map { v in
            [v.id, v.expect, v.subject, v.vector.requirements.joined(separator: " ")]
        }
        return try Console.print(TextTable.lines(rows).map(Printable.text).joined(separator: "\n"))
    }
}
