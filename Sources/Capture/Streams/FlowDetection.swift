import Node
import Wire

/// The detection of a connection's protocol by the bytes that it keeps for it.
extension Flow {
    /// Detects the protocol by the first bytes of either direction. `atLast`: no more bytes follow, so a likely
    /// protocol is accepted.
    mutating func decide(
        _ early: ProbeBuffer, atLast: Bool = false, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        if !sawOpening {
            if !atLast, early.isGreeted, early.isSwapped == nil, !early.isFull(knowsStart: false) { return }
            if decideInside(early, atLast: atLast, &context, &sink) { return }
        }
        var isSpent = sawOpening && early.isSwappedByHead == nil
        var likely: Definition?
        var fallback: Definition?
        for direction in StreamDirection.allCases {
            let start = early.starts[direction]
            guard start.count >= ProtocolDetector.enough else {
                isSpent = false
                continue
            }
            switch context.guess.byBytes(start.span.bytes, transport) {
            case .certain(let definition): return begin(definition, doubt: nil, after: early, with: &context, to: &sink)
            case .likely(let definition, let isSettled):
                if isSettled { return begin(definition, doubt: "likely", after: early, with: &context, to: &sink) }
                isSpent = false
                likely = likely ?? definition
            case .several(let definition):
                isSpent = false
                fallback = fallback ?? definition
            case .no: break
            }
        }
        for head in early.laterHeads {
            if case .certain(let definition) = context.guess.byBytes(head.bytes.span.bytes, transport) {
                return begin(definition, doubt: nil, after: early, with: &context, to: &sink)
            }
        }
        for piece in early.tunnelled {
            guard case .certain(let inner) = context.guess.byBytes(piece.bytes.span.bytes, transport),
                let outer = context.guess.definitions.first(where: {
                    $0.reading.layers?.resolve(LayerStack.startTLS) == inner.name
                })
            else { continue }
            return begin(outer, doubt: nil, after: early, with: &context, to: &sink)
        }
        let knowsStart = sawOpening && early.isSwappedByHead == nil
        guard isSpent || early.isFull(knowsStart: knowsStart) || atLast else { return }
        if let likely { return begin(likely, doubt: "likely", after: early, with: &context, to: &sink) }
        if let fallback, !atLast {
            return begin(fallback, doubt: "one of several likely protocols", after: early, with: &context, to: &sink)
        }
        if let first = early.held.first(where: { !$0.bytes.isEmpty })?.direction {
            // The bytes before a gap are cut at no segment.
            let start = early.starts[first]
            countUnknown(FirstBytes(start, isFromClient: first.isFromClient), &context)
        }
        state = .unknown
    }
    /// Detects the protocol of a connection whose beginning is missing, by a segment that messages fill, and its client.
    /// If a port or a rule names the protocol, only the client is detected. Returns false if that needs more bytes.
    private mutating func decideInside(
        _ early: ProbeBuffer, atLast: Bool, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) -> Bool {
        let claimed = context.guess.byPort(client, server, transport)
        guard let last = early.held.last(where: { !$0.bytes.isEmpty }) else { return false }
        if early.isSwappedByHead == nil {
            for definition in claimed.map({ [$0] }) ?? context.guess.definitions {
                for probe in MiddleProbe.all(definition) {
                    let senders = probe.senders(of: last.bytes.span.bytes)
                    guard let sender = senders.first else { continue }
                    // If either side may have sent it, the ports decide.
                    let isSwapped = senders.count == 1 && (sender == .us) != last.direction.isFromClient
                    begin(
                        definition, in: probe.layer, doubt: nil, isSwapped: isSwapped, after: early, with: &context,
                        to: &sink)
                    return true
                }
            }
        }
        guard let claimed, atLast || early.starts[last.direction].count >= ProtocolDetector.enough else { return false }
        // Frames of streams do not show the protocol that they carry, so that a later segment may decide.
        let isLayered = MiddleProbe.all(claimed).contains { $0.layer.opensChannels }
        if isLayered, !early.isGreeted, !atLast, !early.isFull(knowsStart: false) { return true }
        let isSwapped = (early.isGreeted ? early.isSwapped : early.isSwappedByHead) ?? false
        begin(claimed, doubt: nil, isSwapped: isSwapped, after: early, with: &context, to: &sink)
        return true
    }
    /// Begins a conversation in the protocol, in its lowest layer or in `layer`.
    private mutating func begin(
        _ definition: Definition, in layer: LayerDefinition? = nil, doubt: String?, isSwapped: Bool? = nil,
        after early: ProbeBuffer, with context: inout FlowContext, to sink: inout some RecordSink
    ) {
        let conversation = conversation(
            definition, in: layer,
            isSwapped: !sawOpening && definition.reading.layers != nil && (isSwapped ?? early.isSwapped ?? false),
            &context)
        state = .conversation(conversation)
        if let doubt, let first = early.held.first {
            conversation.reassemblers[first.direction].note(
                Finding(.info, path: "", "\(definition.name) is \(doubt) by the first bytes"))
        }
        for h in early.held {
            if h.missing > 0 {
                conversation.gap(h.missing, going: h.direction, at: h.mark, with: &context, to: &sink)
            } else {
                conversation.receive(h.bytes.span.bytes, going: h.direction, at: h.mark, with: &context, to: &sink)
            }
        }
    }
    /// Decides on the protocol, because no more bytes follow.
    mutating func decideAtLast(_ context: inout FlowContext, _ sink: inout some RecordSink) {
        if case .early(let early) = state { decide(early, atLast: true, &context, &sink) }
    }
}
