import Node
import Wire

/// A probe for a connection whose beginning is missing from the capture: whether messages of a protocol in a layer fill
/// a segment. A single message proves little, but its content must be a message of the protocol too, and no byte may be
/// left.
struct MiddleProbe {
    private let definition: Definition
    /// The layer that carries the messages on the connection.
    let layer: LayerDefinition

    /// Creates a probe for a layer that carries whole messages, or streams that each begin with the name of their
    /// protocol; nil for other layers.
    init?(_ definition: Definition, in layer: LayerDefinition) {
        guard definition.name != layer.name, layer.carriesMessages || layer.opensChannels else { return nil }
        (self.definition, self.layer) = (definition, layer)
    }
    /// Returns the probes for connections of a protocol: the layers that may be the lowest one after the beginning.
    static func all(_ definition: Definition) -> [MiddleProbe] {
        guard let stack = definition.reading.layers else { return [] }
        return stack.layers.filter { $0.name == stack.bottom || $0.opensChannels }
            .compactMap { MiddleProbe(definition, in: $0) }
    }
    /// Returns the sides that may have sent this segment, where `us` opened the connection; none if the segment is no
    /// proof.
    func senders(of segment: RawSpan) -> [Opener] { [.us, .them].filter { isFilled(segment, by: $0) } }

    private func isFilled(_ segment: RawSpan, by side: Opener) -> Bool {
        let reader = LayerReader(layer)
        reader.assume(definition.name)
        var framing = reader.framing(side)
        _ = framing.lose(nil, behind: 0)
        guard framing.mayResume(at: segment) else { return false }
        var openers: [ChannelID: Opener] = [:]
        var at = 0
        var isProven = false
        while at < segment.byteCount {
            guard case .message(_, let length) = framing.next(segment.extracting(at...)), length > 0,
                let proves = proves(reader, segment.extracting(at..<at &+ length), by: side, &openers)
            else { return false }
            at &+= length
            isProven = isProven || proves
        }
        return isProven
    }
    /// Returns true if the unit proves the protocol; nil if the protocol does not have the messages in it. `openers`
    /// are the sides that opened the channels so far.
    private func proves(
        _ reader: LayerReader, _ unit: RawSpan, by side: Opener, _ openers: inout [ChannelID: Opener]
    ) -> Bool? {
        var output = LayerOutput()
        reader.exchange(&output)
        var content: [UInt8] = []
        var proves = false
        for item in output.items {
            switch item {
            // The side that opened a stream speaks first, so its messages show who sent the segment. The first bytes
            // of a new stream negotiate the protocol.
            case .lent(let channel, let range) where layer.opensChannels:
                proves = proves || openers[channel] == side && Self.isProof(unit.extracting(range), of: definition)
            case .begins(let channel, let opener, _): openers[channel] = opener
            case .lent(_, let range): unit.extracting(range).withUnsafeBytes { content.append(contentsOf: $0) }
            case .made(_, let range, _): content += output.made[range]
            case .whole(_, let kind):
                guard let isProof = isProof(content.span.bytes, kind: kind) else { return nil }
                proves = proves || isProof
                content = []
            case .drops, .misses: return nil
            case .ends, .becomes: break
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
    /// Returns true if messages of a protocol fill the bytes of a stream, have nothing odd, and can be recognized by
    /// themselves. `isExpected`: other streams of the connection carry the protocol, so that few bytes are enough.
    static func isProof(_ bytes: RawSpan, of definition: Definition, isExpected: Bool = false) -> Bool {
        var framing = definition.reading.framing(nil)
        var at = 0
        while at < bytes.byteCount {
            guard case .message(let type, let length) = framing.next(bytes.extracting(at...)), length > 0,
                length <= bytes.byteCount &- at, framing.isMarked(type),
                type.inspect(bytes.extracting(at..<at &+ length)) == .plain
            else { return false }
            at &+= length
        }
        return at >= ProtocolDetector.enough || isExpected && at > 1
    }
}
