public import Node
public import Wire

/// A layer for a stream on which the side that opened it sends messages of one type, and the other side messages of
/// another type. Each message has its own length, and they carry no other layer.
struct ExchangeLayer<Question: Message, Answer: Message>: Layer {
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        side == .us ? step(Question.self, bytes) : step(Answer.self, bytes)
    }
    private func step<M: Message>(_ type: M.Type, _ bytes: RawSpan) -> LayerStep {
        switch M.prefix(of: bytes) {
        case .needMore(let count): .needMore(count)
        case .refused(let error): .refused(error)
        case .message(_, let length): .unit(M.self, length: length)
        }
    }
}

/// An end of it that sends nothing on its own. A scenario controls it.
struct ExchangeEnd: LayerEnd {
    private(set) var deadline: Instant?
    var outlivesTheirEnd: Bool { true }
    mutating func begin(now: Instant, _ turn: inout LayerTurn) {}
    mutating func receive(_ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn) -> Int {
        bytes.byteCount
    }
    mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {}
    mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) { turn.isOver = true }
    mutating func closed(now: Instant, _ turn: inout LayerTurn) {}
    mutating func wake(now: Instant, _ turn: inout LayerTurn) {}
}

extension LayerDefinition {
    /// Creates a layer with questions of the side that opened the stream, and answers of the other side. `also`:
    /// messages that these contain. `observer`: creates a passive observer.
    public static func exchange<Question: Message, Answer: Message>(
        _ name: String, _ question: Question.Type, _ answer: Answer.Type, also: [any Message.Type] = [],
        observer: @escaping @Sendable (Scrutiny) -> any Observer
    ) -> LayerDefinition {
        let both: [any Message.Type] = question == answer ? [question] : [question, answer]
        return libp2p(
            name, both + also, observer: observer, layer: { _ in ExchangeLayer<Question, Answer>() }
        ) { _ in ExchangeEnd() }
    }
    /// The layer of rendezvous.
    public static let rendezvous = exchange(
        LayerName.rendezvous, RendezvousMessage.self, RendezvousMessage.self, observer: { RendezvousObserver($0) })
}
