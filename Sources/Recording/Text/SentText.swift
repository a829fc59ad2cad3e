internal import Capture
internal import Node
internal import Scenario
internal import Wire

/// The `send` steps: the messages that played actors sent in one packet.
extension ScenarioWriter {
    mutating func send(_ range: Range<Int>) {
        let first = traffic.events[range.lowerBound]
        pause(first)
        let link = begin(first)
        var lets: [(key: String, value: YAMLText)] = []
        var parts: [[(key: String, value: YAMLText)]] = []
        var comments: [String] = []
        for i in range {
            let e = traffic.events[i]
            comments += comment(e)
            switch e.what {
            case .message(let message):
                let fields = message.fields
                parts.append(part(message, fields, in: e, lets: &lets, comments: &comments))
                remember(message, fields, e)
            case .bytes(let bytes, let why):
                let isTold = e.notes.contains { $0.severity > .info && $0.text == why }
                comments.append(isTold ? "as raw bytes" : "as raw bytes: \(Printable.text(why))")
                parts.append(raw(bytes, e))
            case .lost, .closed, .elsewhere: break
            }
        }
        if !lets.isEmpty { add(StepText("let", .map(lets))) }
        var members: [(key: String, value: YAMLText)] = [("via", .word(link))]
        if parts.count == 1 { members += parts[0] } else { members.append(("all", .list(parts.map { .map($0) }))) }
        add(StepText("send", .map(members), event: range.lowerBound).with("else", "fail"), comments)
        last = traffic.events[range.upperBound - 1].time
        unanswered[first.flow] = last
    }
    /// Returns the fewest fields that produce a message again; nil if fields cannot produce it.
    private mutating func least(_ message: RecordedMessage, _ fields: Value) -> Value? {
        let key = KeptFields.Message(message)
        if let known = kept[key] { return known?.part(of: fields) }
        let pruning = Pruning(type: message.type, defaults: sentDefaults, bytes: message.bytes)
        let least = pruning.least(fields, shape(message.type))
        kept.updateValue(least.map { KeptFields($0, of: fields) }, forKey: key)
        return least
    }
    /// Returns the members of a step that sends raw bytes over the layer that carried them.
    private mutating func raw(_ bytes: [UInt8], _ e: RecordedEvent) -> [(key: String, value: YAMLText)] {
        let above = own(e) == nil ? e.above : nil
        return [("raw", bindings.expression(raw: bytes))] + (above.map { [("above", .word($0))] } ?? [])
    }
    /// Returns the members of a step that sends a message. Values that must be known before are added to `lets`.
    private mutating func part(
        _ message: RecordedMessage, _ fields: Value, in e: RecordedEvent,
        lets: inout [(key: String, value: YAMLText)], comments: inout [String]
    ) -> [(key: String, value: YAMLText)] {
        let name = message.name
        guard let least = least(message, fields) else {
            comments.append("as raw bytes: its fields do not encode to these bytes")
            return raw(message.bytes, e)
        }
        for fresh in rules.fresh {
            guard let value = least.at(fresh.path, of: name), case .bytes(let b) = value, value.isWorthKeeping,
                bindings[value] == nil
            else { continue }
            let id = bindings.bind(value, as: fresh.name)
            lets.append((bindings.variables.use(id), .expression("random(\(b.count))")))
        }
        var made: [String: YAMLText] = [:]
        for rule in rules.signatures {
            guard case .bytes(let key)? = least.at(rule.key) ?? fields.at(rule.key),
                least.at(rule.path, of: name) != nil
            else { continue }
            guard let pair = pair(of: key) else {
                if rule.over.contains(where: { if case .heard = $0 { true } else { false } }) {
                    omissions.append("not here: #\(e.number), its signature by an unknown key is sent unchanged")
                }
                continue
            }
            made[rule.path] = signed(
                rule, pair: pair, least: least, fields, of: name, in: e, lets: &lets, comments: &comments)
        }
        for rule in rules.answers {
            guard let number = least.at(rule.path, of: name),
                let id = requests[ValueUses.Answer(flow: e.flow, path: rule.request, number: number)]
            else { continue }
            made[rule.path] = .expression(bindings.variables.use(id))
        }
        for rule in rules.elements {
            guard case .list(let items)? = least.at(rule.list, of: name),
                let id = requests[ValueUses.Answer(flow: e.flow, path: rule.heard, number: .null)]
            else { continue }
            let value = YAMLText.expression(rule.value(bindings.variables.use(id)))
            made[rule.list] = .list(
                items.map { item in
                    guard rule.fits(item), case .map(let entries) = item else { return sent(item, rule.list, [:]) }
                    return .map(
                        entries.map { ($0.key, $0.key == "value" ? value : sent($0.value, rule.list, [:])) })
                })
        }
        let old = rules.unsteady.filter { least.at($0, of: name) != nil }.map { $0.dropFirst(name.utf8.count + 1) }
        if !old.isEmpty { comments.append("as in the capture, even if no longer true: \(old.joined(separator: ", "))") }
        let text = sent(least, name, made)
        return text.isEmpty ? [("msg", .word(name))] : [("msg", .word(name)), ("fields", text)]
    }
    /// Returns an expression that makes a played actor's signature again; nil if that is impossible.
    private mutating func signed(
        _ rule: SignedField, pair: String, least: Value, _ fields: Value, of message: String, in e: RecordedEvent,
        lets: inout [(key: String, value: YAMLText)], comments: inout [String]
    ) -> YAMLText? {
        var groups: [String: String] = [:]
        for case .call(_, let paths) in rule.over {
            for path in paths {
                let group = "\(message).\(path)"
                let said: Value
                if case .map(let entries)? = least.at(path) {
                    // The group is stored without the signature, which is made later.
                    said = .map(entries.filter { "\(group).\($0.key)" != rule.path })
                } else if let value = fields.at(path), Self.isLong(value) {
                    said = value
                } else {
                    continue
                }
                let id = bindings.variables.make(Variables.hint(path))
                lets.append((bindings.variables.use(id), sent(said, group, [:], typed: false)))
                groups[path] = bindings.variables.use(id)
            }
        }
        switch finding(rule, fields, of: message, flow: e.flow, isOurs: true, group: { groups[$0] }) {
        case .unknown(let why):
            omissions.append("not here: #\(e.number), a new signature of ours, because \(why); the old one is sent")
            return nil
        case .over(let expression, let isGood):
            let made = "sign(\(pair), \(expression.joined(separator: " + ")))"
            if isGood { return .expression(made) }
            comments.append("its signature did not verify in the capture either")
            return .expression("flip(\(made), 0)")
        }
    }
}
