/// A command line, taken apart.
struct Invocation {
    var values: [String: [String]] = [:]
    var operands: [String] = []

    /// With the options that may be given, whether operands may, and the words after the name of the command.
    init(options: [Option], hasOperands: Bool, _ arguments: [String]) throws(UsageError) {
        let options = options + [.help]
        var at = 0
        func option(_ name: String) throws(UsageError) -> Option {
            guard let o = options.first(where: { $0.names.contains(name) }) else {
                let near = Suggestion.nearest(name, options.flatMap { $0.names })
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
        if !hasOperands, let first = operands.first, !has("--help") {
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
                "`\(name)` is one of \(words.joined(separator: ", ")), not `\(text)`\(Suggestion.nearest(text, words))")
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
