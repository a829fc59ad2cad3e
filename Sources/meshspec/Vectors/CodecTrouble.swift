import Wire

/// The reason why a codec could not be judged by a vector.
struct CodecTrouble: Error, CustomStringConvertible {
    /// The observation that led to the error.
    var description: String
    /// True if the user interrupted the run.
    var isInterrupted = false

    init(_ description: String, isInterrupted: Bool = false) {
        self.description = description
        self.isInterrupted = isInterrupted
    }
    /// Returns output of a codec as text, in quotes unless it is one word.
    static func quoted(_ bytes: some Sequence<UInt8>) -> String {
        Value.text(String(decoding: Array(bytes), as: UTF8.self)).description
    }
}
