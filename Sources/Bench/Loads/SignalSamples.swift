import DXOS
import Glibc
import Wire

/// The messages of signaling.
struct SignalSamples {
    var bytes: [UInt8]
    /// Reads a message and encodes it again; empty if it cannot be read.
    var read: @Sendable ([UInt8]) -> [UInt8]
    var isRead: @Sendable ([UInt8]) -> Bool

    private init<M: Message>(_ message: M) {
        bytes = message.encoded()
        read = { (try? M(copying: $0))?.encoded() ?? [] }
        isRead = { bytes in
            var message = M()
            return message.read(borrowing: bytes.span.bytes)
        }
    }
    static let all: [Self] = {
        let (alice, bob, swarm) = (
            [UInt8](repeating: 0xa1, count: 32), [UInt8](repeating: 0xb0, count: 32),
            [UInt8](repeating: 0x50, count: 32)
        )
        var join = JoinRequest()
        (join.swarm, join.peer) = (Bytes(swarm), Bytes(alice))
        var reception = ReceptionRequest()
        reception.peer = Bytes(alice)
        var message = SignalMessage()
        (message.author, message.recipient) = (Bytes(alice), Bytes(bob))
        var content = ApplicationPayload()
        content.typeURL = Text("dxos.Example")
        content.value = Bytes([UInt8](repeating: 0x7b, count: 300))
        message.payload = content
        var available = PeerAvailable()
        available.peer = Bytes(bob)
        var since = Timestamp()
        (since.seconds, since.nanos) = (1_663_000_000, 500_000_000)
        available.since = since
        var comes = SwarmEvent()
        comes.peerAvailable = available
        var gone = PeerLeft()
        gone.peer = Bytes(bob)
        var leaves = SwarmEvent()
        leaves.peerLeft = gone
        return [
            request(1, "Join", of: "JoinRequest", isStream: true) { $0.joinRequest = join },
            request(2, "ReceiveMessages", of: "ReceptionRequest", isStream: true) { $0.receptionRequest = reception },
            request(3, "SendMessage", of: "Message", isStream: false) { $0.message = message },
            response(1) { $0.streamReady = true },
            response(1) { $0.payload = payload("SwarmEvent") { $0.swarmEvent = comes } },
            response(1) { $0.payload = payload("SwarmEvent") { $0.swarmEvent = leaves } },
            response(2) { $0.payload = payload("Message") { $0.message = message } },
        ]
    }()
    private static func payload(_ type: String, _ fill: (inout Payload) -> Void) -> Payload {
        var payload = Payload()
        payload.typeURL = Text("dxos.mesh.signal." + type)
        fill(&payload)
        return payload
    }
    private static func request(
        _ id: Int32, _ method: String, of type: String, isStream: Bool, _ fill: (inout Payload) -> Void
    ) -> Self {
        var content = RequestContent()
        content.id = id
        content.method = Text("dxos.mesh.signal.Signal." + method)
        content.payload = payload(type, fill)
        if isStream { content.stream = true }
        return Self(Request(content))
    }
    private static func response(_ id: Int32, _ fill: (inout ResponseContent) -> Void) -> Self {
        var content = ResponseContent()
        content.id = id
        fill(&content)
        return Self(Response(content))
    }
    /// Writes a file of messages, each preceded by its length in four bytes; nil if it cannot be written.
    static func file(_ messages: [[UInt8]]) -> String? {
        var fd: Int32 = -1
        guard
            let path = Tool.temporary({
                fd = mkstemp($0)
                return fd >= 0
            })
        else { return nil }
        defer { close(fd) }
        var all: [UInt8] = []
        for message in messages {
            for shift in [0, 8, 16, 24] { all.append(UInt8(truncatingIfNeeded: message.count >> shift)) }
            all += message
        }
        guard write(fd, all, all.count) == all.count else { return nil }
        return path
    }
}
