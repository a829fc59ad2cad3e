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
                    guard let e = group(path) ?? bindings.expression(value) else {
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
