import Network
import Node

/// A client that writes down what it is told, and may act on it.
final class Log: NetworkClient {
    var lines: [String] = []
    var bytes: [LinkID: [UInt8]] = [:]
    /// Connections that others opened, in order.
    var accepted: [LinkID] = []
    var opened: Set<LinkID> = []
    var endings: [LinkID: Ending] = [:]
    var failures: [LinkID: NetworkError] = [:]
    /// Called with each line's link, after it was written down.
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
    /// Polls until `done`, a limited number of times, each waiting up to 50 ms. False: it never came.
    func wait(_ network: some Network, _ done: () -> Bool) -> Bool {
        let end = network.now + .seconds(20)
        while !done() {
            guard network.now < end else { return false }
            network.poll(until: network.now + .milliseconds(50), self)
        }
        return true
    }
    /// Everything that happens in a simulation up to `end`.
    func run(_ network: SimulatedNetwork, until end: Instant) {
        while network.now < end { network.poll(until: end, self) }
    }
}
