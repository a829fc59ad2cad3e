import Node
import Wire

/// An observer of all datagrams of a capture. It has a receiver for each destination endpoint, which follows the
/// receive rules of the specification as a node there would.
struct CaptureObserver: DatagramObserver {
    /// The receivers, in the order in which they last received a datagram.
    private var receivers = ExpiringLRU<Endpoint, ObservedReceiver>()
    /// The receivers with incomplete messages.
    private var waiting: Set<Endpoint> = []
    private var checks: MessageChecks
    /// The number of bytes of fragments, and the number of remembered entries, of all receivers together.
    private var held = 0
    private var remembered = 0
    private let limit: Int
    private var sweep = Instant.zero
    private var last = Instant.zero

    /// The number of bytes that are counted for the state of a message, a source or a receiver.
    private static let rememberedSize = 128
    /// The time between two sweeps for messages that have timed out.
    private static let pause = Duration.seconds(1)

    init(_ scrutiny: Scrutiny, memory: Int) {
        checks = MessageChecks(scrutiny)
        limit = memory
    }

    mutating func observe(
        _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, number: Int, at time: Instant,
        into out: inout [ObservedMessage]
    ) {
        last = max(last, time)
        if time >= sweep {
            sweepAll(now: time, into: &out)
            sweep = time + Self.pause
        }
        let slot = receivers.slot(of: destination, at: time, orNew: ObservedReceiver())
        note(
            receivers[at: slot].receive(
                bytes, from: source, to: destination, number, at: time, &checks, into: &out), at: destination)
        while held + (remembered + receivers.count) * Self.rememberedSize > limit, receivers.count > 1 {
            giveUpOldest(into: &out)
        }
    }
    mutating func finish(into out: inout [ObservedMessage]) {
        sweepAll(now: last, into: &out)
        for (endpoint, receiver, _) in receivers.all {
            for (assembly, _) in receiver.reassembler.open {
                out.append(ObservedMessage(incomplete: assembly, to: endpoint, "the capture ends", .info))
            }
        }
        (receivers, waiting, held, remembered) = (ExpiringLRU(), [], 0, 0)
    }
    func isWaiting(from source: Endpoint, to destination: Endpoint) -> Bool {
        guard waiting.contains(destination), let slot = receivers.slot(of: destination) else { return false }
        return receivers[at: slot].isWaiting(from: source)
    }

    /// Abandons the messages of all receivers that were not completed in time.
    private mutating func sweepAll(now: Instant, into out: inout [ObservedMessage]) {
        for endpoint in waiting.sorted() {
            guard let slot = receivers.slot(of: endpoint) else { continue }
            note(receivers[at: slot].expire(now: now, at: endpoint, into: &out), at: endpoint)
        }
    }
    private mutating func note(_ change: ObservedReceiver.Change, at endpoint: Endpoint) {
        held += change.held
        remembered += change.remembered
        guard change.held != 0 else { return }
        if change.isWaiting { waiting.insert(endpoint) } else { waiting.remove(endpoint) }
    }
    private mutating func giveUpOldest(into out: inout [ObservedMessage]) {
        guard let endpoint = receivers.first?.key, let gone = receivers.remove(endpoint) else { return }
        waiting.remove(endpoint)
        held -= gone.reassembler.held
        remembered -= gone.reassembler.remembered
        for (assembly, _) in gone.reassembler.open {
            var observed = ObservedMessage(
                incomplete: assembly, to: endpoint, "there is no room to wait for them", .warning)
            observed.kind = .givenUp
            out.append(observed)
        }
    }
}
