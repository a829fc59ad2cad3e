internal import Wire

/// A message of the capture: its bytes, which are taken apart when somebody asks. The fields of a long capture take many
/// times as much memory as its bytes.
struct RecordedMessage: Sendable {
    var type: any Message.Type
    var bytes: [UInt8]
    /// As of `Record.hint`.
    var hint: UInt64

    /// Full name of the message.
    var name: String { type.name.description }
    var fields: Value {
        let bytes = bytes.span.bytes
        return type.dissect(bytes, audits: false, hint: hint).fields(in: bytes)
    }
}
