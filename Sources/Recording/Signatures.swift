internal import Node
internal import Wire

/// What is known of one signature in the capture.
enum SignatureFinding {
    /// It is over this, and whether it verifies.
    case over(expression: [String], isGood: Bool)
    /// What it is over cannot be told, for this reason.
    case unknown(String)
}

extension ScenarioWriter {
    /// Values of a list that are said inside an expression, of which the language limits the parts.
    private static let listed = 200

    /// Whether a list has a name of its own, since no expression could say it.
    static func isLong(_ value: Value) -> Bool {
        guard case .list = value else { return false }
        return value.leaves.count > listed
    }
    /// Gives names to such lists of a message of the node that a signature is over, in a step of its own.
    mutating func nameLists(_ rule: SignedField, _ fields: Value, of message: String) -> [String: String] {
        var names: [String: String] = [:]
        var lets: [(key: String, value: YAMLText)] = []
        // Of those that come in any order, none knows what another one says first.
        guard together == nil else { return names }
        for case .call(_, let paths) in rule.over {
            for path in paths {
                guard let value = fields.at(path), Self.isLong(value) else { continue }
                let id = bindings.variables.make(Variables.hint(path))
                lets.append((bindings.variables.use(id), sent(value, "\(message).\(path)", [:], typed: false)))
                names[path] = bindings.variables.use(id)
            }
        }
        if !lets.isEmpty { add(StepText("let", .map(lets))) }
        return names
    }
    /// What a signature in a message is over. `group` names a variable that holds a group of the message.
    mutating func finding(
        _ rule: SignedField, _ fields: Value, of message: String, flow: Int, isOurs: Bool, group: (String) -> String?
    ) -> SignatureFinding {
        var bytes: [UInt8] = []
        var expression: [String] = []
        for part in rule.over {
            switch part {
            case .field(let path):
                guard let value = fields.at(path), case .bytes(let b) = value else { continue }
                bytes += b
                expression.append(bindings.expression(value) ?? "")
            case .number(let path, let count):
                guard let n = fields.at(path)?.integer else { continue }
                bytes += (0..<count).reversed().map { UInt8(truncatingIfNeeded: $0 < 8 ? n >> UInt64(8 * $0) : 0) }
                expression.append("be(\(count), \(n))")
            case .heard(let path):
                guard let value = lastValues[FieldKey(flow: flow, isOurs: !isOurs, path: path)],
                    case .bytes(let b) = value
                else {
                    return .unknown("it is over what the other side said in \(path), which the capture does not have")
                }
                bytes += b
                expression.append(bindings.expression(value) ?? "")
            case .call(let name, let paths):
                guard let function = definition.functions.first(where: { $0.name == name }) else {
                    return .unknown("nobody knows the function \(name)")
                }
                let arguments = paths.map { fields.at($0) ?? .null }
                guard function.arguments.contains(arguments.count), case .bytes(let b)? = try? function.apply(arguments)
                else { return .unknown("\(name) refuses what the message says") }
                var words: [String] = []
                for (path, value) in zip(paths, arguments) {
                    if let name = group(path) {
                        words.append(name)
                        continue
                    }
                    guard !Self.isLong(value), let e = bindings.expression(value) else {
                        return .unknown("no expression says \(path)")
                    }
                    words.append(e)
                }
                bytes += b
                expression.append("\(name)(\(words.joined(separator: ", ")))")
            }
        }
        guard let algorithm = definition.algorithms.first(where: { $0.name == rule.algorithm }),
            case .bytes(let key)? = fields.at(rule.key),
            case .bytes(let signature)? = fields.at(rule.path, of: message), !expression.isEmpty
        else { return .unknown("its key is not in the message") }
        return .over(expression: expression, isGood: algorithm.verify(key, bytes, signature))
    }
}
