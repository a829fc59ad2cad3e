import Node
import Wire

/// The state of one side of a connection, as far as a passive observer knows it.
struct RecordDirection {
    /// The keys that are in use.
    enum Epoch {
        case clear
        /// The first keys of TLS 1.3. The time of the change to the next ones is known only to those who can decrypt.
        case handshake
        /// The keys of application data. TLS 1.2 uses them from ChangeCipherSpec on.
        case application
    }
    var isClient: Bool
    private(set) var epoch = Epoch.clear
    var handshake = HandshakeReader()
    /// True if application data may be missing before the record that was opened last. The layer reports that once.
    var hasSkipped = false
    /// The keys of the epoch, once they are known.
    private var keys: TrafficKeys?
    /// The number of the record after the last one that was read under these keys.
    private var number: UInt64 = 0
    /// The number of records since then. They could not be read.
    private var unread: UInt64 = 0
    /// True if an unknown number of records is missing since then.
    private var hasLost = false
    /// The difference between the nonce in a record and the record's number, if records have nonces.
    private var nonceOffset: UInt64 = 0
    /// True if this side may be encrypting already: no handshake message was read yet, or none since bytes were
    /// missing.
    private var isDoubted = true
    /// The number of consecutive records that could not be decrypted.
    private var failures: UInt64 = 0

    init(isClient: Bool) { self.isClient = isClient }

    /// The maximum number of record numbers that are tried after records that were not read.
    private static let searchLimit: UInt64 = 256
    /// The number of consecutive unreadable records after which no further one is tried. Without keys, only one in this
    /// number is tried from then on.
    private static let failureLimit: UInt64 = 64

    /// True if keys of the epoch are known.
    var hasKeys: Bool { keys != nil }
    /// True if records of this side are no longer tried.
    var isGivenUp: Bool { failures >= Self.failureLimit }

    /// Begins an epoch, whose records are counted from 0.
    mutating func begin(_ epoch: Epoch) {
        (self.epoch, keys, failures) = (epoch, nil, 0)
        restart()
        handshake.restart()
    }
    /// Begins the epoch of application data at an unknown record of it.
    mutating func beginInside() {
        begin(.application)
        hasLost = true
    }
    /// Notes that bytes are missing.
    mutating func lose() {
        handshake.lose()
        (hasLost, isDoubted) = (true, true)
    }
    /// Changes to the next keys (RFC 8446, section 4.6.3), which the following records use.
    mutating func update() {
        keys = keys?.next
        restart()
    }
    private mutating func restart() { (number, unread, hasLost, nonceOffset) = (0, 0, false, 0) }

    /// Returns true if the content of a record of type handshake may be read as such. If bytes were missing, it may be
    /// encrypted, or the middle of a message. Then it must begin like a message.
    mutating func mayRead(_ content: RawSpan) -> Bool {
        guard isDoubted else { return true }
        guard content.byteCount >= HandshakeMessage.headerSize else { return false }
        let head = content.unsafeLoadUnaligned(as: UInt32.self).bigEndian
        let isLikely = Self.types.contains(UInt8(head >> 24)) && head & 0xff_ffff < Self.likelySize
        if isLikely { isDoubted = false }
        return isLikely
    }
    /// The types of handshake messages that are sent in the clear.
    private static let types: Set<UInt8> = [1, 2, 4, 11, 12, 13, 14, 15, 16, 22]
    private static let likelySize: UInt32 = 1 << 16
    /// Returns true if the content of a record of type alert may be read as such. An encrypted alert is longer.
    func mayReadAlert(_ content: RawSpan) -> Bool { !isDoubted || content.byteCount == Alert.size }

    /// Appends the content of a record, in TLS 1.3 followed by its type and padding. Returns false if it cannot be
    /// read.
    mutating func open(
        _ record: RawSpan, _ negotiation: Negotiation, _ secrets: Secrets?, into out: inout [UInt8]
    ) -> Bool {
        guard !isGivenUp else { return false }
        // The search for a missing key may read a file, so it becomes rare.
        let secrets = unread < Self.failureLimit || unread % Self.failureLimit == 0 ? secrets : nil
        if keys == nil { keys = known(epoch, negotiation, secrets) }
        var isTried = false
        if let keys {
            // In TLS 1.2, the record 0 is the message that ends the handshake.
            let first: UInt64 = epoch == .handshake ? .max : negotiation.version == .tls12 ? 1 : 0
            if tryNumbers(record, keys, from: first, into: &out) { return true }
            isTried = true
        }
        // The message that ends the handshake may be in a record that could not be read.
        if epoch == .handshake, let later = known(.application, negotiation, secrets) {
            var next = self
            (next.number, next.nonceOffset) = (0, 0)
            if next.tryNumbers(record, later, from: 0, into: &out) {
                self = next
                (epoch, keys) = (.application, later)
                handshake.restart()
                return true
            }
            isTried = true
        }
        if isTried { failures += 1 }
        unread &+= 1
        return false
    }
    /// Returns the keys of an epoch; nil if their secret is unknown.
    private func known(_ epoch: Epoch, _ negotiation: Negotiation, _ secrets: Secrets?) -> TrafficKeys? {
        guard let secrets else { return nil }
        guard negotiation.version == .tls13 else {
            return secrets.find("CLIENT_RANDOM", of: negotiation.clientRandom).flatMap {
                TrafficKeys(negotiation, master: $0, isClient: isClient)
            }
        }
        let label =
            switch (epoch, isClient) {
            case (.application, true): "CLIENT_TRAFFIC_SECRET_0"
            case (.application, false): "SERVER_TRAFFIC_SECRET_0"
            case (_, true): "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
            case (_, false): "SERVER_HANDSHAKE_TRAFFIC_SECRET"
            }
        return secrets.find(label, of: negotiation.clientRandom).flatMap {
            TrafficKeys(negotiation.suite, secret: $0)
        }
    }
    /// Decrypts a record by its likely numbers. `first` is the number of the first record with application data.
    private mutating func tryNumbers(
        _ record: RawSpan, _ keys: TrafficKeys, from first: UInt64, into out: inout [UInt8]
    ) -> Bool {
        let expected = number &+ unread
        if take(record, expected, keys, first, into: &out) { return true }
        guard unread > 0 || hasLost else { return false }
        if let nonce = keys.explicitNonce(of: record), nonce &- nonceOffset >= number,
            take(record, nonce &- nonceOffset, keys, first, into: &out)
        {
            return true
        }
        // In the epoch before, or among missing bytes, there is an unknown number of records.
        let behind = min(unread, hasLost ? Self.searchLimit / 2 : Self.searchLimit)
        let ahead = hasLost ? Self.searchLimit - behind : 0
        for i in 0...(behind + ahead) where i != behind {
            if take(record, expected &- behind &+ i, keys, first, into: &out) { return true }
        }
        return false
    }
    private mutating func take(
        _ record: RawSpan, _ number: UInt64, _ keys: TrafficKeys, _ first: UInt64, into out: inout [UInt8]
    ) -> Bool {
        guard keys.open(record, number: number, into: &out) else { return false }
        hasSkipped = hasSkipped || number > max(self.number, first)
        if let nonce = keys.explicitNonce(of: record) { nonceOffset = nonce &- number }
        (self.number, unread, hasLost, failures) = (number &+ 1, 0, false, 0)
        return true
    }
}
