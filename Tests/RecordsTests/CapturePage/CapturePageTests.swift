import Crypto
import Nano
import TestReports
import Testing

@testable import Capture
@testable import Node
@testable import Records
@testable import Wire

/// Tests the bytes of the page: its contents, the escaping of hostile text, and the omitted messages.
/// Tests/Interop/page checks the result of its script.
struct CapturePageTests {
    let samples = RecordRenderingTests()
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    /// Returns the texts between a start and an end.
    func between(_ s: String, _ from: String, _ to: String) -> [String] {
        s.split(separator: from, omittingEmptySubsequences: false).dropFirst().map {
            String($0.split(separator: to, maxSplits: 1, omittingEmptySubsequences: false)[0])
        }
    }
    func page(_ records: [(Record, [UInt8])], limits: (records: Int, bytes: Int) = (100, 1 << 20)) -> (String, String?)
    {
        var renderer = CapturePageRenderer(.init(title: "a.pcap", filter: "n > 1"), [.nano], limits: limits)
        var out: [UInt8] = []
        renderer.begin(to: &out)
        for (record, bytes) in records { renderer.render(record, bytes.span.bytes, to: &out) }
        renderer.end(to: &out)
        return (text(out), renderer.omission)
    }
    func json(_ page: String, _ what: String) throws -> [Value] {
        try between(page, "<script type=\"application/json\" \(what)>", "</script>").map {
            try #require(JSON.parse(Array($0.utf8)))
        }
    }

    @Test func theFrameHasItsParts() throws {
        let (page, omission) = page([])
        #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(page.hasSuffix("</script>\n</body>\n</html>\n"))
        #expect(!page.contains("{{}}"))
        #expect(page.contains("<title>a.pcap - meshspec</title>"))
        #expect(omission == nil)
    }
    @Test func thePolicyIsThatOfTheScripts() throws {
        let (page, _) = page([])
        let policy = try #require(between(page, "Content-Security-Policy\" content=\"", "\"").first)
        func hash(_ s: String) -> String { "'sha256-\(Base64.encode(SHA256.hash(Array(s.utf8))))'" }
        let scripts = between(page, "<script>", "</script>").map(hash).joined(separator: " ")
        let style = try #require(between(page, "<style>", "</style>").first)
        #expect(
            policy
                == "default-src 'none'; script-src \(scripts); style-src \(hash(style)); base-uri 'none'; form-action 'none'"
        )
    }
    /// The scripts contain no code that makes text into markup or code, or that uses a network.
    @Test func theScriptsMakeNoMarkup() {
        for script in [text(CapturePage.model), text(CapturePage.view)] {
            for word in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch(",
                "XMLHttp", "import(", "new WebSocket", "sendBeacon", "http:", "https:", "</script", "<!--", "DOMParser",
                "srcdoc",
            ] { #expect(!script.contains(word), "\(word)") }
        }
    }
    /// Text from the wire ends no script and begins no comment.
    @Test func hostileTextStaysText() throws {
        var message = Sample()
        message.text = Text("</script><!--<script>")
        let bytes = message.encoded()
        let note = Finding(.violation, "NANO-18", path: "text", "</script><script>alert(1)</script>")
        let (page, _) = page([(samples.record(bytes, Sample.self, [note]), bytes)])
        #expect(between(page, "<script", ">").count == 7, "\(between(page, "<script", ">"))")
        let rows = try #require(try json(page, "class=\"rows\"").first)
        #expect(rows["notes"] == [[0, "violation", "NANO-18", "text", "</script><script>alert(1)</script>"]])
    }
    /// Two similar messages share a shape and a layout. Numbers beyond 2^53 are exact, and bytes are unchanged.
    @Test func recordsShareShapes() throws {
        let bytes = Sample().encoded()
        let (page, _) = page([(samples.record(bytes), bytes), (samples.record(bytes), bytes)])
        let shapes = try #require(try json(page, "class=\"shapes\"").first)
        guard case .list(let all)? = shapes["shapes"], case .list(let layouts)? = shapes["layouts"] else {
            Issue.record("no shapes")
            return
        }
        #expect(all.count == 1 && layouts.count == 1)
        let fields = try #require(try json(page, "class=\"fields\"").first)
        #expect(fields["shape"] == [0, 0])
        #expect(fields["bytes"] == .text(Base64.encode(bytes + bytes)))
        #expect(text(Array(page.utf8)).contains(#"["n","9007199254740993"]"#))
    }
    /// The page and the message for the user count the omitted messages.
    @Test func whatIsLeftOutIsTold() throws {
        let bytes = Sample().encoded()
        let one = (samples.record(bytes), bytes)
        let (page, omission) = page([one, one, one], limits: (2, 1 << 20))
        #expect(try json(page, "id=\"end\"").first?["leftOut"] == 1)
        #expect(omission?.hasPrefix("1 of 3 messages were left out of the page:") == true)
        #expect(try json(page, "class=\"fields\"").first?["shape"] == [0, 0])
    }
    /// Bytes that are not a message have no fields. They have their own entry for bytes.
    @Test func bytesThatAreNoMessage() throws {
        let (page, _) = page([(samples.record([1, 2, 3], nil), [1, 2, 3])])
        let fields = try #require(try json(page, "class=\"fields\"").first)
        #expect(fields["shape"] == [-1])
        #expect(fields["bytes"] == "AQID")
        let rows = try #require(try json(page, "class=\"rows\"").first)
        #expect(rows["heads"] == [["sample.malformed", "sample", 1, ""]])
    }
    /// Similar elements appear once, with the number of repetitions.
    @Test func runs() {
        func field(_ name: String, _ depth: Int32, _ index: Int32 = -1) -> ShapeField {
            ShapeField(name: name, depth: depth, index: index, kind: 2, source: 3)
        }
        let one = [field("a", 0), field("b", 0)]
        let list = [field("", 1, 0), field("x", 2), field("", 1, 1), field("x", 2), field("", 1, 2), field("x", 2)]
        #expect(ShapeRuns.all(one).isEmpty)
        #expect(ShapeRuns.all(one + list) == [.init(start: 2, count: 2, times: 2)])
        // The last element has one more field.
        #expect(ShapeRuns.all(one + list + [field("y", 2)]) == [.init(start: 2, count: 2, times: 1)])
        let places = [0, 1, 0, 1, 2, 1] + [2, 4, 2, 3, 4, 3] + [4, 6, 4, 5, 6, 5] + [6, 8, 6, 7, 8, 7]
        let runs = ShapeRuns.all(one + list)
        #expect(ShapeRuns.layout(places, runs) == [0, 1, 0, 1, 2, 1, 2, 4, 2, 3, 4, 3, -2, 2, 2])
        // Runs with other distances save nothing.
        var uneven = places
        uneven[13] += 1
        #expect(ShapeRuns.layout(uneven, runs) == uneven)
    }
    /// Values without an exact form in JSON.
    @Test func tagged() {
        #expect(TaggedValue.of(.uint(1 << 53)) == .uint(1 << 53))
        #expect(TaggedValue.of(.uint(.max)) == ["n", "18446744073709551615"])
        #expect(TaggedValue.of(.int(.min)) == ["n", "-9223372036854775808"])
        #expect(TaggedValue.of(.decimal("1.5e3")) == ["d", "1.5e3"])
        #expect(TaggedValue.of([1, [.bytes([10])]]) == ["l", 1, ["l", ["b", .bytes([10])]]])
        #expect(TaggedValue.of(.map([.init("a", .null)])) == ["m", "a", .null])
    }
}
