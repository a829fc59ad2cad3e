internal import Wire

/// Values as JSON that a script reads without loss: what JSON has no exact form for is a list with a letter at its head.
enum TaggedValue {
    /// `n` and digits: a whole number beyond 2^53; `d`: a number with a fraction; `b`: bytes; `l`: a list; `m`: names and
    /// values by turns. All else stands for itself.
    static func of(_ value: Value) -> Value {
        switch value {
        case .null, .bool, .text: value
        case .uint(let n): n > 1 << 53 ? ["n", .text(String(n))] : value
        case .int(let n): n.magnitude > 1 << 53 ? ["n", .text(String(n))] : value
        case .decimal(let s): ["d", .text(s)]
        case .bytes(let b): ["b", .bytes(b)]
        case .list(let items): .list(["l"] + items.map(of))
        case .map(let entries): .list(["m"] + entries.flatMap { [.text($0.key), of($0.value)] })
        }
    }
}
