import Glibc
import Node
import Testing
import Wire

@testable import PeerPigeon

/// Compares a hub of version 1.1.3 with the answers of the real one, without the layers, in virtual time: each message
/// to each client, in order. Cases about frames and HTTP run over sockets (Tests/Interop/peerpigeon).
struct TranscriptTests {
    static let folder =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Interop/peerpigeon/"
    static let cases = [
        "01-connect-ping", "02-peer-id-forms", "03-missing-peer-id", "04-bad-peer-ids", "05-duplicate-connection",
        "06-max-connections", "07-announce", "08-announce-odd", "09-announce-spoofed", "10-network-switch", "11-relay",
        "12-relay-networks", "13-spoofed-from", "14-target-unknown", "15-relay-dedupe", "16-bad-json",
        "17-json-scalars", "18-unknown-types", "25-leave", "26-goodbye", "27-goodbye-reconnect",
        "28-goodbye-closest", "29-hub-client", "30-hub-by-flag",
    ]

    @Test(arguments: cases) func isAsTheRealOne(_ name: String) throws {
        let play = try Play(name)
        let wanted = try Play.transcript(name)
        for client in Set(wanted.keys).union(play.told.keys).sorted() {
            let (a, b) = (play.told[client] ?? [], wanted[client] ?? [])
            for (i, pair) in zip(a, b).enumerated() {
                #expect(pair.0 == pair.1, "\(name): \(client), message \(i + 1)")
            }
            #expect(a.count == b.count, "\(name): \(client)")
        }
        #expect(!wanted.isEmpty)
    }
}

/// A case that has run.
struct Play {
    private var node: Hub
    private var now = Instant.zero
    private var links: [String: LinkID] = [:]
    private var names: [LinkID: String] = [:]
    private var next: UInt64 = 0
    private(set) var told: [String: [Value]] = [:]

    init(_ name: String, bug: String? = nil) throws {
        let spec = try #require(Self.load("cases/\(name).json"))
        var values: [String: String] = [:]
        if name == "06-max-connections" { values["max_connections"] = "3" }
        let ids = spec["names"].map(Self.entries) ?? []
        var options = NodeOptions(
            try Definition.peerPigeon.settings(profile: "v1.1.3", values), random: Random(seed: 1), bug: bug)
        if case .text(let hub)? = spec["names"]?["HUB"] { options.identity = [UInt8](hex: hub[...]) }
        node = Hub(options)
        call { $0.start(now: $1, &$2) }
        pass(.seconds(2))
        for step in Self.items(spec["steps"]) { play(Self.filled(step, ids), ids) }
    }
    private mutating func call(_ body: (inout Hub, Instant, inout [Action]) -> Void) {
        var out: [Action] = []
        body(&node, now, &out)
        for action in out {
            switch action {
            case .send(let link, let bytes):
                told[names[link] ?? "nobody", default: []].append(Self.masked(JSON.parse(bytes) ?? .null))
            case .close(let link, let status):
                guard let status else { continue }
                told[names[link] ?? "nobody", default: []].append(.text("close \(status.code) \(status.reason)"))
                names[link] = nil
            default: break
            }
        }
    }
    private mutating func pass(_ time: Duration) {
        let end = now + time
        while let due = node.deadline, due <= end {
            now = max(now, due)
            call { $0.wake(now: $1, &$2) }
        }
        now = end
    }
    private mutating func play(_ step: Value, _ ids: [Value.Entry]) {
        if case .text(let who)? = step["open"] {
            next += 1
            let link = LinkID(next)
            (links[who], names[link]) = (link, who)
            var target = "/?peerId=" + (Self.text(ids.first { $0.key == who }?.value) ?? "")
            if let given = Self.text(step["target"]) { target = given }
            call { $0.opened(link, speaks: target + " ", peer: .loopback(9), by: .them, now: $1, &$2) }
        } else if case .text(let who)? = step["send"], let link = links[who] {
            var bytes: [UInt8] = []
            if let json = step["json"] {
                ValueJSON.write(json, to: &bytes, .numbers)
            } else {
                bytes = Array((Self.text(step["text"]) ?? "").utf8)
            }
            call { $0.received(bytes.span.bytes, on: link, now: $1, &$2) }
        } else if let who = Self.text(step["close"]) ?? Self.text(step["drop"]), let link = links[who] {
            names[link] = nil
            call { $0.closed(link, now: $1, &$2) }
        } else if let time = step["wait"]?.integer {
            pass(.milliseconds(Int64(time)))
        }
        pass(.milliseconds(60))
    }

    static func transcript(_ name: String) throws -> [String: [Value]] {
        let lines = try #require(content("transcripts/\(name).jsonl")).split(separator: UInt8(ascii: "\n"))
        var told: [String: [Value]] = [:]
        for line in lines.dropFirst() {
            let record = JSON.parse(Array(line)) ?? .null
            if text(record["note"]) == "end of steps" { break }
            guard text(record["from"]) == "hub", let to = text(record["to"]), to != "log", to != "http" else {
                continue
            }
            if let message = record["message"] { told[to, default: []].append(masked(message)) }
            if let close = record["close"], let code = close["code"]?.integer, code == 1008 {
                told[to, default: []].append(.text("close \(code) \(text(close["reason"]) ?? "")"))
            }
        }
        return told
    }

    // The comparison.

    /// Removes times, and the reasons for ends of connections, which the layers decide.
    private static func masked(_ value: Value, _ key: String = "") -> Value {
        switch value {
        case .map(let entries):
            .map(entries.map { .init($0.key, masked($0.value, $0.key)) }.sorted { $0.key < $1.key })
        case .list(let items): .list(items.map { masked($0) })
        case .uint(let n) where n > 100_000_000_000: .text("now")
        case .text where key == "reason": .text("why")
        default: value
        }
    }
    private static func filled(_ value: Value, _ ids: [Value.Entry]) -> Value {
        switch value {
        case .text(let text):
            .text(
                ids.sorted { $0.key.count > $1.key.count }.reduce(text) { text, id in
                    replaced(text, "$" + id.key, self.text(id.value) ?? "")
                })
        case .list(let items): .list(items.map { filled($0, ids) })
        case .map(let entries): .map(entries.map { .init($0.key, filled($0.value, ids)) })
        default: value
        }
    }
    private static func replaced(_ text: String, _ old: String, _ new: String) -> String {
        var out = ""
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix(old) {
                out += new
                rest = rest.dropFirst(old.count)
            } else {
                out.append(rest.removeFirst())
            }
        }
        return out
    }
    private static func entries(_ value: Value) -> [Value.Entry] {
        if case .map(let entries) = value { entries } else { [] }
    }
    private static func items(_ value: Value?) -> [Value] { if case .list(let items)? = value { items } else { [] } }
    private static func text(_ value: Value?) -> String? { if case .text(let text)? = value { text } else { nil } }
    private static func load(_ name: String) -> Value? { content(name).flatMap { JSON.parse($0) } }
    private static func content(_ name: String) -> [UInt8]? {
        guard let file = fopen(TranscriptTests.folder + name, "r") else { return nil }
        defer { fclose(file) }
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { out += buffer[..<count] }
        return out
    }
}
