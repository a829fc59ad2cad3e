import Wire

/// A message with a Nano header.
protocol NanoMessage: Message {
    /// Header byte 5.
    static var type: MessageType { get }
    /// Extension bits that mean something; others are ignored by receivers.
    static var definedBits: UInt16 { get }
    /// Bytes after such a header.
    static func payloadCount(_ header: RawHeader) -> Int
    /// What its extension bits mean, for people.
    static var extensionNames: [BitName] { get }
    /// What the fields behind its header stand for.
    static var bodyMeanings: [String: FieldMeaning] { get }
    var header: Header { get set }
}

extension NanoMessage {
    static var extensionNames: [BitName] { [] }
    static var bodyMeanings: [String: FieldMeaning] { [:] }
    /// Those of the header, whose bits are hexadecimal in nano-node, and of what follows.
    public static var meanings: [String: FieldMeaning] {
        var all = bodyMeanings
        all["extensions"] = .bits(extensionNames)
        return all
    }
}
