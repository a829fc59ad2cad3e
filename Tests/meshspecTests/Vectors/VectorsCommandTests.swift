import Scenario
import TestThreads
import Testing
import Wire

@testable import meshspec

/// `meshspec vectors` without a codec.
@Suite(.waits) struct VectorsCommandTests {
    func document(_ arguments: String) throws -> [Value] {
        let r = try Shell.run("meshspec vectors --json \(arguments)")
        let document = try #require(JSON.parse(Array(r.out.utf8)))
        #expect(r.status == 0 && r.err.isEmpty)
        #expect(document["format"] == "meshspec-vectors" && document["version"] == 1)
        guard case .list(let all)? = document["vectors"] else { return [] }
        return all
    }
    /// The document has each vector of the loader exactly once.
    @Test func whole() throws {
        var suite = try Suite(Shell.package + "/Spec")
        let loaded = try #require(try suite.loadVectors()).values.flatMap(\.self)
        let all = try document("")
        #expect(suite.diagnostics.isEmpty && all.count == loaded.count && all.count > 900)
        #expect(Set(all.map { $0["id"] }).count == all.count)
        let bytes = all.compactMap { $0["bytes"] }
        #expect(bytes.count == loaded.filter { $0.function == nil }.count)
        #expect(Set(bytes) == Set(loaded.filter { $0.function == nil }.map { .text("0x" + $0.bytes.hex) }))
        for v in all {
            #expect((v["call"] == nil) == (v["bytes"] != nil) && v["requirements"] != [])
            if case .text(let from)? = v["provenance"] { #expect(!from.isEmpty) } else { Issue.record("no provenance") }
            #expect(v["call"] != nil || (v["fields"] != nil) == (v["expect"] == "accept"), "\(v["id"] ?? .null)")
            #expect(v["bytes"] == nil || v["message"] != nil || v["by"] == "framing", "\(v["id"] ?? .null)")
        }
    }
    @Test func one() throws {
        let all = try document("nano -k keepalive_undefined_bits")
        let one = try #require(all.first)
        #expect(all.count == 1 && one["message"] == "nano.keepalive" && one["id"] == .text(Self.id))
        #expect(one["protocol"] == "nano" && one["expect"] == "accept" && one["requirements"] == ["NANO-14"])
        #expect(one["fields"]?["extensions"] == 65535 && one["error"] == nil && one["by"] == nil)
    }
    static let id = "vectors.nano.keepalive.keepalive_undefined_bits"
    @Test func table() throws {
        let r = try Shell.run("meshspec vectors nano -k 'nano.keepalive && tag:accept'")
        #expect(r.status == 0 && r.lines.count == 5)
        #expect(r.lines.contains { $0 == "\(Self.id)  accept  nano.keepalive  NANO-14" }, "\(r.out)")
        #expect(try Shell.run("meshspec vectors nano -k req:NANO-14").lines.contains { $0.hasPrefix(Self.id) })
        #expect(try Shell.run("meshspec vectors gossipsub -k libp2p.peer_id").lines.count == 5)
    }
    @Test(
        arguments: [
            ("nan", .unknownProtocol, "`nano`?"), ("nano dxos", .missingArgument, "protocol"),
            ("nano --timeout 1s", .notApplicable, "--exec"), ("--exec true", .missingArgument, "protocol"),
            ("nano --report tap", .notApplicable, "--exec"), ("nano -k none", .nothingSelected, ""),
            ("nano -k '('", .badExpression, "-k"), ("nano --exec true --timeout 0s", .badValue, "--timeout"),
            ("nano --exec true --json --report github", .conflict, "--json"),
        ] as [(String, ErrorCode, String)])
    func refused(_ arguments: String, _ code: ErrorCode, _ word: String) throws {
        let r = try Shell.run("meshspec vectors \(arguments)")
        #expect(r.failed(code, word) && r.out.isEmpty, "\(r.err)")
    }
    /// The command refuses a file that other readers of YAML would read differently, and reports the place.
    @Test func unquoted() throws {
        let folder = try Folder()
        let made = try Shell.run(
            """
            mkdir -p '\(folder.path)/Vectors/nano' && ln -s "$PWD/Spec" '\(folder.path)/Spec' &&
            sed 's/"\\(0x52[0-9a-f]*\\)"/\\1/' Vectors/nano/keepalive.yaml >'\(folder.path)/Vectors/nano/keepalive.yaml'
            """)
        #expect(made.status == 0, "\(made.err)")
        for command in ["vectors nano", "check"] {
            let r = try Shell.run("cd '\(folder.path)'; meshspec \(command)")
            #expect(r.status == 3, "\(r.err)")
            #expect(r.err.contains("Vectors/nano/keepalive.yaml:8:10"), "\(r.err)")
            #expect(r.err.contains("put quotes around it"))
        }
    }
}
