import Node
import Testing

@testable import Network

extension PeerTable {
    /// All links, in the order in which they are evicted.
    fileprivate var links: [LinkID] {
        var table = self
        var out: [LinkID] = []
        let other = Endpoint.loopback(60_000)
        table.limit = 1
        while let gone = table.add(other, LinkID(0)) {
            out.append(gone.link)
            table.remove(other)
        }
        return out
    }
}

struct PeerTableTests {
    func at(_ i: Int) -> Endpoint { .loopback(UInt16(i)) }

    /// All operations on a table give the same result as on a list in the order of use.
    @Test func likeAList() {
        var random = Random(seed: 4)
        var table = PeerTable(limit: 8)
        var list: [(peer: Endpoint, link: LinkID)] = []
        for step in 0..<20_000 {
            let peer = at(Int(random.next() % 12))
            switch random.next() % 4 {
            case 0:
                table.remove(peer)
                list.removeAll { $0.peer == peer }
            default:
                let link = table.use(peer)
                if let i = list.firstIndex(where: { $0.peer == peer }) {
                    let entry = list.remove(at: i)
                    list.append(entry)
                    #expect(link == entry.link)
                } else {
                    #expect(link == nil)
                    let gone = table.add(peer, LinkID(UInt64(step)))
                    let expected = list.count == 8 ? list.removeFirst() : nil
                    list.append((peer, LinkID(UInt64(step))))
                    #expect(gone?.peer == expected?.peer && gone?.link == expected?.link)
                }
            }
            #expect(table.links == list.map(\.link))
            #expect(table.isEmpty == list.isEmpty)
        }
    }
    @Test func atLeastOne() {
        var table = PeerTable(limit: 0)
        #expect(table.add(at(1), LinkID(1)) == nil)
        #expect(table.add(at(2), LinkID(2))?.link == LinkID(1))
        #expect(table.links == [LinkID(2)])
    }
}
