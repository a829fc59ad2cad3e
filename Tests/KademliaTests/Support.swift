import Libp2p
import Node

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
