import Libp2p
import Node
import TestMessages
public import Testing
public import VectorFiles
import Wire

@testable import Kademlia

extension Vector: CustomTestStringConvertible {}

extension Vector {
    fileprivate static let all = load("kad").filter { $0.function == nil }
    fileprivate static let calls = load("kad").filter { $0.function != nil }
}

/// Bytes and fields are two forms of the same message.
@Test(arguments: Vector.all.filter(\.isAccepted))
func acceptedVector(vector: Vector) throws {
    let bytes = vector.bytes
    let tree = KadMessage.dissect(bytes)
    #expect(tree.error == nil)
    #expect(tree.fields(in: bytes.span.bytes).asInVectors == vector.value("fields").asInVectors)
    #expect(KadMessage.reencode(bytes) == bytes)
    let (encoded, errors) = KadMessage.encode(vector.value("fields"))
    #expect(errors == [] && encoded == bytes)
    for count in 0..<bytes.count { _ = KadMessage.check(Array(bytes[..<count])) }
}

/// The decoder refuses the bytes with the stated error at the stated place.
@Test(arguments: Vector.all.filter { !$0.isAccepted })
func refusedVector(vector: Vector) throws {
    let found: WireError? = KadMessage.check(vector.bytes)
    let error = try #require(found)
    let wanted = vector.value("error")
    #expect(wanted["reason"] == .text(error.reason.rawValue) && wanted["path"] == .text(error.path), "\(error)")
    #expect(wanted["offset"]?.integer == UInt64(error.offset))
}

/// Expressions compute the values of go-libp2p-kad-dht.
@Test(arguments: Vector.calls)
func functionVector(vector: Vector) throws {
    let function = try #require(Definition.kademlia.playing.functions.first { $0.name == vector.function })
    guard case .list(let arguments) = vector.value("arguments").fromVectors else {
        Issue.record("\(vector.name) has no arguments")
        return
    }
    #expect(try function.apply(arguments).asInVectors == vector.value("result").asInVectors)
}

@Suite struct MessageTests {
    private func content(_ hex: String) throws -> KadContent { try KadContent(copying: [UInt8](hex: hex) ?? []) }

    /// Messages that other writers could send, and the bytes that are written again (Go's protobuf).
    @Test(arguments: [
        ("0803" + "0804" + "120161", KadType.findNode, "61", "0804120161"),
        ("0804" + "120162" + "120161", .findNode, "61", "0804120161"),
        ("120161" + "0804", .findNode, "61", "0804120161"),
        ("880084800012810061", .findNode, "61", "0804120161"),
        ("088480808010" + "120161", .findNode, "61", "0804120161"),
        ("08ffffffffffffffffff01" + "120161", KadType(rawValue: .max), "61", "08ffffffffffffffffff01120161"),
        ("0800" + "120161" + "5000", .putValue, "61", "08001201615000"),
    ])
    func readsAnyForm(hex: String, type: KadType, key: String, again: String) throws {
        let content = try content(hex)
        #expect((content.type ?? .putValue) == type && content.key?.own == [UInt8](hex: key))
        #expect(content.encoded() == [UInt8](hex: again))
    }
    /// Two records are merged.
    @Test func mergesRecords() throws {
        let record = try content("1a030a0161" + "1a03120162").record
        #expect(record?.key?.own == [0x61] && record?.value?.own == [0x62])
    }
    /// A peer has at most 8,192 bytes: addresses at the end are left out.
    @Test func peerIsTrimmed() {
        let many = (0..<2000).map { Multiaddr(Endpoint(v4: UInt32($0), port: 4001)) }
        let made = KadPeer(peer(1), many, isConnected: true)
        #expect(made.byteCount() <= KadPeer.limit && made.byteCount() > KadPeer.limit - 32)
        #expect(made.addresses.first?.own == many[0].bytes)
    }
    /// Addresses that cannot be parsed are dropped, and so are addresses of another peer. The peer stays.
    @Test func peerKeepsValidAddresses() {
        var made = KadPeer(peer(1), [address(1)], isConnected: false)
        let own = Multiaddr(.loopback(7), peer: peer(1)), other = Multiaddr(.loopback(8), peer: peer(2))
        made.addresses += [[0xff, 0xff, 0xff, 0xff], [], own.bytes, other.bytes].map { Bytes($0) }
        #expect(made.known(atMost: 9)?.addresses == [address(1), Multiaddr(.loopback(7))])
        #expect(made.known(atMost: 1)?.addresses == [address(1)])
        made.id = Bytes([1, 2])
        #expect(made.known(atMost: 9) == nil)
    }
    /// A CID of either version names its multihash, and its text is read and written.
    @Test(arguments: [
        ("bafybeihfg3d7rdltd43u3tfvncx7n5loqofbsobojcadtmokrljfthuc7y", 1 as UInt64),
        ("QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR", 0), ("bafkqabtnmvzwq43q", 1),
    ])
    func contentIDs(text: String, version: UInt64) throws {
        let id = try #require(ContentID(text))
        #expect(id.version == version && id.description == text && ContentID(id.bytes) == id)
        #expect(ContentID(text + "a") == nil && ContentID(Array(id.bytes.dropLast())) == nil)
    }
}
