import Node
import Wire

/// An observer of the messages between two addresses.
struct ResponseObserver: Observer {
    private var checks = ResponseChecks()

    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard isGood else { return }
        // The checks only need two addresses that differ.
        let (us, them) = (Endpoint.loopback(1), Endpoint.loopback(2))
        checks.observe(
            bytes, from: sender == .us ? us : them, to: sender == .us ? them : us, at: time, into: &findings)
    }
    mutating func miss() { checks.miss() }
}

/// An observer of all messages of a capture. Each datagram is a message.
struct MessageObserver: DatagramObserver {
    private var checks = ResponseChecks()

    mutating func observe(
        _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, number: Int, at time: Instant,
        into out: inout [ObservedMessage]
    ) {
        let look = DNSMessage.inspect(bytes)
        var observed = ObservedMessage(look == .refused ? .malformed : .datagram, DNSMessage.self)
        observed.isRemarkable = look != .plain
        if look == .refused {
            if let error = DNSMessage.check(bytes) {
                observed.findings.append(Finding(.violation, path: error.path, "malformed: \(error.description)"))
            }
        } else {
            checks.observe(bytes, from: source, to: destination, at: time, into: &observed.findings)
        }
        out.append(observed)
    }
    /// Does nothing, because no datagram waits for others.
    mutating func finish(into out: inout [ObservedMessage]) {}
    func isWaiting(from source: Endpoint, to destination: Endpoint) -> Bool { false }
}
