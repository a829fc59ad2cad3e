import Node
import Scenario
import Wire

extension Command {
    static let explain = Command(
        name: "explain", summary: "explain a requirement, a message, a protocol or a diagnostic", operands: "WORD",
        options: [.spec],
        examples: [
            ("meshspec explain NANO-18", "what it says, where that is written, which cases prove it"),
            ("meshspec explain nano.node_id_handshake", "its fields with offsets and sizes"),
            ("meshspec explain nano", "messages, profiles, parameters, capabilities, seeded faults"),
            ("meshspec explain MS0031", "a diagnostic"),
        ]
    ) { invocation throws(UsageError) in
        guard let word = invocation.operands.first, invocation.operands.count == 1 else {
            throw UsageError("explain what? A requirement, a message, a protocol or a diagnostic")
        }
        if let code = DiagnosticCode.allCases.first(where: { $0.rawValue == word.uppercased() }) {
            return Console.print("\(code.rawValue)\n\(code.explanation)")
        }
        for d in Registry.definitions {
            if word == d.name { return Explain.protocolPage(d) }
            if let type = d.message(word) { return Explain.message(type) }
        }
        if word == "bugs" { return Explain.bugs() }
        do {
            var suite = try Suite(invocation["--spec"])
            let scenarios = try suite.load(suite.files)
            for list in suite.library.requirements.values {
                if let r = list[word.uppercased()] { return Explain.requirement(r, scenarios) }
            }
            let known =
                suite.library.requirements.values.flatMap { $0.all.map(\.id) } + DiagnosticCode.allCases.map(\.rawValue)
                + Registry.definitions.flatMap { d in [d.name] + d.messages.map { $0.name.description } } + ["bugs"]
            Console.error("meshspec explain: nothing is called `\(word)`\(Help.nearest(word, known))")
            return ExitCode.nothingMatched
        } catch {
            Console.error("meshspec explain: \(error)")
            return ExitCode.environment
        }
    }
}

/// Pages of `meshspec explain`.
enum Explain {
    static func requirement(_ r: Requirement, _ scenarios: [Scenario]) -> Int32 {
        var out = "\(r.id)  \(r.level.rawValue)  \(r.kind)\n  \(r.text)\n  source: \(r.source)"
        if !r.quote.isEmpty { out += "\n  \"\(r.quote)\"" }
        if !r.profiles.isEmpty { out += "\n  for profile \(r.profiles.joined(separator: ", "))" }
        if let why = r.untestable { out += "\n  untestable: \(why)" }
        if r.isPlanned { out += "\n  its cases come with a later part of the suite" }
        for s in scenarios where s.claims.contains(r.id) { out += "\n  proved by \(s.id)  (\(s.source.name))" }
        if r.kind == "codec" { out += "\n  proved by the vectors in Vectors/ and their tests" }
        for b in Registry.definitions.flatMap(\.bugs) where b.requirement == r.id {
            out += "\n  broken by --bug \(b.name): \(b.summary)"
        }
        return Console.print(out)
    }
    static func bugs() -> Int32 {
        for d in Registry.definitions {
            let width = d.bugs.map(\.name.count).max() ?? 0
            for b in d.bugs { Console.print("\(Help.pad(b.name, width))  \(b.requirement)  \(b.summary)") }
        }
        return ExitCode.good
    }
    static func protocolPage(_ d: Definition) -> Int32 {
        var out = "\(d.name): \(d.title), over \(d.transport.rawValue)\n\nMessages:"
        for m in d.messages { out += "\n  \(m.name)" }
        func list(_ title: String, _ items: [Named]) {
            out += "\n\n\(title):"
            let width = items.map(\.name.count).max() ?? 0
            for i in items { out += "\n  \(Help.pad(i.name, width))  \(i.summary)" }
        }
        list("Profiles (the first is the default)", d.profiles)
        out += "\n\nParameters (-P NAME=VALUE):"
        for p in d.parameters { out += "\n  \(p.name)  \(p.summary): \(p.choices.joined(separator: ", ")) (\(p.preset))" }
        out += "\n\nPorts:"
        for p in d.ports {
            out += "\n  \(p.number)  " + p.implies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        }
        list("Capabilities (needs of scenarios, claims of target files)", d.capabilities)
        return Console.print(out + "\n\nSeeded faults of the reference node: meshspec explain bugs")
    }
    static func message(_ type: any Message.Type) -> Int32 {
        Console.print("\(type.name)\n\n\(Help.pad("field", 28)) \(Help.pad("bytes", 7)) what")
        rows(type.describe(), "")
        return ExitCode.good
    }
    static func rows(_ fields: [FieldInfo], _ prefix: String) {
        for f in fields {
            let name = prefix + f.name + (f.isList ? "[]" : "")
            let size = f.place == .implied ? "-" : f.byteCount.map { "\($0)" } ?? "varies"
            var about = f.kind.map { kind($0) } ?? "group"
            if let e = f.encoding, f.kind.map(isNumber) ?? false { about += e == .little ? ", little-endian" : e == .big ? ", big-endian" : ", varint" }
            if f.isOptional { about += ", optional" }
            if f.isConditional { about += ", in some forms only" }
            if f.isDerived { about += ", computed unless given" }
            if f.place == .implied { about += ", told by other fields" }
            Console.print("\(Help.pad(name, 28)) \(Help.pad(size, 7)) \(about)")
            rows(f.fields, name + ".")
        }
    }
    static func isNumber(_ k: Kind) -> Bool {
        switch k {
        case .uint, .code, .int: true
        default: false
        }
    }
    static func kind(_ k: Kind) -> String {
        switch k {
        case .uint(let bits): "number, \(bits) bits"
        case .int: "number, signed"
        case .bool: "true or false"
        case .code(let bits, let names):
            "code, \(bits) bits: " + names.map { "\($0.name) 0x\(String($0.number, radix: 16))" }.joined(separator: ", ")
        case .bytes: "bytes"
        case .text: "text"
        case .json: "any JSON"
        }
    }
}
