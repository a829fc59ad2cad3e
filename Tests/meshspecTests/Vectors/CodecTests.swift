import Node
import Scenario
import TestThreads
import Testing
import Wire

@testable import meshspec

/// Tests `meshspec vectors --exec` with correct and faulty codecs.
@Suite(.waits) struct CodecTests {
    let folder: Folder
    init() throws { folder = try Folder() }

    struct Judged {
        var status: Int32
        var verdicts: [String: Int] = [:]
        /// The reasons of the results other than a pass, each once, in their order.
        var reasons: [String] = []
        var cases: [Value] = []
        var summary: Value?
        var err: String
    }
    func judge(_ protocolName: String, _ codec: String, _ options: String = "-k nano.keepalive") throws -> Judged {
        let r = try Shell.run("meshspec vectors \(protocolName) --exec \"\(codec)\" --json \(options)")
        var out = Judged(status: r.status, err: r.err)
        for event in r.lines.compactMap({ JSON.parse(Array($0.utf8)) }) {
            if event["event"] == "summary" { out.summary = event }
            guard event["event"] == "case", case .text(let verdict)? = event["verdict"] else { continue }
            out.cases.append(event)
            out.verdicts[verdict, default: 0] += 1
            if verdict != "pass", case .text(let why)? = event["reason"], !out.reasons.contains(why) {
                out.reasons.append(why)
            }
        }
        return out
    }
    /// Returns the command of a codec that knows the answers of a protocol, with a fault.
    func told(_ protocolName: String, _ fault: String = "") throws -> String {
        let r = try Shell.run("meshspec vectors \(protocolName) --json >'\(folder.path)/vectors.json'")
        try #require(r.status == 0, "\(r.err)")
        return "exec python3 Tests/Interop/vectors/told.py '\(folder.path)/vectors.json' \(fault)"
    }
    static let example = "python3 Tests/Interop/vectors/codec.py"

    /// A codec with the right answers passes for each protocol. So each question has an answer, and the verdicts are
    /// right.
    @Test(arguments: Registry.definitions.map(\.name), ["", "loose"]) func right(_ name: String, _ fault: String) throws
    {
        let r = try judge(name, told(name, fault), "")
        #expect(r.status == 0 && r.verdicts.keys.allSatisfy { $0 == "pass" || $0 == "skip" }, "\(r.reasons)")
        #expect(r.reasons.allSatisfy { $0.hasPrefix("a receiver refuses it") }, "\(r.reasons)")
        #expect((r.verdicts["pass"] ?? 0) > 20)
    }
    @Test func example() throws {
        let r = try judge("nano", Self.example, "")
        #expect(r.status == 0 && r.verdicts["pass"] == 23 && Set(r.verdicts.keys) == ["pass", "skip"], "\(r.verdicts)")
        #expect(r.reasons.contains("the codec has no nano.publish") && r.reasons.contains("the codec has no call"))
        #expect(r.reasons.contains("streams are not read here"))
    }

    /// The codec has a fault in each answer about keepalives, of which five are valid and two are not. The rows have
    /// the verdicts and the first reason.
    @Test(
        arguments: [
            ("field", ["fail": 5, "pass": 2], "decoded, `peers[7].port` is 1, expected 0"),
            (
                "bytes", ["fail": 5, "pass": 2],
                "encoded, the byte at offset 151 in `peers[7].port` is 0x01, expected 0x00"
            ),
            (
                "short", ["fail": 5, "pass": 2],
                "encoded, the bytes end at offset 151 in `peers[7].port`, expected 152 of them"
            ),
            ("refuse", ["fail": 5, "pass": 2], "it does not decode the bytes: never"),
            ("accept", ["fail": 2, "pass": 5], "it decodes what it must refuse: truncated at `peers[7].address`"),
            ("skip", ["skip": 7], "not today"), ("modest", ["pass": 5, "skip": 2], "the codec has no decode"),
        ])
    func wrong(_ fault: String, _ verdicts: [String: Int], _ reason: String) throws {
        let r = try judge("nano", told("nano", fault))
        #expect(r.verdicts == verdicts && r.reasons.first == reason, "\(r.verdicts) \(r.reasons)")
        #expect(r.status == (verdicts["fail"] != nil ? 1 : verdicts["pass"] != nil ? 0 : 5), "\(r.err)")
    }
    /// A codec without an answer is an error each time, until there are five errors.
    @Test(
        arguments: [
            ("crash", "the codec ended with status 139 (signal 11: Segmentation fault), without output"),
            ("exit", "the codec ended with status 3, with output: no memory"),
            ("close", "the codec closed its output and still runs, without output"),
            ("json", "the answer is not a JSON object: \"{\""),
            ("id", "an answer out of turn: its id is 8, expected 1"),
            ("twice", " bytes after the answer"),
            (
                "text",
                "an answer of 1751477356 bytes, at most 16777216 are read; it begins with 0x68656c6c6f207468657265"
            ),
            ("long", "an answer of 16777217 bytes, at most 16777216 are read; it begins with 0x01000001"),
            ("both", "the answer needs one of `result`, `error` (text) and `skipped` (text)"),
        ])
    func broken(_ fault: String, _ reason: String) throws {
        let r = try judge("nano", told("nano", fault))
        #expect(r.status == 4 && r.verdicts == ["error": 5, "notrun": 2], "\(r.verdicts) \(r.reasons)")
        #expect(r.reasons.first?.contains(reason) == true, "\(r.reasons)")
        #expect(r.reasons.last == "the codec failed 5 times in a row")
        #expect(r.summary?["exit"] == 4 && r.summary?["notrun"] == 2)
    }
    /// A codec that fails for one message is restarted for the others.
    @Test(arguments: ["crash", "json"]) func goesOn(_ fault: String) throws {
        let r = try judge(
            "nano", told("nano", "\(fault) nano.account_frontier"), "-k 'nano.keepalive || nano.account_frontier'")
        #expect(r.status == 4 && r.verdicts == ["error": 2, "pass": 7], "\(r.verdicts) \(r.reasons)")
    }
    /// The command does not wait for a codec that hangs, and judges the other answers.
    @Test func hangs() throws {
        let r = try judge(
            "nano", told("nano", "hang nano.account_frontier"),
            "-k 'nano.keepalive || vectors.nano.account_frontier.account_frontier_cut'")
        #expect(r.status == 4 && r.verdicts == ["error": 1, "pass": 7], "\(r.verdicts) \(r.reasons)")
        #expect(r.reasons == ["no answer within 10s, without output"])
    }
    /// The command asks nothing if the codec never reports what it supports.
    @Test(
        arguments: [
            ("sleep 1000", "no answer within 100ms, without output"), ("exit 7", "the codec ended with status 7"),
            ("no-such-program", "the codec ended with status 127, with output: "), ("cat", "the answer needs one of"),
        ])
    func silent(_ codec: String, _ reason: String) throws {
        let limit = codec.hasPrefix("sleep") ? " --timeout 100ms" : ""
        let r = try judge("nano", codec, "-k nano.keepalive" + limit)
        #expect(r.status == 4 && r.verdicts == ["error": 1, "notrun": 6], "\(r.verdicts) \(r.reasons)")
        #expect(r.reasons.first?.hasPrefix(reason) == true, "\(r.reasons)")
        #expect(r.reasons.last == "the codec never reported what it has")
    }
    /// A broken SHOULD is a warning, as in a run. A vector that also shows a broken MUST is a failure.
    @Test func levels() throws {
        let requirements = try Suite(Shell.package + "/Spec").requirements("nano")
        let r = try judge("nano", told("nano", "accept"), "")
        #expect(r.status == 1 && r.verdicts["warn"] == 3 && r.verdicts["fail"] != nil, "\(r.verdicts)")
        for c in r.cases {
            guard case .text(let rule)? = c["requirement"], c["verdict"] == "fail" || c["verdict"] == "warn" else {
                continue
            }
            #expect((requirements[rule]?.level == .must) == (c["verdict"] == "fail"))
        }
    }
    @Test func mostBinding() throws {
        func rule(_ id: String, _ level: Level) -> Requirement {
            Requirement(id: id, level: level, kind: "codec", text: id, source: "", quote: "")
        }
        let list = RequirementList([rule("A", .may), rule("B", .should), rule("C", .must)])
        for (ids, wanted) in [("A, B, C", "C"), ("A, B", "B"), ("A", "A"), ("B, A", "B")] {
            let text = "[{name: x, provenance: hand, requirements: [\(ids)], expect: refuse, bytes: \"0x00\"}]"
            let file = SourceFile(name: "Vectors/nano/keepalive.yaml", bytes: Array(text.utf8))
            let vector = try #require(WireVector.load(file, list).vectors.first)
            let definition = try #require(Registry.definitions.first { $0.name == "nano" })
            let v = ProtocolVector(definition, vector)
            #expect(v.requirement(list).id == wanted && v.id == "vectors.nano.keepalive.x")
            #expect(v.message == "nano.keepalive" && v.requirement(list).level == list[wanted]?.level)
        }
    }

    /// The report for the user has the field, its bytes, and the command that shows them again.
    @Test func console() throws {
        let codec = try told("nano", "field")
        let r = try Shell.run("meshspec vectors nano --exec \"\(codec)\" -k 'keepalive_beta || keepalive_seven_peers'")
        #expect(r.status == 1 && r.err.isEmpty)
        for part in [
            "✗ vectors.nano.keepalive.keepalive_beta", "! peers[7].port", "expected: 0",
            "Vectors/nano/keepalive.yaml", "repro: meshspec vectors nano --exec ",
            "-k id:vectors.nano.keepalive.keepalive_beta", "2 cases: 1 pass, 1 fail", "1 conformance failure",
        ] { #expect(r.out.contains(part), "\(part): \(r.out)") }
        let quiet = try Shell.run("meshspec vectors nano --exec '\(Self.example)' -k nano.keepalive -q")
        #expect(quiet.status == 0 && quiet.out.contains("7 cases: 7 pass") && !quiet.out.contains("keepalive_beta"))
    }
    /// All forms of reports work with these results, and `report` reads them.
    @Test func reports() throws {
        let codec = try told("nano", "field")
        let formats = ["junit", "tap", "sarif", "markdown", "html", "json", "github"]
        let wanted = formats.map { "\($0)=\(folder.path)/\($0)" }.joined(separator: ",")
        let r = try Shell.run("meshspec vectors nano --exec \"\(codec)\" -k nano.keepalive --report \(wanted)")
        #expect(r.status == 1, "\(r.err)")
        for format in formats { #expect(folder.text(format).contains("keepalive_beta"), "\(format)") }
        #expect(folder.text("junit").contains("failures=\"5\"") && folder.text("junit").contains("peers[7].port"))
        let again = try Shell.run("meshspec report '\(folder.path)/json' --report junit=-")
        #expect(again.out.contains("failures=\"5\"") && again.out.contains("decoded, `peers[7].port` is 1, expected 0"))
    }
}
