public import Wire

/// An offer, its answer, or a signal (dxos.mesh.swarm.MessageData).
public struct MessageData: Message {
    public static var name: StaticString { "dxos.message_data" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([
                [.when("offer", ["offer"])], [.message("answer", Answer.self)], [.when("signal", ["signal"])],
                [.inside("signal_batch", [.count("signals", "signal")])],
            ])
        ]
    }
    public var offer: NoFields?
    public var answer: Answer?
    public var signal: Signal?
    /// A batch of signals, which only later builds send.
    public var signalBatch: SignalBatch?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "offer", &offer, as: .oneof)
        c.tag(2, "answer", &answer, as: .oneof)
        c.tag(3, "signal", &signal, as: .oneof)
        c.tag(4, "signal_batch", &signalBatch, as: .oneof)
        c.unknown(&unknown)
    }
}
