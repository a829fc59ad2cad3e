extension Message {
    /// JSON Schema (2020-12) of the value tree that `build` takes, as JSON values and before expressions: names and
    /// hexadecimal text stand for numbers too.
    public static func schema() -> Value { schema(describe()) }

    private static func schema(_ fields: [FieldInfo]) -> Value {
        let members = fields.map { f in
            let one = schema(f)
            return Value.Entry(f.name, f.isList ? ["type": "array", "items": one] : one)
        }
        return ["type": "object", "properties": .map(members), "additionalProperties": false]
    }
    private static func schema(_ f: FieldInfo) -> Value {
        switch f.shape {
        case .group(let sub): return schema(sub)
        case .leaf(.uint(let bits)):
            let width = if case .bits(let n) = f.place { n } else { bits }
            return ["type": "integer", "minimum": 0, "maximum": .uint(.max >> UInt64(max(0, 64 - width)))]
        case .leaf(.int): return ["type": "integer"]
        case .leaf(.bool): return ["type": "boolean"]
        case .leaf(.code(_, let names)):
            return ["anyOf": [["enum": .list(names.map { .text($0.name) })], ["type": "integer", "minimum": 0]]]
        case .leaf(.bytes(let count)):
            let digits = count.map { "{\(2 * $0)}" } ?? "*"
            return ["type": "string", "pattern": .text("^0x[0-9A-Fa-f]\(digits)$")]
        case .leaf(.text): return ["type": "string"]
        case .leaf(.json): return [:]
        }
    }
}
