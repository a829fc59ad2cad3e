import Wire

/// A command: what it is called, what it takes, what it does.
struct Command: Sendable {
    var name: String
    var summary: String
    /// Operands as the usage line shows them.
    var operands: String
    var options: [Option]
    /// Command lines with what they are for.
    var examples: [(line: String, purpose: String)]
    /// More to say, such as exit statuses.
    var notes: String = ""
    /// Returns the exit status.
    var body: @Sendable (Invocation) throws(UsageError) -> Int32
}

/// An option of a command.
struct Option: Sendable {
    /// The long one first.
    var names: [String]
    /// What follows it, such as `HOST:PORT`; nil for a switch.
    var value: String?
    var summary: String
    var isRepeatable = false
    init(_ long: String, short: String? = nil, value: String? = nil, repeatable: Bool = false, _ summary: String) {
        names = [long] + (short.map { [$0] } ?? [])
        self.value = value
        self.summary = summary
        isRepeatable = repeatable
    }
    static let help = Option("--help", short: "-h", "show this help")
    static let json = Option("--json", "JSON on standard output, one object a line")
    static let color = Option("--color", value: "WHEN", "auto, always or never (NO_COLOR is heeded)")
    static let spec = Option("--spec", value: "DIR", "folder of the specifications (default: found beside the program)")
}

/// Why a command line was refused.
struct UsageError: Error {
    var message: String
    init(_ message: String) { self.message = message }
}

/// A command line, taken apart.
struct Invocation {
    var values: [String: [String]] = [:]
    var operands: [String] = []

    init(_ command: Command, _ arguments: [String]) throws(UsageError) {
        let options = command.options + [.help]
        var at = 0
        func option(_ name: String) throws(UsageError) -> Option {
            guard let o = options.first(where: { $0.names.contains(name) }) else {
                let near = Help.nearest(name, options.flatMap { $0.names })
                throw UsageError("unknown option `\(name)`\(near)")
            }
            return o
        }
        while at < arguments.count {
            let argument = arguments[at]
            at += 1
            if argument == "--" {
                operands += arguments[at...]
                break
            }
            guard argument.hasPrefix("-"), argument.count > 1 else {
                operands.append(argument)
                continue
            }
            var name = argument
            var inline: String?
            if argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") {
                name = String(argument[..<equals])
                inline = String(argument[argument.index(after: equals)...])
            } else if !argument.hasPrefix("--"), argument.count > 2 {
                // -j4
                name = String(argument.prefix(2))
                inline = String(argument.dropFirst(2))
            }
            let o = try option(name)
            if o.value == nil {
                guard inline == nil else { throw UsageError("`\(name)` takes no value") }
                values[o.names[0], default: []].append("")
                continue
            }
            if inline == nil, at < arguments.count {
                inline = arguments[at]
                at += 1
            }
            guard let value = inline else { throw UsageError("`\(name)` needs \(o.value ?? "a value")") }
            if values[o.names[0]] != nil, !o.isRepeatable { throw UsageError("`\(name)` is given twice") }
            values[o.names[0], default: []].append(value)
        }
        if command.operands.isEmpty, let first = operands.first, !has("--help") {
            throw UsageError("`\(first)` is not expected here")
        }
    }
    /// Options go by their long name.
    func has(_ name: String) -> Bool { values[name] != nil }
    func all(_ name: String) -> [String] { values[name] ?? [] }
    subscript(name: String) -> String? { values[name]?.last }

    func number(_ name: String, _ range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = self[name] else { return nil }
        guard let n = Int(text), range.contains(n) else {
            throw UsageError("`\(name)` is a number from \(range.lowerBound) to \(range.upperBound), not `\(text)`")
        }
        return n
    }
    /// One of some words; the first of them when the option is not given.
    func word(_ name: String, _ words: [String]) throws(UsageError) -> String {
        guard let text = self[name] else { return words[0] }
        guard words.contains(text) else {
            throw UsageError(
                "`\(name)` is one of \(words.joined(separator: ", ")), not `\(text)`\(Help.nearest(text, words))")
        }
        return text
    }
    /// `name=value` pairs.
    func pairs(_ name: String) throws(UsageError) -> [String: String] {
        var out: [String: String] = [:]
        for text in all(name) {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw UsageError("`\(name)` wants NAME=VALUE, not `\(text)`")
            }
            out[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return out
    }
}

/// Help texts, made from the commands.
enum Help {
    static func nearest(_ word: String, _ known: [String]) -> String {
        Spelling.nearest(word, in: known).map { ", did you mean `\($0)`?" } ?? ""
    }
    static var overview: String {
        let width = Meshspec.commands.map(\.name.count).max() ?? 0
        let list = Meshspec.commands.map { "  " + pad($0.name, width) + "  " + $0.summary }.joined(separator: "\n")
        return """
            meshspec \(Meshspec.version): conformance tests and packet decoding for mesh protocols

            Usage: meshspec COMMAND [OPTIONS]

            Commands:
            \(list)

            Examples:
              meshspec run                               the built-in suite against the built-in reference nodes
              meshspec run --target 127.0.0.1:7075       the same against a node of yours
              meshspec decode capture.pcap               messages of a capture
              meshspec explain NANO-18                   what a requirement says and which cases prove it

            `meshspec COMMAND --help` tells more.
            """
    }
    static func text(_ c: Command) -> String {
        let names = (c.options + [.help]).map { o in
            // -k, --select EXPR; those without a short form stand below the long ones.
            (o.names.count > 1 ? o.names.reversed().joined(separator: ", ") : "    " + o.names[0])
                + (o.value.map { " " + $0 } ?? "")
        }
        let width = min(30, names.map(\.count).max() ?? 0)
        let options = zip(names, c.options + [.help]).map { name, o in
            "  " + pad(name, width) + "  " + o.summary
        }
        let column = min(64, c.examples.map { $0.line.count }.max() ?? 0)
        let lines = c.examples.map { "  " + pad($0.line, column) + "  " + $0.purpose }
        let operands = c.operands.isEmpty ? "" : " " + c.operands
        var out = "meshspec \(c.name): \(c.summary)\n\nUsage: meshspec \(c.name) [OPTIONS]\(operands)\n\nOptions:\n"
        out += options.joined(separator: "\n")
        out += "\n\nExamples:\n"
        out += lines.joined(separator: "\n")
        if !c.notes.isEmpty { out += "\n\n" + c.notes }
        return out
    }
    static func pad(_ s: String, _ n: Int) -> String { s + String(repeating: " ", count: max(0, n - s.count)) }
}
