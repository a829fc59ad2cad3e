import Testing

@testable import Report
@testable import Scenario

struct MarkdownFormatTests {
    /// GitHub accepts 1 MiB. The summary counts the omitted cases.
    @Test(arguments: [(5000, 10), (200, 100_000)]) func staysBelowTheLimit(_ count: Int, _ size: Int) throws {
        var all: [CaseRecord] = []
        for (i, v) in [Verdict.fail, .error, .warn, .inconc].enumerated() {
            var r = try Samples.record("x\(i)", v, String(repeating: "<", count: size))
            r.failure?.because = String(repeating: "`", count: size)
            r.command = String(repeating: "x", count: min(size, 3000))
            all += [CaseRecord](repeating: r, count: count)
        }
        let text = Samples.text(.markdown, all)
        #expect(text.utf8.count < 1 << 20)
        #expect(text.contains("### Failures (\(count))") && text.contains("left out: GitHub accepts at most 1 MiB"))
        #expect(text.ranges(of: "<details>").count == text.ranges(of: "</details>").count)
    }
    /// The text cannot end the fence.
    @Test func fences() {
        #expect(MarkdownText.block(["a"]) == "```text\na\n```\n")
        #expect(MarkdownText.block(["a ```` b", "`"], "") == "`````\na ```` b\n`\n`````\n")
        #expect(MarkdownText.block(["a\n```\nb"]) == "````text\na\\u{a}```\\u{a}b\n````\n")
    }
    @Test(arguments: [
        ("nano.x: a-b, (c)/d", "nano.x: a-b, (c)/d"), ("<b>*_`[x](y)", "&#60;b&#62;&#42;&#95;&#96;&#91;x&#93;(y)"),
        ("a|b\\c", "a&#124;b&#92;c"), ("@me #1", "&#64;<!-- -->me &#35;<!-- -->1"),
        ("http://x www.x", "http&#58;//x www&#46;x"),
        ("a\nb\u{202e}", "a&#92;u&#123;a&#125;b&#92;u&#123;202e&#125;"), ("é", "é"),
    ]) func inline(_ s: String, _ wanted: String) { #expect(MarkdownText.inline(s) == wanted) }
    /// Outside of fences, the only elements are those of the format.
    @Test func hostile() throws {
        var fence: Substring?
        let ours = ["<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>", "<!-- -->"]
        for line in Samples.text(.markdown, [try Samples.hostile()]).split(separator: "\n") {
            if let open = fence {
                if line == open { fence = nil }
                continue
            }
            if line.hasPrefix("```") {
                fence = line.prefix { $0 == "`" }
                continue
            }
            let rest = ours.reduce(String(line)) { $0.replacing($1, with: "") }
            #expect(!rest.contains("<") && !rest.contains("@") && !rest.contains("www."), "\(line)")
        }
        #expect(fence == nil)
    }
    @Test func severalTargets() throws {
        var other = Samples.head
        other.target = "nano|node"
        let all = [try Samples.record("fail", .fail)]
        let text = Samples.text(
            .markdown, [(Samples.head, all, Samples.end(all)), (other, [], RunEnd(counts: Counts(), exit: 0))])
        #expect(text.hasPrefix("## ✗ meshspec: 2 targets\n"))
        #expect(
            text.contains(
                "| rs-nano | ✗ | 1: 0 pass, 1 fail | 0/1 | - | - |\n| nano&#124;node | ✓ | 0: 0 pass | - | - | - |\n"))
        #expect(text.contains("<b>nano.made.fail</b> @ rs-nano NANO-16 MUST: late"))
    }
    @Test func green() throws {
        let text = Samples.text(.markdown, [try Samples.record("pass", .pass)])
        #expect(
            text
                == "## ✓ meshspec: rs-nano\n\n**1 case**: 1 pass · MUST 2/2\n\nprofile v28 · seed 0x51f2 · meshspec 1.2 · 2026-01-02T03:04:05Z · 28.4 s\n\n"
        )
    }
}
