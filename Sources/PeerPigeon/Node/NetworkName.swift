import Wire

/// A network of peers. Peers of one network discover each other, and may send signals to each other.
enum NetworkName: Hashable, Sendable {
    case named(String)
    /// A value that is not text: equal values name one network.
    case other(Value)

    static let global = Self.named("global")

    /// Creates the network from a field of a message. Missing, null, false, 0 and the empty text are `global`.
    init(_ value: Value?) {
        switch value {
        case .text(let name)? where !name.isEmpty: self = .named(name)
        case let value? where value.isTrue: self = .other(value)
        default: self = .global
        }
    }
    /// Returns true if both are the same network. Names are compared by their bytes.
    static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.named(let a), .named(let b)): a.hasSameBytes(as: b)
        case (.other(let a), .other(let b)): a == b
        default: false
        }
    }
    /// Returns true if a message writes the name in exactly these characters.
    func isWritten(_ json: JSONValue, in packet: RawSpan) -> Bool {
        guard case .named(var name) = self, json.bytes.count == name.utf8.count + 2 else { return false }
        return json.bytes.withSpan(in: packet) { text in
            name.withUTF8 { name in
                name.indices.allSatisfy {
                    let byte = text.unsafeLoad(fromUncheckedByteOffset: $0 + 1, as: UInt8.self)
                    return byte == name[$0] && byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\\")
                }
            }
        }
    }
    var value: Value {
        switch self {
        case .named(let name): .text(name)
        case .other(let value): value
        }
    }
    /// The name as JSON.
    var json: JSONValue { JSONValue(value) ?? JSONValue() }
}

extension Value {
    /// True if the value is true in JavaScript.
    var isTrue: Bool {
        switch self {
        case .null, .bool(false), .uint(0), .int(0), .text(""): false
        case .decimal(let text): Double(text) != 0
        default: true
        }
    }
}
