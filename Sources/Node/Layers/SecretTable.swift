import Wire

/// A secret of a connection, as a line of an NSS key log names it.
public struct Secret: Hashable, Sendable {
    /// The purpose, such as `CLIENT_TRAFFIC_SECRET_0`: letters, digits and underscores.
    public var label: String
    /// The id of the connection: the random of the ClientHello for TLS, the key of the first message for Noise.
    public var connection: [UInt8]
    /// The secret itself.
    public var bytes: [UInt8]
    /// Creates a secret of this connection.
    public init(_ label: String, of connection: [UInt8], _ bytes: [UInt8]) {
        (self.label, self.connection, self.bytes) = (label, connection, bytes)
    }
    /// True if the label belongs to `NoiseSecret`.
    public var isOfNoise: Bool { label.hasPrefix(NoiseSecret.prefix) }
    /// The line of a key log, with the line feed at its end.
    public var line: String { "\(label) \(connection.hex) \(bytes.hex)\n" }
}

/// Secrets by their labels and connections, in order of arrival. One array holds all their bytes, so that a large key
/// log does not make several small arrays for each line.
struct SecretTable: Sendable {
    private struct Entry: Sendable {
        /// The place of its label in `labels`.
        var label: Int
        /// The offset in `bytes` at which its connection begins. The secret follows it.
        var start: Int
        var connection: Int
        var secret: Int
    }
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    private var labels: [String] = []
    private var places: [String: Int] = [:]
    /// The hash table. A slot holds the upper half of the entry's hash, and below it the entry's place plus 1; 0 if it
    /// is free. The number of slots is a power of two, and more than half of them are free.
    private var slots = [UInt64](repeating: 0, count: 64)

    var count: Int { entries.count }

    /// Adds a secret. Returns false if another secret of this label and connection is known, which stays, or if there
    /// are `limit` secrets already.
    mutating func add(
        _ label: String, of connection: UnsafeRawBufferPointer, _ secret: UnsafeRawBufferPointer, limit: Int
    ) -> Bool {
        if let known = places[label] {
            let hash = Self.hash(known, connection)
            let slot = slot(known, connection, hash)
            if slots[slot] != 0 {
                let entry = entries[Self.place(slots[slot])]
                return Self.isSame(bytes, from: entry.start + entry.connection, count: entry.secret, as: secret)
            }
            guard entries.count < limit else { return false }
            insert(known, for: connection, secret, hash: hash, at: slot)
            return true
        }
        guard entries.count < limit else { return false }
        let new = labels.count
        places[label] = new
        labels.append(label)
        let hash = Self.hash(new, connection)
        insert(new, for: connection, secret, hash: hash, at: slot(new, connection, hash))
        return true
    }
    /// Returns the secret of this label; nil if it is missing.
    func find(_ label: String, of connection: [UInt8]) -> [UInt8]? {
        guard let known = places[label] else { return nil }
        let found = connection.withUnsafeBytes { slots[slot(known, $0, Self.hash(known, $0))] }
        guard found != 0 else { return nil }
        let entry = entries[Self.place(found)]
        return Array(bytes[entry.start + entry.connection..<entry.start + entry.connection + entry.secret])
    }
    /// Returns the secrets after the first `known` ones, in order.
    func all(behind known: Int) -> [Secret] {
        entries.dropFirst(max(0, known)).map { e in
            let middle = e.start + e.connection
            return Secret(
                labels[e.label], of: Array(bytes[e.start..<middle]), Array(bytes[middle..<middle + e.secret]))
        }
    }

    private mutating func insert(
        _ label: Int, for connection: UnsafeRawBufferPointer, _ secret: UnsafeRawBufferPointer, hash: UInt64,
        at slot: Int
    ) {
        let start = bytes.count
        bytes.append(contentsOf: connection)
        bytes.append(contentsOf: secret)
        entries.append(Entry(label: label, start: start, connection: connection.count, secret: secret.count))
        slots[slot] = hash | UInt64(entries.count)
        if 2 * entries.count >= slots.count { grow() }
    }
    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: 2 * old.count)
        let mask = slots.count - 1
        for one in old where one != 0 {
            var i = Self.start(one, mask)
            while slots[i] != 0 { i = (i &+ 1) & mask }
            slots[i] = one
        }
    }
    /// Returns the slot of an entry, or the free slot for it.
    private func slot(_ label: Int, _ connection: UnsafeRawBufferPointer, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var i = Self.start(hash, mask)
        while slots[i] != 0 {
            if slots[i] & Self.hashMask == hash {
                let entry = entries[Self.place(slots[i])]
                if entry.label == label, Self.isSame(bytes, from: entry.start, count: entry.connection, as: connection)
                {
                    return i
                }
            }
            i = (i &+ 1) & mask
        }
        return i
    }
    private static let hashMask: UInt64 = 0xffff_ffff_0000_0000
    private static func place(_ slot: UInt64) -> Int { Int(slot & 0xffff_ffff) - 1 }
    private static func start(_ slot: UInt64, _ mask: Int) -> Int { Int(slot >> 32) & mask }
    /// Returns a hash whose lower half is 0.
    private static func hash(_ label: Int, _ connection: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(label)
        hasher.combine(bytes: connection)
        return UInt64(truncatingIfNeeded: hasher.finalize()) & hashMask
    }
    private static func isSame(_ bytes: [UInt8], from start: Int, count: Int, as other: UnsafeRawBufferPointer) -> Bool
    {
        guard count == other.count else { return false }
        return bytes.withUnsafeBytes { all in
            for i in 0..<count where all[start + i] != other[i] { return false }
            return true
        }
    }
}
