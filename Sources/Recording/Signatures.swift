internal import Node
internal import Wire

/// What is known of one signature in the capture.
enum SignatureFinding {
    /// It is over this, and whether it verifies.
    case over([UInt8], expression: [String], isGood: Bool)
    /// What it is over cannot be told, for this reason.
    case unknown(String)
}

extension ScenarioWriter {
    /// The rule for a field, when it is a signature.
    func signature(_ full: String) -> SignedField? { rules.signatures.first { $0.path == full } }

    /// What a signature in a message is over. `group` names a variable that holds a group of the message.
    mutating func finding(
        _ rule: SignedField, _ fields: Value, flow: Int, isOurs: Bool, group: (String) -> String?
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
                guard let value = heard[Heard(flow: flow, isOurs: !isOurs, path: path)], case .bytes(let b) = value
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
            case .bytes(let key)? = fields.at(rule.key), let path = Self.inner(rule.path, of: fields, definition),
            case .bytes(let signature)? = fields.at(path), !expression.isEmpty
        else { return .unknown("its key is not in the message") }
        return .over(bytes, expression: expression, isGood: algorithm.verify(key, bytes, signature))
    }
    /// A full path without the name of its message.
    static func inner(_ full: String, of fields: Value, _ definition: Definition) -> String? {
        let names = definition.messages.map { $0.name.description + "." }
        return names.first { full.hasPrefix($0) && fields.at(full.dropFirst($0.count)) != nil }.map {
            String(full.dropFirst($0.count))
        }
    }
}
