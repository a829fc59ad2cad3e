import Glibc
import Libp2p
import Node
import Testing
import Wire

@testable import Kademlia

/// The observer judges the answers of go, rust, js and py to the same 73 probes (Tests/Interop/kad/answers.jsonl). It
/// reports only what breaks a rule of the documents.
struct RecordedAnswersTests {
    /// The reported answers, with the probe, and the reason.
    private static let breaches: [String: [String: [String]]] = [
        "go": [:], "js": [:], "py": [:],
        // The echo has the record of another key (libp2p specs, kad-dht, "RPC messages": "set to equal").
        "rust": ["put-value, key differs from that of the record": ["KAD-57"]],
    ]
    private static let file =
        String("\(#filePath)".dropLast("KademliaTests/RecordedAnswersTests.swift".utf8.count))
        + "Interop/kad/answers.jsonl"

    @Test(arguments: ["go", "rust", "js", "py"])
    func blamesOnlyBreaches(of implementation: String) throws {
        let lines = try Self.bytes(of: Self.file).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 73)
        var peers = Peers(of: implementation)
        var monitor = Monitor()
        // Both sides state their ids in ADD_PROVIDER, so that the observer knows them.
        for (name, isClient) in [("P", true), ("T", false)] {
            #expect(
                monitor.findings(peers.addProvider(name), connection: 1, stream: 1000, isOpenedByClient: isClient)
                    == [])
        }
        var (found, answers): ([String: [String]], Int) = ([:], 0)
        for (stream, line) in lines.enumerated() {
            let probe = try #require(JSON.parse(Array(line)))
            let name = try #require(text(probe["probe"]))
            let requests = Self.requests(list(probe["sent"]).compactMap { text($0) }, &peers)
            // The other id in this probe would make the id of the prober unknown.
            let connection = name == "add-provider, id of another" ? 2 : 1
            for request in requests {
                _ = monitor.findings(
                    request.bytes, isGood: request.content != nil, from: .us, connection: connection, stream: stream)
            }
            var questions = requests.compactMap(\.content)[...]
            for told in list(probe[implementation]?["answers"]).compactMap({ text($0) }) where told.contains("=") {
                let type = told.split(separator: " ")[0]
                // Only py answers ADD_PROVIDER.
                if type != "ADD_PROVIDER", questions.first?.type == .addProvider { questions = questions.dropFirst() }
                let answer = try peers.answer(told, to: questions.popFirst() ?? KadContent())
                let findings = monitor.findings(answer, from: .them, connection: connection, stream: stream)
                if !findings.isEmpty { found[name, default: []] += findings }
                answers += 1
            }
        }
        #expect(found == Self.breaches[implementation])
        #expect(answers >= 40)
    }

    /// Splits the bytes of a probe into requests. Bytes that are no message have no content.
    private static func requests(_ sent: [String], _ peers: inout Peers) -> [(bytes: [UInt8], content: KadContent?)] {
        let bytes = sent.flatMap { peers.probe($0) }
        var (all, reader, at): ([(bytes: [UInt8], content: KadContent?)], UnitReader, Int) = ([], UnitReader(), 0)
        while at < bytes.count {
            let begin = at
            var content: KadContent?
            let result = reader.next(KadMessage.self, in: bytes.span.bytes, at: &at) { _, unit in
                content = try? KadMessage(copying: unit).message
            }
            guard case .unit = result, let content else { return all + [(Array(bytes[begin...]), nil)] }
            all.append((KadMessage(content).encoded(), content))
        }
        return all
    }
    private static func bytes(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "rb"), "\(path)")
        defer { fclose(file) }
        var (out, piece) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
            let n = fread(&piece, 1, piece.count, file)
            guard n > 0 else { return out }
            out += piece[..<n]
        }
    }
    private func text(_ value: Value?) -> String? { if case .text(let text)? = value { text } else { nil } }
    private func list(_ value: Value?) -> [Value] { if case .list(let list)? = value { list } else { [] } }
}

/// The peers of the recorded answers. The file has the ids of the prober P, the client C1, and the
/// target T of go. The ids of the servers B and S1 to S3 are chosen so that their order is the recorded one for all
/// keys, and so is the id of T for js and py.
private struct Peers {
    private static let type = "002408011220"
    private static let goTarget = type + "6d68ea2fc01ddf11c917f8dea4e36e5f0c4f90564fa3e5838b83b185a5170bcf"
    private static let ids = [
        "P": bytes(type + "fbb9f93eb22a73d68a8eec35209ea3f43982c196d5057e3c8b74f9fc08fd7526"),
        "C1": bytes(type + "f09cab90b811703e7d27b64c42319db363df82dcdd5f0ec9bdc61ac8dab16f26"),
        "S1": number(0), "S2": number(34), "S3": number(1), "B": number(13),
    ]
    private var ids = Self.ids
    private let target: [UInt8]

    init(of implementation: String) {
        target = ["js": Self.number(40), "py": Self.number(46)][implementation] ?? Self.bytes(Self.goTarget)
        ids["T"] = target
    }
    private static func bytes(_ hex: String) -> [UInt8] { [UInt8](hex: hex[...]) ?? [] }
    private static func number(_ number: UInt8) -> [UInt8] { bytes(type) + [UInt8](repeating: 0, count: 31) + [number] }

    /// Returns the bytes of a probe. The end of a long one is left out in the file: it repeats 8 bytes.
    func probe(_ text: String) -> [UInt8] {
        let parts = text.split(separator: " ")
        var bytes = Self.bytes(String(parts[0].prefix { $0 != "." }))
        if parts.count > 1, let size = Int(parts[1].dropFirst()) {
            while bytes.count < size - 2 { bytes.append(bytes[bytes.count - 8]) }
            bytes += [0x50, 0x01]
        }
        let named = Self.bytes(Self.goTarget)
        guard let at = bytes.indices.first(where: { bytes[$0...].starts(with: named) }) else { return bytes }
        bytes.replaceSubrange(at..<at + named.count, with: target)
        return bytes
    }
    func addProvider(_ name: String) -> KadContent {
        var content = KadContent(.addProvider, key: [1])
        content.providerPeers = [peer(name, addresses: 1, connection: 0)]
        return content
    }
    /// Returns an answer of the file, such as `FIND_NODE key=0 closer=[S1/1/1] providers=[] level=1`. The file has the
    /// sizes of keys and values; those of the request have the same size, except for the values of GET_VALUE.
    func answer(_ told: String, to request: KadContent) throws -> KadContent {
        let words = told.replacing("\"", with: "").split(separator: " ")
        let types = ["PUT_VALUE", "GET_VALUE", "ADD_PROVIDER", "GET_PROVIDERS", "FIND_NODE", "PING"]
        let type = try #require(types.firstIndex(of: String(words[0])))
        var content = KadContent(KadType(rawValue: UInt64(type)))
        var isRecord = false
        var list = \KadContent.closerPeers
        for word in words.dropFirst() {
            if word == "record" {
                (isRecord, content.record) = (true, KadRecord())
                continue
            }
            let isList = word.hasPrefix("closer=") || word.hasPrefix("providers=")
            if isList { list = word.hasPrefix("closer=") ? \.closerPeers : \.providerPeers }
            let value = word.split(separator: "=", omittingEmptySubsequences: false).last ?? word
            if isList || !word.contains("=") {
                let parts = value.filter { $0 != "[" && $0 != "]" }.split(separator: "/")
                guard parts.count == 3 else { continue }
                content[keyPath: list].append(
                    peer(String(parts[0]), addresses: Int(parts[1]) ?? 0, connection: UInt64(parts[2]) ?? 0))
            } else if word.hasPrefix("key="), let size = Int(value), size > 0 {
                let keys = [request.key?.own, request.record?.key?.own].compactMap { $0 }
                let key = Bytes(try #require(keys.first { $0.count == size }, "\(told)"))
                if isRecord { content.record?.key = key } else { content.key = key }
            } else if word.hasPrefix("value="), let size = Int(value) {
                let sent = request.record?.value?.own
                content.record?.value = Bytes(
                    sent?.count == size ? sent ?? [] : [UInt8](repeating: 1, count: size))
            } else if word.hasPrefix("time="), !value.isEmpty {
                content.record?.timeReceived = Text(String(value))
            } else if word.hasPrefix("level=") {
                content.clusterLevel = Int32(value)
            }
        }
        return content
    }
    private func peer(_ name: String, addresses: Int, connection: UInt64) -> KadPeer {
        var peer = KadPeer()
        peer.id = Bytes(ids[name] ?? [])
        peer.addresses = (0..<addresses).map { Bytes(address($0).bytes) }
        peer.connection = KadConnection(rawValue: connection)
        return peer
    }
}
