/// Keys that a capture brings along for what is encrypted in it: a decryption secrets block of pcapng.
public struct Secrets: Hashable, Sendable {
    /// What they are, as the file numbers it: 0x544c534b is an NSS key log (`SSLKEYLOGFILE`), 0x57474b4c one of
    /// WireGuard.
    public var kind: UInt32
    /// As they stand in the file.
    public var bytes: [UInt8]
    /// Secrets of a kind.
    public init(kind: UInt32, bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
    }
}
