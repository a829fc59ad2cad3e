import Node
import Testing
import Wire

@testable import DXOS

/// All connections of a capture, as somebody hears them who looks on.
struct SwarmObserverTests {
    private struct Heard {
        var observer = SwarmObserver(memory: 1 << 20)
        var findings: [Finding] = []
        var record = 0
        mutating func hear<M: Message>(_ message: M, _ connection: Int, _ sender: Opener) {
            record += 1
            let channel = HeardChannel(connection: connection, path: "websocket/dxos")
            let heard = HeardMessage(
                M.self, isGood: true, in: channel, from: sender, .loopback(1), to: .loopback(2),
                isFromClient: sender == .us, record: record, at: .zero)
            observer.observe(heard, message.encoded().span.bytes, into: &findings)
        }
        mutating func call(_ id: Int32, _ method: Method, _ value: [UInt8], _ connection: Int) {
            var request = RequestContent()
            (request.id, request.method) = (id, Text(method.fullName))
            var payload = Payload()
            payload.value = Bytes(value)
            request.payload = payload
            hear(Request(request), connection, .us)
        }
        mutating func event(_ id: Int32, _ value: [UInt8], _ connection: Int) {
            var content = ResponseContent()
            content.id = id
            var payload = Payload()
            payload.value = Bytes(value)
            content.payload = payload
            hear(Response(content), connection, .them)
        }
        mutating func write(_ author: UInt8, _ recipient: UInt8, _ data: MessageData, id: UInt8?, _ connection: Int) {
            var swarm = SwarmMessage()
            swarm.sessionID = PublicKey([0x5e])
            swarm.data = data
            swarm.messageID = id.map { PublicKey([$0]) }
            var any = ApplicationPayload()
            any.typeURL = "dxos.mesh.swarm.SwarmMessage"
            any.swarmMessage = swarm
            var message = SignalMessage()
            (message.author, message.recipient, message.payload) = (Bytes([author]), Bytes([recipient]), any)
            call(9, .sendMessage, message.encoded(), connection)
        }
        var end: [String] {
            var out: [HeardFinding] = []
            var observer = observer
            observer.finish(into: &out)
            return out.map { "\($0.finding.severity.rawValue) \($0.finding.text)" }
        }
    }
    private static let offer: MessageData = {
        var data = MessageData()
        data.offer = NoFields()
        return data
    }()
    private static func answer(to id: UInt8?) -> MessageData {
        var answer = Answer()
        answer.accept = true
        answer.offerMessageID = id.map { PublicKey([$0]) }
        var data = MessageData()
        data.answer = answer
        return data
    }

    @Test func offersAndRecipients() {
        var all = Heard()
        all.call(0, .receiveMessages, [0x0a, 1, 0xa1], 1)
        all.call(0, .receiveMessages, [0x0a, 1, 0xb0], 2)
        // Answered by the id of the offer, by the session, and not at all: another offer, another peer.
        all.write(0xa1, 0xb0, Self.offer, id: 1, 1)
        all.write(0xb0, 0xa1, Self.answer(to: 1), id: nil, 2)
        #expect(all.end == [])
        all.write(0xb0, 0xa1, Self.offer, id: nil, 2)
        #expect(all.end == ["info an offer that was never answered here"])
        all.write(0xa1, 0xb0, Self.answer(to: nil), id: nil, 1)
        #expect(all.end == [])
        all.write(0xa1, 0xb0, Self.offer, id: 2, 1)
        all.write(0xa1, 0xc4, Self.answer(to: 2), id: nil, 1)
        let told = all.end
        #expect(told.count == 2 && told.contains("info an offer that was never answered here"))
        #expect(told.contains("info a message to a peer that never asked for messages here"))
        // What was not seen may be the answer.
        all.observer.miss(HeardChannel(connection: 1, path: ""))
        #expect(all.end == [])
    }
    @Test func peersThatLeft() {
        var all = Heard()
        let available: [UInt8] = [0x0a, 3, 0x0a, 1, 0xb0]
        let left: [UInt8] = [0x12, 3, 0x0a, 1, 0xb0]
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xa1], 1)
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xb0], 2)
        all.event(0, available, 1)
        all.event(0, left, 1)
        // In another swarm it is still there.
        all.call(1, .join, [0x0a, 1, 0x51, 0x12, 1, 0xa1], 1)
        all.event(1, available, 1)
        #expect(all.findings == [])
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xc4], 3)
        all.event(0, available, 3)
        #expect(all.findings.map(\.requirement) == ["SIG-49"] && all.findings.map(\.severity) == [.warning])
        all.findings = []
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xb0], 4)
        all.event(0, available, 3)
        #expect(all.findings == [])
    }
}
