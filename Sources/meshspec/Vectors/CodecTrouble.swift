import Wire

/// Why nothing is known of what a codec makes of a vector.
struct CodecTrouble: Error, CustomStringConvertible {
    /// What was seen.
    var description: String
    /// Somebody asked us to end.
    var isInterrupted = false

    init(_ description: String, isInterrupted: Bool = false) {
        self.description = description
        self.isInterrupted = isInterrupted
    }
    /// What a codec said, in quotes where it is no word.
    static func quoted(_ bytes: some Sequence<UInt8>) -> String {
        Value.text(String(decoding: Array(bytes), as: UTF8.self)).description
    }
}
