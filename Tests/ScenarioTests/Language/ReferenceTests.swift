import Nano
import Network
import Node
import TestLayers
import Testing
import Wire

@testable import Scenario

/// These pages of Spec are the reference for authors of scenarios. Their examples load and have the documented results,
/// and they document everything.
@Suite struct ReferenceTests {
    /// The pages: first the guide, then the reference.
    static let pages = ["README.md", "language.md", "files.md", "running.md", "vectors.md"].map { name in
        (name: name, text: String(decoding: Specification.read("Spec/" + name), as: UTF8.self))
    }
    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    static let lines = pages.flatMap { lines($0.text) }
    /// A block of YAML in a page.
    struct Example {
        var page: String
        /// The number of its first line.
        var line: Int
        var text = ""
        var source: SourceFile { SourceFile(name: "Spec/\(page) from line \(line)", bytes: Array(text.utf8)) }
    }
    static let examples: [Example] = {
        var out: [Example] = []
        for page in pages {
            var isInside = false
            for (i, line) in lines(page.text).enumerated() {
                if line.hasPrefix("```") {
                    isInside = line.hasPrefix("```yaml")
                    if isInside { out.append(Example(page: page.name, line: i + 2)) }
                } else if isInside, !out.isEmpty {
                    out[out.count - 1].text += line + "\n"
                }
            }
        }
        return out
    }()
    static func examples(_ key: String) -> [Example] { examples.filter { $0.text.hasPrefix(key + ": 1\n") } }
    /// The cells of each table row.
    static let rows: [[String]] = lines.filter { $0.hasPrefix("| ") }.map { line in
        line.dropFirst(2).dropLast(2).replacing("\\|", with: "\u{0}").split(
            separator: "|", omittingEmptySubsequences: false
        ).map { cell in
            String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()).replacing("\u{0}", with: "|")
        }
    }
    /// Returns the texts in backquotes.
    static func code(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
            String($0.element)
        }
    }
    /// The words in backquotes and in examples.
    static let words: Set<String> = {
        var out: Set<String> = []
        var isInside = false
        for line in lines {
            if line.hasPrefix("```") { isInside.toggle() }
            let pieces = isInside ? [line] : code(line)
            for p in pieces {
                var word = ""
                for c in p + " " {
                    if c.isLetter || c.isNumber || c == "$" || c == "_" || c == "-" {
                        word.append(c)
                    } else {
                        out.insert(word)
                        word = ""
                    }
                }
            }
        }
        return out
    }()

    @Test func examplesLoad() throws {
        let fragment = try #require(Self.examples("meshspec-fragment").first).text
        let suite = try #require(Self.examples("meshspec-suite").first).text
        let library = Library(
            definitions: [.nano, Definition.toy().inEnvelopes()],
            requirements: ["nano": Specification.requirements, "toy": toyRequirements]
        ) { name, _ in SourceFile(name: name, bytes: Array((name == "suite.yaml" ? suite : fragment).utf8)) }
        let all = Self.examples("meshspec")
        #expect(all.count >= 5)
        for e in all {
            let (scenario, diagnostics) = Scenario.load(e.source, library)
            #expect(diagnostics.map(\.line) == [], "\(e.source.name)")
            #expect(scenario != nil)
        }
    }
    @Test func otherFilesLoad() throws {
        for e in Self.examples("meshspec-target") {
            let (target, diagnostics) = Target.load(e.source, Specification.library, folder: ".")
            #expect(diagnostics.map(\.line) == [] && target != nil)
        }
        for e in Self.examples("meshspec-capabilities") {
            let (made, diagnostics) = Capabilities.load(e.source, Specification.library, for: .nano)
            #expect(diagnostics.map(\.line) == [] && made != nil)
        }
        for e in Self.examples("meshspec-baseline") {
            let (made, diagnostics) = Baseline.load(e.source)
            #expect(diagnostics.map(\.line) == [] && made?.entries.count == 1)
        }
        let known = [
            "meshspec", "meshspec-fragment", "meshspec-suite", "meshspec-target", "meshspec-capabilities",
            "meshspec-baseline",
        ]
        for k in known { #expect(!Self.examples(k).isEmpty, "\(k)") }
        #expect(known.reduce(0) { $0 + Self.examples($1).count } == Self.examples.count)
    }
    /// The case of the guide is a small one. The reference node passes it.
    @Test func theFirstExampleRuns() throws {
        let first = try #require(Self.examples("meshspec").first)
        let scenario = try #require(Scenario.load(first.source, Specification.library).scenario)
        let options = RunOptions(
            subject: .builtIn(bug: nil), settings: try Definition.nano.settings(), lacks: ["v3"], seed: 1)
        var verdicts: [Verdict] = []
        Runner(.nano, Specification.requirements, options).simulate(Schedule(scenario.cases)) {
            verdicts.append($0.verdict)
        }
        #expect(verdicts == [.pass])
    }
    /// The example of layers runs against a node of the made-up protocol with layers.
    @Test(arguments: LayerTests.options.indices) func theExampleOfLayersRuns(chop: Int) throws {
        let example = try #require(Self.examples("meshspec").first { $0.text.contains("protocol: toy") })
        var toy = Definition.toy().inEnvelopes()
        toy.reference.node = { _ in ChannelNode() }
        let library = Library(definitions: [toy], requirements: ["toy": toyRequirements])
        let scenario = try #require(Scenario.load(example.source, library).scenario)
        var options = RunOptions(subject: .builtIn(bug: nil), settings: try toy.settings(), seed: 1)
        LayerTests.options[chop](&options)
        var told: [String] = []
        Runner(toy, toyRequirements, options).simulate(Schedule(scenario.cases)) { told.append($0.told) }
        #expect(told == ["pass"])
    }
    @Test func operatorExamplesLoad() {
        var seen: [String] = []
        for row in Self.rows where row.count == 3 && row[0].hasPrefix("`$") {
            let name = Self.code(row[0])[0]
            let example = Self.code(row[2])[0]
            seen.append(name)
            #expect(example.contains(name))
            let message = example.hasPrefix("peers") ? "nano.keepalive" : "nano.node_id_handshake"
            let told = nano("  - expect: {via: c, msg: \(message), within: 5s, fields: {\(example)}}").map(\.line)
            // An unused saved name is not a mistake of the operator.
            #expect(told.filter { !$0.hasPrefix("MS03") } == [], "\(example)")
        }
        #expect(Set(seen) == Set(Schema.operators.map(\.name)))
    }
    @Test func functionExamplesAreRight() {
        var seen: [String] = []
        for row in Self.rows where row.count == 3 && Self.code(row[0]).first?.contains("(") == true {
            let usage = Self.code(row[0])[0]
            guard let f = Function.all.values.first(where: { usage.hasPrefix($0.name + "(") }) else { continue }
            seen.append(f.name)
            #expect(f.usage.hasPrefix(usage) || usage.hasPrefix(f.usage), "\(usage)")
            let example = Self.code(row[2])
            if example.count == 2 { #expect(evaluate(example[0]) == example[1], "\(example[0])") }
            #expect(example.isEmpty || example.count == 2)
        }
        #expect(Set(seen) == Set(Function.all.keys))
        #expect(seen.count == Function.all.count)
    }
    /// The reference documents each key of each file, each verb, modifier and operator, and each fault with its keys.
    @Test func nothingIsLeftOut() {
        var keys = Schema.modifiers + Schema.verbs + Schema.operators
        for s in Schema.all + Schema.files { keys += s.keys }
        #expect(keys.count > 150)
        #expect(Set(keys.map(\.name)).subtracting(Self.words) == [])
        for kind in FaultVerb.Kind.allCases { #expect(Self.rows.contains { $0[0] == "`\(kind.rawValue)`" }, "\(kind)") }
        for v in [Verdict.pass, .warn, .inconc, .fail, .error, .skip, .notRun] {
            #expect(Self.rows.contains { $0[0] == "`\(v.rawValue)`" }, "\(v)")
        }
        for verb in Schema.verbs { #expect(Self.rows.contains { $0[0].contains("`\(verb.name): ") }, "\(verb.name)") }
        for m in Schema.modifiers { #expect(Self.rows.contains { $0[0] == "`\(m.name)`" }, "\(m.name)") }
        for kind in ScenarioParameter.Kind.allCases { #expect(Self.words.contains(kind.rawValue)) }
        for chop in Chop.allCases { #expect(Self.words.contains(chop.rawValue)) }
    }
    /// The documented limits equal the limits of the program.
    @Test func limits() {
        let text = Self.pages.first { $0.name == "language.md" }?.text ?? ""
        let section = text.split(separator: "## Limits").last ?? ""
        func grouped(_ n: Int) -> String {
            var s = String(n)
            var at = s.count - 3
            while at > 0 {
                s.insert(",", at: s.index(s.startIndex, offsetBy: at))
                at -= 3
            }
            return s
        }
        for n in [
            YAMLLimits.written.nodes, ExpressionParser.maximumParts, Work.limit, Term.maximumSize,
            CaseRun.maximumSteps, CaseLinks.Budget().records, Datagram.maximumBytes, LayerChannels.limit,
        ] { #expect(section.contains(grouped(n)), "\(n)") }
        let recorded = YAMLLimits.generated
        #expect(section.contains("\(recorded.size >> 20) MiB, \(grouped(recorded.nodes)) nodes"))
        for n in [YAMLTree.maximumDepth, ExpressionParser.maximumDepth, Pattern.maximumUnordered] {
            #expect(section.contains("\(n) "), "\(n)")
        }
        #expect(YAMLLimits.written.size == 1 << 20 && Function.maximumBytes == 16 << 20)
        #expect(CaseLinks.Budget().bytes == 64 << 20 && StreamLimits.message == 16 << 20)
    }
}
