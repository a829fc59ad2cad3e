public import Wire

/// What an expression comes to.
public indirect enum Term: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Int128)
    case text(String)
    case bytes([UInt8])
    case duration(Duration)
    case list([Term])
    case map([Member])
    /// `x => ...`: what functions such as `all` take. Never a value of a message.
    case function(Function)

    /// A function of one argument, with what its names stood for.
    public struct Function: Hashable, Sendable {
        var parameter: String
        var body: Expression.Node
        var expression: Expression
    }
    /// One member of a map, in order.
    public struct Member: Hashable, Sendable {
        /// The member's name, as in `pair.public`.
        public var name: String
        public var value: Term
        /// A member of a map.
        public init(_ name: String, _ value: Term) {
            self.name = name
            self.value = value
        }
    }
    /// Values in one list, those of lists in it among them.
    static let maximumSize = 65_536
    /// Whether it has no more parts than `room`, which is taken away from.
    func fits(_ room: inout Int) -> Bool {
        room -= 1
        guard room >= 0 else { return false }
        switch self {
        case .list(let items): return items.allSatisfy { $0.fits(&room) }
        case .map(let members): return members.allSatisfy { $0.value.fits(&room) }
        default: return true
        }
    }
    /// The member called `name`, if this is a map that has it.
    public subscript(name: String) -> Term? {
        guard case .map(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
    /// The bytes that a record carries in a member `bytes`, which it may stand for; anything else is itself.
    var carried: Term { if case .bytes? = self["bytes"] { self["bytes"] ?? self } else { self } }
    /// What kind of value it is, in words.
    public var kind: String {
        switch self {
        case .null: "nothing"
        case .bool: "a truth value"
        case .number: "a number"
        case .text: "text"
        case .bytes(let b): "\(b.count) bytes"
        case .duration: "a duration"
        case .list: "a list"
        case .map: "a map"
        case .function: "a function"
        }
    }
    /// A value of a message, as expressions see it.
    public init(_ v: Value) {
        switch v {
        case .null: self = .null
        case .bool(let b): self = .bool(b)
        case .uint(let n): self = .number(Int128(n))
        case .int(let n): self = .number(Int128(n))
        case .text(let s): self = .text(s)
        case .bytes(let b): self = .bytes(b)
        case .list(let items): self = .list(items.map(Term.init))
        case .map(let entries): self = .map(entries.map { Member($0.key, Term($0.value)) })
        }
    }
    /// As fields and patterns take it; nil for durations and for numbers beyond 64 bits.
    public var value: Value? {
        switch self {
        case .null: return .null
        case .bool(let b): return .bool(b)
        case .number(let n): return UInt64(exactly: n).map { .uint($0) } ?? Int64(exactly: n).map { .int($0) }
        case .text(let s): return .text(s)
        case .bytes(let b): return .bytes(b)
        case .duration, .function: return nil
        case .list(let items):
            let all = items.compactMap(\.value)
            return all.count == items.count ? .list(all) : nil
        case .map(let members):
            let all = members.compactMap { m in m.value.value.map { Value.Entry(m.name, $0) } }
            return all.count == members.count ? .map(all) : nil
        }
    }
    /// As text: numbers in decimal, bytes in hexadecimal, durations with their unit.
    public var text: String {
        switch self {
        case .null: "null"
        case .bool(let b): b ? "true" : "false"
        case .number(let n): String(n)
        case .text(let s): s
        case .bytes(let b): "0x" + b.hex
        case .duration(let d): d.text
        case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
        case .map(let members): "{" + members.map { $0.name + ": " + $0.value.text }.joined(separator: ", ") + "}"
        case .function(let f): f.parameter + " => ..."
        }
    }
}
