public import Libp2p
import Node
import Wire

/// The addresses of a peer, as a response announces them.
public struct PeerAnnouncement: Sendable {
    public var peer: PeerID
    /// The addresses without the peer id at their end.
    public var addresses: [Multiaddr]
    /// The number of seconds for which they are valid; 0: the peer leaves.
    public var ttl: UInt32

    /// The beginning of a string that has an address.
    static let key = "dnsaddr="

    /// Returns the peers that a response announces for a service.
    ///
    /// Only PTR records among the answers count whose name is the service. TXT records count if such a PTR record names
    /// them, wherever they are. Strings without an address that ends with a peer id are skipped.
    public static func read(_ message: DNSMessage, of service: DomainName) -> [Self] {
        guard message.response == 1, message.opcode == 0, message.code == 0 else { return [] }
        var targets: [[UInt8]: UInt32] = [:]
        for record in message.answers where record.name.isSame(as: service) && record.recordClass == .internet {
            guard let target = record.ptr?.target, !target.expanded.isEmpty else { continue }
            let ttl = targets[target.folded] ?? .max
            targets[target.folded] = min(ttl, record.ttl)
        }
        guard !targets.isEmpty else { return [] }
        var found: [Self] = []
        var places: [PeerID: Int] = [:]
        for record in message.answers + message.additional {
            guard record.recordClass == .internet, let strings = record.txt?.strings,
                let pointer = targets[record.name.folded]
            else { continue }
            let ttl = min(pointer, record.ttl)
            for string in strings {
                guard let (peer, address) = address(of: string.text.string(in: RawSpan())) else { continue }
                let place = places[peer] ?? found.count
                if place == found.count {
                    places[peer] = place
                    found.append(Self(peer: peer, addresses: [], ttl: ttl))
                }
                found[place].ttl = min(found[place].ttl, ttl)
                guard found[place].addresses.count < Limits.addresses, !found[place].addresses.contains(address) else {
                    continue
                }
                found[place].addresses.append(address)
            }
        }
        return found
    }
    /// Returns the peer and the address of a string `dnsaddr=...`; nil for any other string.
    static func address(of string: String) -> (PeerID, Multiaddr)? {
        guard string.hasPrefix(key), let whole = Multiaddr(String(string.dropFirst(key.count))),
            let peer = whole.peer, let end = string.range(before: "/p2p/"),
            let address = Multiaddr(String(string[end].dropFirst(key.count)))
        else { return nil }
        return (peer, address)
    }
}

extension String {
    /// Returns the range before the last occurrence of a text; nil if it does not occur.
    fileprivate func range(before text: String) -> Range<Index>? {
        let (all, part) = (Array(utf8), Array(text.utf8))
        guard all.count >= part.count else { return nil }
        for start in stride(from: all.count - part.count, through: 0, by: -1)
        where all[start..<start + part.count].elementsEqual(part) {
            return startIndex..<utf8.index(startIndex, offsetBy: start)
        }
        return nil
    }
}
