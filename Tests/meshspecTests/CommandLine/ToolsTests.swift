import Glibc
import TestThreads
import Testing

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
        // Nothing else is left in the folder, and a second time there is nothing to do.
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
        // The worst of several decides, and the others are done.
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
        #expect(none.status == 2 && none.err.contains("did you mean `nano`?"))
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
        #expect(r.status == 0 && r.err.contains("warning[MS0301]: nothing uses `a`"))
    }
}
