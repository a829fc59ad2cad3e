import Node
import Wire

/// The state of one side of a connection, as far as a passive observer knows it.
struct RecordDirection {
    /// The keys that are in use.
    enum Epoch {
        case clear
        case handshake
        case application
    }
    var isClient: Bool
    var epoch = Epoch.clear
    var handshake = HandshakeReader()
    /// The keys of the epoch, once they are known.
    private var keys: TrafficKeys?
    /// The number of the next record under these keys.
    private var number: UInt64 = 0
    /// The number of records of the epoch that could not be read. The next record's number is at most this much higher.
    private var passed: UInt64 = 0
    /// True if bytes were missing and no handshake message was read since then.
    private var isLost = false
    /// The number of consecutive records that could not be decrypted.
    private var failures = 0

    init(isClient: Bool) { self.isClient = isClient }

    /// The maximum number of record numbers that are tried after records that were not read.
    private static let searchLimit: UInt64 = 256
    /// The number of consecutive unreadable records after which no further one is tried.
    private static let failureLimit = 64

    /// True if keys of the epoch are known.
    var hasKeys: Bool { keys != nil }
    /// True if records of this side are no longer tried.
    var isGivenUp: Bool { failures >= Self.failureLimit }
    /// Returns the label of the secret of an epoch.
    private func label(_ epoch: Epoch) -> String {
        let side = isClient ? "CLIENT" : "SERVER"
        return epoch == .application ? "\(side)_TRAFFIC_SECRET_0" : "\(side)_HANDSHAKE_TRAFFIC_SECRET"
    }
    /// Begins an epoch, whose records are counted from 0.
    mutating func begin(_ epoch: Epoch) {
        (self.epoch, keys, number, passed, failures) = (epoch, nil, 0, 0, 0)
        handshake.restart()
    }
    /// Notes that bytes are missing.
    mutating func lose() {
        passed = Self.searchLimit
        handshake.lose()
        isLost = true
    }
    /// Returns true if the content of a record of type handshake may be read as such. After missing bytes it may be
    /// encrypted, or the middle of a message. Then it must begin like a message.
    mutating func mayRead(_ content: RawSpan) -> Bool {
        guard isLost else { return true }
        guard content.byteCount >= HandshakeMessage.headerSize else { return false }
        let head = content.unsafeLoadUnaligned(as: UInt32.self).bigEndian
        let isLikely = Self.types.contains(UInt8(head >> 24)) && head & 0xff_ffff < Self.likelySize
        if isLikely { isLost = false }
        return isLikely
    }
    /// The types of handshake messages that are sent in the clear.
    private static let types: Set<UInt8> = [1, 2, 4, 11, 12, 13, 14, 15, 16, 22]
    private static let likelySize: UInt32 = 1 << 16
    /// Changes to the next keys (RFC 8446, section 4.6.3), which the following records use.
    mutating func update() {
        keys = keys?.next
        (number, passed) = (0, 0)
    }
    /// Appends the content of a record, followed by its type and padding. Returns false if it cannot be read.
    mutating func open(
        _ record: RawSpan, with suite: CipherSuite, random: [UInt8], secrets: Secrets?, into out: inout [UInt8]
    ) -> Bool {
        guard !isGivenUp else { return false }
        if keys == nil, let secret = secrets?.find(label(epoch), of: random) {
            keys = TrafficKeys(suite, secret: secret)
        }
        if let keys, tryNumbers(record, keys, into: &out) { return true }
        // The message that ends the handshake may be in a record that could not be read.
        if epoch == .handshake, let secret = secrets?.find(label(.application), of: random),
            let later = TrafficKeys(suite, secret: secret)
        {
            let before = (number, passed)
            number = 0
            passed = min(passed + 1, Self.searchLimit)
            if tryNumbers(record, later, into: &out) {
                (epoch, keys) = (.application, later)
                handshake.restart()
                return true
            }
            (number, passed) = before
        }
        failures += 1
        passed = min(passed + 1, Self.searchLimit)
        return false
    }
    private mutating func tryNumbers(_ record: RawSpan, _ keys: TrafficKeys, into out: inout [UInt8]) -> Bool {
        for next in number...(number &+ passed) where keys.open(record, number: next, into: &out) {
            (number, passed, failures) = (next &+ 1, 0, 0)
            return true
        }
        return false
    }
}
