import Testing
import Wire

@testable import DXOS

/// Payloads are opened by their type. An invalid payload does not affect the message around it.
struct PayloadTests {
    private static func any(_ type: String, _ value: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        if !type.isEmpty { out += [0x0a, UInt8(type.utf8.count)] + Array(type.utf8) }
        return out + [0x12, UInt8(value.count)] + value
    }
    private static let join: [UInt8] = [0x0a, 1, 0x50, 0x12, 1, 0xa1]
    private static let message: [UInt8] = [0x0a, 1, 0xa1, 0x12, 1, 0xb0, 0x1a, 2, 0x12, 0]
    private static let left: [UInt8] = [0x12, 3, 0x0a, 1, 0xa1]

    @Test(arguments: [
        ".dxos.mesh.signal.SwarmEvent", "dxos.mesh.signal.SwarmEvent",
        "type.googleapis.com/dxos.mesh.signal.SwarmEvent",
        "",
    ])
    func eachFormOfType(_ type: String) throws {
        let payload = try Payload(copying: Self.any(type, Self.left))
        #expect(payload.swarmEvent?.peerLeft?.peer == Bytes([0xa1]) && payload.value == nil)
    }
    @Test(arguments: [
        "..dxos.mesh.signal.SwarmEvent", "xdxos.mesh.signal.SwarmEvent", "dxos.mesh.signal.swarmEvent", "a",
    ])
    func otherTypes(_ type: String) throws {
        let payload = try Payload(copying: Self.any(type, Self.left))
        #expect(payload.swarmEvent == nil && payload.value == Bytes(Self.left))
    }
    @Test func withoutType() throws {
        #expect(try Payload(copying: Self.any("", Self.message)).message?.recipient == Bytes([0xb0]))
        #expect(try Payload(copying: Self.any("", [])).value == Bytes([]))
        #expect(try Payload(copying: Self.any("", [0x0a, 5])).value == Bytes([0x0a, 5]))
    }
    /// The type may follow its value.
    @Test func typeBehindValue() throws {
        let type = "dxos.mesh.signal.SwarmEvent"
        let any = [0x12, UInt8(Self.left.count)] + Self.left + [0x0a, UInt8(type.utf8.count)] + Array(type.utf8)
        let payload = try Payload(copying: any)
        #expect(payload.swarmEvent?.peerLeft != nil && payload.typeURL == "dxos.mesh.signal.SwarmEvent")
        #expect(Payload.check(any) == nil && Payload.dissect(any).error == nil)
    }
    /// The method decides, regardless of the type in the payload.
    @Test(arguments: [".dxos.mesh.signal.JoinRequest", "", "dxos.mesh.signal.Message"]) func ofARequest(_ type: String)
        throws
    {
        func request(_ method: String, _ payload: [UInt8]) throws -> Payload? {
            let any = Self.any(type, payload)
            let method = [0x12, UInt8(method.utf8.count)] + Array(method.utf8)
            let fields = [[0x1a, UInt8(any.count)] + any, method]
            let one = try RequestContent(copying: Array(fields.joined()))
            let other = try RequestContent(copying: Array(fields.reversed().joined()))
            #expect(one == other)
            return one.payload
        }
        #expect(try request("dxos.mesh.signal.Signal.Join", Self.join)?.joinRequest?.peer == Bytes([0xa1]))
        #expect(try request("dxos.mesh.signal.Signal.SendMessage", Self.message)?.message?.author == Bytes([0xa1]))
        // A payload that is not such a message stays bytes, and the request is valid.
        #expect(try request("dxos.mesh.signal.Signal.Join", [0x0a, 9])?.value == Bytes([0x0a, 9]))
    }
    /// If a payload is not the named message, the reader keeps no part of it. The same applies to two values. Each way
    /// to read it gives the same result.
    @Test(
        arguments: [
            [0x12, 3, 0x0a, 1], [0x12, 1, 0x0a], [0x0a, 4, 0x0a, 1, 0xb0, 0x12], [0x0a, 3, 0x0a, 1, 0xb0, 0x12, 9],
            [0x1a, 2, 0x08], [0x0a, 0, 0xff], [0x00], [0x0b], [0x1b, 0x00],
        ] as [[UInt8]])
    func contentThatIsNone(_ value: [UInt8]) throws {
        let type = "dxos.mesh.signal.SwarmEvent"
        let any = Self.any(type, value)
        let behind: [UInt8] = [0x7a, 1, 0x33]
        let reversed = any.suffix(value.count + 2) + any.prefix(type.utf8.count + 2)
        let twice = any + any.suffix(value.count + 2)
        for any in [any, any + behind, Array(reversed) + behind] {
            let payload = try Payload(copying: any)
            #expect(payload.swarmEvent == nil && payload.value == Bytes(value) && payload.typeURL == Text(type))
            #expect(payload.unknown.items.count == (any.count - value.count - type.utf8.count - 4) / 3)
            #expect(payload.encoded().count == any.count)
            let seen = Payload.dissect(any)
            #expect(seen.error == nil && Payload.inspect(any.span.bytes) != .refused)
            // In an answer, with another field after it.
            let answer = try ResponseContent(copying: [0x12, UInt8(any.count)] + any + [0x08, 1])
            #expect(answer.id == 1 && answer.payload?.value == Bytes(value))
        }
        #expect(try Payload(copying: twice).swarmEvent == nil)
    }
    /// All ways to read refuse a payload that is too deep, although its bytes alone are valid.
    @Test func depthOfContent() throws {
        var list: [UInt8] = [0x20, 1]
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            let low = UInt8(bytes.count & 127)
            return [number << 3 | 2] + (bytes.count < 128 ? [low] : [low | 128, UInt8(bytes.count >> 7)]) + bytes
        }
        // A value in a list in a value takes two levels each, in a member of a struct of a message.
        for levels in 25...32 {
            list = [0x20, 1]
            for _ in 0..<levels { list = field(6, field(1, list)) }
            let message = field(4, field(1, field(2, list)))
            let any = field(1, Array("dxos.mesh.signal.Message".utf8)) + field(2, message)
            let all = field(2, field(2, any))
            let isRead = (try? Response(copying: all)) != nil
            #expect(isRead == (Response.check(all) == nil) && isRead == (Response.inspect(all.span.bytes) != .refused))
        }
    }
    /// Levels of invalid content do not count for the fields after it.
    @Test func depthBehindContent() throws {
        var deep: [UInt8] = []
        // Groups in a group, and one invalid group. After the payload is the largest number of groups.
        for _ in 0..<40 { deep.append(0x1b) }
        let any = Self.any("dxos.mesh.signal.SwarmEvent", deep + [0x00])
        let behind = [UInt8](repeating: 0x3b, count: 64) + [UInt8](repeating: 0x3c, count: 64)
        let content = try ResponseContent(copying: [0x12, UInt8(any.count)] + any + behind)
        #expect(content.payload?.value?.count == 41 && content.unknown.items.count == 1)
    }
    /// A server forwards bytes that it does not understand. The message that carries them is valid.
    @Test func applicationBytes() throws {
        let swarm = "dxos.mesh.swarm.SwarmMessage"
        let good = try ApplicationPayload(copying: Self.any(swarm, [0x1a, 3, 0x0a, 1, 0x50]))
        #expect(good.swarmMessage?.topic?.data == Bytes([0x50]) && good.value == nil)
        for bad: [UInt8] in [[0x1a, 9], [0xff], [0x00]] {
            let payload = try ApplicationPayload(copying: Self.any(swarm, bad))
            #expect(payload.swarmMessage == nil && payload.value == Bytes(bad))
            #expect(ApplicationPayload.check(Self.any(swarm, bad)) == nil)
        }
        // With a leading dot it is another type.
        #expect(try ApplicationPayload(copying: Self.any("." + swarm, [])).value == Bytes([]))
        let inner = Self.any(swarm, [])
        let reliable = Self.any("dxos.mesh.messaging.ReliablePayload", [0x12, UInt8(inner.count)] + inner)
        #expect(try ApplicationPayload(copying: reliable).reliable?.payload?.swarmMessage != nil)
    }
    /// The present member decides between text and a Struct.
    @Test func signals() throws {
        let text = try Signal(copying: [0x0a, 2] + Array("{}".utf8))
        #expect(text.json == "{}" && text.payload == nil)
        let field: [UInt8] = [0x0a, 1, 0x61, 0x12, 2, 0x20, 1]
        let structure = try Signal(copying: [0x0a, 9, 0x0a, 7] + field)
        #expect(structure.json == nil && structure.payload?.fields.first?.value?.bool == true)
        #expect(structure.payload?.fields.first?.key == "a")
        #expect(try Signal(copying: [0x0a, 0]).payload != nil && Signal(copying: []).json == nil)
    }
    /// Any in Any in Any, 10,000 levels deep: from the third level on, the content stays bytes.
    @Test func deep() throws {
        var value: [UInt8] = []
        for _ in 0..<10_000 {
            var any: [UInt8] = [0x0a, 35] + Array("dxos.mesh.messaging.ReliablePayload".utf8) + [0x12]
            var count = value.count
            while count >= 128 {
                any.append(UInt8(count & 127) | 128)
                count >>= 7
            }
            value = any + [UInt8(count)] + value
            if value.count > 400_000 { break }
        }
        #expect(ApplicationPayload.check(value) == nil)
    }
}
