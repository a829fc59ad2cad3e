import Glibc
import TestMessages
import Testing
import VectorFiles
import Wire

@testable import Nano
@testable import Node

/// Each file in Messages/ is a message of the definition, and each message has a file.
@Test func everyMessageFileIsListed() throws {
    let folder = try #require(opendir(Vector.path("Sources/Nano/Messages")))
    defer { closedir(folder) }
    var files: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasSuffix(".swift") { files.append(String(name.dropLast(6))) }
    }
    #expect(files.sorted() == Definition.nano.messages.map { "\($0)" }.sorted())
}

@Test func namesAndTypesAreDistinct() {
    let names = Definition.nano.messages.map { $0.name.description }
    #expect(Set(names).count == names.count)
    let types = catalogue.map { $0.type.rawValue }
    #expect(Set(types).count == types.count)
    func check<M: NanoMessage>(_: M.Type) {
        let known = MessageType.names.first { $0.number == M.type.number }
        let own = M().header.type
        #expect("nano." + (known?.name ?? "") == M.name.description)
        #expect(own == M.type)
    }
    for message in catalogue { check(message) }
    #expect(MessageType.names.count == types.count)
}

@Test func everyMessageHasVectors() {
    for message in Definition.nano.messages {
        let file = String(message.name.description.dropFirst(5))
        #expect(Vector.all.contains { $0.file == file && $0.isAccepted }, "\(file)")
    }
    for vector in Vector.all {
        #expect(!vector.provenance.isEmpty && vector.requirements.allSatisfy { $0.hasPrefix("NANO-") })
        #expect(vector.bytes.count >= (vector.before == nil ? 8 : 1), "\(vector.name)")
    }
    let names = Vector.all.map(\.name) + Vector.calls.map(\.name)
    #expect(Set(names).count == names.count)
}

/// decode(encode(m)) = m for random messages of each type.
@Test func everyMessageRoundTrips() throws {
    func roundTrip<M: Message>(_: M.Type) throws {
        var taken = 0
        let file = Vector(file: String(M.name.description.dropFirst(5)))
        for seed in 0..<200 as Range<UInt64> {
            let bytes = M.sample(seed: seed).encoded()
            guard M.check(bytes) == nil else { continue }
            #expect(try M(copying: bytes).encoded() == bytes, "\(M.name) \(seed)")
            // A decoder for the traffic of one network would refuse them: random versions with types of later versions.
            if file.length(bytes) == nil, bytes.count > 5, bytes[5] >= 0x10 { continue }
            #expect(file.length(bytes) == bytes.count, "\(M.name) \(seed)")
            taken += 1
        }
        #expect(taken > 0, "\(M.name)")
    }
    for message in Definition.nano.messages { try roundTrip(message) }
}

/// The names of fields in scenarios.
@Test func fieldNames() {
    func names(_ message: String) -> [String] { Definition.nano.message(message)?.describe().map(\.name) ?? [] }
    let header = ["network", "version_max", "version_using", "version_min", "type", "extensions"]
    #expect(names("nano.keepalive") == header + ["peers"])
    #expect(names("nano.node_id_handshake") == header + ["version", "query", "response"])
    #expect(names("nano.telemetry_req") == header)
    #expect(
        names("nano.asc_pull_req") == header + [
            "pull_type", "id", "blocks", "account_info", "frontiers", "blocks_random", "topo_index", "unknown",
        ])
    let blocks = ["send", "receive", "open", "change", "state"]
    #expect(names("nano.publish") == header + ["originator"] + blocks)
    #expect(names("nano.confirm_req") == header + ["pairs"] + blocks)
    #expect(
        names("nano.confirm_ack") == header + [
            "rebroadcasted", "account", "signature", "packed_timestamp", "timestamp", "duration", "hashes",
        ] + blocks)
    #expect(names("nano.bulk_block") == ["type"] + blocks)
    let response = NodeIDHandshake.describe().first { $0.name == "response" }
    guard case .group(let fields) = response?.shape else {
        Issue.record("a response has fields")
        return
    }
    #expect(fields.map(\.name) == ["node_id", "salt", "genesis", "capabilities", "reserved", "signature"])
}

/// The claims about messages that depend only on the header are true, regardless of the bytes after it.
@Test func headersDecide() {
    var random = Random(seed: 6)
    var (plain, refused, remarkable) = (0, 0, 0)
    for message in catalogue where message.decisiveBytes > 0 {
        #expect(message.decisiveBytes == Header.count)
        for round in 0..<84 {
            var head = random.bytes(Header.count)
            head[5] = message.type.rawValue
            // Before 0x14, the bits of the header have another meaning.
            head[3] = round % 2 == 0 ? 0x12 : 0x15
            // Often enough, the bits are those from valid messages.
            if round % 3 == 0 { (head[6], head[7]) = (0, UInt8(round % 7)) }
            guard let rawHeader = RawHeader(head.span.bytes, at: 0) else { continue }
            let count = message.payloadCount(rawHeader)
            let looks = (0..<3).map { n in
                let rest = n == 0 ? [UInt8](repeating: 0, count: count) : random.bytes(count)
                return message.inspect((head + rest).span.bytes)
            }
            #expect(Set(looks).count == 1, "\(message.name) \(head.hex)")
            plain += looks[0] == .plain ? 1 : 0
            refused += looks[0] == .refused ? 1 : 0
            remarkable += looks[0] == .remarkable ? 1 : 0
        }
    }
    #expect(plain > 10 && refused > 10 && remarkable > 10)
}
