import Network
import Node
import Wire

/// A node that counts down with its peer, and reports all its events.
struct Toy: Node {
    var peers: [Endpoint] = []
    /// The bytes that it sends when a connection that it opened is established.
    var opening: [UInt8] = []
    /// The actions of its first call.
    var atStart: [Action] = []
    /// The first deadline, and the interval between deadlines.
    var deadline: Instant?
    var period: Duration?
    var wakes = 0

    func report(_ name: String, _ link: LinkID? = nil, _ text: String = "") -> Action {
        .report(Event(name, link, text.isEmpty ? [] : [.init("text", .text(text))]))
    }
    mutating func start(now: Instant, _ out: inout [Action]) {
        out.append(report("start"))
        out += atStart
        for p in peers { out.append(.connect(p)) }
    }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        out.append(report("opened", link, "\(opener)"))
        if opener == .us, !opening.isEmpty { out.append(.send(link, opening)) }
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        for i in 0..<bytes.byteCount {
            let n = bytes.unsafeLoad(fromByteOffset: i, as: UInt8.self)
            out.append(report("received", link, "\(n)"))
            out.append(n == 0 ? .close(link) : .send(link, [n - 1]))
        }
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { out.append(report("closed", link)) }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        out.append(report("unreachable", nil, "\(peer)"))
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        guard let due = deadline, due <= now else { return }
        wakes += 1
        out.append(report("wake", nil, "\(wakes)"))
        deadline = period.map { due + $0 }
    }
}

extension NetworkEvent {
    /// Returns the event as text, with `names` for links and without times.
    func text(_ names: (LinkID) -> String = { "\($0.number)" }) -> String {
        switch self {
        case .opened(let link, _, let through): "\(names(link)) opened\(through == nil ? "" : " from outside")"
        case .received(let link, let bytes): "\(names(link)) received \(bytes)"
        case .ended(let link, let ending): "\(names(link)) \(ending)"
        case .failed(let link, let error): "\(names(link)) \(error)"
        case .reported(let node, let event):
            "node \(node.number) \(event.name)" + (event.details.first.map { " " + $0.text } ?? "")
        case .channel(let link, let event): "\(names(link)) \(event)"
        }
    }
}

extension Driver {
    /// Returns the events until `end`, or until `done`.
    func networkEvents(until end: Instant, _ done: (NetworkEvent) -> Bool = { _ in false }) -> [NetworkEvent] {
        var out: [NetworkEvent] = []
        while let h = next(until: end) {
            out.append(h)
            if done(h) { break }
        }
        return out
    }
}

extension Value.Entry {
    var text: String { if case .text(let s) = value { s } else { "\(value)" } }
}
