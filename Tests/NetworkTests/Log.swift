import Network
import Node

/// A client that records its events, and may act on them.
final class Log: NetworkClient {
    var lines: [String] = []
    var bytes: [LinkID: [UInt8]] = [:]
    /// The connections that others opened, in order.
    var accepted: [LinkID] = []
    var opened: Set<LinkID> = []
    var endings: [LinkID: Ending] = [:]
    var failures: [LinkID: NetworkError] = [:]
    /// A closure that is called with the link of each opened connection, after it was recorded.
    var onOpen: (LinkID) -> Void = { _ in }
    var onBytes: (LinkID, [UInt8]) -> Void = { _, _ in }
    var now: () -> Instant = { .zero }

    func write(_ link: LinkID, _ what: String) { lines.append("\(now().nanoseconds) \(link.number) \(what)") }
    func opened(_ link: LinkID, peer: Endpoint, through listener: ListenerID?) {
        write(link, listener == nil ? "opened \(peer)" : "accepted \(peer)")
        if listener != nil { accepted.append(link) }
        opened.insert(link)
        onOpen(link)
    }
    func received(_ bytes: RawSpan, on link: LinkID) {
        let copy = bytes.withUnsafeBytes { [UInt8]($0) }
        write(link, "received \(copy.count <= 8 ? "\(copy)" : "\(copy.count) bytes")")
        self.bytes[link, default: []] += copy
        onBytes(link, copy)
    }
    func ended(_ link: LinkID, _ ending: Ending) {
        write(link, "\(ending)")
        endings[link] = ending
    }
    func failed(_ link: LinkID, _ error: NetworkError) {
        write(link, "\(error)")
        failures[link] = error
    }
    /// Polls until `done`, each time for up to 50 ms, and for 20 s in total. Returns false after that time.
    func wait(_ network: some Network, _ done: () -> Bool) -> Bool {
        let end = network.now + .seconds(20)
        while !done() {
            guard network.now < end else { return false }
            network.poll(until: network.now + .milliseconds(50), self)
        }
        return true
    }
    /// Runs a simulation up to `end`.
    func run(_ network: SimulatedNetwork, until end: Instant) {
        while network.now < end { network.poll(until: end, self) }
    }
}
