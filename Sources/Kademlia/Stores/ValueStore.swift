public import Node

/// The values of a server (libp2p specs, kad-dht, "Value storage and retrieval").
public struct ValueStore: Sendable {
    /// A stored value.
    public struct Stored: Sendable {
        public var value: [UInt8]
        /// The time when it was stored.
        public var at: Instant
    }
    private var values: [[UInt8]: Stored] = [:]
    private var size = 0
    private let lifetime: Duration
    private let validators: Validators

    /// The maximum size of all keys and values together, in bytes.
    public static let limit = 64 << 20

    /// Creates an empty store. `lifetime`: the duration of a value after it was stored.
    public init(lifetime: Duration, _ validators: Validators) {
        (self.lifetime, self.validators) = (lifetime, validators)
    }
    /// Returns the value of a key; nil if it is unknown or has expired.
    public func value(of key: [UInt8], _ now: Instant) -> Stored? {
        values[key].flatMap { now - $0.at < lifetime ? $0 : nil }
    }
    /// Stores a value. Returns false if its key or the value is invalid, if the stored value is better, or if there is
    /// no room.
    public mutating func put(_ value: [UInt8], for key: [UInt8], _ now: Instant) -> Bool {
        guard validators.accept(value, for: key) else { return false }
        if let stored = self.value(of: key, now), validators.prefers(stored.value, to: value, for: key) { return false }
        let before = values[key].map { $0.value.count + key.count } ?? 0
        if size - before + value.count + key.count > Self.limit { clean(now) }
        guard size - before + value.count + key.count <= Self.limit else { return false }
        size += value.count + key.count - before
        values[key] = Stored(value: value, at: now)
        return true
    }
    /// Returns whether a value is valid for a key.
    public func isValid(_ value: [UInt8], for key: [UInt8]) -> Bool { validators.accept(value, for: key) }
    /// Returns true if the first value is better than the second one. Both are valid.
    public func prefers(_ first: [UInt8], to second: [UInt8], for key: [UInt8]) -> Bool {
        validators.prefers(first, to: second, for: key)
    }
    /// The keys of all values, sorted.
    public func keys(_ now: Instant) -> [[UInt8]] {
        values.filter { now - $0.value.at < lifetime }.keys.sorted { $0.lexicographicallyPrecedes($1) }
    }
    private mutating func clean(_ now: Instant) {
        values = values.filter { now - $0.value.at < lifetime }
        size = values.reduce(0) { $0 + $1.key.count + $1.value.value.count }
    }
}
