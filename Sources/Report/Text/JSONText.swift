internal import Node
internal import Scenario
internal import Wire

extension Value {
    /// An object of those members that have a value, in this order.
    static func object(_ members: KeyValuePairs<String, Value?>) -> Value { .map(Self.members(members)) }
    /// Those members that have a value, in this order.
    static func members(_ members: KeyValuePairs<String, Value?>) -> [Entry] {
        members.compactMap { key, value in value.map { Entry(key, $0) } }
    }
    /// A count: from zero up.
    static func number(_ n: some BinaryInteger) -> Value { .uint(UInt64(clamping: n)) }
    /// Whole microseconds.
    static func microseconds(_ d: Duration) -> Value { Value(d.nanoseconds / 1000) }
    /// A list of texts.
    static func texts(_ all: [String]) -> Value { .list(all.map { .text($0) }) }
    /// Text of unknown origin, with what would be invisible or turn the direction of writing as a number.
    static func printable(_ s: String) -> Value { .text(Printable.text(s)) }
    /// Nil for an empty text.
    static func text(unlessEmpty s: String) -> Value? { s.isEmpty ? nil : .text(s) }
}

/// Value trees as JSON text in which characters that would do something to a terminal are escaped.
enum JSONText {
    static func write(_ value: Value, to out: inout [UInt8]) {
        let start = out.count
        ValueJSON.write(value, to: &out)
        Escape.json(&out, from: start)
    }
    /// A line.
    static func line(_ value: Value, to out: inout [UInt8]) {
        write(value, to: &out)
        out.append(UInt8(ascii: "\n"))
    }
    /// The members of an object without its braces: others follow.
    static func members(_ members: KeyValuePairs<String, Value?>, to out: inout [UInt8]) {
        var text: [UInt8] = []
        write(.object(members), to: &text)
        out += text.dropFirst().dropLast()
    }
}
