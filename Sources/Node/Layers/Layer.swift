public import Wire

/// The result of reading the front of the bytes that one side of a layer sent.
public enum LayerStep: Sendable {
    /// A message of the layer that fills the first `length` bytes. Its content may still be refused.
    case unit(any Message.Type, length: Int)
    /// The beginning of a message: at least this many more bytes are needed.
    case needMore(Int)
    /// The bytes follow a proposal that is not answered yet. They cannot be read before the other side has sent more.
    case waits
    /// These bytes and all that follow, of both sides, belong to another protocol: the text is as in
    /// `LayerOutput.Item.becomes`.
    case becomes(String)
    /// No message begins here, even with more bytes.
    case refused(WireError)
}

/// A protocol that carries others. It splits both directions of one stream into messages. The same value serves a
/// capture, a scenario and a node. It does no I/O and reads no clock.
///
/// Over datagrams, each call passes one datagram, which may be empty. The whole datagram is a message, or refused.
///
/// No call may trap, loop, or allocate memory for a claimed length before the bytes are there.
public protocol Layer: Sendable {
    /// Reads the front of `bytes`, which `side` sent; `us` is the side that opened the stream. It is called again from
    /// the same place when more bytes are there and, after `waits`, when the other side has sent more.
    ///
    /// The content that the message carries is appended to `output`. Nothing is appended unless the result is `unit`.
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep
    /// Returns what the header of an incomplete message of `side` announces; nil if these bytes do not define its type.
    /// `next` has returned `needMore` for the same bytes.
    func announced(by bytes: RawSpan, from side: Opener) -> Announcement?
    /// Returns the offset at which a message may begin again after `next` refused: the first plausible beginning after
    /// the first byte, or nil. Only decoders of captures call it; an end of a connection closes instead.
    func resync(_ bytes: RawSpan) -> Int?
    /// Reports that bytes of this side are missing before the next ones.
    mutating func lose(_ side: Opener)
    /// Returns true if a message of this side may begin with these bytes, which follow missing ones. It judges only the
    /// bytes that are there. Only decoders of captures call it.
    func mayResume(at bytes: RawSpan, from side: Opener) -> Bool
    /// True if after missing bytes a message can be found only where a segment begins. `Framing.resumesAtSegments` says
    /// more.
    var resumesAtSegments: Bool { get }
    /// True if missing bytes decide how everything after them is read, in both directions.
    var isBlind: Bool { get }
    /// True if the name of the protocol above is among missing bytes.
    var lacksName: Bool { get }
    /// True until the handshake or negotiation of the layer is finished, if no bytes are missing. The layer carries
    /// nothing before.
    var isOpening: Bool { get }
    /// Handles that a capture begins inside the connection. If the missing part agreed on a protocol, it is this one.
    mutating func assume(_ speaks: String)
    /// Sets the time at which the next bytes arrive, for a layer that forgets messages that are never completed.
    mutating func pass(to now: Instant)
    /// Texts about messages with missing parts, a few words each, such as `hello 7: 2 of 3 parts`.
    var unfinished: [String] { get }
    /// The number of bytes that the layer keeps between messages because it needs them to read later ones, such as the
    /// beginning of a message. `lose` frees them. This is for decoders of captures, which limit the memory of all
    /// connections.
    var memory: Int { get }
}

extension Layer {
    /// Returns nil, for messages without a header that defines their type.
    public func announced(by bytes: RawSpan, from side: Opener) -> Announcement? { nil }
    /// Returns nil, because the layer cannot find a beginning.
    public func resync(_ bytes: RawSpan) -> Int? { nil }
    /// Does nothing, for a layer in which no message depends on earlier ones.
    public mutating func lose(_ side: Opener) {}
    /// Returns false: messages cannot be recognized by themselves.
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool { false }
    /// False: `resync` finds the beginning of a message in any bytes, or none can be found.
    public var resumesAtSegments: Bool { false }
    /// False, because each direction is read without the other.
    public var isBlind: Bool { false }
    /// False, for a layer that agrees on no name.
    public var lacksName: Bool { false }
    /// False, for a layer without a handshake.
    public var isOpening: Bool { false }
    /// Does nothing, for a layer that agrees on nothing, or cannot be read without its beginning.
    public mutating func assume(_ speaks: String) {}
    /// Does nothing, for a layer that waits as long as the stream lasts.
    public mutating func pass(to now: Instant) {}
    /// An empty list.
    public var unfinished: [String] { [] }
    /// 0, for a layer that keeps next to nothing.
    public var memory: Int { 0 }
}
