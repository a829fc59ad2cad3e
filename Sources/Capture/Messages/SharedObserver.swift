import Node
import Wire

/// The observer of a protocol that all connections of a capture share. An object, which each conversation of the
/// protocol has.
final class SharedObserver {
    let definition: Definition
    // Unchecked, because it cannot be violated: an observer knows nobody who could call it while it looks.
    @exclusivity(unchecked) private var observer: any MessageObserver

    init(_ definition: Definition, _ observer: any MessageObserver) {
        (self.definition, self.observer) = (definition, observer)
    }
    func observe(_ message: HeardMessage, _ bytes: RawSpan, into findings: inout [Finding]) {
        observer.observe(message, bytes, into: &findings)
    }
    func miss(_ channel: HeardChannel) { observer.miss(channel) }
    func end(_ channel: HeardChannel, by sender: Opener, isClosed: Bool) {
        observer.end(channel, by: sender, isClosed: isClosed)
    }
    func finish() -> [HeardFinding] {
        var out: [HeardFinding] = []
        observer.finish(into: &out)
        return out
    }
}

extension FlowContext {
    /// The shared observer of a protocol; nil where it has none.
    mutating func sharedObserver(_ definition: Definition) -> SharedObserver? {
        guard let make = definition.messageObserver else { return nil }
        if let known = observers.first(where: { $0.definition.name == definition.name }) { return known }
        let made = SharedObserver(definition, make(scrutiny, limits.memory / 2))
        observers.append(made)
        return made
    }
    /// No message follows: what shared observers tell becomes records without bytes.
    mutating func finishObservers(_ sink: inout some RecordSink) {
        let told = observers.map { ($0.definition.name, $0.finish()) }
        observers = []
        for (name, findings) in told {
            for found in findings { emit(Record(found, name, mark, start: tally.start), RawSpan(), &sink) }
        }
    }
}

extension Record {
    /// What became known at the end of the capture.
    fileprivate init(_ found: HeardFinding, _ protocolName: String, _ mark: Mark, start: Timestamp?) {
        self.init(
            number: 0, time: mark.time, start: start ?? mark.time, source: found.source,
            destination: found.destination, transport: .tcp, flow: found.channel.connection,
            protocolName: protocolName, kind: .incomplete, message: nil, offset: 0, length: 0,
            frames: FrameNumbers(mark.frame), isFromClient: true, notes: [found.finding])
        path = found.channel.path
    }
}
