internal import Wire

/// A message of the capture. It holds the bytes and decodes them on request, because the fields of a long capture take
/// many times the memory of its bytes.
struct RecordedMessage: Sendable {
    var type: any Message.Type
    var bytes: [UInt8]
    /// The hint, as `Record.hint` defines it.
    var hint: UInt64

    /// The full name of the message.
    var name: String { type.name.description }
    var fields: Value {
        let bytes = bytes.span.bytes
        return type.dissect(bytes, audits: false, hint: hint).fields(in: bytes)
    }
}
