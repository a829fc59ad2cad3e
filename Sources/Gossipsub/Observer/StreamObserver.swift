import Node
import Wire

/// An observer of one pubsub stream, on which only the side that opened it may send.
struct StreamObserver: Observer {
    func miss() {}
    func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard sender == .them else { return }
        findings.append(Finding(.violation, of: GossipsubRule.gs42, path: "", "the other side opened this stream"))
    }
}
