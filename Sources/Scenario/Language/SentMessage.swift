public import Wire

/// What `send` makes of the fields of a message.
public enum SentMessage {
    /// The bytes of a message of these fields; `defaults`, those of the protocol, stand for what is not given. With
    /// errors, the bytes are those without the fields that are wrong.
    public static func encode(
        _ type: any Message.Type, _ fields: Value, defaults: Value
    ) -> (bytes: [UInt8], errors: [BuildError]) {
        type.encode(merged(of(type, defaults), fields))
    }
    /// Those defaults that the message has fields for.
    private static func of(_ type: any Message.Type, _ all: Value) -> Value {
        guard case .map(let entries) = all else { return all }
        let names = type.describe().map(\.name)
        return .map(entries.filter { names.contains($0.key) })
    }
    /// The fields given, before the defaults.
    private static func merged(_ defaults: Value, _ fields: Value) -> Value {
        guard case .map(let low) = defaults, case .map(let high) = fields else { return fields }
        return .map(high + low.filter { d in !high.contains { $0.key == d.key } })
    }
}
