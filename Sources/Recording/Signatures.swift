internal import Node
internal import Wire

/// The knowledge about one signature in the capture.
enum SignatureFinding {
    /// The signed bytes as an expression, and whether the signature verifies.
    case over(expression: [String], isGood: Bool)
    /// The signed bytes cannot be determined, for this reason.
    case unknown(String)
}

extension ScenarioWriter {
    /// The maximum number of values of a list inside an expression. The language limits the parts of an expression.
    private static let listed = 200

    /// Returns whether a list needs its own name, because it is too long for an expression.
    static func isLong(_ value: Value) -> Bool {
        guard case .list = value else { return false }
        return value.leaves.count > listed
    }
    /// Adds a step that names the long lists that a signature covers, in a message from the node. Returns the names by
    /// path.
    mutating func nameLists(_ rule: SignedField, _ fields: Value, of message: String) -> [String: String] {
        var names: [String: String] = [:]
        var lets: [(key: String, value: YAMLText)] = []
        // Messages with variable order cannot use values that another of them introduces.
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
    /// Returns the bytes that a signature in a message covers. `group` returns the name of the variable that holds a
    /// group of the message.
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
                    return .unknown("it covers data of the other side in \(path) that the capture does not have")
                }
                bytes += b
                expression.append(bindings.expression(value) ?? "")
            case .call(let name, let paths):
                guard let function = definition.playing.functions.first(where: { $0.name == name }) else {
                    return .unknown("there is no function \(name)")
                }
                let arguments = paths.map { fields.at($0) ?? .null }
                guard function.arguments.contains(arguments.count), case .bytes(let b)? = try? function.apply(arguments)
                else { return .unknown("\(name) refuses the values of the message") }
                var words: [String] = []
                for (path, value) in zip(paths, arguments) {
                    if let name = group(path) {
                        words.append(name)
                        continue
                    }
                    guard !Self.isLong(value), let e = bindings.expression(value) else {
                        return .unknown("no expression gives \(path)")
                    }
                    words.append(e)
                }
                bytes += b
                expression.append("\(name)(\(words.joined(separator: ", ")))")
            }
        }
        guard let algorithm = definition.playing.algorithms.first(where: { $0.name == rule.algorithm }),
            case .bytes(let key)? = fields.at(rule.key),
            case .bytes(let signature)? = fields.at(rule.path, of: message), !expression.isEmpty
        else { return .unknown("its key is not in the message") }
        return .over(expression: expression, isGood: algorithm.verify(key, bytes, signature))
    }
}
