internal import Node
internal import Wire

/// Schemas of single values: the text that the loader reads, and the JSON values that an editor's YAML makes of it.
extension SchemaWriter {
    /// Returns the schema of any single value that is not empty.
    mutating func text() -> Value { define("text") { _ in ["type": ["string", "number", "boolean"]] } }
    mutating func flag() -> Value { define("flag") { _ in ["enum": [true, false, "true", "false"]] } }
    /// Returns the schema of text with an expression in it.
    mutating func expression() -> Value {
        define("expression") { _ in ["type": "string", "pattern": #"\$\([\s\S]*\)"#] }
    }
    /// Returns the schema of text that is one expression.
    mutating func condition() -> Value {
        define("condition") { _ in ["type": "string", "pattern": #"^\s*\$\([\s\S]*\)\s*$"#] }
    }
    static let duration = #"[0-9]{1,12}(\.[0-9]{1,12})?(us|ms|s|m)"#

    mutating func time() -> Value {
        define("time") { w in ["anyOf": [["type": "string", "pattern": .text("^\(Self.duration)$")], w.condition()]] }
    }
    mutating func window() -> Value {
        let side = #"\s*("# + Self.duration + #"|\$\([\s\S]*\))\s*"#
        return define("window") { _ in ["type": "string", "pattern": .text("^\(side)\\.\\.\(side)$")] }
    }
    /// Returns the schema of a value of any type, with expressions anywhere in it.
    mutating func anything() -> Value {
        define("value") { w in
            let inner = Self.reference("value")
            return [
                "anyOf": [
                    ["type": ["number", "boolean", "null"]],
                    ["type": "string", "pattern": #"^((?!\$\()[\s\S])*$|\$\([\s\S]*\)"#],
                    ["type": "array", "items": inner], ["type": "object", "additionalProperties": inner],
                ]
            ]
        }
    }
    mutating func number(_ range: ClosedRange<Int>) -> Value {
        [
            "anyOf": [
                [
                    "type": "integer", "minimum": Value(Int64(range.lowerBound)),
                    "maximum": Value(Int64(range.upperBound)),
                ],
                ["type": "string", "pattern": "^([0-9]+|0x[0-9A-Fa-f]+)$"],
            ]
        ]
    }
    /// Returns the schema of a choice among words. A word that looks like a number is also allowed as a number.
    static func choice(_ words: [String]) -> Value {
        .map([Value.Entry("enum", .list(words.map { .text($0) } + words.compactMap { Int64($0).map { Value($0) } }))])
    }
    /// Returns the schema of a value of a parameter. It is never an expression.
    mutating func constant(_ kind: ScenarioParameter.Kind) -> Value {
        switch kind {
        case .duration: ["type": "string", "pattern": .text("^\(Self.duration)$")]
        case .int:
            ["anyOf": [["type": "integer"], ["type": "string", "pattern": "^(-?[0-9]+|0x[0-9A-Fa-f]{1,16})$"]]]
        case .text, .string: text()
        case .bytes: ["anyOf": .list(Self.constants(.bytes(count: nil)))]
        case .bool: flag()
        }
    }
    /// Returns the schema of a field of a message: a constant of its kind, an expression, or null.
    mutating func leaf(_ kind: Kind, _ path: String) -> Value {
        if kind == .json { return anything() }
        return define(name(of: kind, path)) { w in
            ["anyOf": .list(Self.constants(kind) + [w.expression(), ["type": "null"]])]
        }
    }
    /// Returns the name of the definition of a kind. Code points are named after the first field that has them.
    mutating func name(of kind: Kind, _ path: String) -> String {
        switch kind {
        case .uint(let bits): return "uint\(bits)"
        case .int: return "int"
        case .float: return "number"
        case .bool: return "bool"
        case .bytes(let count): return count.map { "bytes\($0)" } ?? "bytes"
        case .text: return "string"
        case .json: return "value"
        case .code:
            if let known = kinds[kind] { return known }
            let name = "code-" + path
            kinds[kind] = name
            return name
        }
    }
    static func constants(_ kind: Kind) -> [Value] {
        switch kind {
        case .uint(let bits): return numbers(bits)
        case .code(let bits, let names): return [["enum": .list(names.map { .text($0.name) })]] + numbers(bits)
        case .int: return [["type": "integer"], ["type": "string", "pattern": "^[-+]?[0-9]+$"]]
        case .float: return [["type": ["number", "string"]]]
        case .bool: return [["enum": [true, false, "true", "false"]]]
        case .bytes(let count):
            let digits = count.map { "{\($0)}" } ?? "*"
            // An editor reads a text that begins with 0x as a number.
            return [
                ["type": "string", "pattern": .text("^0x([0-9A-Fa-f]{2})\(digits)$")],
                ["type": "integer", "minimum": 0],
            ]
        case .text: return [["type": ["string", "number", "boolean"]]]
        case .json: return [[:]]
        }
    }
    /// Returns the schemas of decimal and hexadecimal numbers, as number or text.
    static func numbers(_ bits: Int) -> [Value] {
        let most: UInt64 = bits >= 64 ? .max : (1 << UInt64(max(0, bits))) - 1
        let digits = (min(64, bits) + 3) / 4
        return [
            ["type": "integer", "minimum": 0, "maximum": .uint(most)],
            ["type": "string", "pattern": .text("^([0-9]+|0x0*[0-9A-Fa-f]{1,\(digits)})$")],
        ]
    }
}
