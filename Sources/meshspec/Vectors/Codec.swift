import Network
import Node
import Wire

/// The answer of a codec.
enum CodecAnswer {
    case result(Value)
    case refused(String)
    case skipped(String)
}

/// The codec under test. It is started for the first question, and again after it has failed.
final class Codec {
    /// The version of the format of questions and answers.
    static let version: UInt64 = 1
    /// The number of failures in a row after which the codec is not asked again.
    static let maximumTroubles = 5

    private let command: String
    private let protocolName: String
    private let timeout: Duration
    private let interrupts: Interrupts
    private var process: CodecProcess?
    /// The number of the last question.
    private var number: UInt64 = 0
    private var troubles = 0
    /// The abilities that the codec reported at its last start.
    private(set) var abilities: CodecAbilities?

    init(_ command: String, _ protocolName: String, timeout: Duration, _ interrupts: Interrupts) {
        self.command = command
        self.protocolName = protocolName
        self.timeout = timeout
        self.interrupts = interrupts
    }
    /// The reason why the codec is not asked any more; nil while it is.
    var end: String? {
        if interrupts.status != nil { return "interrupted" }
        if troubles > 0, abilities == nil { return "the codec never reported what it has" }
        return troubles < Self.maximumTroubles ? nil : "the codec failed \(troubles) times in a row"
    }
    /// Starts the codec unless it runs, and returns its abilities.
    func begin() throws(CodecTrouble) -> CodecAbilities {
        if process != nil, let abilities { return abilities }
        return try counted { () throws(CodecTrouble) in
            do { process = try CodecProcess(command) } catch { throw CodecTrouble("\(error)") }
            let hello: [Value.Entry] = [
                .init("id", 0), .init("op", "hello"), .init("version", .uint(Self.version)),
                .init("protocol", .text(protocolName)),
            ]
            switch try exchange(hello, id: 0) {
            case .refused(let why), .skipped(let why): throw CodecTrouble("the codec refuses the hello: \(why)")
            case .result(let value):
                let all = try CodecAbilities(value)
                abilities = all
                return all
            }
        }
    }
    /// Asks a question. `members` has everything except its number.
    func ask(_ members: [Value.Entry]) throws(CodecTrouble) -> CodecAnswer {
        _ = try begin()
        return try counted { () throws(CodecTrouble) in
            number += 1
            let answer = try exchange([.init("id", .uint(number))] + members, id: number)
            troubles = 0
            return answer
        }
    }
    /// Runs `body`. A failure ends the codec's process, because its next answer could belong to an earlier question.
    private func counted<T>(_ body: () throws(CodecTrouble) -> T) throws(CodecTrouble) -> T {
        do throws(CodecTrouble) { return try body() } catch {
            process = nil
            if !error.isInterrupted { troubles += 1 }
            throw error
        }
    }
    private func exchange(_ question: [Value.Entry], id: UInt64) throws(CodecTrouble) -> CodecAnswer {
        guard let process else { throw CodecTrouble("the codec does not run") }
        var text: [UInt8] = []
        ValueJSON.write(.map(question), to: &text)
        let said = try process.exchange(text, within: timeout, interrupts)
        guard case .map(let members)? = JSON.parse(said) else {
            throw CodecTrouble("the answer is not a JSON object: \(CodecTrouble.quoted(said.prefix(80)))")
        }
        let answer = Value.map(members)
        guard answer["id"]?.integer == id else {
            let had = answer["id"].map { "\($0)" } ?? "no id"
            throw CodecTrouble("an answer out of turn: its id is \(had), expected \(id)")
        }
        switch (answer["result"], answer["error"], answer["skipped"]) {
        case (let value?, nil, nil): return .result(value)
        case (nil, .text(let why)?, nil): return .refused(why)
        case (nil, nil, .text(let why)?): return .skipped(why)
        default:
            throw CodecTrouble(
                "the answer needs one of `result`, `error` (text) and `skipped` (text), this is "
                    + CodecTrouble.quoted(said.prefix(80)))
        }
    }
}

/// The abilities of a codec. It is asked only for these.
struct CodecAbilities {
    /// The name that the codec reports.
    var name: String
    private var ops: [String]?
    private var messages: [String]?
    private var functions: [String]?

    init(_ value: Value) throws(CodecTrouble) {
        guard case .text(let name)? = value["name"] else {
            throw CodecTrouble("the answer to the hello has no `name`, such as {\"name\":\"my codec 1.0\"}: \(value)")
        }
        self.name = name
        ops = try Self.names(value, "ops")
        messages = try Self.names(value, "messages")
        functions = try Self.names(value, "functions")
    }
    private static func names(_ value: Value, _ key: String) throws(CodecTrouble) -> [String]? {
        guard let list = value[key], list != .null else { return nil }
        guard case .list(let items) = list else {
            throw CodecTrouble("`\(key)` of the hello is a list of names, not \(list)")
        }
        return items.compactMap { if case .text(let s) = $0 { s } else { nil } }
    }
    /// Returns the reason why the codec is not asked; nil if it is. A missing list excludes nothing.
    func lack(_ op: String, message: String? = nil, function: String? = nil) -> String? {
        if let ops, !ops.contains(op) { return "the codec has no \(op)" }
        if let message, let messages, !messages.contains(message) { return "the codec has no \(message)" }
        if let function, let functions, !functions.contains(function) { return "the codec has no \(function)" }
        return nil
    }
}
