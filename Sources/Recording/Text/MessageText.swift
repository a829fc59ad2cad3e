internal import Node
internal import Scenario
internal import Wire

/// The text of message fields in `send` and `expect`.
extension ScenarioWriter {
    // Values to send

    /// Returns the text of a value to send. `full` is the path of `value`; `typed` is true if its place decides its
    /// type.
    mutating func sent(_ value: Value, _ full: String, _ fresh: [String: YAMLText], typed: Bool = true) -> YAMLText {
        if let made = fresh[full] { return made }
        if value.isTelling || value.integer == nil, let name = bindings.name(value) { return .expression(name) }
        switch value {
        case .map(let entries):
            return .map(entries.map { ($0.key, sent($0.value, full + "." + $0.key, fresh, typed: typed)) })
        case .list(let items): return .list(items.map { sent($0, full, fresh, typed: typed) })
        case .bytes(let b): return typed ? .word("0x" + b.hex) : .expression("hex('\(b.hex)')")
        case .text(let s): return .foreign(s)
        case .uint(let n) where !typed && n > UInt64(Int64.max): return .expression(String(n))
        case .uint, .int, .decimal, .bool, .null: return .word("\(value)")
        }
    }

    // Values from the node

    /// Gives names to values that the node sends for the first time and that may be used again. Returns the variables
    /// by path.
    mutating func introduce(
        _ fields: Value, of message: String, _ known: [FieldInfo], at index: Int
    ) -> [String: Int] {
        var out: [String: Int] = [:]
        func walk(_ value: Value, at full: String, _ known: [FieldInfo], with writer: inout ScenarioWriter) {
            switch value {
            // Values whose content the protocol leaves to the sender are compared as a whole.
            case .map(let entries):
                for e in entries {
                    let inner = known.first { $0.name == e.key }?.fields ?? []
                    if case .map = e.value, inner.isEmpty { continue }
                    walk(e.value, at: full + "." + e.key, inner, with: &writer)
                }
            // Elements of lists are compared unchanged, like values that expressions cannot express.
            case .list, .null, .bool, .decimal: break
            case .bytes, .text, .uint, .int:
                let isHere = { (field: FreshField) in field.path == full }
                // A sender that draws a value anew does not repeat it, even if two values are equal in the capture.
                if value.isWorthKeeping, let fresh = writer.rules.fresh.first(where: isHere) {
                    out[full] = writer.bindings.rebind(value, as: "node_" + fresh.name)
                    return
                }
                guard writer.bindings[value] == nil, !writer.wasSaid(value, before: index) else { return }
                let hint: String
                if value.isWorthKeeping, let fresh = writer.rules.drawn.first(where: isHere) {
                    hint = "node_" + fresh.name
                } else if writer.definition.naming.identities.contains(full) {
                    hint = "node_id"
                } else if writer.definition.naming.mentions.contains(full), value.isTelling {
                    // The value is an identity of the node itself or of a participant that is not played.
                    hint = Variables.hint(full)
                } else if value.isTelling, writer.uses.isUsed(value, after: index),
                    !writer.rules.signatures.contains(where: { $0.path == full })
                {
                    hint = Variables.hint(full)
                } else {
                    return
                }
                out[full] = writer.bindings.bind(value, as: hint)
            }
        }
        walk(fields, at: message, known, with: &self)
        // Numbers in requests that played actors answer.
        for rule in rules.answers {
            guard let number = fields.at(rule.request, of: message), out[rule.request] == nil,
                isAnswered(rule, number, index)
            else { continue }
            let id = bindings.variables.make(Variables.hint(rule.request))
            requests[ValueUses.Answer(flow: traffic.events[index].flow, path: rule.request, number: number)] = id
            out[rule.request] = id
        }
        // Lists from which an element of a sent message is made.
        for rule in rules.elements where fields.at(rule.heard, of: message) != nil {
            let flow = traffic.events[index].flow
            let answer = ValueUses.Answer(flow: flow, path: rule.list, number: .null)
            guard uses.isAnswered(answer, after: index), out[rule.heard] == nil else { continue }
            let id = bindings.variables.make(Variables.hint(rule.heard))
            requests[ValueUses.Answer(flow: flow, path: rule.heard, number: .null)] = id
            out[rule.heard] = id
        }
        // Numbers and hashes that differ between runs and that a signature covers.
        for rule in rules.signatures where rule.path.hasPrefix(message + ".") {
            for case .call(_, let paths) in rule.over {
                for path in paths {
                    let full = message + "." + path
                    guard rules.isChanging(full), let value = fields.at(path), value.leaves.count == 1,
                        out[full] == nil,
                        bindings[value] == nil
                    else { continue }
                    out[full] = bindings.bind(value, as: Variables.hint(path))
                }
            }
        }
        return out
    }
    /// Returns whether a played actor later answers a request of the node.
    private func isAnswered(_ rule: AnswerField, _ number: Value, _ index: Int) -> Bool {
        let answer = ValueUses.Answer(flow: traffic.events[index].flow, path: rule.path, number: number)
        return uses.isAnswered(answer, after: index)
    }
    /// Returns the pattern for fields that the node sent. `own` holds the fields with values that the node introduced.
    mutating func expected(
        _ entries: [Value.Entry], _ known: [FieldInfo], at full: String, own: [String: Int],
        special: [String: YAMLText], index: Int,
        isTop: Bool, derived: (String) -> Bool
    ) -> [(key: String, value: YAMLText)] {
        var out: [(key: String, value: YAMLText)] = []
        var defaults: [Value.Entry] = []
        if isTop, case .map(let d) = self.defaults { defaults = d }
        for info in known {
            let path = full + "." + info.name
            guard let value = entries.first(where: { $0.key == info.name })?.value else {
                if info.isOptional, !info.isConditional { out.append((info.name, .words(["$absent": "true"]))) }
                continue
            }
            if let made = special[path] {
                out.append((info.name, made))
                continue
            }
            if let id = own[path] {
                if let name = bindings.variables.kept(id) {
                    out.append((info.name, .words(["$save": name])))
                } else if info.isOptional {
                    out.append((info.name, .words(["$any": "true"])))
                }
                continue
            }
            if case .list(let items) = value, let rule = rules.elements.first(where: { $0.list == path }),
                let element = items.first(where: rule.fits)
            {
                out.append((info.name, .map([("$contains", sent(element, path, [:]))])))
                continue
            }
            // Messages with variable order cannot use values that another of them introduces.
            let isWhole = info.isList || info.fields.isEmpty
            if isWhole, let together, value.leaves.contains(where: together.contains) {
                omissions.append("not compared: \(path), whose value is from a message that may come later")
                out.append((info.name, .words(["$any": "true"])))
                continue
            }
            if rules.isChanging(path) || rules.fresh.contains(where: { $0.path == path }) {
                if info.isOptional { out.append((info.name, .words(["$any": "true"]))) }
                continue
            }
            if case .constant = info.layout { continue }
            if isTop, defaults.contains(where: { $0.key == info.name && $0.value == value }) { continue }
            if info.isDerived, derived(path) { continue }
            if case .map = value, info.fields.isEmpty, !value.hasOperators {
                if isNew(value, path, index) {
                    omissions.append("not compared: \(path), which has values that differ between runs")
                    out.append((info.name, .words(["$any": "true"])))
                } else {
                    out.append((info.name, sent(value, path, [:])))
                }
            } else if case .map(let inner) = value, !info.isList {
                let members = expected(
                    inner, info.fields, at: path, own: own, special: special, index: index, isTop: false,
                    derived: derived)
                out.append((info.name, members.isEmpty ? .words(["$any": "true"]) : .map(members)))
            } else if value.hasOperators {
                omissions.append("\(path) has members that begin with $, which would be operators")
                out.append((info.name, .words(["$any": "true"])))
            } else {
                out.append((info.name, sent(value, path, [:])))
            }
        }
        return out
    }
    /// Returns whether a value whose content the protocol leaves to the sender contains something that differs between
    /// runs. Such a value is compared as a whole.
    private func isNew(_ value: Value, _ full: String, _ index: Int) -> Bool {
        if rules.isChanging(full) { return true }
        guard case .map(let entries) = value else {
            return definition.naming.mentions.contains(full) && value.isTelling && !wasSaid(value, before: index)
        }
        return entries.contains { isNew($0.value, full + "." + $0.key, index) }
    }
}

extension Value {
    /// True if a map inside it has a key that patterns would read as an operator.
    var hasOperators: Bool {
        switch self {
        case .map(let entries): entries.contains { $0.key.hasPrefix("$") || $0.value.hasOperators }
        case .list(let items): items.contains(where: \.hasOperators)
        default: false
        }
    }
    /// True if a freshly drawn value can be distinguished from others. Zeros do not count as drawn.
    var isWorthKeeping: Bool {
        switch self {
        case .bytes(let b): Set(b).count > 1
        case .text(let s): s.utf8.count >= 4
        case .uint(let n): n >= 1 << 16
        default: false
        }
    }
}
