import Crypto
import Glibc
import Node
import Wire

@testable import Capture
@testable import WebRTC

/// A datagram of a capture.
struct Datagram {
    var source: Endpoint
    var destination: Endpoint
    var bytes: [UInt8]
}

/// A capture of `Captures/webrtc`: its datagrams, its keys, and the expected messages.
struct Recorded {
    var datagrams: [Datagram] = []
    let secrets = Secrets()
    /// The expected contents, which an independent decoder found.
    var expected: Value = .null

    static let names = ["aiortc-sketch", "sketch-libwebrtc"]
    static func path(_ name: String) -> String {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Captures/webrtc/" + name
    }

    init(_ name: String) throws {
        var files = try CaptureFiles([Self.path(name + ".pcap")])
        while try files.advance() {
            let packet = files.current()
            guard case .udp(let datagram) = Layers(packet) else { continue }
            let bytes = packet.bytes.extracting(datagram.payload).withUnsafeBytes { [UInt8]($0) }
            datagrams.append(Datagram(source: datagram.source, destination: datagram.destination, bytes: bytes))
        }
        var log = KeyLog(name)
        log.read(Self.content(name + ".keys"), into: secrets)
        log.finish(into: secrets)
        expected = JSON.parse(Self.content(name + ".json")) ?? .null
    }
    static func content(_ name: String) -> [UInt8] {
        guard let file = fopen(path(name), "r") else { return [] }
        defer { fclose(file) }
        var out: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let n = fread(&chunk, 1, chunk.count, file), n > 0 { out += chunk[..<n] }
        return out
    }
    /// The first association in the expected contents.
    var association: Value {
        guard case .list(let all)? = expected["associations"] else { return .null }
        return all.first ?? .null
    }
    /// The data in the expected messages: the frame, the stream, the size and the beginning of the hash of each.
    var messages: [String] {
        guard case .list(let all)? = association["messages"] else { return [] }
        return all.map { message in
            func number(_ key: String) -> UInt64 { message[key]?.integer ?? 0 }
            let hash = if case .text(let text)? = message["sha256"] { text } else { "" }
            let kind = if case .text(let text)? = message["kind"] { text } else { "" }
            return "\(number("frame")) #\(number("stream")) \(kind) \(number("size")) \(hash)"
        }
    }
}

/// The results of an observer for some datagrams.
struct Seen {
    var all: [ObservedMessage] = []
    /// The frames of the results.
    var frames: [Int] = []

    init(_ datagrams: [Datagram], _ secrets: Secrets = Secrets(), memory: Int = 1 << 26) {
        var observer = WebRTCObserver(memory: memory, secrets, [])
        for (i, datagram) in datagrams.enumerated() {
            observer.observe(
                datagram.bytes.span.bytes, from: datagram.source, to: datagram.destination, number: i + 1,
                at: Instant.zero, into: &all)
            while frames.count < all.count { frames.append(i + 1) }
        }
        observer.finish(into: &all)
        while frames.count < all.count { frames.append(datagrams.count) }
    }
    /// The user messages in data channels, as in `Recorded.messages`.
    var messages: [String] {
        zip(all, frames).compactMap { message, frame in
            guard message.kind == .rejoined, let path = message.place?.path, path.hasSuffix("/webrtc") else {
                return nil
            }
            let kind = message.type == ChannelText.self ? "text" : "binary"
            let hash = Array(SHA256.hash(message.bytes).prefix(8)).hex
            let stream = path.split(separator: "/")[2]
            return "\(frame) \(stream) \(kind) \(message.bytes.count) \(hash)"
        }
    }
    /// The same without frames, sorted.
    var contents: [String] { messages.map { String($0.drop { $0 != "#" }) }.sorted() }
    func count(_ name: String) -> Int { all.count { $0.type?.name.description == name } }
    var findings: [String] { all.flatMap { $0.findings.map(\.text) } }
    var remarks: [String] { all.compactMap { $0.place?.remark } }
    var sealed: Int { all.count { $0.place?.isSealed == true } }
}
