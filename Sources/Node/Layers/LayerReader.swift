import Wire

/// A layer as both directions of a stream share it, with what its last unit carries. Whoever cuts a direction asks
/// `framing` of it.
public final class LayerReader {
    /// Name of the layer.
    public let name: String
    /// As of `LayerDefinition`.
    public let carriesMessages: Bool
    private var layer: any Layer
    /// What the unit carries that was found last.
    private var output = LayerOutput()
    /// Whether anybody reads what units carry.
    public var isRead = true
    /// Directions whose bytes wait for what the other one sends.
    private var waiting: Set<Opener> = []

    /// A fresh stream. With settings, what does not fit them is refused. `secrets`: keys of layers that encrypt.
    public init(_ definition: LayerDefinition, _ settings: Settings? = nil, _ secrets: Secrets? = nil) {
        (name, carriesMessages) = (definition.name, definition.carriesMessages)
        layer = definition.layer(settings, secrets)
    }
    /// The layer of a protocol's datagrams.
    public init(_ datagrams: DatagramRules, _ settings: Settings?) {
        (name, carriesMessages) = (datagrams.parts.first?.name.description ?? "", true)
        layer = datagrams.layer(settings)
    }
    /// What cuts the bytes of one side; `us` is who opened the stream. Not to be asked again about a unit that it found:
    /// the layer goes on by it.
    public func framing(_ side: Opener) -> any Framing { LayerFraming(reader: self, side: side) }
    /// Bytes that it keeps between units: what the layer has of both sides, and the memory for what units carry.
    public var memory: Int { layer.memory &+ output.made.capacity }
    /// Whether the layer keeps something that a later unit needs.
    public var isNeeded: Bool { layer.memory > 0 }
    /// As of `Layer`.
    public func pass(to now: Instant) { layer.pass(to: now) }
    /// As of `Layer`.
    public var unfinished: [String] { layer.unfinished }
    /// There is no room for that: both sides go on as if bytes were missing.
    public func giveUp() {
        output = LayerOutput()
        layer.lose(.us)
        layer.lose(.them)
    }
    /// What the unit carries that was found last.
    public var carried: [LayerOutput.Item] { output.items }
    /// Takes what the last unit carries, or gives its memory back.
    public func exchange(_ output: inout LayerOutput) { swap(&output, &self.output) }
    /// True if the content of the unit found last is encrypted and cannot be read.
    public var isSealed: Bool { output.isSealed }
    /// True if missing bytes decide how everything after them is read.
    public var isBlind: Bool { layer.isBlind }
    /// Returns whether the bytes of a side wait for bytes of the other one.
    public func isWaiting(_ side: Opener) -> Bool { waiting.contains(side) }
    /// Whether a side waited for the other until now.
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
        case .refused(let error): return .refused(error)
        }
    }
    fileprivate func resync(_ bytes: RawSpan) -> Int? { layer.resync(bytes) }
    fileprivate func mayResume(at bytes: RawSpan, _ side: Opener) -> Bool { layer.mayResume(at: bytes, from: side) }
    fileprivate func lose(_ side: Opener) {
        output.clear()
        layer.lose(side)
    }
}

/// One side of a layer.
private struct LayerFraming: Framing {
    // Whoever has the stream has the reader, and asks from one place at a time.
    nonisolated(unsafe) let reader: LayerReader
    let side: Opener

    mutating func next(_ bytes: RawSpan) -> FramingResult { reader.next(bytes, side) }
    func resync(_ bytes: RawSpan) -> Int? { reader.resync(bytes) }
    func mayResume(at bytes: RawSpan) -> Bool { reader.mayResume(at: bytes, side) }
    mutating func lose(_ count: Int64?, behind kept: Int) -> Int? {
        reader.lose(side)
        return nil
    }
}
