import Testing

@testable import Report
@testable import Scenario
@testable import Text

/// The steps, the environment, the history and the totals of the page.
struct PageStepsTests {
    func page(_ records: [CaseRecord], head: RunHead = Pages.head(), path: String = "") -> String {
        String(decoding: Pages.page([head], records.map { ($0, 0) }, path: path), as: UTF8.self)
    }
    /// A passed case has its steps with their times, its command and its evidence. The plan appears once.
    @Test func ofAPass() throws {
        let records = ["a", "b"].map { Pages.stepped(Pages.passed("nano.ping.\($0)"), evidence: "out/e \($0)") }
        let page = self.page(records, path: "out/index.html")
        #expect(
            page.contains(
                """
                "kinds":[["A query is answered",["NANO-16","NANO-18"],"nano","made/case.yaml",[\
                [8,0,"use ../fragments/connected.yaml","","",0],\
                [3,1,"open peer -> node as c","","to be asked",0,"made/connected.yaml"],\
                [10,0,"send on c: nano.node_id_handshake","","",0],\
                [11,0,"expect on c: nano.keepalive","NANO-16","",0],[12,0,"never on c: any message","","",0]]]]
                """))
        #expect(
            page.contains(
                """
                ["nano.ping.b",0,0,214,{"t":[[0,0],[0,1200],[1200,0,"left-out","","",1],[1200,211800],[213000,1400]],\
                "s":"0x51f2","c":"meshspec run nano.ping.b --seed 0x51f2","e":["out/e b","./e%20b/"]}]
                """))
    }
    /// A failed case has the reason and the steps that it did not reach. The script adds them to the details.
    @Test func ofAFailure() throws {
        let page = self.page([Pages.stepped(try Pages.failed("nano.made.case"))])
        #expect(page.contains("\"t\":[[0,0],[0,1200],[1200,0,\"left-out\",\"\",\"\",1],[1200,211800,\"failed\",1,"))
        #expect(page.contains("\"extensions: wanted 7, had 0\",1],0]"))
        #expect(page.contains("<div class=\"steps\"></div><section><h3>The rule: NANO-16 MUST"))
    }
    /// The number of steps is limited so that the page is usable. Failures have their own limit.
    @Test func areBounded() throws {
        var rows = PageRows()
        var out: [UInt8] = []
        var long = Pages.stepped(Pages.passed("nano.ping.a"))
        for i in long.steps.indices { long.steps[i].outcome?.reason = String(repeating: "x", count: 400) }
        for _ in 0..<6000 { rows.add(long, run: 0, details: nil, to: &out) }
        let passed = rows.withoutSteps
        #expect(passed > 0 && out.count < 2 * PageSteps.maximumPassed)
        rows.add(Pages.stepped(try Pages.failed("nano.made.case")), run: 0, details: 0, to: &out)
        #expect(rows.withoutSteps == passed)
        #expect(self.page([long]).contains("{\"untold\":0,\"stepless\":0,"))
    }
    /// A link to another place is a web page, or it is not a link.
    @Test func environment() throws {
        var head = Pages.head()
        #expect(!page([], head: head).contains("\"environment\":{"))
        head.environment = Pages.environment
        let page = self.page([], head: head)
        #expect(
            page.contains("\"host\":\"builder-7\",\"system\":\"Debian GNU/Linux 13 (trixie), Linux 6.12.1 x86_64\""))
        #expect(page.contains("\"links\":[[\"job\",\"https://ci.example/group/node/-/jobs/17\"]]"))
        #expect(!page.contains("javascript:"))
    }
    /// The numbers of kept and judged requirements, for each level with a case.
    @Test func levels() throws {
        var counts = Counts()
        counts.add(Pages.passed("nano.ping.a", ["NANO-16", "NANO-24"]), Made.requirements)
        counts.add(try Pages.failed("nano.made.case"), Made.requirements)
        var out: [UInt8] = []
        PageData.end([RunEnd(counts: counts, exit: 1)], untold: 0, to: &out)
        #expect(
            String(decoding: out, as: UTF8.self).contains("\"levels\":[[\"MUST\",0,1],[\"SHOULD\",1,1]]"))
    }
    @Test func history() throws {
        let runs: [[CaseRecord]] = try [
            [Pages.passed("nano.ping.a"), Pages.passed("nano.ping.b")],
            [Pages.failed("nano.ping.a"), Pages.passed("nano.ping.b")],
            [Pages.passed("nano.ping.a"), Pages.passed("nano.ping.c"), Pages.passed("nano.ping.b")],
        ]
        let made = Pages.history(runs)
        let page = self.page(made.records, head: made.head)
        #expect(page.contains("[\"nano.ping.a\",0,0,214,{\"h\":\"010\",\"hf\":1}]"))
        #expect(page.contains("[\"nano.ping.b\",0,0,214,{\"h\":\"000\"}]"))
        #expect(page.contains("[\"nano.ping.c\",0,0,214,{\"h\":\"--0\"}]"))
        #expect(
            page.contains("\"history\":[{\"started\":\"2026-01-01T03:04:05Z\",\"seed\":\"0x51f2\",\"program\":\"1.2\""))
    }
    /// The page allows line breaks in names only between their words.
    @Test func breakable() {
        #expect(PageText.breakable("a.version_max[0]") == "a.<wbr>version_<wbr>max[<wbr>0]")
        #expect(PageText.breakable("<b>&\u{202e}x") == "&lt;b&gt;&amp;\\u{202e}x")
        #expect(PageText.folder("out/a b", from: "out/x.html") == "./a%20b/")
        #expect(PageText.folder("/e", from: "x.html") == "/e/")
    }
}
