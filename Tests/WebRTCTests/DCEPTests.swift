import Node
import TestMessages
import Testing
import WebRTC
import Wire

@Suite struct DCEPTests {
    /// What libwebrtc sent for a channel `messages`, with priority 0 (from a capture).
    static let open = [UInt8](hex: "030000000000000000080000" + "6d65737361676573") ?? []

    @Test func readsAndWritesOpen() throws {
        let message = try DataChannelOpen(copying: Self.open)
        #expect(message.label.string(in: RawSpan()) == "messages" && message.subprotocol.count == 0)
        #expect(message.channelType == .reliable && message.channelType.isOrdered && message.priority == 0)
        #expect(message.encoded() == Self.open)
        #expect(DataChannelOpen(label: "messages").encoded() == Self.open)
        let both = try DataChannelOpen(copying: DataChannelOpen(label: "a", subprotocol: "bc").encoded())
        #expect(both.label.string(in: RawSpan()) == "a" && both.subprotocol.string(in: RawSpan()) == "bc")
    }
    @Test func readsAndWritesAck() throws {
        #expect(DataChannelAck().encoded() == [2])
        #expect(DataChannelAck.check([2]) == nil && DataChannelAck.check([3]) != nil)
    }
    @Test func findsMessageByType() {
        #expect(DCEPType.message([3].span.bytes) is DataChannelOpen.Type)
        #expect(DCEPType.message([2].span.bytes) is DataChannelAck.Type)
        #expect(DCEPType.message([1].span.bytes) == nil && DCEPType.message([UInt8]().span.bytes) == nil)
    }
    @Test func refusesWhatIsCutOrTooLong() {
        for count in Self.open.indices { #expect(DataChannelOpen.check(Array(Self.open[..<count])) != nil) }
        #expect(DataChannelOpen.check(Self.open + [0]) != nil && DataChannelAck.check([2, 0]) != nil)
        for mutant in DataChannelOpen.mutants(of: Self.open) {
            let again = DataChannelOpen.reencode(mutant.bytes)
            #expect(again == nil || again == mutant.bytes, "\(mutant.path)")
        }
        var random = Random(seed: 2)
        for count in 0..<500 {
            let bytes = [3] + random.bytes(count % 60)
            let again = DataChannelOpen.reencode(bytes)
            #expect(again == nil || again == bytes)
        }
    }
    @Test func roundTrip() {
        for seed in 0..<100 as Range<UInt64> {
            let bytes = DataChannelOpen.sample(seed: seed).encoded()
            #expect(DataChannelOpen.reencode(bytes) == bytes)
        }
    }
}
