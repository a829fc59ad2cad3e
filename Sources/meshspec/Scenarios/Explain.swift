import Node
import Report
import Scenario
import Text
import Wire

extension Command {
    static let explain = Command(
        name: "explain", summary: "explain a requirement, a case, a message, a protocol or a diagnostic",
        operands: "WORD...",
        options: [.spec],
        examples: [
            ("meshspec explain NANO-18", "its text, its source, and the cases that prove it"),
            ("meshspec explain nano.node_id_handshake", "its fields with offsets and sizes"),
            ("meshspec explain nano.handshake.v2-query", "the steps of a case, and what it proves"),
            ("meshspec explain nano", "messages, profiles, parameters, capabilities, seeded faults"),
            ("meshspec explain MS1203", "the code of a diagnostic; `meshspec explain codes` lists all codes"),
        ]
    ) { invocation in
        guard !invocation.operands.isEmpty else {
            throw CommandError(
                .missingArgument, "explain what?",
                remedy: "give a requirement, a case, a message, a protocol, the code of a diagnostic, or `codes`")
        }
        var explain = Explain(spec: invocation[.spec])
        let pages = try invocation.operands.map { word in
            guard let page = try explain.page(word) else {
                throw CommandError(
                    .unknownName, "nothing is called `\(word)`", meant: try explain.near(word),
                    status: ExitCode.nothingMatched)
            }
            return page
        }
        return try Console.print(pages.joined(separator: "\n\n"))
    }
}

/// The pages of `meshspec explain`.
struct Explain {
    /// The folder of specifications that the user named.
    let spec: String?
    /// The suite, read once when a word needs it. The operands may be all requirements.
    private var suite: Suite?
    private var scenarios: [String: [Scenario]] = [:]

    init(spec: String?) { self.spec = spec }

    private mutating func readSuite() throws -> Suite {
        let read = try suite ?? Suite(spec)
        suite = read
        return read
    }
    /// Returns the page about a word; nil if the word is unknown.
    mutating func page(_ word: String) throws -> String? {
        if let known = Self.codes.first(where: { $0.code == word.uppercased() }) {
            return "\(known.code)\n\(known.explanation)"
        }
        if word == "codes" { return Self.codeList() }
        for d in Registry.decoded {
            if word == d.name { return Self.protocolPage(d) }
            if let type = d.message(word) ?? d.contents.first(where: { $0.name.description == word }) {
                return Self.message(type)
            }
        }
        if word == "bugs" { return Self.bugs() }
        if let text = Self.verdict(word.lowercased()) { return text }
        // The word is the name of a message without its protocol.
        let bare = Registry.decoded.flatMap(\.messages).filter {
            $0.name.description.drop { $0 != "." }.dropFirst() == word.lowercased()
        }
        if !bare.isEmpty { return bare.map { Self.message($0) }.joined(separator: "\n\n") }
        var suite = try readSuite()
        for (name, list) in suite.library.requirements {
            guard let r = list[word.uppercased()] else { continue }
            let cases = try scenarios[name] ?? suite.load(suite.files(of: name))
            scenarios[name] = cases
            return Self.requirement(r, cases)
        }
        // A file is named after the id of its case, or after the common part of the ids of its cases.
        let id = String(word.prefix { $0 != "[" })
        let protocolName = String(id.prefix { $0 != "." })
        guard suite.library.definition(protocolName) != nil else { return nil }
        let file = try suite.files(of: protocolName).filter { Files.name(of: $0) == id + ".yaml" }
        let found = try suite.load(file).first { $0.id == id && ($0.id == word || $0.cases.contains { $0.id == word }) }
        return found.map { Command.page($0, suite.requirements(protocolName)) }
    }
    /// Returns a suggestion for an unknown word.
    mutating func near(_ word: String) throws -> String? {
        let suite = try readSuite()
        var known = suite.library.requirements.values.flatMap { $0.all.map(\.id) }
        known += Self.codes.map(\.code)
        for d in Registry.definitions {
            known.append(d.name)
            known += (d.messages + d.contents).map { $0.name.description }
        }
        known += ["bugs", "codes"]
        // A file is named after the id of its case.
        let files = try suite.files(of: String(word.prefix { $0 != "." }))
        known += files.map { String(Files.name(of: $0).dropLast(".yaml".count)) }
        return NearestName.nearest(word, in: known)
    }
    static func requirement(_ r: Requirement, _ scenarios: [Scenario]) -> String {
        var out = "\(r.id)  \(r.level.rawValue)  \(r.kind)\n  \(r.text)\n  source: \(r.source)"
        if !r.quote.isEmpty { out += "\n  \"\(r.quote)\"" }
        if !r.profiles.isEmpty { out += "\n  for profile \(r.profiles.joined(separator: ", "))" }
        if let why = r.untestable { out += "\n  untestable: \(why)" }
        if let o = Registry.definitions.lazy.flatMap(\.judging.observed).first(where: { $0.id == r.id }) {
            out += "\n  judged in captures (\(o.severity.rawValue)): \(o.seen)"
        }
        if let why = r.unobservable { out += "\n  not judged in captures: \(why.reason)" }
        for seen in r.observations { out += "\n  observed: \(seen.line)" }
        if r.isPlanned { out += "\n  its cases are planned for a later part of the suite" }
        for s in scenarios where s.claims.contains(r.id) { out += "\n  proved by \(s.id)  (\(s.source.name))" }
        if r.kind == "codec" { out += "\n  proved by the vectors in Vectors/ and their tests" }
        for b in Registry.definitions.flatMap(\.reference.bugs) where b.requirements.contains(r.id) {
            out += "\n  broken by --bug \(b.name): \(b.summary)"
        }
        return out
    }
    /// Returns the meaning and the consequence of a verdict; nil for another word.
    static func verdict(_ word: String) -> String? {
        let meaning: String
        switch word == "inconclusive" ? .inconc : Verdict(rawValue: word) {
        case .pass: meaning = "Every step of the case passed."
        case .warn: meaning = "A SHOULD or MAY was not kept. The exit status stays 0; with --strict it is 1."
        case .inconc:
            meaning =
                "The case could not be judged: its preparation failed, or the harness was late. It is neither a\n  "
                + "pass nor a failure. The exit status is 6 if no case is worse; --inconc skip counts it as skipped."
        case .fail: meaning = "A MUST was not kept. The exit status is 1."
        case .error: meaning = "The harness, the scenario or the environment broke. The exit status is 4."
        case .skip:
            meaning = "The case is not for this node: it is for another profile, or needs what the node does not claim."
        case .notRun: meaning = "The run ended before the case began."
        case Verdict.none?, nil: return nil
        }
        return "\(word)  verdict\n  \(meaning)"
    }
    /// The codes of all diagnostics: first those of files, then those of the command line and its environment.
    static var codes: [(code: String, explanation: String)] {
        DiagnosticCode.allCases.map { ($0.rawValue, $0.explanation) }
            + ErrorCode.allCases.map { ($0.rawValue, $0.explanation) }
    }
    /// Returns the first sentence about each code.
    private static func codeList() -> String {
        TextTable.text(
            codes.map { known in
                let end = known.explanation.firstRange(of: ". ")?.lowerBound ?? known.explanation.endIndex
                let sentence = known.explanation[..<end]
                return [known.code, sentence.hasSuffix(".") ? String(sentence) : sentence + "."]
            })
    }
    static func bugs() -> String {
        var lines: [String] = []
        for d in Registry.definitions {
            let rows = d.reference.bugs.map { b in
                let also = b.also.isEmpty ? "" : "; breaks \(b.also.joined(separator: ", ")) as well"
                return [b.name, "\(b.requirement)  \(b.summary)\(also)"]
            }
            lines += TextTable.lines(rows)
        }
        return lines.joined(separator: "\n")
    }
    static func protocolPage(_ d: Definition) -> String {
        var out = "\(d.name): \(d.title), over \(d.transport.rawValue)\n\nMessages:"
        for m in d.messages { out += "\n  \(m.name)" }
        for m in d.contents { out += "\n  \(m.name)   (in captures, where it carries no protocol that is known)" }
        func list(_ title: String, _ items: [Named]) {
            out += "\n\n\(title):" + TextTable.lines(items.map { ["\n  " + $0.name, $0.summary] }).joined()
        }
        list("Profiles (the first is the default)", d.configuration.profiles)
        out += "\n\nParameters (-P NAME=VALUE):"
        for p in d.configuration.parameters {
            out += "\n  \(p.name)  \(p.summary): \(p.choices.joined(separator: ", ")) (\(p.preset))"
        }
        out += "\n\nPorts:"
        for p in d.configuration.ports {
            out +=
                "\n  \(Style.pad("\(p.number)", 5))  "
                + p.implies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        }
        list("Capabilities (needs of scenarios, claims of target files)", d.configuration.capabilities)
        return out + "\n\nSeeded faults of the reference node: meshspec explain bugs"
    }
    static func message(_ type: any Message.Type) -> String {
        var table: [[String]] = [["field", "offset", "bytes", "what"]]
        var offset: Int? = type.form == .binary ? 0 : nil
        rows(type.describe(computed: true), under: "", from: &offset, into: &table)
        return "\(type.name)\n\n" + TextTable.text(table)
    }
    /// Adds a row for each field. `offset` is the bit offset of the next field; nil if the offset is not fixed.
    static func rows(_ fields: [FieldInfo], under prefix: String, from offset: inout Int?, into table: inout [[String]])
    {
        for f in fields {
            let name = prefix + f.name + (f.isList ? "[]" : "")
            let isImplied = f.layout == .implied
            let isPart = (f.bitCount ?? 0) % 8 != 0
            let size = isImplied ? "-" : f.byteCount.map { "\($0)" } ?? (isPart ? "part" : "varies")
            let start = isImplied ? nil : offset
            table.append([name, start.map { "\($0 / 8)" } ?? (isImplied ? "-" : "varies"), size, about(f)])
            // The offset of a group if it is present; for a list, the offset within the first element.
            var inner = start
            rows(f.fields, under: name + ".", from: &inner, into: &table)
            if isImplied { continue }
            let isFixed = !f.isOptional && !f.isConditional && !f.isList
            offset = isFixed ? start.flatMap { at in f.bitCount.map { at + $0 } } : nil
        }
    }
    static func about(_ f: FieldInfo) -> String {
        var out = f.kind.map { kind($0) } ?? "group"
        // A part of a byte has no byte order and thus no encoding.
        if let e = f.encoding, let k = f.kind, isNumber(k), e == .varint || f.byteCount != 1 {
            out += e == .little ? ", little-endian" : e == .big ? ", big-endian" : ", varint"
        }
        if f.isOptional { out += ", optional" }
        if f.isConditional { out += ", in some forms only" }
        if f.isDerived { out += ", computed unless given" }
        if f.layout == .implied { out += ", implied by other fields" }
        return out
    }
    static func isNumber(_ k: Kind) -> Bool {
        switch k {
        case .uint, .code, .int: true
        case .float, .bool, .bytes, .text, .json: false
        }
    }
    static func kind(_ k: Kind) -> String {
        switch k {
        case .uint(let bits): bits == 1 ? "number, 1 bit" : "number, \(bits) bits"
        case .int: "number, signed"
        case .float: "number, with a fraction or without"
        case .bool: "true or false"
        case .code(let bits, let names):
            "code, \(bits) bits: "
                + names.map { "\($0.name) 0x\(String($0.number, radix: 16))" }.joined(separator: ", ")
        case .bytes: "bytes"
        case .text: "text"
        case .json: "any JSON"
        }
    }
}
