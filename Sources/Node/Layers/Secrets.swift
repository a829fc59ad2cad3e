internal import Synchronization
import Wire

/// The known secrets of any number of connections. The ends of layers and key logs add them. Layers that read a stream,
/// and writers of key logs and captures, read them.
///
/// This is an object that several threads may share, because a secret becomes known after its users were created. At
/// most `limit` secrets are kept; further ones are dropped.
public final class Secrets: Sendable, Equatable {
    private let state = Mutex(SecretTable())
    private let more: (@Sendable (Secrets) -> Void)?
    /// The maximum number of secrets that are kept: about 300 MB of them.
    public static let limit = 1 << 20

    /// Creates an empty set. `more` is called before a secret is reported as unknown; it may add secrets.
    public init(more: (@Sendable (Secrets) -> Void)? = nil) { self.more = more }
    /// Adds a secret. Returns false if another secret of this label and connection is known, which stays, or if there
    /// is no room.
    @discardableResult
    public func add(_ secret: Secret) -> Bool {
        secret.connection.withUnsafeBytes { connection in
            secret.bytes.withUnsafeBytes { add(secret.label, of: connection, $0) }
        }
    }
    /// Adds a secret from bytes that are not in arrays of their own.
    func add(_ label: String, of connection: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { $0.add(label, of: connection, bytes, limit: Self.limit) }
    }
    /// Returns the secret of this label; nil if it is unknown.
    public func find(_ label: String, of connection: [UInt8]) -> [UInt8]? {
        if let known = known(label, connection) { return known }
        guard let more else { return nil }
        more(self)
        return known(label, connection)
    }
    private func known(_ label: String, _ connection: [UInt8]) -> [UInt8]? {
        state.withLock { $0.find(label, of: connection) }
    }
    /// Returns true if both are the same object.
    public static func == (a: Secrets, b: Secrets) -> Bool { a === b }
    /// The number of known secrets.
    public var count: Int { state.withLock { $0.count } }
    /// Returns the secrets after the first `known` ones, in order.
    public func all(behind known: Int = 0) -> [Secret] {
        state.withLock { $0.all(behind: known) }
    }
    /// The secrets as a key log; nil if there are no secrets.
    public var keyLog: [UInt8]? { Self.keyLog(all()) }
    /// Returns the secrets of Noise as a key log, or the secrets of TLS, which other programs read too; nil if the log
    /// would be empty.
    public func keyLog(ofNoise: Bool) -> [UInt8]? { Self.keyLog(all().filter { $0.isOfNoise == ofNoise }) }
    private static func keyLog(_ secrets: [Secret]) -> [UInt8]? {
        secrets.isEmpty ? nil : Array(secrets.map(\.line).joined().utf8)
    }
}
