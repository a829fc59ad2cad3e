import Glibc
import Network
import Node
import TestThreads
import Testing
import Wire

@testable import meshspec

/// `meshspec run` as a program: the exit status, the use of the outputs, and the report of a failure.
@Suite(.waits) struct RunTests {
    static let bug = "meshspec run --simulate --bug bad-signature --seed 7 nano.handshake.v2-signature"

    @Test func pass() throws {
        let r = try Shell.run("meshspec run nano.handshake.v2-query")
        #expect(r.status == 0 && r.err.isEmpty)
        #expect(
            r.out.hasPrefix(
                "meshspec \(Version.current)  target reference node (v28, ledger small, network dev)  seed 0x"))
        #expect(r.out.contains("\n  ✓ nano.handshake.v2-query "))
        #expect(r.out.split(separator: "\n").last?.hasPrefix("1 case: 1 pass   MUST 1/1   ") == true)
    }
    /// A part of all suites passes in virtual time, and of the Nano suite in each profile. The output for programs is JSON
    /// only. The first command of README runs the whole, and `NanoSuiteTests` each profile.
    @Test(arguments: ["--shard 1/8", "--profile legacy --shard 1/3", "--profile v29dev --shard 2/3"])
    func suites(_ options: String) throws {
        let r = try Shell.run("meshspec run --simulate --json \(options)")
        #expect(r.lines.count > 100)
        for l in r.lines { #expect(JSON.parse(Array(l.utf8)) != nil, "\(l)") }
        #expect(r.status == 0, "\(r.err)")
        #expect(r.err.contains(" pass, ") && !r.err.contains(" fail") && !r.err.contains(" inconc"))
    }
    /// The failure block has all parts: rule, quote, place, caret, expected and got, bytes, ladder, seed, command.
    @Test func failureBlock() throws {
        let r = try Shell.run(Self.bug)
        #expect(r.status == 1 && r.err.isEmpty)
        let lines = r.out.split(separator: "\n").map(String.init)
        func line(_ parts: String...) -> Int? { lines.firstIndex { l in parts.allSatisfy { l.contains($0) } } }
        let head = try #require(line("✗ nano.handshake.v2-signature  step ", " · NANO-18 MUST · "))
        let place = try #require(lines[head].split(separator: " ").last)
        #expect(place.hasPrefix("Spec/nano/scenarios/nano.handshake.v2-signature.yaml:"))
        let numbers = place.split(separator: ":").dropFirst().compactMap { Int($0) }
        try #require(numbers.count == 2)
        #expect(line("\"The signature of a V2 response is made by its node id over") != nil)
        #expect(line("nano-node, messages.cpp") != nil)
        // The line of the file, and the caret at the named column.
        let quoted = try #require(line("\(numbers[0]) |", "$verifies"))
        let caret = try #require(line("^", "signature does not verify"))
        #expect(caret == quoted + 1)
        let column = try #require(Array(lines[caret]).firstIndex(of: "^"))
        let bar = try #require(Array(lines[quoted]).firstIndex(of: "|"))
        #expect(column - bar - 1 == numbers[1])
        #expect(Array(lines[quoted])[column...].starts(with: Array("signature")))
        let field = try #require(line("! response.signature  0x"))
        #expect(lines[field].contains("expected: ") || lines[field + 1].contains("expected: "))
        #expect(line("response.node_id    0x") != nil)
        #expect(line("[", "]", "<- response.signature bytes 136..199") != nil)
        #expect(line("peer ─ handshake V2: query ", "▶ node") != nil)
        #expect(line("peer ◀─ handshake V2: query ", "─ node", "✗ NANO-18") != nil)
        #expect(line("seed 0x7  repro: meshspec run nano.handshake.v2-signature --seed 0x7") != nil)
        #expect(lines.last?.hasPrefix("1 case: 0 pass, 1 fail   MUST 0/1   ") == true)
    }
    func repro(_ r: Shell.Outcome) throws -> String {
        let line = try #require(r.out.split(separator: "\n").first { $0.contains("repro: ") })
        return String(try #require(line.split(separator: "repro: ").last))
    }
    /// Returns the reason of the failure, without the times.
    func reason(_ r: Shell.Outcome) -> [String] {
        r.out.split(separator: "\n").map(String.init).filter {
            $0.contains("! ") || $0.contains("expected:") || $0.contains("   <- ") || $0.contains("does not verify")
        }.filter { !$0.contains(" ms  ") && !$0.contains(" us  ") }
    }
    /// The printed command repeats the case exactly, byte for byte.
    @Test func reproCommand() throws {
        for command in [
            "meshspec run --simulate --bug bad-signature -k NANO-18 nano.handshake.v2-signature",
            "meshspec run --bug bad-signature nano.handshake.v2-signature -P network=live --slack 2s --profile v29dev",
        ] {
            let first = try Shell.run(command)
            #expect(first.status == 1)
            let again = try Shell.run(try repro(first))
            #expect(again.status == 1)
            #expect(!reason(first).isEmpty && reason(again) == reason(first))
            #expect(try repro(again) == repro(first))
        }
    }
    /// The command repeats a case outside of the suite by its file, for each file name.
    @Test func reproOfAFile() throws {
        let folder = try Folder()
        let suite = try Shell.run("cat Spec/nano/suite.yaml")
        _ = try folder.write("suite.yaml", suite.out)
        let r = try Shell.run("cat Spec/nano/scenarios/nano.handshake.v2-signature.yaml")
        let path = try folder.write(
            "it's mine.yaml", r.out.replacing("suite: ../suite.yaml", with: "suite: suite.yaml"))
        let first = try Shell.run("meshspec run --simulate --bug bad-signature \"\(path)\"")
        #expect(first.status == 1)
        #expect(try repro(first).hasPrefix("meshspec run '\(folder.path)/it'\\''s mine.yaml' --seed 0x"))
        let again = try Shell.run(try repro(first))
        #expect(again.status == 1 && reason(again) == reason(first))
    }
    @Test func invalidFile() throws {
        let folder = try Folder()
        let path = try folder.write("bad.yaml", "meshspec: 1\nid: x\nid: y\nsteps: [\n")
        for command in ["run", "check"] {
            let r = try Shell.run("meshspec \(command) '\(path)'")
            #expect(r.status == 3 && r.out.isEmpty)
            #expect(r.err.contains("error[MS") && r.err.contains("--> \(path):") && r.err.contains("^"))
        }
        let target = try folder.write("target.yaml", "meshspec-target: 1\nprotocol: nona\n")
        let r = try Shell.run("meshspec run -t '\(target)'")
        #expect(r.failed(.invalidFile, "target.yaml") && r.err.contains("did you mean `nano`?"), "\(r.err)")
    }
    /// If the address has no listener, the environment is the cause and there is no verdict. The message appears once
    /// and not for each case.
    @Test func refused() throws {
        let network = try SocketNetwork()
        let (id, at) = try network.listen(.loopback(0))
        network.stopListening(id)
        let r = try Shell.run("meshspec run --protocol nano --target \(at) --json")
        #expect(r.failed(.noNode, "\(at)"), "\(r.err)")
        #expect(!r.err.contains("repro: "))
        let last = try #require(JSON.parse(Array((r.lines.last ?? "").utf8)))
        #expect(last["event"] == "summary" && last["exit"] == 4 && last["pass"] == 0 && last["fail"] == 0)
    }
    @Test func nothingToRun() throws {
        let r = try Shell.run("meshspec run nano.handshake.v3-query --json")
        #expect(r.status == 5 && r.err.contains("no case could be run"))
        #expect(r.lines.last?.contains(#""skip":1,"#) == true && r.lines.last?.hasSuffix(#""exit":5}"#) == true)
    }

    static let summaryKeys = [
        "event", "pass", "fail", "warn", "inconc", "error", "skip", "xfail", "xpass", "flaky", "notrun", "seed",
        "exit",
    ]
    @Test func json() throws {
        for (command, status) in [(Self.bug, Int32(1)), ("meshspec run --simulate --seed 7 -k tag:handshake", 0)] {
            let r = try Shell.run(command + " --json")
            #expect(r.status == status)
            let events = try r.lines.map { try #require(JSON.parse(Array($0.utf8)), "\($0)") }
            let last = try #require(events.last)
            guard case .map(let entries) = last else {
                Issue.record("\(last)")
                return
            }
            #expect(entries.map(\.key) == Self.summaryKeys)
            #expect(last["exit"] == .uint(UInt64(status)) && last["seed"] == "0x7")
            let cases = events.filter { $0["event"] == "case" }
            #expect(events.first?["event"] == "start" && events.first?["cases"] == .uint(UInt64(cases.count)))
            #expect(events.count == cases.count + 2)
            for v in ["pass", "fail", "skip"] {
                #expect(last[v] == .uint(UInt64(cases.count { $0["verdict"] == .text(v) })))
            }
            // The user reads the same on standard error.
            #expect(r.err.contains("\(cases.count) case"))
            // The events of a pass have no fields of a failure.
            for c in cases where c["verdict"] == "pass" { #expect(c["trace"] == nil && c["reason"] == nil) }
        }
        let event = try #require(try Shell.run(Self.bug + " --json").lines.dropFirst().first)
        let failed = try #require(JSON.parse(Array(event.utf8)))
        #expect(
            failed["requirement"] == "NANO-18" && failed["level"] == "MUST" && failed["path"] == "response.signature")
        #expect(failed["command"].map { "\($0)" }?.contains("--seed 0x7") == true)
    }
    /// The same seed gives the same events, without exception.
    @Test func deterministic() throws {
        func run(_ seed: String) throws -> String {
            try PartOfTheSuites.run(
                "meshspec run --simulate --seed \(seed) --json --bug accepts-wrong-cookie -k tag:handshake"
            ).out
        }
        let first = try run("99")
        #expect(first.contains(#""verdict":"fail""#))
        #expect(try run("0x63") == first)
        #expect(try run("98") != first)
    }

    // Colours and characters.

    @Test func colours() throws {
        for (command, variables, isColoured) in [
            ("\(Self.bug)", "LC_ALL=C.UTF-8", false), ("\(Self.bug) --color always", "LC_ALL=C.UTF-8", true),
            ("\(Self.bug) --color=never", "LC_ALL=C.UTF-8", false), ("\(Self.bug) --color auto", "NO_COLOR=1", false),
            ("\(Self.bug) --color always", "NO_COLOR=1", true),
        ] {
            let r = try Shell.run(command, variables: variables)
            #expect(r.out.contains("\u{1b}[31m") == isColoured, "\(variables) \(command)")
            #expect(r.status == 1)
        }
    }
    /// A terminal shows colours, unless the environment disables them. Lines end at its edge.
    @Test func onATerminal() throws {
        guard try Shell.run("script --version").status == 0 else {
            print("onATerminal: skipped, there is no script(1)")
            return
        }
        func typed(_ command: String, _ variables: String) throws -> String {
            try Shell.run(
                "stty() { :; }; script -qec \"stty cols 60; \(command)\" /dev/null",
                variables: "TERM=xterm \(variables)"
            ).out
        }
        #expect(try typed(Self.bug, "LC_ALL=C.UTF-8").contains("\u{1b}[31m✗\u{1b}[0m"))
        #expect(try !typed(Self.bug, "NO_COLOR=1").contains("\u{1b}[31m"))
        #expect(try !typed(Self.bug, "TERM=dumb").contains("\u{1b}[31m"))
        let line = try typed("\(Self.bug) --color never", "LC_ALL=C.UTF-8").split(whereSeparator: \.isNewline)
            .first { $0.contains("✗ nano") }
        // A slow machine has drawn and erased a progress line there before.
        let shown = line?.replacing("\u{1b}[K", with: "")
        #expect(shown.map { $0.count <= 60 && $0.hasSuffix("…") } == true, "\(line ?? "")")
    }
    /// If the locale only supports ASCII, the output is only ASCII.
    @Test(arguments: ["LC_ALL=C", "LC_ALL= LC_CTYPE=POSIX", "LC_ALL= LC_CTYPE= LANG=de_DE.ISO-8859-1"])
    func plainASCII(_ variables: String) throws {
        let handshakes = "meshspec run --simulate -k tag:handshake"
        for command in [Self.bug, handshakes, "meshspec run --simulate --bug no-keepalive nano.client.keepalive"] {
            let r = try PartOfTheSuites.run(command, variables: variables)
            #expect(r.out.utf8.allSatisfy { $0 < 0x80 })
            #expect(r.out.contains(command == handshakes ? "  ok   nano." : " NANO-"))
        }
        #expect(try Shell.run(Self.bug, variables: "LC_ALL= LC_CTYPE=en_US.utf8 LANG=C").out.contains("✗"))
    }

    // Interruption.

    @Test(arguments: [("INT", Int32(130)), ("TERM", 143)]) func interrupted(_ signal: String, _ status: Int32) throws {
        // The idle case takes 15 s of real time, and the test does not wait for its end.
        let folder = try Folder()
        let r = try Shell.run(
            """
            meshspec run nano.handshake.idle nano.handshake.v2-query --json >'\(folder.path)/events' & pid=$!
            while ! grep -q '"verdict":"pass"' '\(folder.path)/events'; do sleep 0.02; done
            kill -\(signal) $pid; wait $pid
            """)
        #expect(r.status == status)
        let events = folder.text("events").split(separator: "\n").compactMap { JSON.parse(Array($0.utf8)) }
        #expect(events.contains { $0["id"] == "nano.handshake.idle" && $0["verdict"] == "notrun" })
        #expect(events.last?["event"] == "summary" && events.last?["exit"] == .uint(UInt64(status)))
        #expect(events.last?["pass"] == 1 && events.last?["notrun"] == 1)
        #expect(r.err.contains("interrupted"))
    }
}
