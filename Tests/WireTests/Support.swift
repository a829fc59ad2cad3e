import Glibc
import Testing
import Wire

/// Every fixture that can be decoded on its own.
let catalogue: [any Message.Type] = [
    Probe.self, Datagram.self, Body.self, RPC.self, FramedRPC.self, RPCMessage.self, JoinRequest.self,
    SwarmEvent.self, Announce.self, Offer.self, MultistreamToken.self, YamuxFrame.self, Branch.self, Chain.self,
    Hashes.self,
]
/// Those that tell their own length.
let streams: [any Message.Type] = [
    Probe.self, Datagram.self, FramedRPC.self, MultistreamToken.self, YamuxFrame.self, Chain.self, Hashes.self,
]

/// A file of `Vectors/`.
func vectors(_ name: String) throws -> Value {
    let path = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let f = try #require(fopen("/\(path)/Vectors/\(name).json", "r"))
    defer { fclose(f) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let n = fread(&chunk, 1, chunk.count, f), n > 0 { text += chunk[..<n] }
    return try #require(JSON.parse(text))
}

extension Value {
    var items: [Value] { if case .list(let l) = self { l } else { [] } }
    var entries: [Entry] { if case .map(let e) = self { e } else { [] } }
    var string: String? { if case .text(let s) = self { s } else { nil } }
    var unhex: [UInt8] { string.flatMap { [UInt8](hex: $0) } ?? [] }
    func bytes(_ key: String) throws -> [UInt8] {
        let digits = try #require(self[key]?.string)
        return try #require([UInt8](hex: digits))
    }
}

/// Doors take spans, which tests cannot hold inside `#expect`.
extension Message {
    static func fields(_ bytes: [UInt8]) -> Value {
        let span = bytes.span.bytes
        return dissect(span).fields(in: span)
    }
    static func matching(_ pattern: Pattern, _ bytes: [UInt8]) throws -> Match {
        let span = bytes.span.bytes
        return try match(pattern, span)
    }
    static func extent(_ bytes: [UInt8]) -> Extent {
        let span = bytes.span.bytes
        return extent(of: span)
    }
    static func refused(_ bytes: [UInt8]) -> String { check(bytes)?.description ?? "accepted" }
}

/// Seeds of a fixture whose samples are lawful, with the bytes.
func samples<M: Message>(_: M.Type, _ seeds: Range<UInt64> = 0..<40) -> [[UInt8]] {
    seeds.map { M.sample(seed: $0).encoded() }.filter { M.check($0) == nil }
}
