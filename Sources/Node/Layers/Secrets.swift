internal import Synchronization
import Wire

/// The secrets that are known, of any number of connections. The ends of layers and key logs put them in; layers that
/// take a stream apart, key logs and captures that are written take them out.
///
/// An object that several threads may share, since a secret becomes known after those who need it were made. At most
/// `limit` secrets are kept; further ones are dropped.
public final class Secrets: Sendable, Equatable {
    private let state = Mutex(SecretTable())
    private let more: (@Sendable (Secrets) -> Void)?
    /// Secrets that are kept: about 300 MB of them.
    public static let limit = 1 << 20

    /// None is known. `more`: asked before a secret is said to be unknown; it may add to those that are.
    public init(more: (@Sendable (Secrets) -> Void)? = nil) { self.more = more }
    /// Adds a secret. False: another one of this label and connection is known, and stays, or there is no room.
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
    /// The secret of this label; nil where it is not known.
    public func find(_ label: String, of connection: [UInt8]) -> [UInt8]? {
        if let known = known(label, connection) { return known }
        guard let more else { return nil }
        more(self)
        return known(label, connection)
    }
    private func known(_ label: String, _ connection: [UInt8]) -> [UInt8]? {
        state.withLock { $0.find(label, of: connection) }
    }
    /// Whether both are the same object.
    public static func == (a: Secrets, b: Secrets) -> Bool { a === b }
    /// How many are known.
    public var count: Int { state.withLock { $0.count } }
    /// Those that came behind the first `known`, in order.
    public func all(behind known: Int = 0) -> [Secret] {
        state.withLock { $0.all(behind: known) }
    }
    /// All of them as a key log; nil where there is none.
    public var keyLog: [UInt8]? { Self.keyLog(all()) }
    /// Those of Noise as a key log, or those of TLS, which others read as well; nil where there is none.
    public func keyLog(ofNoise: Bool) -> [UInt8]? { Self.keyLog(all().filter { $0.isOfNoise == ofNoise }) }
    private static func keyLog(_ secrets: [Secret]) -> [UInt8]? {
        secrets.isEmpty ? nil : Array(secrets.map(\.line).joined().utf8)
    }
}
