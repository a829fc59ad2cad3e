import Node

/// How sure it is that messages begin where they are found in one direction of a stream.
///
/// From the first byte on it is certain. After a gap, in the middle of a connection and behind bytes that are no
/// message, bytes inside a message can look like messages too. Only several in a row, each beginning where the one
/// before ends, make it certain again.
struct FramingConfidence {
    /// So many in a row are no accident.
    static let messages = StreamLimits.firmMessages
    /// And so many bytes: what looks like them inside a message would have to fill a good part of it.
    static let bytes = StreamLimits.firmBytes

    /// True when what is found there is a message for certain.
    private(set) var isFirm = true
    private var count: UInt8 = 0
    private var length: UInt32 = 0
    /// What is wrong already is wrong for certain: then one message is enough.
    private var hasSlipped = false

    /// Where messages begin is not known any longer.
    mutating func lose() { self = Self(isFirm: false) }
    /// Bytes that are no message for certain stand between messages, and none is missing.
    mutating func slip() {
        guard isFirm else { return }
        lose()
        hasSlipped = true
    }
    /// A message stands behind the one before.
    mutating func step(_ bytes: Int) {
        guard !isFirm else { return }
        // A message is as long as a protocol lets it be, and no more than so many are counted.
        count = min(count &+ 1, UInt8(Self.messages))
        length = UInt32(min(Int(length) &+ bytes, Self.bytes))
        if hasSlipped || count >= Self.messages && length >= Self.bytes { self = Self() }
    }

    init() {}
    private init(isFirm: Bool) { self.isFirm = isFirm }
}
