import Libp2p
import Node
import Testing
import Wire

@testable import Kademlia

@Suite struct ServerTests {
    private let own = peer(0)
    private let asker = peer(1)
    private let date: Int64 = 1_767_225_600_000_000_000

    private func server(_ change: (inout DHTOptions) -> Void = { _ in }, peers: Range<Int> = 2..<2) -> DHTServer {
        var options = DHTOptions()
        change(&options)
        var server = DHTServer(own, options, date: date)
        server.ownAddresses = [address(0)]
        for number in peers {
            _ = server.table.add(peer(number))
            server.set([address(number)], of: peer(number))
        }
        return server
    }
    private func answer(
        _ server: inout DHTServer, _ type: KadType, _ key: [UInt8], seconds: Int64 = 0,
        _ change: (inout KadContent) -> Void = { _ in }
    ) -> KadContent? {
        var request = KadContent(type, key: key)
        change(&request)
        guard case .answer(let answer) = server.reply(request, to: asker, at(seconds)) else { return nil }
        return answer
    }
    private func ids(_ peers: [KadPeer]?) -> [PeerID] { (peers ?? []).compactMap { $0.id?.own.flatMap { PeerID($0) } } }

    @Test func namesNearestServersInOrder() {
        var server = server(peers: 1..<60)
        let key = Array("some key".utf8)
        let answer = answer(&server, .findNode, key)
        let known = Set(server.table.all.map(\.peer))
        let wanted = nearest(to: key, among: 2..<60).filter { known.contains($0) }.prefix(20)
        #expect(ids(answer?.closerPeers) == Array(wanted) && answer?.key == nil)
    }
    /// Others name many peers in a large DHT. The servers in the table keep their addresses.
    @Test func keepsAddressesOfTable() {
        var server = server(peers: 2..<12)
        for number in 100..<10_000 { server.hear([address(1)], of: peer(number)) }
        #expect(
            server.book[peer(100)].isEmpty && !server.book[peer(9_999)].isEmpty, "the earliest others are forgotten")
        let answer = answer(&server, .findNode, Array("some key".utf8))
        #expect(Set(ids(answer?.closerPeers)) == Set((2..<12).map { peer($0) }))
    }
    /// The node that the key names comes first, even if it is a client, the asker or the node itself.
    @Test func namesNodeOfKey() {
        var server = server(peers: 2..<30)
        let client = peer(500)
        server.set([address(500)], of: client)
        server.set([address(1)], of: asker)
        for wanted in [client, own, asker, peer(7)] {
            let found = ids(answer(&server, .findNode, wanted.bytes)?.closerPeers)
            #expect(found.first == wanted && found.count <= 21 && Set(found).count == found.count)
        }
        let unknown = ids(answer(&server, .findNode, peer(501).bytes)?.closerPeers)
        let providers = ids(answer(&server, .getProviders, own.bytes)?.closerPeers)
        #expect(!unknown.contains(peer(501)) && !providers.contains(own))
    }
    @Test func omitsPeersWithoutAddresses() {
        var server = server(peers: 2..<6)
        server.set([], of: peer(3))
        let found = ids(answer(&server, .findNode, [1])?.closerPeers)
        #expect(Set(found) == Set([2, 4, 5].map(peer)))
    }
    /// Only the sender can be stored, under a key of 1 to 80 bytes, with an address.
    @Test(arguments: [(1, 80, true), (1, 81, false), (1, 0, false), (2, 8, false)])
    func storesProvider(of number: Int, keySize: Int, isStored: Bool) {
        var server = server()
        let key = [UInt8](repeating: 7, count: keySize)
        var request = KadContent(.addProvider, key: key)
        request.providerPeers = [KadPeer(peer(number), [address(number)], isConnected: false)]
        #expect(server.reply(request, to: asker, .zero) == (isStored ? .nothing : .refused))
        let found = server.providers.providers(of: key, .zero).map(\.peer)
        #expect(found == (isStored ? [asker] : []))
    }
    @Test func storesOnlyOwnEntryOfSeveral() {
        var server = server()
        var request = KadContent(.addProvider, key: [9])
        request.providerPeers = [2, 1, 3].map { KadPeer(peer($0), [address($0)], isConnected: false) }
        #expect(server.reply(request, to: asker, .zero) == .nothing)
        #expect(server.providers.providers(of: [9], .zero).map(\.peer) == [asker])
        request.providerPeers = [KadPeer(asker, [], isConnected: false)]
        #expect(server.reply(request, to: asker, .zero) == .refused)
    }
    /// A record ends after its lifetime, its addresses before, and another ADD_PROVIDER extends both.
    @Test func providerRecordsExpire() {
        var server = server { ($0.providerLifetime, $0.addressLifetime) = (.seconds(100), .seconds(40)) }
        var request = KadContent(.addProvider, key: [9])
        request.providerPeers = [KadPeer(asker, [address(1)], isConnected: false)]
        func found(_ seconds: Int64) -> [Int] {
            (answer(&server, .getProviders, [9], seconds: seconds)?.providerPeers ?? []).map(\.addresses.count)
        }
        _ = server.reply(request, to: asker, at(0))
        #expect(found(39) == [1] && found(40) == [0] && found(99) == [0] && found(100) == [])
        _ = server.reply(request, to: asker, at(100))
        _ = server.reply(request, to: asker, at(150))
        #expect(found(189) == [1] && found(249) == [0] && found(250) == [])
    }
    /// The records of all keys are limited, and an expired one makes room.
    @Test func providerRecordsAreLimited() {
        var store = ProviderStore(lifetime: .seconds(100), addressLifetime: .seconds(40))
        let peers = [1, 2, 3].map(peer)
        func add(_ key: Int, by number: Int, _ seconds: Int64) -> Bool {
            store.add(peers[number - 1], [], of: [UInt8(key & 255), UInt8(key >> 8)], at(seconds))
        }
        let keys = ProviderStore.recordLimit / 2
        let isRoom = (0..<keys).allSatisfy { add($0, by: 1, 0) && add($0, by: 2, 0) }
        #expect(isRoom)
        #expect(!add(0, by: 3, 99) && !add(keys, by: 1, 99) && add(0, by: 1, 99))
        #expect(add(keys, by: 1, 100) && add(0, by: 3, 100))
        #expect(store.providers(of: [0, 0], at(100)).map(\.peer) == [peers[0], peers[2]])
    }
    @Test func answerWithManyProvidersStaysBelowLimit() {
        var server = server()
        let many = (0..<120).map { Multiaddr(Endpoint(v4: UInt32($0), port: 1)) }
        for number in 2..<1000 { _ = server.providers.add(peer(number), many, of: [9], .zero) }
        let size = answer(&server, .getProviders, [9]).map { KadMessage($0).encoded().count } ?? 0
        #expect(size > 100_000 && size <= KadMessage.limit)
    }
    /// Values: key and record must agree, the namespace must be known, and a worse value is refused.
    @Test func valuesAreValidated() {
        var server = server()
        func put(_ key: String, _ value: [UInt8], recordKey: String? = nil, seconds: Int64 = 0) -> KadContent? {
            answer(&server, .putValue, Array(key.utf8), seconds: seconds) {
                $0.record = KadRecord(key: Array((recordKey ?? key).utf8), value: value)
            }
        }
        func value(_ number: UInt8) -> [UInt8] { [0, 0, 0, 0, 0, 0, 0, number, 65] }
        #expect(put("/seq/a", value(5), seconds: 3600)?.record?.value?.own == value(5))
        #expect(put("/seq/a", value(4)) == nil && put("/seq/a", value(5)) != nil && put("/seq/a", value(6)) != nil)
        let got = answer(&server, .getValue, Array("/seq/a".utf8))?.record
        #expect(got?.value?.own == value(6))
        #expect(put("/seq/b", value(1), recordKey: "/seq/c") == nil && put("/seq/b", [1]) == nil)
        #expect(put("/nobody/b", value(1)) == nil && put("seq/b", value(1)) == nil && put("//b", value(1)) == nil)
        #expect(put("", value(1)) == nil && answer(&server, .putValue, Array("/seq/b".utf8)) == nil)
        #expect(answer(&server, .getValue, Array("/seq/b".utf8))?.record == nil)
        let identity = Identity(seed: [1])
        let key = Array("/pk/".utf8) + identity.peer.bytes
        func putKey(_ value: [UInt8]) -> KadContent? {
            answer(&server, .putValue, key) { $0.record = KadRecord(key: key, value: value) }
        }
        #expect(putKey(Identity(seed: [2]).publicKey.encoded()) == nil && putKey(identity.publicKey.encoded()) != nil)
    }
    /// The receiver sets the time of a record, and ignores the time that was sent.
    @Test func recordHasTimeOfReceiver() {
        var server = server { $0.valueLifetime = .seconds(100_000) }
        let key = Array("/seq/a".utf8)
        let put = answer(&server, .putValue, key, seconds: 86_399) {
            $0.record = KadRecord(key: key, value: [0, 0, 0, 0, 0, 0, 0, 1])
            $0.record?.timeReceived = "2001-01-01T00:00:00Z"
        }
        #expect(put?.record?.timeReceived == "2026-01-01T23:59:59.000000000Z")
        #expect(answer(&server, .getValue, key, seconds: 90_000)?.record?.timeReceived == put?.record?.timeReceived)
        #expect(answer(&server, .getValue, key, seconds: 86_399 + 100_000)?.record == nil)
    }
    @Test func publicModeDropsPrivateAddresses() {
        var server = server { $0.isPublic = true }
        let open = Multiaddr(Endpoint(v4: 0x0102_0304, port: 1))
        server.set([address(2), open], of: peer(2))
        server.set(["/ip4/10.0.0.1/udp/1/quic-v1", "/ip4/0.0.0.0/tcp/1"].compactMap { Multiaddr($0) }, of: peer(3))
        _ = server.table.add(peer(2))
        _ = server.table.add(peer(3))
        let found = answer(&server, .findNode, [1])?.closerPeers ?? []
        #expect(ids(found) == [peer(2)] && found.first?.addresses.map(\.own) == [open.bytes])
    }
    @Test func refusesWhatItCannotAnswer() {
        var server = server()
        for type in [KadType.findNode, .getProviders, .getValue] { #expect(answer(&server, type, []) == nil) }
        for number in [6, 99, UInt64.max] { #expect(answer(&server, KadType(rawValue: number), [1]) == nil) }
        #expect(answer(&server, .ping, [])?.type == .ping)
        #expect(
            answer(&server, .ping, [1]) { $0.closerPeers = [KadPeer(peer(2), [], isConnected: true)] }?.closerPeers
                == [])
    }
}
