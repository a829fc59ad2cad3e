import Libp2p
import Wire

/// The rules for values, by the namespace of their key (libp2p specs, kad-dht, "Entry validation"). A key is a slash, the
/// namespace, a slash and the rest. A value of another namespace is invalid.
public struct Validators: Sendable {
    /// True if the namespace `seq` is known. It is a namespace of meshspec for tests and private DHTs: a value begins
    /// with a number of 8 bytes, the highest first, and the value with the highest number is the best.
    public var hasSequences: Bool

    private static let publicKeys = Array("pk".utf8)
    private static let sequences = Array("seq".utf8)
    private static let numberSize = 8

    /// Creates the rules.
    public init(hasSequences: Bool) { self.hasSequences = hasSequences }

    /// Returns the namespace and the rest of a key; nil if it has another form.
    static func parts(of key: [UInt8]) -> (namespace: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        let slash = UInt8(ascii: "/")
        guard key.first == slash, let second = key.dropFirst().firstIndex(of: slash), second > 1 else { return nil }
        return (key[1..<second], key[(second + 1)...])
    }
    /// Returns whether a value is valid for a key. `/pk/` and a peer id: the value is the serialized public key of that
    /// peer.
    public func accept(_ value: [UInt8], for key: [UInt8]) -> Bool {
        guard let (namespace, rest) = Self.parts(of: key) else { return false }
        if namespace.elementsEqual(Self.publicKeys) {
            guard let read = try? PublicKey(copying: value), read.isWellFormed else { return false }
            return PeerID(of: value).bytes.elementsEqual(rest)
        }
        return hasSequences && namespace.elementsEqual(Self.sequences) && value.count >= Self.numberSize
    }
    /// Returns true if the first value is better than the second one. Both are valid.
    public func prefers(_ first: [UInt8], to second: [UInt8], for key: [UInt8]) -> Bool {
        guard let (namespace, _) = Self.parts(of: key), namespace.elementsEqual(Self.sequences) else { return false }
        return second.prefix(Self.numberSize).lexicographicallyPrecedes(first.prefix(Self.numberSize))
    }
}
