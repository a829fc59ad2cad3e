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
    var header: Header { get set }
}

extension NanoMessage {
    static var extensionNames: [BitName] { [] }
    /// Those of the header, which are hexadecimal in nano-node.
    public static var bitNames: [String: [BitName]] { ["extensions": extensionNames] }
}
