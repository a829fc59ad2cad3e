import TestThreads
import Testing

@testable import meshspec

/// `--report` on the command line.
@Suite(.waits) struct ReportOptionTests: RunsInAFolder {
    let folder: Folder
    init() throws { folder = try Folder() }

    /// Without a file, annotations appear on standard output. A summary is appended to the page of the job.
    @Test func gitHub() throws {
        try bad("bad")
        let page = try folder.write("page.md", "before\n")
        func run(_ arguments: String, page: String) throws -> Shell.Outcome {
            try Shell.run(
                "cd '\(folder.path)'; meshspec run --simulate --spec '\(Shell.package)/Spec' bad.yaml \(arguments)",
                variables: "GITHUB_STEP_SUMMARY='\(page)' LC_ALL=C.UTF-8")
        }
        let r = try run("--report github", page: page)
        #expect(r.status == 1 && r.lines.count == 2)
        #expect(r.lines.first?.hasPrefix("::error file=bad.yaml,line=12,endLine=12,col=15,") == true, "\(r.out)")
        #expect(folder.text("page.md").hasPrefix("before\n## ✗ meshspec: "))
        #expect(folder.text("page.md").contains("### Failures (1)"))
        // Other formats do not change the page. If the page cannot be written, the run reports it before the first
        // case.
        let before = folder.text("page.md")
        #expect(try run("--report tap=-", page: page).out.hasPrefix("TAP version 14\n"))
        #expect(folder.text("page.md") == before)
        let no = try run("--report github", page: "/proc/none/page.md")
        #expect(no.failed(.cannotWrite, "/proc/none/page.md"), "\(no.err)")
    }
    @Test func everyFormatIntoAFolder() throws {
        try bad("bad")
        let formats = "junit=out/,tap=out/,sarif=out/,markdown=out/,github=out/,json=out/"
        #expect(try run("bad.yaml --report \(formats)").status == 1)
        for name in ["junit.xml", "results.tap", "results.sarif", "summary.md", "annotations.txt", "results.jsonl"] {
            #expect(folder.text("out/" + name).contains("own.bad"), "\(name)")
        }
    }
    @Test func twoOnStandardOutput() throws {
        try bad("bad")
        #expect(try run("bad.yaml --report github").status == 2)
        let r = try Shell.run("meshspec run --simulate nano.handshake.v2-query --report github,tap=-")
        #expect(r.failed(.conflict, "github and tap"), "\(r.err)")
        #expect(try Shell.run("meshspec run --simulate --report junit").status == 2)
    }
}
