import Libp2p
import Node
import Wire

/// Functions for the peers that a PRUNE names (gossipsub 1.1, peer exchange).
enum PeerExchange {
    /// The maximum number of peers of one PRUNE that are dialed.
    static let limit = 16

    /// Returns the addresses of a peer from a signed record; nil if the record is invalid or belongs to another peer.
    static func addresses(in record: [UInt8], of peer: PeerID) -> [Multiaddr]? {
        PeerRecord.addresses(in: record, of: peer, atMost: limit)
    }
}

extension Router {
    /// Returns other peers of a topic for a peer that is refused, with their records if they are known.
    mutating func exchanged(for peer: Int, _ topic: [UInt8], _ now: Instant) -> [PeerInfo] {
        guard parameters.exchanged > 0, let all = topicTable[topic]?.peers else { return [] }
        let chosen = choose(parameters.exchanged, of: all.filter { $0 != peer && score($0, now) >= 0 })
        return chosen.map { i in
            var info = PeerInfo()
            info.peerID = Bytes(table[i].id.bytes)
            info.signedPeerRecord = records[table[i].id].map { Bytes($0) }
            return info
        }
    }
    /// Connects to peers that a PRUNE names.
    mutating func take(_ peers: [PeerInfo], _ from: Int, _ out: inout [RouterAction]) {
        // The choice is random, so that the sender of many peers cannot choose which of them are dialed.
        for n in choose(PeerExchange.limit, of: Array(peers.indices)) {
            guard let bytes = peers[n].peerID?.array(), let id = PeerID(bytes), id != own, table.index(id) == nil
            else { continue }
            guard let record = peers[n].signedPeerRecord?.array() else {
                out.append(.connect(id, []))
                continue
            }
            if let addresses = PeerExchange.addresses(in: record, of: id) {
                out.append(.connect(id, addresses))
            } else {
                report("exchange_refused", of: from, in: nil, because: "record", into: &out)
            }
        }
    }
}
