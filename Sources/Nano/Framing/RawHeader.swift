import Wire

/// A header, read without checks.
struct RawHeader {
    var network: NetworkID
    var versionMax: UInt8
    var versionUsing: UInt8
    var versionMin: UInt8
    var type: MessageType
    var extensions: UInt16

    /// Reads the header that begins at `at`; nil if its 8 bytes are incomplete.
    init?(_ bytes: RawSpan, at: Int) {
        guard at >= 0, bytes.byteCount - at >= Header.count else { return nil }
        network = .load(bytes, at, .big)
        versionMax = .load(bytes, at + 2, .big)
        versionUsing = .load(bytes, at + 3, .big)
        versionMin = .load(bytes, at + 4, .big)
        type = .load(bytes, at + 5, .big)
        extensions = .load(bytes, at + 6, .little)
    }
}
