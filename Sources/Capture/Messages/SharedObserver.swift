import Node
import Wire

/// The observer of a protocol that all connections of a capture share. It is an object to which each conversation of
/// the protocol refers.
final class SharedObserver {
    let definition: Definition
    // Access is unchecked because it cannot overlap: an observer knows no object that could call it while it runs.
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
    func end(connection: Int) { observer.end(connection: connection) }
    func finish() -> [HeardFinding] {
        var out: [HeardFinding] = []
        observer.finish(into: &out)
        return out
    }
}
