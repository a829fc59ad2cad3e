internal import Node
internal import Scenario
package import Wire

extension Value {
    /// Returns an object of the members that have a value, in this order.
    package static func object(_ members: KeyValuePairs<String, Value?>) -> Value { .map(Self.members(members)) }
    /// Returns the members that have a value, in this order.
    package static func members(_ members: KeyValuePairs<String, Value?>) -> [Entry] {
        members.compactMap { key, value in value.map { Entry(key, $0) } }
    }
    /// Returns a count; negative numbers become zero.
    package static func number(_ n: some BinaryInteger) -> Value { .uint(UInt64(clamping: n)) }
    /// Returns whole microseconds.
    package static func microseconds(_ d: Duration) -> Value { Value(d.nanoseconds / 1000) }
    /// Returns a list of texts.
    package static func texts(_ all: [String]) -> Value { .list(all.map { .text($0) }) }
    /// Returns text of unknown origin. Characters that are invisible or change the direction of writing are escaped.
    package static func printable(_ s: String) -> Value { .text(Printable.text(s)) }
    /// Returns a text; nil if it is empty.
    package static func text(unlessEmpty s: String) -> Value? { s.isEmpty ? nil : .text(s) }
}

/// A writer of value trees as JSON text. Characters that affect a terminal are escaped.
package enum JSONText {
    package static func write(_ value: Value, to out: inout [UInt8]) {
        let start = out.count
        ValueJSON.write(value, to: &out)
        Escape.json(&out, from: start)
    }
    /// Appends a value and a newline.
    package static func line(_ value: Value, to out: inout [UInt8]) {
        write(value, to: &out)
        out.append(UInt8(ascii: "\n"))
    }
    /// Appends the members of an object without its braces, so that other members can follow.
    package static func members(_ members: KeyValuePairs<String, Value?>, to out: inout [UInt8]) {
        var text: [UInt8] = []
        write(.object(members), to: &text)
        out += text.dropFirst().dropLast()
    }
}
