public import Wire

/// The encoding that `send` applies to the fields of a message.
public enum SentMessage {
    /// Returns the bytes of a message with these fields. The protocol's `defaults` fill in missing fields. If there are
    /// errors, the bytes leave out the wrong fields.
    public static func encode(
        _ type: any Message.Type, _ fields: Value, defaults: Value
    ) -> (bytes: [UInt8], errors: [BuildError]) {
        type.encode(merged(of(type, defaults), fields))
    }
    /// Returns the defaults for which the message has fields.
    private static func of(_ type: any Message.Type, _ all: Value) -> Value {
        guard case .map(let entries) = all else { return all }
        let names = type.describe().map(\.name)
        return .map(entries.filter { names.contains($0.key) })
    }
    /// Returns the given fields, followed by the defaults of missing ones.
    private static func merged(_ defaults: Value, _ fields: Value) -> Value {
        guard case .map(let low) = defaults, case .map(let high) = fields else { return fields }
        return .map(high + low.filter { d in !high.contains { $0.key == d.key } })
    }
}
