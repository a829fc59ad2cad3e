import Capture
import Nano
import Node
import Testing
import Wire

@testable import Report
@testable import Scenario
@testable import Text

/// The files of a bundle and their contents.
struct EvidenceBundleTests {
    func lines(_ bytes: [UInt8]) throws -> [Value] {
        try bytes.split(separator: 0x0a).map { try #require(JSON.parse(Array($0))) }
    }

    @Test func files() throws {
        let bundle = try Made.bundle(try Made.evidence())
        #expect(bundle.files.map(\.path) == EvidenceBundle.names && bundle.isComplete)
        #expect(bundle.files.filter(\.isExecutable).map(\.path) == ["replay.sh"])
        #expect(bundle.files[0].bytes() == Array(Made.text.utf8))
        #expect(
            String(decoding: try Made.file("replay.sh", try Made.evidence()), as: UTF8.self)
                == "#!/bin/sh\n# nano.made.case: fail NANO-16\nexec here\n")
    }
    /// An id cannot end its comment and become a command.
    @Test func replayOfAHostileID() throws {
        var r = try Made.evidence()
        r.id = "x\nrm -rf /\r\u{2028}"
        let text = String(decoding: try Made.file("replay.sh", r), as: UTF8.self)
        #expect(text.split(whereSeparator: \.isNewline).count == 3 && text.contains("# x\\u{a}rm -rf /\\u{d}\\u{2028}"))
    }

    // The folder.

    @Test(arguments: [
        ("nano.handshake.v2-query", "nano.handshake.v2-query"), ("a[b]", "a_b_+"), ("../../etc", "_.._.._etc+"),
        ("..", "_..+"), ("A", "A+"), ("con.x", "_con.x+"), ("a:b*?\"<>|\r\n", "a_b________+"), ("", "_+"),
        ("é", "_+"), ("x.", "x.+"), ("-x", "_-x+"),
    ])
    func folderNames(_ id: String, _ wanted: String) throws {
        var r = try Made.evidence()
        r.id = id
        let folder = try Made.bundle(r).folder
        if wanted.hasSuffix("+") {
            #expect(folder.hasPrefix(wanted) && folder.count == wanted.count + 8)
        } else {
            #expect(folder == wanted)
        }
        #expect(folder.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"/\\:*?\"<>|".utf8.contains($0) })
        #expect(folder.first != "." && folder.utf8.count <= 150)
    }
    @Test func foldersApart() throws {
        var seen: Set<String> = []
        func add(_ id: String, round: Int = 1, retries: Int = 0, chop: String? = nil) throws {
            var r = try Made.evidence()
            r.id = id
            r.variant = chop.map { "chop:\($0)" } ?? ""
            r.round = round
            r.retries = retries
            let folder = try Made.bundle(r).folder
            // Names are also unique in a file system that ignores case.
            #expect(seen.insert(folder.lowercased()).inserted, "\(folder)")
        }
        for id in ["a", "A", "a/b", "a_b", "a:b", "a+round2", String(repeating: "x", count: 300)] { try add(id) }
        try add(String(repeating: "x", count: 299) + "y")
        try add("a", round: 2)
        try add("a", round: 2, retries: 1)
        try add("a", retries: 1)
        try add("a", chop: "bytes")
        try add("a", chop: "before")
        #expect(seen.contains("a+round2") && seen.contains("a+retry1") && seen.contains("a+chop-bytes"))
    }

    // Fragments.

    @Test(arguments: [
        ("f.yaml", "f.yaml", true), ("sub/f.yaml", "sub/f.yaml", true), ("./a/../f.yaml", "f.yaml", true),
        ("../f.yaml", nil, false), ("a/../../f.yaml", nil, false), ("/etc/passwd", nil, false),
        ("trace.ndjson", nil, false), ("scenario.yaml", nil, false), ("replay.sh/x", nil, false),
        ("elsewhere/x", nil, false), ("a\\..\\x", nil, false), ("x\ny", nil, false),
        (String(repeating: "d/", count: 40) + "x", nil, false), (String(repeating: "n", count: 300), nil, false),
    ])
    func fragments(_ name: String, _ path: String?, _ isComplete: Bool) throws {
        var r = try Made.evidence()
        r.scenario.fragments = [
            Scenario.Fragment(
                name: name, user: r.scenario.source.name, source: SourceFile(name: "made/f.yaml", bytes: [0x78]))
        ]
        let bundle = try Made.bundle(r)
        let file = try #require(bundle.files.last)
        #expect(bundle.files.count == 7 && file.bytes() == [0x78] && bundle.isComplete == isComplete)
        if let path { #expect(file.path == path) } else { #expect(file.path.hasPrefix("elsewhere/made_f.yaml+")) }
        let script = String(decoding: try #require(bundle.files.first { $0.isExecutable }).bytes(), as: UTF8.self)
        #expect(script.hasSuffix(isComplete ? "exec here\n" : "exec there\n"))
    }
    /// The path of a nested fragment is relative to the fragment that uses it. Each file occurs once.
    @Test func fragmentsOfFragments() throws {
        var r = try Made.evidence()
        let outer = SourceFile(name: "made/sub/a.yaml", bytes: [1])
        let inner = SourceFile(name: "made/b.yaml", bytes: [2])
        r.scenario.fragments = [
            Scenario.Fragment(name: "sub/a.yaml", user: r.scenario.source.name, source: outer),
            Scenario.Fragment(name: "../b.yaml", user: outer.name, source: inner),
            Scenario.Fragment(name: "b.yaml", user: r.scenario.source.name, source: inner),
        ]
        let bundle = try Made.bundle(r)
        #expect(bundle.files.dropFirst(6).map(\.path) == ["sub/a.yaml", "b.yaml"] && bundle.isComplete)
        // Another file with the same path needs another place.
        r.scenario.fragments[2].source = SourceFile(name: "spec/b.yaml", bytes: [3])
        #expect(try !Made.bundle(r).isComplete)
    }

    // The contents.

    @Test func trace() throws {
        let all = try lines(try Made.file("trace.ndjson", try Made.evidence()))
        func texts(_ key: String) -> [String] {
            all.map { v in if case .text(let s)? = v[key] { s } else { "-" } }
        }
        #expect(
            texts("event") == ["trace", "entry", "step", "entry", "entry", "step", "entry", "verdict"])
        #expect(all[0]["version"] == 1 && all[0]["clock"] == "virtual" && all[0]["case"] == "nano.made.case")
        #expect(texts("what") == ["-", "opened", "-", "bytes", "message", "-", "closed", "-"])
        #expect(all[3]["bytes"] == "010203" && all[3]["length"] == 3 && all[3]["direction"] == "sent")
        #expect(all[4]["message"] == "nano.keepalive" && all[4]["microseconds"] == 213_000 && all[4]["culprit"] == true)
        #expect(all[4]["fields"]?["type"] == "keepalive" && all[4]["bytes"] == .text(Made.keepalive.hex))
        #expect(all[5]["step"] == 2 && all[5]["line"] == 11 && all[5]["entry"] == 3 && all[5]["state"] == "failed")
        #expect(all[5]["requirement"] == "NANO-16" && all[5]["reason"] == "extensions: wanted 7, had 0")
        #expect(all[7]["verdict"] == "fail" && all[7]["requirement"] == "NANO-16")
    }
    /// The trace lists steps that were not reached. A run in real time has a date.
    @Test func rest() throws {
        var r = try Made.evidence()
        r.steps.removeLast()
        let run = try Made.run(began: Timestamp(nanoseconds: 1_767_322_800_060_123_456))
        let all = try lines(TraceLines.bytes(r, run))
        #expect(all[0]["clock"] == "real" && all[0]["began"] == "2026-01-02T03:00:00.060123Z")
        let not = all.filter { $0["state"] == "not" }
        #expect(not.count == 1 && not[0]["step"] == 2 && not[0]["microseconds"] == nil)
    }
    @Test func variables() throws {
        var r = try Made.evidence()
        r.names = CaseVariables(names: ["b": .bytes([1, 2]), "f#3": .number(5)], secrets: [])
        r.round = 3
        let v = try #require(try lines(try Made.file("variables.json", r)).first)
        #expect(v["version"] == 1 && v["seed"] == "0x51f2" && v["round"] == 3 && v["retries"] == 0)
        #expect(v["profile"] == "v28" && v["settings"]?["network"] == "dev" && v["meshspec"] == "1.2")
        #expect(v["variables"] == [["name": "b", "value": "0102"], ["name": "f", "value": 5]])
        #expect(v["scenario"] == "made/case.yaml" && v["fragments"] == .list([]))
    }
    @Test func secretParameters() throws {
        var r = try Made.evidence()
        r.scenario.parameters = [
            ScenarioParameter(
                name: "token", type: .text, isSecret: true, summary: "", preset: .text("x"), span: .top),
            ScenarioParameter(name: "n", type: .int, isSecret: false, summary: "", preset: .number(1), span: .top),
        ]
        var run = try Made.run()
        run.parameters = ["token": "hush", "n": "7", "other": "8"]
        let text = String(decoding: VariablesFile.bytes(r, run, FragmentOffsets(r.scenario, taken: [])), as: UTF8.self)
        #expect(text.contains("\"parameters\":{\"n\":\"7\",\"token\":\"(secret)\"}") && !text.contains("hush"))
    }

    // The capture.

    func comments(_ r: CaseResult) -> [Int: [String]] {
        let trace = CaseRecord.Exchange.all(r)
        return WireCapture.comments(trace, WireImage(trace, r.connections, .tcp, port: 7075))
    }
    @Test func commentsOnTheirPackets() throws {
        let r = try Made.evidence()
        // The handshake has three packets, the bytes are in the fourth, and the message is in the fifth.
        #expect(
            comments(r) == [
                0: ["step 1 (line 10) open peer -> node as c: held"],
                4: [
                    "step 2 (line 11) expect on c: nano.keepalive like this: FAILED NANO-16 MUST: extensions: wanted 7, had 0"
                ],
            ])
    }
    /// The next packet has the comment of a step without a packet. After the last packet, the last packet has it.
    /// Without any packets, it is a comment of the file.
    @Test func commentsWithoutAPacket() throws {
        var r = try Made.evidence()
        r.steps = [
            Made.outcome(1, 0, entry: 0, traced: 1), Made.outcome(2, 1, traced: 1), Made.outcome(2, 1, traced: 2),
            Made.outcome(2, 9999, traced: 4), Made.outcome(99, 9999, .unfinished, .none, traced: 4),
        ]
        r.problem = nil
        let all = comments(r)
        #expect(all[0]?.count == 1 && all[3]?.count == 1 && all[4]?.count == 1)
        #expect(all.values.map(\.count).reduce(0, +) == 5)
        let last = try #require(all.keys.max())
        #expect(all[last]?.last == "step 99 : not finished")
        r.trace = []
        #expect(StepNotes(r).loose.count == 5)
        let file = String(decoding: WireCapture.bytes(r, try Made.run(), .nano), as: UTF8.self)
        #expect(file.contains("step 1 (line 10) open peer -> node as c: held"))
    }
    /// A failure without a step also has a comment.
    @Test func commentWithoutAStep() throws {
        var r = try Made.evidence()
        r.steps.removeLast()
        #expect(comments(r)[4] == ["FAILED NANO-16 MUST: extensions: wanted 7, had 0"])
    }
    @Test func hostileComments() throws {
        var r = try Made.evidence()
        r.problem?.reason = "\u{1b}[2J\u{202e}\u{0}" + String(repeating: "x", count: 5000)
        r.steps[1].reason = r.problem?.reason
        let all = comments(r).values.joined()
        #expect(all.allSatisfy { $0.unicodeScalars.allSatisfy { !Escape.isDangerous($0) } && $0.count <= 1000 })
        #expect(all.contains { $0.contains("\\u{1b}[2J\\u{202e}\\u{0}") && $0.hasSuffix("…") })
    }
    /// The device and the names precede the packets. The times of the packets are relative to the start of the case.
    @Test func blocks() throws {
        let run = try Made.run(began: Timestamp(nanoseconds: 5_000_000_000))
        let bytes = WireCapture.bytes(try Made.evidence(), run, .nano)
        var types: [UInt32] = []
        var at = 0
        func u32(_ i: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[i + $1]) << (8 * UInt32($1)) } }
        while at < bytes.count {
            types.append(u32(at))
            if u32(at) == 6, types.filter({ $0 == 6 }).count == 1 { #expect(u32(at + 16) == 705_032_704) }
            at += Int(u32(at + 4))
        }
        #expect(at == bytes.count && Array(types.prefix(4)) == [0x0a0d_0d0a, 1, 4, 6])
    }
}
