import Glibc
import TestMessages
import Testing
import Wire

/// All fixtures that can be decoded alone.
let catalogue: [any Message.Type] = [
    Probe.self, Datagram.self, Body.self, RPC.self, FramedRPC.self, RPCMessage.self, JoinRequest.self,
    SwarmEvent.self, Announce.self, Offer.self, MultistreamToken.self, YamuxFrame.self, Branch.self, Chain.self,
    Hashes.self, Frame.self, Bitmap.self, Numbers.self, Mesh.self, PeerList.self, AnyText.self,
]
/// All fixtures that contain their own length.
let streams: [any Message.Type] = [
    Probe.self, Datagram.self, FramedRPC.self, MultistreamToken.self, YamuxFrame.self, Chain.self, Hashes.self,
    Frame.self, Bitmap.self,
]

/// Returns a file of `Vectors/`.
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
    /// The value with members in the order of their names, because the wire may have any order.
    var sorted: Value {
        switch self {
        case .map(let e): .map(e.map { Entry($0.key, $0.value.sorted) }.sorted { $0.key < $1.key })
        case .list(let items): .list(items.map(\.sorted))
        default: self
        }
    }
    var string: String? { if case .text(let s) = self { s } else { nil } }
    var unhex: [UInt8] { string.flatMap { [UInt8](hex: $0) } ?? [] }
    func bytes(_ key: String) throws -> [UInt8] {
        let digits = try #require(self[key]?.string)
        return try #require([UInt8](hex: digits))
    }
}

/// `Prefix` without the message, for code that only has `any Message.Type`.
enum Extent: Hashable, Sendable {
    /// A message with this number of bytes.
    case whole(Int)
    /// The start of a message, which needs at least this many bytes more.
    case needMore(atLeast: Int)
    /// Not a message, regardless of the bytes that follow.
    case refused(WireError)
}

/// Versions of the operations that take arrays, because tests cannot use spans inside `#expect`.
extension Message {
    static func fields(_ bytes: [UInt8]) -> Value {
        let span = bytes.span.bytes
        return dissect(span).fields(in: span)
    }
    static func matching(_ pattern: Pattern, _ bytes: [UInt8]) throws -> Match {
        let span = bytes.span.bytes
        return try match(pattern, span)
    }
    /// Returns the length of the message at the front of a stream, as `prefix` does.
    static func extent(of bytes: RawSpan) -> Extent {
        switch prefix(of: bytes) {
        case .message(_, let consumed): .whole(consumed)
        case .needMore(let n): .needMore(atLeast: n)
        case .refused(let e): .refused(e)
        }
    }
    static func extent(_ bytes: [UInt8]) -> Extent {
        let span = bytes.span.bytes
        return extent(of: span)
    }
    static func refused(_ bytes: [UInt8]) -> String { check(bytes)?.description ?? "accepted" }
}

extension Dissection {
    /// Returns true if the results agree. A dissection continues after a JSON member of the wrong type, and agrees in
    /// all other errors.
    func agrees(with strict: WireError?) -> Bool {
        notes.contains { $0.kind == .wrongType } ? strict?.reason == .wrongType : error == strict
    }
}

/// Returns a random message. Values that would always be refused are corrected.
func lawful<M: Message>(_: M.Type, _ seed: UInt64) -> M {
    let m = M.sample(seed: seed)
    if var t = m as? AnyText, t.value == nil {
        // The value is written as null, and null is a value when it is read.
        t.value = JSONValue(.null)
        return t as? M ?? m
    }
    guard var d = m as? Datagram else { return m }
    (d.type, d.boot, d.fragIndex, d.fragCount) = (d.type % 6 + 1, d.boot | 1, 0, d.fragCount % 16384 + 1)
    return d as? M ?? m
}
/// Returns encodings of random messages that are not refused.
func samples<M: Message>(_: M.Type, _ seeds: Range<UInt64> = 0..<40) -> [[UInt8]] {
    seeds.map { lawful(M.self, $0).encoded() }.filter { M.check($0) == nil }
}
