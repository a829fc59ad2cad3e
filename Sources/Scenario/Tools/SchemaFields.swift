internal import Node
internal import Wire

extension SchemaWriter {
    /// Returns the schema of a value for a place.
    mutating func value(_ p: FieldPosition) -> Value {
        if p.isList { return ["anyOf": [["type": "array", "items": value(p.element)], expression()]] }
        switch p.shape {
        case .leaf(let kind): return leaf(kind, p.name)
        case .group:
            return define(p.name + ".value") { w in
                let members: Value = .map(p.fields.map { Value.Entry($0.name, w.value(p.field($0))) })
                return [
                    "anyOf": [
                        ["type": "object", "properties": members, "additionalProperties": false], w.expression(),
                        ["type": "null"],
                    ]
                ]
            }
        }
    }
    /// Returns the schema of a pattern for a place.
    mutating func pattern(_ p: FieldPosition) -> Value {
        if p.isList {
            return define(patternName(p)) { w in
                [
                    "anyOf": [
                        ["type": "array", "items": w.pattern(p.element)], w.expression(), ["type": "null"],
                        w.operators(p),
                    ]
                ]
            }
        }
        switch p.shape {
        case .group: return ["anyOf": [groupPattern(p), expression(), ["type": "null"]]]
        case .leaf(.json):
            return define(patternName(p)) { w in
                let plain: Value = ["allOf": [w.anything(), ["propertyNames": ["not": ["pattern": #"^\$"#]]]]]
                return ["anyOf": [plain, w.operators(p)]]
            }
        case .leaf(let kind):
            return define(patternName(p)) { w in ["anyOf": [w.leaf(kind, p.name), w.operators(p)]] }
        }
    }
    /// Returns the schema of a written-out pattern for a group of fields.
    mutating func groupPattern(_ p: FieldPosition) -> Value {
        define(patternName(p)) { w in ["anyOf": [w.fieldPatterns(p), w.operators(p)]] }
    }
    mutating func fieldPatterns(_ p: FieldPosition) -> Value {
        let members: Value = .map(p.fields.map { Value.Entry($0.name, pattern(p.field($0))) })
        return ["type": "object", "properties": members, "additionalProperties": false]
    }
    /// Returns the name of the definition of a pattern. Single values of one kind share it. The name contains the
    /// protocol, because the signature algorithms differ between protocols.
    mutating func patternName(_ p: FieldPosition) -> String {
        guard !p.isList, let kind = p.kind else { return p.name + (p.isList ? ".list-pattern" : ".pattern") }
        return p.definition.name + "-" + name(of: kind, p.name) + "-pattern"
    }
    /// Returns the schema of a map of the operators that are allowed at a place.
    mutating func operators(_ p: FieldPosition) -> Value {
        let members: Value = .map(
            Schema.operators(isGroup: p.kind == nil, isList: p.isList).map { key in
                Value.Entry(key.name, ["allOf": [operand(key, p)], "description": .text(key.summary)])
            })
        return ["type": "object", "properties": members, "additionalProperties": false, "minProperties": 1]
    }
    mutating func operand(_ key: Key, _ p: FieldPosition) -> Value {
        switch key.wants {
        case .here: return here(p)
        case .list(.here): return ["type": "array", "items": here(p)]
        case .like: return pattern(p)
        case .element: return p.isList ? pattern(p.element) : piece(p)
        case .list(.element):
            return ["type": "array", "items": pattern(p.element), "maxItems": Value(Int64(Pattern.maximumUnordered))]
        case .piece: return piece(p)
        case .length: return pattern(p.length)
        case .either(.pattern, .list(.text)):
            let names = Self.texts(p.fields.map(\.name))
            return ["anyOf": [fieldPatterns(p), ["type": "array", "items": ["enum": names]]]]
        case .shape(let shape) where shape.name == Schema.near.name:
            return [
                "type": "object", "properties": ["value": here(p), "by": wants(.natural, nil)],
                "required": ["value", "by"],
                "additionalProperties": false,
            ]
        default: return wants(key.wants, p.definition)
        }
    }
    /// Returns the schema of a value for a place, or null.
    mutating func here(_ p: FieldPosition) -> Value {
        p.isList ? ["anyOf": [value(p), ["type": "null"]]] : value(p)
    }
    /// Returns the schema of a part of a single value.
    mutating func piece(_ p: FieldPosition) -> Value {
        if case .bytes? = p.kind { return leaf(.bytes(count: nil), p.name) }
        return p.kind.map { leaf($0, p.name) } ?? true
    }
}
