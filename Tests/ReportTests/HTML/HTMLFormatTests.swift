import Crypto
import Testing
import Wire

@testable import Report
@testable import Scenario
@testable import Text

/// Tests the bytes of the page: its contents, the escaping of hostile text, and that no case stays in memory.
/// Tests/Interop/html checks the result in browsers.
struct HTMLFormatTests {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    /// Returns the texts between a start and an end.
    func between(_ s: String, _ from: String, _ to: String) -> [Substring] {
        s.split(separator: from, omittingEmptySubsequences: false).dropFirst().map {
            $0.split(separator: to, maxSplits: 1, omittingEmptySubsequences: false)[0]
        }
    }
    func page(_ records: [CaseRecord], path: String = "") -> String {
        text(Pages.page([Pages.head()], records.map { ($0, 0) }, path: path))
    }
    let style = Page.frame.style

    @Test func theFrameHasItsParts() throws {
        #expect(PageFrame.parts.count == 5)
        let page = self.page([Pages.passed("nano.a.b")])
        #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(page.hasSuffix("</script>\n</body>\n</html>\n"))
        #expect(!page.contains("{{}}"))
        #expect(page.contains("<title>target one - meshspec</title>"))
        #expect(between(page, "<style>", "</style>").map(String.init) == [text(style)])
    }
    /// The policy allows only the script and the style of the page: no source, and no place to send data to.
    @Test func thePolicyIsThatOfTheScript() throws {
        let page = self.page([])
        let policy = try #require(between(page, "Content-Security-Policy\" content=\"", "\"").first)
        func hash(_ s: Substring) -> String { Base64.encode(SHA256.hash(Array(s.utf8))) }
        let script = try #require(between(page, "<script>", "</script>").first)
        let style = try #require(between(page, "<style>", "</style>").first)
        #expect(
            policy
                == "default-src 'none'; script-src 'sha256-\(hash(script))'; style-src 'sha256-\(hash(style))'; base-uri 'none'; form-action 'none'"
        )
        #expect(PageFrame.hash([]) == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='")
    }
    /// The script contains no code that makes text into markup or code, or that uses a network.
    @Test func theScriptMakesNoMarkup() {
        let script = text(Page.script)
        for word in [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch(", "XMLHttp",
            "import(", "WebSocket", "sendBeacon", "http:", "https:", "</script", "<!--", "DOMParser", "srcdoc",
        ] { #expect(!script.contains(word), "\(word)") }
        for word in ["url(", "@import", "</style"] { #expect(!text(style).contains(word), "\(word)") }
    }
    /// Rows have numbers for words. The numbers match those in the script.
    @Test func verdictsAreThoseOfTheScript() throws {
        let list = try #require(between(text(Page.script), "const VERDICTS = [\n", "];").first)
        let words = between(String(list), "[\"", "\"").map(String.init)
        #expect(words == PageVerdict.allCases.map { "\($0)".lowercased() })
    }
    @Test func hostileTextStaysText() throws {
        let page = text(
            Pages.page(
                [Pages.head(Pages.hostile)], [(try Pages.hostile("nano.a.b"), 0), (Pages.passed(Pages.hostile), 0)]))
        for bad in ["<script>window", "<img", "]]></template>", "<!--", "</script><script>w", "href=\"javascript"] {
            #expect(!page.contains(bad), "\(bad)")
        }
        // The page has the script of the frame, the two parts around the cases, and one chunk of rows.
        #expect(between(page, "<script", ">").count == 4)
        #expect(between(page, "</script", ">").count == 4)
        #expect(between(page, "<template", ">").count == 1)
        #expect(between(page, "</template", ">").count == 1)
        #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        for c in "\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{2029}".unicodeScalars {
            #expect(!page.unicodeScalars.contains(c), "U+\(String(c.value, radix: 16))")
        }
        let shown =
            "&lt;/script&gt;&lt;script&gt;window.hacked=1&lt;/script&gt;&lt;!--&lt;script&gt;]]&gt;&lt;/template&gt;"
        #expect(page.split(separator: shown).count > 12)
        #expect(page.contains("\\u{0}\\u{1b}[31m\\u{202e}txet"))
    }
    /// The names and values of facts may both come from the node: the page escapes both.
    @Test func escapesHostileNamesOfFacts() throws {
        var record = try Pages.hostile("nano.a.b")
        record.failure?.facts = [(name: "<b>\u{1b}]0;\u{202e}" + Pages.hostile, text: "1")]
        let page = self.page([record])
        #expect(page.contains("<dt>&lt;b&gt;\\u{1b}]0;\\u{202e}"))
        #expect(!page.contains("<b>") && !page.contains("<script>window"))
        #expect(!page.unicodeScalars.contains("\u{202e}") && !page.unicodeScalars.contains("\u{1b}"))
    }
    /// The page of a capture shows texts unchanged. The file escapes characters that change the writing direction.
    @Test func escapesInvisibleCharactersInJSON() {
        var out: [UInt8] = []
        PageText.json(.map([.init("\u{202e}<", "\u{2066}\u{feff}\u{7f}\u{1b}é")]), to: &out)
        #expect(text(out) == #"{"\u202e\u003c":"\u2066\ufeff\u007f\u001bé"}"#)
    }
    @Test func whatIsEscaped() throws {
        #expect(PageText.html("a<b>&\"'\u{202e}é\n") == "a&lt;b&gt;&amp;&quot;&#39;\\u{202e}é\\u{a}")
        func json(_ s: String) -> String {
            var out: [UInt8] = []
            PageText.json(.printable(s), to: &out)
            return text(out)
        }
        #expect(json("plain") == #""plain""#)
        #expect(json("</script>") == #""\u003c/script>""#)
        #expect(json("<!--\"\\") == #""\u003c!--\"\\""#)
        // After the script has read the text, it shows such characters as numbers.
        #expect(json("\u{2028}\u{0}") == #""\\u{2028}\\u{0}""#)
        #expect(try #require(JSON.parse(Array(json(Pages.hostile).utf8))) == .text(Printable.text(Pages.hostile)))
        #expect(PageText.link("a b/javascript:\"<é?#%") == "a%20b/javascript%3a%22%3c%c3%a9%3f%23%25")
        #expect(PageText.short("abcdefghij", 10) == "abcdefghij")
        #expect(PageText.short("abcdefghijk", 10) == "abcde…hijk")
    }
    /// All chunks of rows are JSON with the results of the cases.
    @Test func rowsOfCases() throws {
        var flaky = Pages.passed("nano.ping.b")
        flaky.retries = 2
        var warned = try Pages.failed("nano.made.case", verdict: .warn)
        warned.requirement = "NANO-24"
        warned.level = .should
        warned.round = 3
        warned.expectation = .failed(note: "known")
        let page = self.page([Pages.passed("nano.ping.a"), flaky, warned])
        let chunks = between(page, "<script type=\"application/json\" class=\"rows\">", "</script>")
        #expect(
            chunks.map(String.init) == [
                """
                {"run":0,"kinds":[["A query is answered",["NANO-16","NANO-18"],"nano"],\
                ["A case that was made up",["NANO-16","NANO-18"],"nano"]],"rows":[
                ["nano.ping.a",0,0,214],
                ["nano.ping.b",0,0,214,{"f":2}],
                ["nano.made.case",1,6,214400,{"n":3,"b":"xfail","bn":"known","o":2,"q":"NANO-24","l":"SHOULD","d":0,\
                "m":"extensions: wanted 7, had 0"}]]}
                """
            ])
        for piece in between(page, "<script type=\"application/json\"", "</script>") {
            let json = try #require(piece.split(separator: ">", maxSplits: 1).last)
            #expect(JSON.parse(Array(json.utf8)) != nil, "\(json.prefix(200))")
        }
    }
    /// The cases of another run have a separate chunk.
    @Test func runsHaveTheirChunks() throws {
        let page = text(
            Pages.page(
                [Pages.head("a"), Pages.head("b")],
                [(Pages.passed("nano.x.a"), 0), (Pages.passed("nano.x.a"), 1), (Pages.passed("nano.x.b"), 1)]))
        let chunks = between(page, "class=\"rows\">", "</script>")
        #expect(chunks.map { $0.prefix(9) } == ["{\"run\":0,", "{\"run\":1,"])
        #expect(chunks.map { between(String($0), "\n[", ",").count } == [1, 2])
        // The page lists a rule of both runs once.
        #expect(between(page, "\n[\"NANO-16\",", "]").count == 1)
    }
    @Test func detailsOfACase() throws {
        let page = self.page([try Pages.failed("nano.made.case")], path: "out/index.html")
        for piece in [
            "<template id=\"d0\"><p class=\"reason\">extensions: wanted 7, had 0</p>",
            "<h3>The rule: NANO-16 MUST</h3><p>A query is answered.</p><blockquote><cite>doc, §1</cite></blockquote>",
            "<h3>Because</h3><p>the header has room for it</p>",
            "<h3>In the scenario: made/case.yaml:11:64, step 2 of 2, branch left</h3>",
            "\n   | \(String(repeating: " ", count: 63))<mark>^^^^^^^^^^ got 0</mark></pre>",
            "<h3>#3 nano.keepalive, received by peer from node, +0.213 s, 152 bytes</h3>",
            "<tr class=\"wrong\"><td>✗ extensions</td><td>0x0000</td><td>7</td>",
            "<tr><td>version_<wbr>max</td><td>21</td><td></td>",
            "0000  52 41 15 15 14 02<mark>[00 00]</mark>00 00",
            "&lt;- extensions bytes 6..7\n", "<g class=\"culprit\">", "✗ keepalive, 0 peers</text>",
            "<code>meshspec run nano.made.case --seed 0x51f2</code>", "<dt>seed</dt><dd>0x51f2</dd>",
            // The link is relative to the folder of the page.
            "<a href=\"./evidence/nano.made.case/\">out/evidence/nano.made.case</a>",
        ] { #expect(page.contains(piece), "\(piece)") }
    }
    /// The bytes do not depend on how often the buffer is emptied.
    @Test func bytesDoNotDependOnFlushing() throws {
        let records =
            try (0..<3).flatMap { run in try Pages.mixed(run).map { ($0, run) } }
            + Pages.many(2500, isFailing: false).map { ($0.0, 2) }
        let heads = [Pages.head("a"), Pages.head("b"), Pages.head("c")]
        let whole = Pages.page(heads, records)
        for n in [1, 2, 7, 1000] { #expect(Pages.page(heads, records, takenEvery: n) == whole) }
    }
    /// A limited number of cases has details, and each reason has a limited number. Each other case has one line, which
    /// becomes short.
    @Test func detailsAreBounded() throws {
        func templates(_ n: Int, _ fingerprint: (Int) -> String) throws -> (Int, String) {
            var bad = try Pages.failed("nano.made.case")
            let page = self.page(
                (0..<n).map { i in
                    bad.id = "nano.made.case\(i)"
                    bad.fingerprint = fingerprint(i)
                    return bad
                })
            return (between(page, "<template id=", ">").count, page)
        }
        let (alike, page) = try templates(120) { _ in "same" }
        #expect(alike == HTMLFormat.detailedAlike)
        #expect(page.contains("{\"untold\":70,"))
        #expect(
            page.contains(
                "[\"nano.made.case119\",0,1,214400,{\"m\":\"extensions: wanted 7, had 0\",\"p\":\"made/case.yaml:11:64\",\"s\":\"0x51f2\",\"c\":\"meshspec run nano.made.case --seed 0x51f2\",\"e\":[\"out/evidence/nano.made.case\",\"./out/evidence/nano.made.case/\"]}]"
            ))
        #expect(try templates(700) { "\($0)" }.0 == HTMLFormat.detailed)
    }
    @Test func nothingOfACaseStays() throws {
        var format = HTMLFormat()
        var out = ReportBuffer()
        format.begin([Pages.head()], to: &out)
        var most = 0
        var bad = try Pages.failed("nano.made.case", reason: String(repeating: "long ", count: 100))
        for i in 0..<30_000 {
            bad.id = "nano.made.case\(i)"
            bad.title = "title \(i)"
            bad.fingerprint = "\(i)"
            format.add(bad, run: 0, to: &out)
            most = max(most, out.take().count)
        }
        format.end([Pages.end([])], to: &out)
        #expect(out.pending.count < 1 << 20)
        #expect(most < 1 << 20)
        // A line is short if the case is beyond those with a place and a seed.
        let line = try #require(text(out.pending).split(separator: "\n").first { $0.contains("nano.made.case29999") })
        #expect(line.utf8.count < 250)
    }
    /// A case with the largest possible message and text has a limited size.
    @Test func oneCaseIsBounded() throws {
        var bad = try Pages.failed("nano.made.case", reason: String(repeating: "<", count: 1 << 20))
        bad.failure?.trace = (0..<5000).map { i in
            CaseRecord.Exchange(
                at: .milliseconds(i), link: "c", ours: "peer \(i)", theirs: "node", direction: .sent, kind: .bytes,
                name: "", bytes: [UInt8](repeating: UInt8(i & 255), count: 3000))
        }
        bad.failure?.culprit = 4000
        bad.failure?.fields = FieldTable(
            rows: (0..<5000).map { FieldTable.Row(path: "f\($0)", value: "v", wanted: $0 % 2 == 0 ? "w" : nil) })
        let page = self.page([bad])
        let details = try #require(between(page, "<template", "</template>").first)
        #expect(details.utf8.count < PageDetails.maximumBytes + PageCapture.limit * 2)
        #expect(details.contains("4800 more fields"))
        #expect(details.contains("<p>3955 earlier</p>"))
        #expect(details.contains("<p>985 later</p>"))
    }
    @Test func pathsBetweenFolders() {
        func way(_ file: String, _ path: String) -> String { RelativePath.from(folderOf: file, to: path) }
        #expect(way("index.html", "out/a") == "out/a")
        #expect(way("out/index.html", "out/a") == "a")
        #expect(way("./out/./index.html", "out/b/../a/") == "a")
        #expect(way("out/html/index.html", "out/evidence/a") == "../evidence/a")
        #expect(way("out/index.html", "out") == ".")
        #expect(way("/r/index.html", "/e/a") == "../e/a")
        #expect(way("/r/index.html", "e/a") == "e/a")
        #expect(way("r/index.html", "/e/a") == "/e/a")
        #expect(way("../r/index.html", "e") == "e")
        #expect(way("../r/index.html", "../r/e") == "e")
        #expect(way("", "e") == "e")
    }
    @Test func base64() {
        func encoded(_ s: String) -> String { Base64.encode(Array(s.utf8)) }
        #expect(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(encoded) == [
                "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
            ])
        #expect(Base64.encode([0xfb, 0xff, 0xbf]) == "+/+/")
    }
}
