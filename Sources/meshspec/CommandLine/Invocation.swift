import Scenario
import Wire

/// A parsed command line.
struct Invocation {
    /// The name of the command.
    var command = ""
    var values: [OptionName: [String]] = [:]
    var operands: [String] = []

    /// Parses the words that follow the name of a command, with its options. An operand is an error if `hasOperands` is
    /// false.
    init(options: [Option], hasOperands: Bool, _ arguments: [String]) throws(CommandError) {
        let options = options + [.help]
        var at = 0
        func option(_ name: String) throws(CommandError) -> Option {
            guard let o = options.first(where: { $0.names.contains(name) }) else {
                throw CommandError(
                    .unknownOption, "unknown option `\(name)`",
                    meant: NearestName.nearest(name, in: options.flatMap { $0.names }))
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
                // `-target` is not `-t` with a value.
                guard !options.contains(where: { $0.names.contains("-" + argument) }) else {
                    throw CommandError(.unknownOption, "unknown option `\(argument)`", meant: "-" + argument)
                }
                name = String(argument.prefix(2))
                inline = String(argument.dropFirst(2))
            }
            let o = try option(name)
            if o.value == nil {
                guard inline == nil else { throw CommandError(.extraArgument, at: name, "takes no value") }
                values[o.name, default: []].append("")
                continue
            }
            if inline == nil, at < arguments.count {
                inline = arguments[at]
                at += 1
            }
            guard let value = inline else {
                throw CommandError(.missingValue, at: name, "needs \(o.value ?? "a value")")
            }
            if values[o.name] != nil, !o.isRepeatable {
                throw CommandError(.extraArgument, at: name, "given twice")
            }
            values[o.name, default: []].append(value)
        }
        if !hasOperands, let first = operands.first, !has(.help) {
            throw CommandError(.extraArgument, "unexpected argument `\(first)`")
        }
    }
    /// Returns true if an option is given.
    func has(_ name: OptionName) -> Bool { values[name] != nil }
    func all(_ name: OptionName) -> [String] { values[name] ?? [] }
    subscript(name: OptionName) -> String? { values[name]?.last }

    /// Returns the value of an option as a number in a range. `what` describes the expected value in the error.
    func number<N: LosslessStringConvertible>(
        _ name: OptionName, _ range: ClosedRange<N>, _ what: String? = nil
    ) throws(CommandError) -> N? {
        guard let text = self[name] else { return nil }
        guard let n = N(text), range.contains(n) else {
            let wanted = what ?? "a number from \(range.lowerBound) to \(range.upperBound)"
            throw CommandError(.badValue, at: name, expected: wanted, found: text)
        }
        return n
    }
    /// Returns the value of an option as a duration. The error shows `example`.
    func duration(_ name: OptionName, _ example: String, isPositive: Bool = false) throws(CommandError) -> Duration? {
        guard let text = self[name] else { return nil }
        guard let d = Duration(text: text), d > .zero || !isPositive else {
            throw CommandError(.badValue, at: name, expected: "a time such as \(example)", found: text)
        }
        return d
    }
    /// Returns a duration in whole seconds, rounded up, for values such as `90`, `90s` or `5m`.
    func seconds(_ name: OptionName, _ range: ClosedRange<Int>) throws(CommandError) -> Int? {
        guard let text = self[name] else { return nil }
        let told = Int(text).map { Duration.seconds($0) } ?? Duration(text: text)
        guard let told, case let n = Int((told / .seconds(1)).rounded(.up)), range.contains(n) else {
            throw CommandError(
                .badValue, at: name, expected: "a time from \(range.lowerBound)s to \(range.upperBound)s", found: text)
        }
        return n
    }
    /// Returns the output format that `--output` names. `--json` is short for `--output json`. Nil if neither is given.
    func form() throws(CommandError) -> String? {
        guard has(.json) else { return self[.output] }
        guard let form = self[.output], form != "json" else { return "json" }
        throw CommandError.conflict(.json, with: "-o \(form)", "it is short for -o json")
    }
    /// The delay that the harness tolerates in itself before it reports that it was late.
    var slack: Duration { get throws(CommandError) { try duration(.slack, "100ms") ?? .milliseconds(100) } }
    var timeScale: Double {
        get throws(CommandError) { try number(.timeScale, 1...1000, "a factor from 1 to 1000") ?? 1 }
    }
    /// A random seed of 32 bits, short enough to type.
    static var newSeed: UInt64 { UInt64(UInt32.random(in: .min ... .max)) }
    /// The value of `--seed`, decimal or with `0x`.
    var seed: UInt64? {
        get throws(CommandError) {
            guard let text = self[.seed] else { return nil }
            guard let n = Value.text(text).integer else {
                throw CommandError(.badValue, at: .seed, expected: "a number", found: text)
            }
            return n
        }
    }
    /// Returns the value of an option if it is among the known names. `what` is the kind of thing in the error.
    func name(
        _ option: OptionName, of what: String, _ known: [String], _ code: ErrorCode = .unknownName
    ) throws(CommandError) -> String? {
        guard let name = self[option] else { return nil }
        guard known.contains(name) else { throw CommandError(code, at: option, no: what, called: name, of: known) }
        return name
    }
    /// The selection that `-k` describes.
    var selection: Selection? {
        get throws(CommandError) {
            guard let text = self[.select] else { return nil }
            return try CommandError.usage("-k") { try Selection(text) }
        }
    }
    /// Returns the value of an option that accepts only `words`. The default is the first word.
    func word(_ name: OptionName, _ words: [String]) throws(CommandError) -> String {
        try self[name].map { text throws(CommandError) in try Self.word(name, text, words) } ?? words[0]
    }
    static func word(_ name: OptionName, _ text: String, _ words: [String]) throws(CommandError) -> String {
        guard words.contains(text) else {
            throw CommandError(
                .badValue, at: name, expected: NearestName.choice(words), found: text,
                meant: NearestName.nearest(text, in: words))
        }
        return text
    }
    /// Returns the words that repeat these options: first the ones with values, then the flags.
    func words(_ names: [OptionName], flags: [OptionName]) -> [String] {
        names.flatMap { name in all(name).flatMap { [name.rawValue, $0] } } + flags.filter(has).map(\.rawValue)
    }
    /// Returns the `NAME=VALUE` pairs of an option.
    func pairs(_ name: OptionName) throws(CommandError) -> [String: String] {
        var out: [String: String] = [:]
        for text in all(name) {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw CommandError(.badValue, at: name, expected: "NAME=VALUE", found: text)
            }
            out[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return out
    }
}
