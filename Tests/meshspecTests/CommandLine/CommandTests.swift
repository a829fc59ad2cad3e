import Glibc
import Node
import Scenario
import TestThreads
import Testing
import Wire

@testable import meshspec

/// Command lines, their exit status and their output.
@Suite(.waits) struct CommandTests {
    /// A command line, its exit status, a part of its standard output, the code of its error, and a part of the line
    /// with the code, or of its standard error.
    struct Row: CustomTestStringConvertible {
        var line: String
        var status: Int32
        var out: String
        var code: ErrorCode?
        var err: String
        init(_ line: String, _ status: Int32, out: String = "", code: ErrorCode? = nil, err: String = "") {
            self.line = line
            self.status = status
            self.out = out
            self.code = code
            self.err = err
        }
        var testDescription: String { line }
    }
    static let rows = [
        Row("meshspec", 2, err: "Usage: meshspec COMMAND"),
        Row("meshspec --version", 0, out: "meshspec \(Version.current)\n"), Row("meshspec -V", 0, out: "meshspec "),
        Row("meshspec --help", 0, out: "Usage: meshspec COMMAND"), Row("meshspec -h", 0, out: "Commands:"),
        Row("meshspec help", 0, out: "Commands:"), Row("meshspec help run", 0, out: "Usage: meshspec run"),
        Row("meshspec help rnu", 2, code: .unknownCommand, err: "`run`"),
        // Unknown words, with the intended word.
        Row("meshspec rnu", 2, code: .unknownCommand, err: "did you mean `run`?"),
        Row("meshspec bench", 2, code: .unknownCommand, err: "meshspec-bench"),
        Row("meshspec zzzzzz", 2, code: .unknownCommand, err: "`zzzzzz`; `meshspec --help`"),
        Row("meshspec \"$(printf '\\033[31m')\"", 2, code: .unknownCommand, err: "`\\u{1b}[31m`"),
        Row("meshspec run --targt x", 2, code: .unknownOption, err: "did you mean `--target`?"),
        Row("meshspec run -x", 2, code: .unknownOption, err: "`-x`"),
        Row("meshspec run --seed", 2, code: .missingValue, err: "--seed"),
        Row("meshspec run -k", 2, code: .missingValue, err: "-k"),
        Row("meshspec run --simulate=yes", 2, code: .extraArgument, err: "--simulate"),
        Row("meshspec run --seed 1 --seed 2", 2, code: .extraArgument, err: "twice"),
        Row(
            "meshspec run --seed seven", 2, code: .badValue,
            err: "--seed: expected a number, found `seven`; see `meshspec run --help`"),
        Row("meshspec run --seed -1", 2, code: .badValue, err: "--seed"),
        Row("meshspec run -j0", 2, code: .badValue, err: "--jobs"),
        Row("meshspec run --jobs=many", 2, code: .badValue, err: "--jobs"),
        Row("meshspec run --slack soon", 2, code: .badValue, err: "--slack"),
        Row("meshspec run --color blue", 2, code: .badValue, err: "--color"),
        Row("meshspec run -P network", 2, code: .badValue, err: "NAME=VALUE"),
        Row("meshspec run -P network=moon", 2, code: .badValue, err: "-P network"),
        Row("meshspec run -P netwrok=dev", 2, code: .unknownName, err: "did you mean `network`?"),
        Row(
            "meshspec run --protocol nano --profile v27", 2,
            code: .badValue, err: "did you mean `v28`?"),
        Row(
            "meshspec run --bug bad-signatur", 2, code: .unknownName, err: "did you mean `bad-signature`?"),
        // Targets.
        Row("meshspec run --target nowhere", 2, code: .badAddress, err: "HOST:PORT"),
        Row("meshspec run --target 127.0.0.1:99999", 2, code: .badAddress, err: "HOST:PORT"),
        Row("meshspec run --protocol nano --target 127.0.0.1:0", 2, code: .badAddress, err: "port 0"),
        Row("meshspec run --listen 127.0.0.1", 2, code: .badAddress, err: "HOST:PORT"),
        Row("meshspec run --protocol nano --listen 127.0.0.1:0", 2, code: .badAddress, err: "--listen"),
        Row("meshspec run --target nobody.invalid:7075", 4, code: .unknownHost, err: "nobody.invalid"),
        Row(
            "meshspec run --target 127.0.0.1:17999 --no-preflight", 2,
            code: .ambiguous, err: "--protocol nano or rightmesh"),
        Row(
            "meshspec run --audit-caps", 2,
            code: .ambiguous, err: "--protocol nano or rightmesh"),
        Row(
            "meshspec run --protocol rightmesh nano.handshake.v2-query", 2,
            code: .nothingSelected, err: "rightmesh"),
        Row(
            "meshspec run --profile nope", 2,
            code: .unknownName, err: "nano has v28, legacy, v23, v24, v29dev; rightmesh has"),
        Row(
            "meshspec run --target 127.0.0.1:40000 --dry-run -k req:RM-01", 0, out: "rightmesh.rm.01",
            err: "25 of 26 cases would run; 1 would be skipped: 1 needs control.counters\nexpected time: about "),
        Row("meshspec run --simulate --target 127.0.0.1:7075", 2, code: .notApplicable, err: "--simulate"),
        Row("meshspec run --bug no-answer --target 127.0.0.1:7075", 2, code: .notApplicable, err: "--bug"),
        Row("meshspec run --target 127.0.0.1:7075 --id 0xzz", 2, code: .badValue, err: "0xzz"),
        Row("meshspec run --protocol nano --id 0x01", 2, code: .notApplicable, err: "--id"),
        Row("meshspec run --target ws://127.0.0.1:9/chat --dry-run", 0, out: "\nwebsocket.", err: " would run; "),
        Row(
            "meshspec run --target ws://127.0.0.1:9/.well-known/dx/signal?a=b --dry-run", 0, out: "\ndxos.",
            err: " would run; "),
        Row("meshspec run --target missing.yaml", 4, code: .noSuchFile, err: "missing.yaml"),
        // Selections.
        Row(
            "meshspec run nano.handshake.v2-qurey", 5, code: .unknownName,
            err: "did you mean `nano.handshake.v2-query`?"),
        Row(
            "meshspec run --simulate nano.handshake.v2-query nano.handshake.v2-qurey", 5,
            code: .unknownName, err: "did you mean `nano.handshake.v2-query`?"),
        Row("meshspec run no.such.case", 5, code: .unknownName, err: "no.such.case"),
        Row("meshspec run -k 'tag:handshak'", 5, code: .nothingSelected, err: "did you mean `handshake`?"),
        Row("meshspec run -k 'tag:('", 2, code: .badExpression, err: "-k: unexpected"),
        Row("meshspec run -k ''", 2, code: .badExpression, err: "-k: "),
        Row("meshspec run -- --json", 5, code: .unknownName, err: "`--json`"),
        Row("meshspec run missing.yaml", 4, code: .noSuchFile, err: "missing.yaml"),
        Row("meshspec run missing/", 4, code: .noSuchFile, err: "missing/"),
        Row("meshspec run --spec missing", 4, code: .noSuchFile, err: "missing: "),
        Row("MESHSPEC_SPEC=missing meshspec list", 4, code: .noSuchFile, err: "missing: "),
        Row("meshspec list -k NANO-18", 0, out: "nano.handshake.v2-signature "),
        Row("meshspec list nano.header.unknown-type", 0, out: "nano.header.unknown-type  NANO-11  The node closes"),
        Row("meshspec list --protocol nano -k NANO-18", 0, out: "nano.handshake.v2-signature "),
        Row("meshspec list --protocol rightmesh -k NANO-18", 5, code: .nothingSelected),
        Row("meshspec list --protocol nan", 2, code: .unknownProtocol, err: "did you mean `nano`?"),
        Row("meshspec show", 2, code: .missingArgument, err: "case"),
        Row("meshspec show nope", 5, code: .unknownName, err: "nope"),
        Row("meshspec show nano.handshake.v2-signature", 0, out: "proves NANO-18"),
        // `explain`.
        Row("meshspec explain", 2, code: .missingArgument),
        Row("meshspec explain nano a", 5, code: .unknownName, err: "`a`"),
        Row("meshspec explain nano.keepaliv", 5, code: .unknownName, err: "did you mean `nano.keepalive`?"),
        Row("meshspec explain nano-18", 0, out: "NANO-18  MUST"),
        Row("meshspec explain nano.handshake.v2-signature", 0, out: "proves NANO-18"),
        Row(
            "meshspec explain nano.handshake.v2-signatur", 5, code: .unknownName,
            err: "did you mean `nano.handshake.v2-signature`?"),
        Row("meshspec explain ms0031", 0, out: "MS0031\nA $("),
        Row("meshspec explain MS1203", 0, out: "MS1203\nAnother program listens"),
        Row("meshspec explain codes", 0, out: "MS1001  No command has this name."),
        // `check`.
        Row("meshspec check", 0, out: " scenarios valid"),
        Row("meshspec check missing.yaml", 4, code: .noSuchFile, err: "missing.yaml"),
        Row("meshspec check /dev/null", 3, err: "error[MS"),
        Row("meshspec check Spec/websocket", 0, out: " scenarios, 1 suite file valid"),
        Row("meshspec check Captures", 5, code: .nothingSelected),
        Row("meshspec check Spec/nano/fragments/head.yaml", 2, code: .wrongFile, err: "fragment"),
        // `schema`, `install`.
        Row("meshspec schema targt", 2, code: .unknownName, err: "did you mean `target`?"),
        Row("meshspec schema target baseline", 2, code: .extraArgument, err: "one kind of file"),
        Row("meshspec schema --keys expct", 2, code: .unknownName, err: "did you mean `expect`?"),
        Row("meshspec schema --keys --protocol nano", 2, code: .conflict, err: "--keys"),
        Row("meshspec completion", 2, code: .missingArgument, err: "bash, zsh or fish"),
        Row("meshspec completion bsh", 2, code: .unknownName, err: "did you mean `bash`?"),
        Row("meshspec man rnu", 2, code: .unknownName, err: "`run`"),
        Row("meshspec man run list", 2, code: .extraArgument, err: "one command"),
        // `node`.
        Row("meshspec node", 2, code: .missingArgument, err: "nano"),
        Row("meshspec node nan", 2, code: .unknownProtocol, err: "did you mean `nano`?"),
        Row("meshspec node nano", 2, code: .missingArgument, err: "--listen, --connect"),
        Row("meshspec node nano --listen 127.0.0.1:x", 2, code: .badAddress, err: "HOST:PORT"),
        Row("meshspec node nano --listen 192.0.2.1:0", 4, code: .cannotListen, err: "192.0.2.1:0"),
        Row("meshspec node nano --connect 127.0.0.1 --for 1s", 2, code: .badAddress, err: "HOST:PORT"),
        Row("meshspec node nano --listen 127.0.0.1:0 --for long", 2, code: .badValue, err: "--for"),
        Row("meshspec node nano --listen 127.0.0.1:0 --for 10ms", 0, out: #"{"event":"started","#),
        // `decode`, `stats`.
        Row("meshspec decode", 2, code: .missingArgument, err: "file"),
        Row("meshspec decode - -", 2, code: .extraArgument, err: "twice"),
        Row("meshspec decode -o jsn x", 2, code: .badValue, err: "did you mean `json`?"),
        Row("meshspec decode -d 7075 x", 2, code: .badValue, err: "tcp.port==17075,nano"),
        Row(
            "meshspec decode -d tcp.port==1,nope Captures/nano/nano-node-light-v2.pcap", 2,
            code: .unknownProtocol, err: "`nope`"),
        Row("meshspec decode missing.pcap", 4, code: .noSuchFile, err: "missing.pcap"),
        Row("meshspec decode README.md", 4, code: .notACapture, err: "README.md"),
        Row("meshspec stats README.md", 4, code: .notACapture, err: "README.md"),
        Row("meshspec stats missing.pcap", 4, code: .noSuchFile, err: "missing.pcap"),
        Row("meshspec decode - </dev/null", 4, code: .notACapture, err: "meshspec decode: "),
        Row("meshspec decode Captures/nano/nano-node-light-v2.pcap", 0, out: "nano.node_id_handshake handshake V2"),
        Row("meshspec decode - <Captures/nano/nano-node-light-v2.pcap", 0, out: "nano.node_id_handshake handshake V2"),
        Row(
            "head -c 5000 Captures/nano/nano-node-light-v2.pcap | meshspec decode -", 1, code: .damagedCapture,
            err: "ends inside"),
        Row(
            "head -c 5000 Captures/nano/nano-node-light-v2.pcap | meshspec stats -o json -", 1, out: #"{"packets":32,"#),
        Row("meshspec stats Captures/nano/nano-node-light-v2.pcap", 0, out: "nano.keepalive"),
    ]
    @Test(arguments: rows) func table(_ row: Row) throws {
        let isWhole = row.line == "meshspec check" || row.line.contains("Spec/websocket") || row.line.contains(" ws://")
        let suites = isWhole ? Shell.package + "/Spec" : try #require(PartOfTheSuites.folder)
        let r = try Shell.run(row.line, variables: "LC_ALL=C.UTF-8 MESHSPEC_SPEC='\(suites)'")
        #expect(r.status == row.status, "\(r.err)")
        #expect(row.out.isEmpty || r.out.contains(row.out), "\(r.out)")
        if let code = row.code {
            #expect(r.failed(code, row.err, status: row.status), "\(r.err)")
        } else {
            #expect(row.err.isEmpty ? r.status != 0 || r.err.isEmpty : r.err.contains(row.err), "\(r.err)")
        }
        // An error before any work leaves standard output empty for programs.
        if row.status >= 2 { #expect(r.out.isEmpty) }
        if row.status == 2, row.line.hasPrefix("meshspec run -") { #expect(!r.err.contains("\n\n")) }
        #expect(!r.err.contains("\u{1b}"))
    }

    @Test func overviewNamesEveryCommand() throws {
        let text = try Shell.run("meshspec --help").out
        for c in Meshspec.commands { #expect(text.contains("\n  \(c.name) ") && text.contains(c.summary)) }
        for part in ["Usage:", "Commands:", "Examples:"] { #expect(text.contains(part)) }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }
    /// Each topic is named by the overview, printed by `help`, and contained in the manual. The examples are filters.
    @Test func helpTopics() throws {
        let overview = try Shell.run("meshspec help").out
        for topic in HelpTopic.all {
            #expect(overview.contains("`meshspec help \(topic.name)`"))
            let r = try Shell.run("meshspec help \(topic.name)")
            #expect(r.status == 0 && r.err.isEmpty && r.out.contains(topic.text))
            #expect(r.out.split(separator: "\n").allSatisfy { $0.count <= 120 })
            #expect(try Shell.run("meshspec man").out.contains(".SH \(topic.name.uppercased())\n"))
        }
        let lines = HelpTopic.filters.text.split(separator: "\n")
        let examples = lines.dropFirst().prefix { $0.hasPrefix("  ") }.map { $0.dropFirst(2).prefix(50) }
        #expect(examples.count == 6)
        for example in examples {
            let filter = example.replacing("'", with: "'\\''")
            let r = try Shell.run("meshspec decode -Y '\(filter)' Captures/nano/nano-node-light-v2.pcap")
            #expect(r.status == 0, "\(example): \(r.err)")
        }
    }
    /// The help of each command has its usage, its options and examples. The command accepts its examples.
    @Test(arguments: Meshspec.commands.map(\.name)) func help(_ name: String) throws {
        let r = try Shell.run("meshspec \(name) --help")
        let command = try #require(Meshspec.commands.first { $0.name == name })
        #expect(r.status == 0 && r.err.isEmpty)
        for part in ["Usage: meshspec \(name) [OPTIONS]", "\nOptions:\n", "\nExamples:\n  "] {
            #expect(r.out.contains(part))
        }
        for o in command.options + [.help] { for n in o.names { #expect(r.out.contains(n)) } }
        #expect(try Shell.run("meshspec help \(name)").out == r.out)
        #expect(r.out.split(separator: "\n").allSatisfy { $0.count <= 140 })
        for example in command.examples {
            #expect(r.out.contains(example.line) && !example.purpose.isEmpty)
            let words = try Shell.run(
                "for w in \(example.line.replacing("|", with: "'|'").replacing(">", with: "'>'")); do echo \"$w\"; done"
            ).lines.prefix { $0 != ">" }
            let at = try #require(words.lastIndex(of: "meshspec"))
            // The example may show another command that follows.
            let shown = try #require(Meshspec.commands.first { $0.name == words[at + 1] })
            #expect(shown.name == name || example.purpose == "the next step")
            #expect(throws: Never.self) { try Invocation(shown, Array(words.dropFirst(at + 2))) }
        }
    }
    @Test func explainEverything() throws {
        var suite = try Suite(Shell.package + "/Spec")
        #expect(try suite.load(suite.files).count > 50 && suite.diagnostics.isEmpty)
        let requirements = suite.library.requirements.values.flatMap { $0.all }
        #expect(requirements.count > 40)
        var words = requirements.map(\.id) + Registry.definitions.map(\.name) + ["bugs"]
        words += Registry.definitions.flatMap { $0.messages.map { $0.name.description } }
        words += Explain.codes.map(\.code)
        var r = try Shell.run("meshspec explain \(words.joined(separator: " "))")
        #expect(r.status == 0 && r.err.isEmpty)
        r.out = "\n" + r.out
        for q in requirements {
            #expect(r.says("\n\(q.id)  \(q.level.rawValue)  \(q.kind)\n  \(q.text)\n  source: "))
        }
        for b in Registry.definitions.flatMap(\.reference.bugs) { #expect(r.says("\(b.requirement)  \(b.summary)")) }
        for d in Registry.definitions {
            for m in d.messages {
                for f in m.describe() {
                    #expect(r.says("\n\(f.name)\(f.isList ? "[]" : "") "), "\(m.name).\(f.name)")
                }
            }
        }
        // The page shows the offset of a field if it is constant.
        let page = try Shell.run("meshspec explain nano.node_id_handshake").out
        for row in ["extensions 6 2 number", "query 8 32 bytes", "response.node_id varies 32 bytes"] {
            #expect(page.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ").contains(row))
        }
    }
    /// The output of each command for programs is JSON only.
    @Test(arguments: [
        "list --json", "run --simulate --json --bug bad-signature -k tag:handshake",
        "decode -o json Captures/nano/nano-node-light-v2.pcap", "stats -o json Captures/nano/nano-node-light-v2.pcap",
        "node nano --listen 127.0.0.1:0 --for 10ms",
    ]) func everyLineIsJSON(_ line: String) throws {
        let r = try PartOfTheSuites.run("meshspec \(line)")
        #expect(!r.lines.isEmpty)
        for l in r.lines { #expect(JSON.parse(Array(l.utf8)) != nil, "\(l)") }
    }
    /// If the reader closes the pipe before or after the first line, the command reports no error.
    @Test(arguments: ["true", "head -1"]) func readerGoesAway(_ reader: String) throws {
        let capture = "Captures/nano/nano-node-light-v2.pcap"
        for line in [
            "list", "list --json", "show nano.handshake.v2-query", "explain nano", "explain nano.keepalive", "--help",
            "run --help", "run --simulate --json -k tag:handshake", "decode \(capture)", "decode -o tree \(capture)",
            "stats \(capture)",
            "--version", "node nano --listen 127.0.0.1:0 --for 10ms",
        ] {
            let r = try PartOfTheSuites.run("{ meshspec \(line); echo \"status $?\" >&2; } | \(reader)")
            #expect(r.err.hasSuffix("status 0\n"), "\(line): \(r.err)")
            #expect(!r.err.contains("cannot write"))
        }
    }
    /// A command that could not write its output does not succeed.
    @Test func diskIsFull() throws {
        for line in [
            "list", "show nano.handshake.v2-query", "explain nano", "explain bugs", "--version", "run --help",
            "run --simulate --json nano.handshake.v2-query", "stats Captures/nano/nano-node-light-v2.pcap",
        ] {
            let r = try PartOfTheSuites.run("meshspec \(line) >/dev/full")
            #expect(r.failed(.cannotWrite, "No space left"), "\(line)")
        }
    }
    @Test func unreadableFolder() throws {
        let folder = try Folder()
        _ = try folder.write("a.yaml", "meshspec: 1\n")
        chmod(folder.path, 0)
        defer { chmod(folder.path, 0o700) }
        // Root can read everything. The test runs as another user if that user can reach the program.
        var before = ""
        if geteuid() == 0 {
            before = "setpriv --reuid=65534 --regid=65534 --clear-groups "
            guard try Shell.run("\(before)meshspec check --spec Spec Spec/nano/scenarios").status == 0 else {
                print("unreadableFolder: skipped, only root can run this build")
                return
            }
        }
        for line in ["run", "list", "check"] {
            let r = try Shell.run("\(before)meshspec \(line) '\(folder.path)'")
            #expect(r.failed(.cannotRead, "\(folder.path): "), "\(line): \(r.err)")
        }
    }
    /// The program and all its modules start without Foundation.
    @Test func linkage() throws {
        let r = try Shell.run("readelf -d '\(Shell.products)/meshspec'")
        if r.status == 127 {
            print("linkage: the dynamic section was not read, there is no readelf")
        } else {
            #expect(r.out.contains("NEEDED"))
            #expect(!r.out.lowercased().contains("foundation"))
        }
        let imports = try Shell.run(
            "grep -rnE --exclude-dir EmbedFiles 'import +(struct +|class +)?Foundation' Sources")
        #expect(imports.status == 1 && imports.out.isEmpty)
    }
}
