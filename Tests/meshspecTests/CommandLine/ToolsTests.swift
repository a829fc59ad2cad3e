import Glibc
import Node
import Scenario
import TestThreads
import Testing
import Wire

@testable import meshspec

/// `meshspec fmt`, `schema` and the warnings of `check` as programs.
@Suite(.waits) struct ToolsTests {
    @Test func fmtRewritesInPlace() throws {
        let folder = try Folder()
        let file = try folder.write("a.yaml", "a:   1 # why\n\n\nb: {c : 'd'}")
        #expect(chmod(file, 0o640) == 0)
        try #require(symlink(file, folder.path + "/link.yaml") == 0)
        let listed = try Shell.run("meshspec fmt --check '\(folder.path)'")
        #expect(listed.status == 1)
        #expect(listed.lines == [file, folder.path + "/link.yaml"])
        #expect(folder.text("a.yaml") == "a:   1 # why\n\n\nb: {c : 'd'}")
        #expect(try Shell.run("meshspec fmt '\(folder.path)/link.yaml'").status == 0)
        #expect(folder.text("a.yaml") == "a: 1  # why\n\nb: {c: d}\n")
        var s = stat()
        #expect(lstat(folder.path + "/link.yaml", &s) == 0 && s.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(file, &s) == 0 && s.st_mode & 0o777 == 0o640)
        // The folder has no other files, and a second run changes nothing.
        let names = try Shell.run("ls -A '\(folder.path)'").lines
        #expect(names == ["a.yaml", "link.yaml"])
        let again = try Shell.run("meshspec fmt --check '\(file)'")
        #expect(again.status == 0 && again.out.isEmpty && again.err.isEmpty)
    }
    @Test func fmtOfWhatIsNoFile() throws {
        let folder = try Folder()
        let bad = try folder.write("bad.yaml", "a: [")
        let r = try Shell.run("meshspec fmt '\(bad)'")
        #expect(r.status == 3 && r.err.contains("error[MS0001]"))
        #expect(folder.text("bad.yaml") == "a: [")
        #expect(try Shell.run("meshspec fmt '\(folder.path)/none.yaml'").status == 4)
        #expect(try Shell.run("meshspec fmt").status == 2)
        // The worst result of several files decides the status. The other files are formatted.
        _ = try folder.write("x.yaml", "a:  1")
        #expect(try Shell.run("meshspec fmt '\(folder.path)'").status == 3)
        #expect(folder.text("x.yaml") == "a: 1\n")
    }
    @Test func theSuiteIsFormatted() throws {
        let r = try Shell.run("meshspec fmt --check Spec")
        #expect(r.status == 0, "\(r.out)")
    }
    @Test func schema() throws {
        let all = try Shell.run("meshspec schema")
        #expect(all.status == 0 && all.out.hasPrefix("{\n  \"$schema\": ") && all.out.hasSuffix("\n}\n"))
        let one = try Shell.run("meshspec schema --protocol nano")
        #expect(one.status == 0 && one.out.contains("\"nano-step\""))
        let none = try Shell.run("meshspec schema --protocol nona")
        #expect(none.failed(.unknownProtocol, "did you mean `nano`?"), "\(none.err)")
    }
    @Test func warningsLeaveTheStatusAlone() throws {
        let folder = try Folder()
        let text = """
            meshspec: 1
            id: x
            title: T
            protocol: nano
            covers: [NANO-16]
            actors:
              peer: {role: ref}
              node: {role: dut}
            steps:
              - let: {a: 1}
              - assert: $(true)
                req: NANO-16

            """
        let r = try Shell.run("meshspec check '\(try folder.write("x.yaml", text))'")
        #expect(r.status == 0 && r.err.contains("warning[MS0301]: no step uses `a`"))
    }

    // Kinds of files.

    static let capabilities = "meshspec-capabilities: 1\nprotocol: nano\ncapabilities: {server: true}\n"
    static let target = "meshspec-target: 1\nprotocol: nano\naddress: 127.0.0.1:7075\ncapabilities: caps.yaml\n"
    static let baseline =
        "meshspec-baseline: 1\nentries:\n  - {id: nano.handshake.v2-query, requirement: NANO-16, reason: abc}\n"

    @Test func checkKnowsKindsOfFiles() throws {
        let folder = try Folder()
        _ = try folder.write("caps.yaml", Self.capabilities)
        _ = try folder.write("target.yaml", Self.target)
        _ = try folder.write("known.yaml", Self.baseline)
        // A folder with only these files has no case. The files do not prevent a run.
        #expect(try Shell.run("meshspec list '\(folder.path)'").status == 5)
        // A file of another program.
        _ = try folder.write("compose.yaml", "services: {}\n")
        let good = try Shell.run("meshspec check '\(folder.path)'")
        #expect(good.status == 0 && good.err.isEmpty, "\(good.err)")
        #expect(good.out == "1 target file, 1 capabilities file, 1 baseline file valid\n")
        let wrong = [
            ("caps.yaml", Self.capabilities.replacing("server", with: "servr"), "did you mean `server`?"),
            (
                "caps.yaml", Self.capabilities.replacing("nano", with: "rightmesh"),
                "these are capabilities of rightmesh"
            ),
            ("target.yaml", Self.target.replacing("address", with: "adress"), "did you mean `address`?"),
            (
                "known.yaml", Self.baseline.replacing("v2-query", with: "v2-qery"),
                "no case is called `nano.handshake.v2-qery`"
            ),
            ("known.yaml", Self.baseline.replacing("reason", with: "because"), "reason"),
        ]
        for (name, text, said) in wrong {
            let folder = try Folder()
            for (other, content) in [
                ("caps.yaml", Self.capabilities), ("target.yaml", Self.target), ("known.yaml", Self.baseline),
            ] {
                _ = try folder.write(other, other == name ? text : content)
            }
            let r = try Shell.run("meshspec check '\(folder.path)'")
            #expect(r.status == 3 && r.out.isEmpty, "\(said): \(r.err)")
            #expect(r.err.contains("\(name):") && r.err.contains(said), "\(said): \(r.err)")
        }
    }
    @Test(arguments: DocumentKind.allCases) func schemasOfKinds(_ kind: DocumentKind) throws {
        let r = try Shell.run("meshspec schema \(kind.rawValue)")
        let schema = try #require(JSON.parse(Array(r.out.utf8)))
        #expect(schema["properties"]?[kind.key] != nil)
        #expect(r.out.contains("\"title\": \"meshspec \(kind.rawValue)\""))
        if kind == .target || kind == .capabilities {
            // The schema depends on the protocol: nano has a `server`, and websocket has another list.
            #expect(r.out.contains("propertyNames"))
            #expect(schema["properties"]?["protocol"]?["enum"] == .list(Registry.definitions.map { .text($0.name) }))
        }
    }
    @Test func nothingFailedTheLastTime() throws {
        let folder = try Folder()
        let run = "cd '\(folder.path)'; meshspec run --simulate nano.handshake.v2-query -q"
        #expect(try Shell.run("\(run) && \(run) --last-failed").status == 5)
        #expect(try Shell.run("\(run) --last-failed").failed(.nothingSelected, "--last-failed"))
    }
}
