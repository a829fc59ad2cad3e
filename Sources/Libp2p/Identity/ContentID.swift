import Crypto

/// The id of content (multiformats, CID): a version, the codec of the content, and a multihash of it.
public struct ContentID: Hashable, Sendable, CustomStringConvertible {
    /// The version, 0 or 1.
    public let version: UInt64
    /// The multicodec of the content, such as 0x55 for raw bytes. It is 0x70 in version 0.
    public let codec: UInt64
    /// The multihash: the code of the function, the length of the digest, and the digest.
    public let multihash: [UInt8]

    private static let raw: UInt64 = 0x55
    private static let protobuf: UInt64 = 0x70
    private static let sha256: UInt8 = 0x12

    /// Creates the id of raw bytes by their SHA-256.
    public init(ofRaw bytes: [UInt8]) {
        (version, codec, multihash) = (1, Self.raw, [Self.sha256, 32] + SHA256.hash(bytes))
    }
    /// Creates an id from its bytes; nil if they are no id of version 0 or 1.
    public init?(_ bytes: [UInt8]) {
        if bytes.count == 34, bytes[0] == Self.sha256, bytes[1] == 32 {
            (version, codec, multihash) = (0, Self.protobuf, bytes)
            return
        }
        var rest = bytes[...]
        guard let version = Varint.take(&rest), version == 1, let codec = Varint.take(&rest) else { return nil }
        let multihash = Array(rest)
        var digest = rest
        guard Varint.take(&digest) != nil, let count = Varint.take(&digest), count == UInt64(digest.count) else {
            return nil
        }
        (self.version, self.codec, self.multihash) = (version, codec, multihash)
    }
    /// Creates an id from text: base 58 of version 0, which begins with `Qm`, or version 1 in base 32 (`b`) or base 58
    /// (`z`).
    public init?(_ text: String) {
        let bytes: [UInt8]? =
            switch text.utf8.first {
            case UInt8(ascii: "b"): Base32.bytes(text.dropFirst())
            case UInt8(ascii: "z"): Base58.bytes(String(text.dropFirst()))
            case UInt8(ascii: "Q"): Base58.bytes(text)
            default: nil
            }
        guard let bytes else { return nil }
        self.init(bytes)
    }
    /// The binary form.
    public var bytes: [UInt8] {
        guard version > 0 else { return multihash }
        var out: [UInt8] = []
        Varint.append(version, to: &out)
        Varint.append(codec, to: &out)
        return out + multihash
    }
    /// The text: base 58 in version 0, otherwise base 32.
    public var description: String { version == 0 ? Base58.text(bytes) : "b" + Base32.text(bytes) }
}
