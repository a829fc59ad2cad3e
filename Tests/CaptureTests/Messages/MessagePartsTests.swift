import DXOS
import Gossipsub
import Nano
import Testing
import Wire

@testable import Capture

/// Tests of the parts that statistics count in messages.
struct MessagePartsTests {
    private static func parts<M: Message>(_ messages: [M]) throws -> [[String]] {
        var finder = try #require(MessageParts(M.self))
        return messages.map { message in
            var found: [String] = []
            finder.each(in: message.encoded().span.bytes, hint: 0) { found.append("\($0) \($1)") }
            return found
        }
    }
    @Test func typesWithoutPartsHaveNoFinder() { #expect(MessageParts(Keepalive.self) == nil) }
    /// Lists have the number of their elements, also if another field divides them. Groups count once.
    @Test func listsAndGroups() throws {
        var rpc = RPCContent()
        rpc.subscriptions = [Subscription(), Subscription(), Subscription()]
        rpc.publish = [PublishedMessage()]
        rpc.control = Control()
        rpc.control?.ihave = [IHave(), IHave()]
        rpc.control?.extensions = ControlExtensions()
        #expect(
            try Self.parts([RPC(rpc), RPC(), RPC(rpc)])
                == [["subscriptions 3", "publish 1", "ihave 2", "extensions 1"], []]
                + [["subscriptions 3", "publish 1", "ihave 2", "extensions 1"]])
        // Two subscriptions around a message.
        let divided: [UInt8] = [8, 0x0a, 0, 0x12, 0, 0x0a, 0, 0x0a, 0]
        var finder = try #require(MessageParts(RPC.self))
        var found: [String] = []
        finder.each(in: divided.span.bytes, hint: 0) { found.append("\($0) \($1)") }
        #expect(found == ["subscriptions 3", "publish 1"])
    }
    /// The value of a field is the name.
    @Test func valuesOfFields() throws {
        var content = RequestContent()
        content.method = Text("a.B")
        #expect(try Self.parts([Request(content), Request(RequestContent())]) == [["a.B 1"], []])
    }
}
