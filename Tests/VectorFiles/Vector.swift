import Glibc
import Scenario
public import Wire

/// An entry of a file in Vectors/, as the program reads it.
public struct Vector: Sendable {
    /// Name of the file without `.yaml`, which is that of a message without its protocol.
    public var file: String
    /// What stands there; nil for a file without an entry.
    private var entry: WireVector?

    /// Of no entry of a file.
    public init(file: String) { self.file = file }
    private init(_ entry: WireVector) {
        file = entry.topic
        self.entry = entry
    }
    /// What reports call it.
    public var name: String { entry?.name ?? "" }
    /// Where it is from.
    public var provenance: String { entry?.provenance ?? "" }
    /// What it shows.
    public var requirements: [String] { entry?.requirements ?? [] }
    /// As on the wire.
    public var bytes: [UInt8] { entry?.bytes ?? [] }
    /// The function that is called; nil for bytes.
    public var function: String? { entry?.function }
    /// What refuses the bytes.
    public var by: String? { entry?.refusedBy }
    /// The bytes are good, or the call has a result.
    public var isAccepted: Bool { entry?.isAccepted == true }
    /// As tests call it.
    public var testDescription: String { name }
    /// `fields`, `error`, `settings`, `arguments` or `result`, as they stand there.
    public func value(_ key: String) -> Value { entry?.values[key] ?? .null }

    /// All of a folder. What is wrong with them, `meshspec check` tells.
    public static func load(_ folder: String) -> [Self] {
        files(of: folder).flatMap { name in
            let file = path("Vectors/\(folder)/\(name)")
            let source = SourceFile(name: file, bytes: Array(content(file).utf8))
            return WireVector.load(source, RequirementList()).vectors.map { Self($0) }
        }
    }
    /// Names of its files of vectors.
    private static func files(of folder: String) -> [String] {
        guard let folder = opendir(path("Vectors/\(folder)")) else { return [] }
        defer { closedir(folder) }
        var out: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".yaml") { out.append(name) }
        }
        return out.sorted()
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
