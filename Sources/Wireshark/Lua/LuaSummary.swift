import Text
import Wire

/// The summary of a message as a call in Lua, made of its plan. The functions that it calls are in
/// `dissector.summary.lua`.
struct LuaSummary {
    /// The call; nil if the message has no summary.
    let text: String?
    /// The names of the members that the summary reads in a JSON value, by the name of its field.
    private(set) var members: [String: Set<String>] = [:]
    /// The name of the message, for errors.
    private let message: String
    /// The names of the fields that the summary needs, and of the lists whose nonzero elements it counts.
    private var needed: Set<String> = []
    private var counted: Set<String> = []

    /// Makes the call for a type of message. `fields` has the tables of names, and gets those that are missing.
    init(_ type: any Message.Type, _ fields: inout LuaFields) throws(DissectorFailure) {
        message = type.name.description
        guard let plan = SummaryPlan(type) else {
            text = nil
            return
        }
        var maker = Self(message)
        let parts = try maker.table(plan.steps, &fields)
        let names = maker.needed.sorted().map { $0 + (maker.counted.contains($0) ? "*" : "") }
        text = LuaTree.call("summary", [.quoted(message), .quoted(names.joined(separator: " ")), parts])
            .text(column: 0, depth: 0)
        members = maker.members
    }
    private init(_ message: String) { (self.message, text) = (message, nil) }

    private func failure(_ problem: String) -> DissectorFailure {
        DissectorFailure(description: "the summary of \(message) \(problem); no dissector is written")
    }
    private mutating func table(
        _ steps: [SummaryPlan.Step], _ fields: inout LuaFields
    ) throws(DissectorFailure) -> LuaTree {
        var parts: [LuaTree] = []
        for step in steps { parts.append(try tree(step, &fields)) }
        return .table(parts)
    }
    private mutating func tables(
        _ all: [[SummaryPlan.Step]], _ fields: inout LuaFields
    ) throws(DissectorFailure) -> LuaTree {
        var parts: [LuaTree] = []
        for steps in all { parts.append(try table(steps, &fields)) }
        return .table(parts)
    }
    private mutating func tree(
        _ step: SummaryPlan.Step, _ fields: inout LuaFields
    ) throws(DissectorFailure) -> LuaTree {
        switch step {
        case .text(let text): return .quoted(String(decoding: text, as: UTF8.self))
        case .value(let place): return .call("say.value", [path(place)] + (try shown(place, &fields)))
        case .name(let place): return .call("say.name", [path(place)] + (try shown(place, &fields)))
        case .number(let place, let plus):
            return .call("say.number", [path(place)] + (plus > 0 ? [.atom(String(plus))] : []))
        case .clock(let place):
            guard case .time(let step)? = place.meaning else { throw failure("shows a time of day that is no time") }
            return .call("say.clock", [path(place), .atom(String(step))])
        case .lastWord(let place): return .call("say.last_word", [path(place)])
        case .between(let place, let before, let after):
            return .call("say.between", [path(place), .quoted(before), .quoted(after)])
        case .count(let place, let one, let many, let isSet):
            if isSet, let name = place.names.last { counted.insert(String(decoding: name, as: UTF8.self)) }
            let function = isSet ? "count_set" : place.isList ? "count" : "quantity"
            let nouns = [one, many].map { LuaTree.quoted(String(decoding: $0, as: UTF8.self)) }
            return .call("say.\(function)", [path(place)] + nouns)
        case .size(let place): return .call("say.size", [path(place)])
        case .when(let place, let isSet, let steps):
            return .call(isSet ? "say.when" : "say.unless", [path(place), try table(steps, &fields)])
        case .equal(let place, let value, let steps):
            let arguments = [path(place), .quoted(value.asText), try table(steps, &fields)]
            return .call("say.equal", arguments + (try shown(place, &fields)))
        case .optional(let steps): return .call("say.optional", [try table(steps, &fields)])
        case .first(let choices): return .call("say.first", [try tables(choices, &fields)])
        case .joined(let clauses, let between):
            return .call(
                "say.joined", [.quoted(String(decoding: between, as: UTF8.self)), try tables(clauses, &fields)])
        case .inside(let place, let steps): return .call("say.inside", [path(place), try table(steps, &fields)])
        case .each(let place, let steps): return .call("say.each", [path(place), try table(steps, &fields)])
        case .found: throw failure("looks for an element of a list")
        }
    }
    /// Returns the path of a place, and records the names on it.
    private mutating func path(_ place: SummaryPlan.Place) -> LuaTree {
        let names = place.names.map { String(decoding: $0, as: UTF8.self) }
        needed.formUnion(names)
        if let name = names.last, let member = place.members.first { members[name, default: []].insert(member) }
        return .quoted((names + place.members).joined(separator: "."))
    }
    /// Returns the function that shows the values of a place, if they have a meaning.
    private func shown(
        _ place: SummaryPlan.Place, _ fields: inout LuaFields
    ) throws(DissectorFailure) -> [LuaTree] {
        switch (place.meaning, place.kind) {
        case (nil, .code(_, let names)) where !names.isEmpty:
            let title = place.names.last.map { String(decoding: $0, as: UTF8.self) } ?? "element"
            return [.call("as.code", [.atom(fields.table(names, title))])]
        case (nil, _): return []
        case (.bits(let names), _):
            let parts = names.map { name in
                let low = name.mask.trailingZeroBitCount
                return LuaTree.table([
                    .atom(String(low)), .atom(String(name.mask.nonzeroBitCount)), .quoted(name.name),
                ])
            }
            return [.call("as.bits", [.table(parts)])]
        case (.amount(let unit, let decimals), _):
            return [.call("as.amount", [.quoted(unit), .atom(String(decimals))])]
        case (.form(let form), _):
            guard let known = Self.forms[form.name] else { throw failure("shows \(form.name)") }
            return [known]
        case (.hexadecimal, _), (.related, _), (.time, _): throw failure("shows a value by a meaning without a form")
        }
    }
    /// The functions that show bytes in the forms in which people write them.
    private static let forms: [String: LuaTree] = [
        "an account (nano_ and 60 characters)": .call("as.nano_key", [.quoted("nano_")]),
        "a node id (node_ and 60 characters)": .call("as.nano_key", [.quoted("node_")]),
        "a peer id (base 58 or a CID)": .atom("as.peer_id"),
    ]
}

extension Value {
    /// The text of a value that a summary compares with a field.
    fileprivate var asText: String {
        switch self {
        case .text(let text): text
        case .uint(let number): String(number)
        default: "\(self)"
        }
    }
}
