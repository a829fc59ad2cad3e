import Libp2p
import Node
import Wire

@testable import Kademlia

/// Returns the id of a peer with a key of this number.
func peer(_ number: Int) -> PeerID { Identity(seed: Array("peer \(number)".utf8)).peer }
/// Returns the peers of some numbers, the nearest to a key first.
func nearest(to key: [UInt8], among numbers: some Sequence<Int>) -> [PeerID] {
    let place = KadID(of: key)
    return numbers.map(peer).sorted { KadID($0) ^ place < KadID($1) ^ place }
}
/// Returns the address of a peer of this number.
func address(_ number: Int) -> Multiaddr { Multiaddr(.loopback(UInt16(20_000 + number))) }
/// Returns the time of a number of seconds.
func at(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

/// The observer of a DHT, and messages for it.
struct Monitor {
    private var observer: KadObserver

    init(memory: Int = 1 << 20) { observer = KadObserver(memory: memory) }
    /// Returns the requirements of the findings about a message; `none` for a finding without one.
    mutating func findings(
        _ content: KadContent, from sender: Opener = .us, connection: Int = 1, stream: Int = 0,
        isOpenedByClient: Bool = true
    ) -> [String] {
        let bytes = KadMessage(content).encoded()
        return findings(
            bytes, isGood: true, from: sender, connection: connection, stream: stream,
            isOpenedByClient: isOpenedByClient)
    }
    /// Returns the requirements of the findings about bytes that the framing found.
    mutating func findings(
        _ bytes: [UInt8], isGood: Bool, from sender: Opener, connection: Int = 1, stream: Int,
        isOpenedByClient: Bool = true
    ) -> [String] {
        var findings: [Finding] = []
        let message = HeardMessage(
            KadMessage.self, isGood: isGood, in: HeardChannel(connection: connection, path: "yamux/#\(stream)/kad"),
            from: sender, .loopback(1), to: .loopback(2), isFromClient: isOpenedByClient == (sender == .us), record: 1,
            at: .zero)
        observer.observe(message, bytes.span.bytes, into: &findings)
        return findings.map { $0.requirement ?? "none" }
    }
}
