import Node
import Wire

/// A probe for a connection whose beginning is missing from the capture: whether messages of a protocol in a layer fill
/// a segment. A single message proves little, but its content must be a message of the protocol too, and no byte may be
/// left.
struct MiddleProbe {
    private let definition: Definition
    private let layer: LayerDefinition

    /// Creates a probe; nil if this layer of the protocol, by default the lowest, carries no whole messages.
    init?(_ definition: Definition, above name: String? = nil) {
        guard let stack = definition.reading.layers, let layer = stack[name ?? stack.bottom], layer.carriesMessages,
            definition.name != layer.name
        else { return nil }
        (self.definition, self.layer) = (definition, layer)
    }
    /// Returns the side that sent this segment, where `us` opened the connection; nil if the segment is no proof.
    func sender(of segment: RawSpan) -> Opener? { [.us, .them].first { isFilled(segment, by: $0) } }

    private func isFilled(_ segment: RawSpan, by side: Opener) -> Bool {
        let reader = LayerReader(layer)
        reader.assume(definition.name)
        var framing = reader.framing(side)
        _ = framing.lose(nil, behind: 0)
        guard framing.mayResume(at: segment) else { return false }
        var at = 0
        var isProven = false
        while at < segment.byteCount {
            guard case .message(_, let length) = framing.next(segment.extracting(at...)), length > 0,
                let proves = proves(reader, segment.extracting(at..<at &+ length))
            else { return false }
            at &+= length
            isProven = isProven || proves
        }
        return isProven
    }
    /// Returns true if the unit proves the protocol; nil if the protocol does not have the messages in it.
    private func proves(_ reader: LayerReader, _ unit: RawSpan) -> Bool? {
        var output = LayerOutput()
        reader.exchange(&output)
        var content: [UInt8] = []
        var proves = false
        for item in output.items {
            switch item {
            case .lent(_, let range): unit.extracting(range).withUnsafeBytes { content.append(contentsOf: $0) }
            case .made(_, let range, _): content += output.made[range]
            case .whole(_, let kind):
                guard let isProof = isProof(content.span.bytes, kind: kind) else { return nil }
                proves = proves || isProof
                content = []
            case .drops, .misses: return nil
            case .begins, .ends, .becomes: break
            }
        }
        return proves
    }
    /// Returns true if a whole message of the layer has nothing odd and can be recognized by itself; nil if the protocol
    /// does not have the message.
    func isProof(_ bytes: RawSpan, kind: UInt8) -> Bool? {
        var framing = definition.reading.framing(nil)
        guard case .message(let type, let length) = framing.whole(bytes, kind: kind), length == bytes.byteCount else {
            return nil
        }
        let inspection = type.inspect(bytes)
        return inspection == .refused ? nil : inspection == .plain && framing.isMarked(type)
    }
}
