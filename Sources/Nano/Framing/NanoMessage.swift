import Wire

/// A message with a Nano header.
protocol NanoMessage: Message {
    /// The type in byte 5 of the header.
    static var type: MessageType { get }
    /// The extension bits with a meaning. Receivers ignore the others.
    static var definedBits: UInt16 { get }
    /// Returns the number of bytes after a header.
    static func payloadCount(_ header: RawHeader) -> Int
    /// The names of the extension bits, for display.
    static var extensionNames: [BitName] { get }
    /// The meanings of the fields after the header.
    static var bodyMeanings: [String: FieldMeaning] { get }
    var header: Header { get set }
}

extension NanoMessage {
    static var extensionNames: [BitName] { [] }
    static var bodyMeanings: [String: FieldMeaning] { [:] }
    /// The meanings of the header and of the fields after it. nano-node shows the extension bits in hexadecimal.
    public static var meanings: [String: FieldMeaning] {
        var all = bodyMeanings
        all["extensions"] = .bits(extensionNames)
        return all
    }
}
