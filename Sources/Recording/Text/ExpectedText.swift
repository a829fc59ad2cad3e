internal import Capture
internal import Node
internal import Scenario
internal import Wire

/// The `expect` steps for messages of the node.
extension ScenarioWriter {
    /// The expectation for a message of the node.
    struct Expectation {
        var event: Int
        var members: [(key: String, value: YAMLText)]
        var requirement: String?
        var comments: [String]

        var step: StepText {
            let step = StepText("expect", .map(members), event: event)
            return requirement.map { step.with("req", $0) } ?? step
        }
    }
    mutating func expect(_ i: Int, _ message: RecordedMessage, _ fields: Value) {
        guard let made = expectation(i, message, fields) else { return }
        add(made.step, made.comments)
        heard(traffic.events[i])
    }
    /// Records that an event of the node has a step.
    mutating func heard(_ e: RecordedEvent) {
        last = e.time
        unanswered[e.flow] = nil
    }
    /// Returns the expectation for a message; nil if the message is left to the defaults.
    mutating func expectation(_ i: Int, _ message: RecordedMessage, _ fields: Value) -> Expectation? {
        let e = traffic.events[i]
        let name = message.name
        if isUnprompted(name, fields, i) {
            ignored += 1
            return nil
        }
        guard case .map(let entries) = fields else { return nil }
        let link = begin(e)
        let shape = shape(message.type)
        let own = introduce(fields, of: name, shape, at: i)
        var comments = comment(e)
        var special: [String: YAMLText] = [:]
        var requirement: String?
        for rule in rules.signatures {
            guard fields.at(rule.path, of: name) != nil, let key = fields.at(rule.key) else { continue }
            let path = String(rule.path.dropFirst(name.utf8.count + 1))
            let lists = nameLists(rule, fields, of: name)
            switch finding(rule, fields, of: name, flow: e.flow, isOurs: false, group: { lists[$0] }) {
            case .unknown(let why):
                omissions.append("not here: #\(e.number), a check of \(path), because \(why)")
                special[rule.path] = .words(["$any": "true"])
            case .over(let expression, let isGood):
                let check: YAMLText = .map([
                    (
                        "$verifies",
                        .map([
                            ("alg", .word(rule.algorithm)), ("key", .expression(bindings.expression(key) ?? "null")),
                            ("over", .expression(expression.joined(separator: " + "))),
                        ])
                    )
                ])
                let broken = e.notes.first { $0.severity == .violation && $0.path == path }?.requirement
                if isGood || broken != nil {
                    special[rule.path] = check
                    if !isGood {
                        comments.append("the signature of the capture does not verify: this step expects a valid one")
                    }
                    requirement = isGood ? requirement : broken
                } else {
                    special[rule.path] = .map([("$not", check)])
                    comments.append("its signature did not verify in the capture")
                }
            }
        }
        let defaults = defaults
        let members = expected(
            entries, shape, at: name, own: own, special: special, index: i, isTop: true,
            derived: { full in
                let rest = fields.without(
                    full.dropFirst(name.utf8.count + 1).split(separator: ".").map(String.init)[...])
                return SentMessage.encode(message.type, rest, defaults: defaults).bytes == message.bytes
            })
        let window = Self.window(last.map { Self.gap($0, e.time) } ?? .zero)
        let within = (rules.recurrent.contains(name) ? max(window, rules.patience) : window).text
        var record: [(key: String, value: YAMLText)] = [
            ("via", .word(link)), ("msg", .word(name)), ("within", .word(within)),
        ]
        if !members.isEmpty { record.append(("fields", .map(members))) }
        if let requirement, !claims.contains(requirement) { claims.append(requirement) }
        for full in own.keys {
            if let value = fields.at(full, of: name) { together?.insert(value) }
        }
        return Expectation(event: i, members: record, requirement: requirement, comments: comments)
    }
    /// Returns whether the node sent a message on its own and no later message depends on it.
    private func isUnprompted(_ name: String, _ fields: Value, _ i: Int) -> Bool {
        guard let rule = rules.unprompted.first(where: { $0.message == name }) else { return false }
        let flow = traffic.events[i].flow
        if let asks = rule.request, asked.contains(FieldKey(flow: flow, isOurs: true, path: asks)) { return false }
        return !rules.fresh.contains { fresh in
            guard let value = fields.at(fresh.path, of: name), value.isWorthKeeping else { return false }
            return uses.isUsed(value, after: i)
        }
    }
}

extension Value {
    /// Returns the value without the member at a path.
    func without(_ path: ArraySlice<String>) -> Value {
        guard case .map(var entries) = self, let first = path.first,
            let i = entries.firstIndex(where: { $0.key == first })
        else { return self }
        if path.count == 1 {
            entries.remove(at: i)
        } else {
            entries[i].value = entries[i].value.without(path.dropFirst())
        }
        return .map(entries)
    }
}
