import CBench
import DXOS
import Glibc
import Network
import Node
import Wire

extension Benchmark {
    /// Calls, events and messages of dxRPC with the payloads opened, each into a fresh message.
    static let decodeSignal = Benchmark(
        name: "decode dxos", limit: "C++ protobuf", goal: "at most 1", needs: [.protobuf]
    ) {
        let messages = SignalSamples.all
        let bytes = opaque(messages.map(\.bytes))
        // A figure counts only when every message is read, and says what it said.
        guard zip(messages, bytes).allSatisfy({ $0.read($1) == $1 }), let file = SignalSamples.file(bytes) else {
            return nil
        }
        defer { unlink(file) }
        let rounds = 20_000
        let mine = best(rounds) {
            var count = 0
            for (message, bytes) in zip(messages, bytes) { count &+= message.isRead(bytes) ? 1 : 0 }
            return count
        }
        guard let reference = Tool.buildProtobufReference() else { return nil }
        defer { reference.remove() }
        guard let limit = Shell.number("exec '\(reference.program)' '\(file)' \(rounds)") else { return nil }
        return Row(figure: mine / Double(messages.count), limit: limit, unit: "ns")
    }
    /// Ten thousand clients of one server, in swarms of ten.
    static let signalDelivery = Benchmark(
        name: "dxos 10000 clients, p99", limit: "wanted", goal: "at most 1 (5 ms)", needs: [.meshspec]
    ) {
        SignalLoad.measured.map { Row(figure: $0.p99, limit: 5, unit: "ms") }
    }
    static let signalMemory = Benchmark(
        name: "dxos 10000 clients, memory", limit: "wanted", goal: "at most 1 (8 KiB each)", needs: [.meshspec]
    ) {
        SignalLoad.measured.map { Row(figure: $0.memory, limit: 8, unit: "KiB") }
    }
}

/// Messages that signaling is made of.
private struct SignalSamples {
    var bytes: [UInt8]
    /// Reads a message and encodes it again; empty where it cannot be read.
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
            request(1, "Join", "JoinRequest", isStream: true) { $0.joinRequest = join },
            request(2, "ReceiveMessages", "ReceptionRequest", isStream: true) { $0.receptionRequest = reception },
            request(3, "SendMessage", "Message", isStream: false) { $0.message = message },
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
        _ id: Int32, _ method: String, _ type: String, isStream: Bool, _ fill: (inout Payload) -> Void
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
    /// A file of messages, each behind its length in four bytes; nil when it cannot be written.
    static func file(_ messages: [[UInt8]]) -> String? {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/meshspec-bench-XXXXXX".utf8CString)
        let fd = mkstemp(&template)
        guard fd >= 0 else { return nil }
        defer { close(fd) }
        var all: [UInt8] = []
        for message in messages {
            for shift in [0, 8, 16, 24] { all.append(UInt8(truncatingIfNeeded: message.count >> shift)) }
            all += message
        }
        guard write(fd, all, all.count) == all.count else { return nil }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Clients of our server, which idle, and then join, leave and write to each other.
private struct SignalLoad {
    /// Milliseconds.
    var p99 = Double.infinity
    /// KiB of the server for each client that idles.
    var memory = 0.0
    private static let clients = 10_000

    // Measured once, when the first row asks.
    static let measured = measure()

    private static func measure() -> Self? {
        guard bench_open_files(clients + 200) == 0 else {
            Shell.complain("this machine does not allow \(clients) connections")
            return nil
        }
        guard
            let server = Server({ "'\(Tool.program)' node dxos --listen \($0) -P build=bufbuild --control none" }),
            let empty = server.memory.now, let signal = bench_signal_begin(server.port, clients)
        else { return nil }
        defer { bench_signal_end(signal) }
        guard let full = server.memory.now else { return nil }
        var result = Self(memory: Double(full - empty) / 1024 / Double(clients))
        // The best of three, as of what other programs do on this machine.
        for _ in 0..<3 {
            var p99 = 0.0
            guard bench_signal_run(signal, 3, &p99) == 0 else {
                Shell.complain("a load of \(clients) clients failed")
                return nil
            }
            result.p99 = min(result.p99, p99)
        }
        return result
    }
}
