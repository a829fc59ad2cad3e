import Node
import Wire

/// The framing of messages of an unknown protocol, whose kind the layer below declares.
struct PlainFraming: Framing {
    /// The message types by kind, as in `LayerDefinition.contents`.
    let contents: [UInt8: any Message.Type]

    mutating func whole(_ bytes: RawSpan, kind: UInt8) -> FramingResult {
        contents[kind].map { .message($0, length: bytes.byteCount) } ?? next(bytes)
    }
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        .refused(WireError(reason: .unexplained, path: "", offset: 0, had: UInt64(bytes.byteCount)))
    }
    func resync(_ bytes: RawSpan) -> Int? { nil }
}
