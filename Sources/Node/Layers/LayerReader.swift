import Wire

/// A layer that both directions of a stream share, with the content of its last message. The reader of a direction uses
/// `framing`.
public final class LayerReader {
    /// The name of the layer.
    public let name: String
    /// True if the layer carries whole messages, see `LayerDefinition`.
    public let carriesMessages: Bool
    private var layer: any Layer
    /// The content of the last message found.
    private var output = LayerOutput()
    /// True if the content of messages is read.
    public var isRead = true
    /// The protocol to which the bytes belong that were not read (`LayerStep.becomes`); nil if they belong to this layer.
    public private(set) var change: String?
    /// The directions whose bytes wait for bytes of the other one.
    private var waiting: Set<Opener> = []

    /// Creates a reader for a new stream. With settings, it refuses messages that do not fit them. `secrets` has the
    /// keys of layers that encrypt.
    public init(_ definition: LayerDefinition, _ settings: Settings? = nil, _ secrets: Secrets? = nil) {
        (name, carriesMessages) = (definition.name, definition.carriesMessages)
        layer = definition.layer(settings, secrets)
    }
    /// Creates a reader for the layer of a protocol's datagrams.
    public init(_ datagrams: DatagramRules, _ settings: Settings?) {
        (name, carriesMessages) = (datagrams.parts.first?.name.description ?? "", true)
        layer = datagrams.layer(settings)
    }
    /// Returns the framing for the bytes of one side; `us` is the side that opened the stream. It must not be called
    /// again for a message that it found, because the layer has moved on.
    public func framing(_ side: Opener) -> any Framing { LayerFraming(reader: self, side: side) }
    /// The number of bytes kept between messages: the state of the layer for both sides, and the memory for content.
    public var memory: Int { layer.memory &+ output.made.capacity }
    /// True if the layer keeps something that a later message needs.
    public var isNeeded: Bool { layer.memory > 0 }
    /// Sets the time, see `Layer`.
    public func pass(to now: Instant) { layer.pass(to: now) }
    /// True if the name of the protocol above is among missing bytes.
    public var lacksName: Bool { layer.lacksName }
    /// True until the handshake of the layer is finished, see `Layer`.
    public var isOpening: Bool { layer.isOpening }
    /// Handles that the beginning of the connection is missing, see `Layer`.
    public func assume(_ speaks: String) { layer.assume(speaks) }
    /// Texts about messages with missing parts, see `Layer`.
    public var unfinished: [String] { layer.unfinished }
    /// Drops the kept bytes for lack of memory. Both sides continue as if bytes were missing.
    public func giveUp() {
        output = LayerOutput()
        layer.lose(.us)
        layer.lose(.them)
    }
    /// The content of the last message found.
    public var carried: [LayerOutput.Item] { output.items }
    /// Swaps the content of the last message with `output`, to take it or to give its memory back.
    public func exchange(_ output: inout LayerOutput) { swap(&output, &self.output) }
    /// True if the content of the last message found is encrypted and cannot be read.
    public var isSealed: Bool { output.isSealed }
    /// True if missing bytes decide how everything after them is read.
    public var isBlind: Bool { layer.isBlind }
    /// Returns true if the bytes of a side wait for bytes of the other one.
    public func isWaiting(_ side: Opener) -> Bool { waiting.contains(side) }
    /// Ends the wait of a side for the other one. Returns true if it waited.
    public func endWait(_ side: Opener) -> Bool { waiting.remove(side) != nil }

    fileprivate func next(_ bytes: RawSpan, _ side: Opener) -> FramingResult {
        output.clear()
        output.isRead = isRead
        switch layer.next(bytes, from: side, into: &output) {
        case .unit(let type, let length): return .message(type, length: length)
        case .needMore(let count): return .needMore(count)
        case .waits:
            waiting.insert(side)
            return .needMore(1)
        case .becomes(let speaks):
            change = speaks
            return .needMore(1)
        case .refused(let error): return .refused(error)
        }
    }
    fileprivate func announced(by bytes: RawSpan, _ side: Opener) -> Announcement? {
        waiting.contains(side) ? nil : layer.announced(by: bytes, from: side)
    }
    fileprivate func resync(_ bytes: RawSpan) -> Int? { layer.resync(bytes) }
    fileprivate func mayResume(at bytes: RawSpan, _ side: Opener) -> Bool { layer.mayResume(at: bytes, from: side) }
    fileprivate var resumesAtSegments: Bool { layer.resumesAtSegments }
    fileprivate func lose(_ side: Opener) {
        output.clear()
        layer.lose(side)
    }
}

/// The framing of one side of a layer.
private struct LayerFraming: Framing {
    // The owner of the stream owns the reader, and calls it from one place at a time.
    nonisolated(unsafe) let reader: LayerReader
    let side: Opener

    mutating func next(_ bytes: RawSpan) -> FramingResult { reader.next(bytes, side) }
    func announced(by bytes: RawSpan) -> Announcement? { reader.announced(by: bytes, side) }
    func resync(_ bytes: RawSpan) -> Int? { reader.resync(bytes) }
    func mayResume(at bytes: RawSpan) -> Bool { reader.mayResume(at: bytes, side) }
    var resumesAtSegments: Bool { reader.resumesAtSegments }
    mutating func lose(_ count: Int64?, behind kept: Int) -> Int? {
        reader.lose(side)
        return nil
    }
}
