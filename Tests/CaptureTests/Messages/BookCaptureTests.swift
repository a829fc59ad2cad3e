import Gossipsub
import Libp2p
import Node
import Testing
import Wire

@testable import Capture

/// Tests of the traffic of two meshspec nodes that trade, compared with the events that the nodes reported.
struct BookCaptureTests {
    static let names = ["lib2p2-plaintext-yamux", "lib2p2-plaintext-mplex"]

    @Test(arguments: names) func equalsItsExpectation(_ name: String) throws {
        let wanted = try #require(
            JSON.parse(try NanoCaptureTests.bytes(of: GossipsubCaptureTests.folder + name + ".json")))
        var file = try CaptureFile(GossipsubCaptureTests.folder + name + ".pcap")
        var table = FlowTable([.gossipsub], ReadingOptions(scrutiny: .content))
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        #expect(kept.captureNotes.isEmpty && kept.records.allSatisfy { $0.kind == .message && $0.notes.isEmpty })
        func all<M: Message>(_ type: M.Type) throws -> [M] {
            try kept.records.indices.filter { kept.records[$0].message == M.self }.map {
                try M(copying: kept.bytes[$0])
            }
        }
        let events = NanoCaptureTests.items(wanted["told"])
        let said = try all(RendezvousMessage.self).map(\.rendezvous)
        #expect(said.map(\.type) == [.register, .registerResponse, .discover, .discoverResponse, .unregister])
        let registered = said.compactMap(\.registerResponse).first
        #expect(registered?.status == .ok && registered?.ttl == events.first?["ttl"]?.integer)
        let market = NanoCaptureTests.string(events.first?["namespace"])
        let found = said.compactMap(\.discoverResponse).first?.registrations ?? []
        #expect(found.map { $0.namespace?.string(in: RawSpan()) } == [market])
        let owners = found.compactMap { $0.signedPeerRecord?.own.flatMap { PeerRecord.owner(of: $0)?.description } }
        #expect(owners == NanoCaptureTests.items(events[1]["found"]).map { NanoCaptureTests.string($0) })
        // The Orders that A gives to B, which include one that is gone. B gives no Orders to A.
        let parts = try all(SnapshotPart.self).map(\.part)
        let requests = try all(SnapshotRequest.self)
        #expect(parts.allSatisfy { $0.last == true } && requests.count == 2 && parts.count == 2)
        let orders = parts.flatMap(\.orders).filter { $0.amount?.string(in: RawSpan()) != "0" }
        #expect(parts.flatMap(\.orders).count == orders.count + 1)
        let book = NanoCaptureTests.items(wanted["book"])
        #expect(
            Set(orders.map { "0x" + ($0.id?.own ?? []).hex + " " + ($0.price?.string(in: RawSpan()) ?? "") })
                == Set(
                    book.map {
                        [$0["id"], $0["price"]].map { NanoCaptureTests.string($0) ?? "" }.joined(separator: " ")
                    }))
    }
}
