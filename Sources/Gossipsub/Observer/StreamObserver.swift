import Node
import Wire

/// An observer of one pubsub stream, on which only the side that opened it may send.
struct StreamObserver: Observer {
    /// The state of the direction from the receiver, in which nothing is sent.
    private enum Receiver {
        case open
        case ended
        /// The receiver has ended it, and a finding reports that.
        case reported
    }
    private var receiver = Receiver.open

    func miss() {}
    mutating func end(by sender: Opener, into findings: inout [Finding]) {
        if sender == .them, receiver == .open { receiver = .ended }
    }
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        if sender == .them {
            return findings.append(
                Finding(.violation, of: GossipsubRule.gs42, path: "", "the other side opened this stream"))
        }
        guard receiver == .ended else { return }
        // rust-libp2p ends only its own direction of a stream that it reads no more.
        receiver = .reported
        let text = "the other side has ended its direction of this stream, so it may read none of the RPCs from here on"
        findings.append(Finding(.info, text))
    }
}
