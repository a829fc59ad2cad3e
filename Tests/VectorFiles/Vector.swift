import Glibc
public import Wire

/// An entry of a file in Vectors/: bytes and what they mean, or a call of a function and its result.
public struct Vector: Sendable {
    /// Name of the file without `.yaml`, which is that of a message without its protocol.
    public var file: String
    /// Everything else by key; `fields`, `error`, `settings`, `arguments` and `result` as JSON text.
    public var text: [String: String] = [:]

    /// An entry of a file.
    public init(file: String, text: [String: String] = [:]) {
        self.file = file
        self.text = text
    }
    /// What reports call it.
    public var name: String { text["name"] ?? "" }
    /// As on the wire.
    public var bytes: [UInt8] { [UInt8](hex: (text["bytes"] ?? "").dropFirst(2)) ?? [] }
    /// The bytes are good, or the call has a result.
    public var isAccepted: Bool { text["expect"] == "accept" }
    /// As tests call it.
    public var testDescription: String { name }
    /// A value that is written as JSON.
    public func json(_ key: String) -> Value { JSON.parse(Array((text[key] ?? "null").utf8)) ?? .null }

    /// All of a protocol.
    public static func load(_ protocolName: String) -> [Self] {
        files(of: protocolName).flatMap { read(protocolName, $0) }
    }
    /// Files of a protocol without `.yaml`.
    static func files(of protocolName: String) -> [String] {
        guard let folder = opendir(path("Vectors/\(protocolName)")) else { return [] }
        defer { closedir(folder) }
        var out: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".yaml") { out.append(String(name.dropLast(5))) }
        }
        return out.sorted()
    }

    /// The files are so regular that their lines tell all: `- ` begins an entry, four spaces go on with a value.
    static func read(_ protocolName: String, _ name: String) -> [Self] {
        var out: [Self] = []
        var key = ""
        let text = content(path("Vectors/\(protocolName)/\(name).yaml"))
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("- ") { out.append(Self(file: name)) }
            guard !out.isEmpty, line.hasPrefix("- ") || line.hasPrefix("  ") else { continue }
            let rest = line.dropFirst(2)
            if line.hasPrefix("    ") || rest.hasPrefix("}") || rest.hasPrefix("]") {
                out[out.count - 1].text[key, default: ""] += rest
            } else if let colon = rest.firstIndex(of: ":") {
                key = String(rest[..<colon])
                out[out.count - 1].text[key] = String(rest[colon...].dropFirst(2))
            }
        }
        return out
    }
    /// A file of this package.
    public static func path(_ name: String) -> String {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/" + name
    }
    /// What is in a file; empty when there is none.
    public static func content(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var out: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let n = fread(&chunk, 1, chunk.count, file), n > 0 { out += chunk[..<n] }
        return String(decoding: out, as: UTF8.self)
    }
}

extension Value {
    /// As vectors write it: bytes as `0x..`, numbers above 2^53 as text.
    public var asInVectors: Value {
        switch self {
        case .bytes(let bytes): .text("0x" + bytes.hex)
        case .uint(let n): n > 1 << 53 ? .text(String(n)) : .uint(n)
        case .int(let n): n >= 0 ? .uint(UInt64(n)) : self
        case .list(let items): .list(items.map(\.asInVectors))
        case .map(let entries): .map(entries.map { Entry($0.key, $0.value.asInVectors) })
        default: self
        }
    }
    /// What vectors write: text that is `0x..` is bytes.
    public var fromVectors: Value {
        switch self {
        case .text(let text) where text.hasPrefix("0x"): [UInt8](hex: text.dropFirst(2)).map { .bytes($0) } ?? self
        case .list(let items): .list(items.map(\.fromVectors))
        case .map(let entries): .map(entries.map { Entry($0.key, $0.value.fromVectors) })
        default: self
        }
    }
    /// A map without one of its members.
    public func without(_ key: String) -> Value {
        guard case .map(let entries) = self else { return self }
        return .map(entries.filter { $0.key != key })
    }
}
