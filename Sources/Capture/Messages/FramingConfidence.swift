import Node

/// The certainty that messages begin where they were found in one direction of a stream.
///
/// From the first byte on it is certain. After a gap, in the middle of a connection, and after bytes that are not a
/// message, bytes inside a message can look like messages. It becomes certain again after several messages in a row, if
/// each begins where the one before ends.
struct FramingConfidence {
    /// The number of messages in a row that is not a coincidence.
    static let messages = StreamLimits.firmMessages
    /// The number of bytes that these messages must also have. Bytes inside a message that look like messages would
    /// have to fill a large part of it.
    static let bytes = StreamLimits.firmBytes

    /// True if the messages that are found are certain.
    private(set) var isFirm = true
    private var count: UInt8 = 0
    private var length: UInt32 = 0
    /// True if an error is certain already. Then a single message restores certainty.
    private var hasSlipped = false

    /// Notes that the beginnings of messages are no longer known.
    mutating func lose() { self = Self(isFirm: false) }
    /// Notes that bytes between messages are certainly not a message, and that no bytes are missing.
    mutating func slip() {
        guard isFirm else { return }
        lose()
        hasSlipped = true
    }
    /// Counts a message that begins where the one before ends.
    mutating func step(_ bytes: Int) {
        guard !isFirm else { return }
        // A message may be as long as its protocol allows, so the counters stop at these limits.
        count = min(count &+ 1, UInt8(Self.messages))
        length = UInt32(min(Int(length) &+ bytes, Self.bytes))
        if hasSlipped || count >= Self.messages && length >= Self.bytes { self = Self() }
    }

    init() {}
    private init(isFirm: Bool) { self.isFirm = isFirm }
}
