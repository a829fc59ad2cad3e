internal import Node
internal import Wire

/// A builder of a schema with its `$defs`. Each definition occurs once, in the order of first use.
struct SchemaWriter {
    private var definitions: [Value.Entry] = []
    private var index: [String: Int] = [:]
    private var protocols: [String] = []
    /// The names of the definitions of code points, by kind.
    var kinds: [Kind: String] = [:]

    static func reference(_ name: String) -> Value { ["$ref": .text("#/$defs/" + name)] }

    /// Returns a reference to the definition of this name. Makes the definition unless it exists or is in progress.
    mutating func define(_ name: String, _ make: (inout Self) -> Value) -> Value {
        if index[name] == nil {
            let place = definitions.count
            index[name] = place
            definitions.append(Value.Entry(name, .null))
            definitions[place].value = make(&self)
        }
        return Self.reference(name)
    }

    mutating func document(_ library: Library, _ kind: DocumentKind) -> Value {
        protocols = library.definitions.map(\.name)
        var base = object(kind.schema, nil)
        let bound = kind.schema.keys.filter { Schema.isBound($0.wants) }
        let isBound = kind.schema.keys.contains { $0.name == "protocol" }
        let cases = library.definitions.filter { _ in isBound }.compactMap { d -> Value? in
            var members = bound.map { Value.Entry($0.name, wants($0.wants, d)) }
            if kind == .target || kind == .capabilities {
                let names = Self.texts(d.configuration.capabilities.map(\.name))
                members.append(Value.Entry("capabilities", ["propertyNames": ["enum": names]]))
            }
            return members.isEmpty ? nil : Self.when("protocol", is: d.name, .map(members))
        }
        if !cases.isEmpty { base.insert("allOf", .list(cases)) }
        var out: Value = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": .text("meshspec \(kind.rawValue)"),
        ]
        if case .map(let members) = base { for m in members { out.insert(m.key, m.value) } }
        out.insert("$defs", .map(definitions))
        return out
    }

    // Shapes

    /// Returns the definition of a shape. If the shape involves messages, each protocol has its own definition.
    mutating func shape(_ shape: Schema, _ d: Definition?) -> Value {
        let isBound = Schema.isBound(.shape(shape))
        guard !isBound || d != nil else { return ["type": "object"] }
        let prefix = isBound ? (d?.name ?? "") + "-" : ""
        return define(prefix + Self.slug(shape.name)) { $0.object(shape, d) }
    }
    /// Returns the name of a shape as an identifier: `a fault's units` becomes `fault-s-units`.
    static func slug(_ name: String) -> String {
        var words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
        if words.count > 1, words[0] == "a" || words[0] == "an" { words.removeFirst() }
        return words.joined(separator: "-")
    }
    mutating func object(_ shape: Schema, _ d: Definition?) -> Value {
        var out: Value = ["type": "object", "properties": properties(shape.keys, d)]
        let required = shape.keys.filter(\.isRequired).map(\.name)
        if !required.isEmpty { out.insert("required", Self.texts(required)) }
        out.insert("additionalProperties", shape.isOpen ? anything() : false)
        var all = shape.rules.map(Self.rule)
        if shape.keys.contains(where: { if case .message = $0.wants { true } else { false } }), let d {
            all += messages(shape, d)
        }
        if shape.name == Schema.parameter.name { all += parameterKinds() }
        if !all.isEmpty { out.insert("allOf", .list(all)) }
        return out
    }
    /// Returns the schemas of members for the case that a key has this value.
    static func when(_ key: String, is value: String, _ members: Value) -> Value {
        [
            "if": ["properties": .map([Value.Entry(key, ["const": .text(value)])]), "required": [.text(key)]],
            "then": ["properties": members],
        ]
    }
    static func texts(_ names: [String]) -> Value { .list(names.map { .text($0) }) }

    static func rule(_ rule: Constraint) -> Value {
        func required(_ names: [String]) -> Value { .list(names.map { ["required": [.text($0)]] }) }
        return switch rule.kind {
        case .one(let names): ["oneOf": required(names)]
        case .some(let names): ["anyOf": required(names)]
        case .needs(let key, let other): ["dependentRequired": .map([Value.Entry(key, [.text(other)])])]
        case .apart(let key, let others):
            ["dependentSchemas": .map([Value.Entry(key, ["not": ["anyOf": required(others)]])])]
        }
    }
    /// Returns the schemas of `fields`, which depend on `msg`.
    mutating func messages(_ shape: Schema, _ d: Definition) -> [Value] {
        guard let key = shape.keys.first(where: { $0.name == "fields" }) else { return [] }
        let isPattern = if case .pattern = key.wants { true } else { false }
        var out: [Value] = d.scenarioMessages.map { type in
            let position = FieldPosition(message: type, in: d)
            let fields = isPattern ? groupPattern(position) : value(position)
            return Self.when("msg", is: type.name.description, ["fields": fields])
        }
        if isPattern { out.append(Self.when("msg", is: "any", ["fields": false])) }
        return out
    }
    /// Returns the schema of an effect of a fault, with the keys of that effect.
    mutating func units(_ effect: String, _ d: Definition?) -> Value {
        guard let d else { return ["type": "object"] }
        return define("\(d.name)-fault-\(effect)") { w in
            var shape = FaultVerb.units
            shape.keys.removeAll { key in FaultVerb.own[key.name].map { $0.rawValue != effect } ?? false }
            let names = shape.keys.map(\.name)
            shape.rules.removeAll { rule in rule.culprit.map { !names.contains($0) } ?? false }
            return w.object(shape, d)
        }
    }
    /// Returns the schemas of the default and limits of a parameter, which depend on its type.
    mutating func parameterKinds() -> [Value] {
        ScenarioParameter.Kind.allCases.map { kind in
            let limit: ScenarioParameter.Kind = [.text, .string, .bytes].contains(kind) ? .int : kind
            let bound = constant(limit)
            return Self.when("type", is: kind.rawValue, ["default": constant(kind), "min": bound, "max": bound])
        }
    }
    /// Returns the schema of a step: one verb with its modifiers.
    mutating func step(_ d: Definition) -> Value {
        define(d.name + "-step") { w in
            // Modifiers that hold steps depend on the protocol. All protocols have the others in common.
            let own = Schema.modifiers.filter { Schema.isBound($0.wants) }
            let common = Schema.modifiers.filter { !Schema.isBound($0.wants) }
            let modifiers = w.define("modifiers") { w in ["properties": w.properties(common, nil)] }
            var needs: [Value.Entry] = []
            for verb in Verbs.all {
                let required = verb.modifiers.filter(\.isRequired).map(\.name)
                if !required.isEmpty { needs.append(Value.Entry(verb.key.name, Self.texts(required))) }
                needs += verb.modifiers.map { Value.Entry($0.name, [.text(verb.key.name)]) }
            }
            return [
                "type": "object", "allOf": [modifiers], "properties": w.properties(Schema.verbs + own, d),
                "oneOf": .list(Schema.verbs.map { ["required": [.text($0.name)]] }),
                "dependentRequired": .map(needs), "unevaluatedProperties": false,
            ]
        }
    }
    mutating func properties(_ keys: [Key], _ d: Definition?) -> Value {
        .map(
            keys.map { key in
                var value =
                    if case .shape(let s) = key.wants, s.name == FaultVerb.units.name {
                        units(key.name, d)
                    } else {
                        wants(key.wants, d)
                    }
                value.insert("description", .text(key.summary))
                if case .protocol = key.wants { value.insert("enum", Self.texts(protocols)) }
                return Value.Entry(key.name, value)
            })
    }

    // The values of keys

    mutating func wants(_ wants: FieldType, _ d: Definition?) -> Value {
        switch wants {
        case .text: return text()
        case .flag: return flag()
        case .number(let range): return number(range)
        case .time: return time()
        case .window: return window()
        case .value: return anything()
        case .expression: return condition()
        case .choice(let words): return Self.choice(words)
        case .bytes: return leaf(.bytes(count: nil), "bytes")
        case .natural: return leaf(.uint(bits: 64), "")
        case .protocol: return ["type": "string"]
        case .ends: return ["type": "string", "pattern": "^[^>]*[^> ][^>]*->[^>]*[^> ][^>]*$"]
        case .message(let orAny):
            guard let d else { return text() }
            return ["enum": Self.texts(d.scenarioMessages.map { $0.name.description } + (orAny ? ["any"] : []))]
        case .algorithm: return d.map { ["enum": Self.texts($0.playing.algorithms.map(\.name))] } ?? text()
        case .list(let inner): return ["type": "array", "items": self.wants(inner, d)]
        case .map(let inner): return ["type": "object", "additionalProperties": self.wants(inner, d)]
        case .some(let inner):
            var value = self.wants(inner, d)
            if case .map = inner { value.insert("minProperties", 1) } else { value.insert("minItems", 1) }
            return value
        case .either(let a, let b): return ["anyOf": [self.wants(a, d), self.wants(b, d)]]
        case .shape(let shape): return self.shape(shape, d)
        case .fields, .here, .like, .element, .length, .piece: return [:]
        case .pattern: return ["type": "object"]
        case .steps:
            guard let d else { return ["type": "array"] }
            return define(d.name + "-steps") { w in ["type": "array", "items": w.step(d)] }
        }
    }
}

extension Schema {
    /// Returns whether the type depends on the protocol.
    static func isBound(_ wants: FieldType) -> Bool {
        switch wants {
        case .message, .fields, .pattern, .steps, .algorithm: true
        case .list(let w), .map(let w), .some(let w): isBound(w)
        case .either(let a, let b): isBound(a) || isBound(b)
        case .shape(let shape): shape.keys.contains { isBound($0.wants) }
        default: false
        }
    }
}

extension Value {
    fileprivate mutating func insert(_ key: String, _ value: Value) {
        guard case .map(let members) = self else { return }
        self = .map(members.filter { $0.key != key } + [Entry(key, value)])
    }
}
