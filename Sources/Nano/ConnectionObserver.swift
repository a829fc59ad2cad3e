import Node
import Wire

/// Watches the two directions of one connection for broken rules: the handshake, what is said behind it, and when.
struct ConnectionObserver: Observer {
    private var handshake: HandshakeObserver
    private var contents: ContentObserver
    private var pauses: PauseObserver

    init(_ rules: Ruleset?) {
        handshake = HandshakeObserver(rules)
        contents = ContentObserver(rules)
        pauses = PauseObserver(rules)
    }
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, from sender: Opener, at time: Instant
    ) -> [Finding] {
        handshake.observe(type, bytes, from: sender) + contents.observe(type, bytes, from: sender, at: time)
            + pauses.observe(type, bytes, from: sender, at: time)
    }
}
