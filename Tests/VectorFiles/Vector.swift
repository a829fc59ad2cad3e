import Glibc
import Scenario
public import Wire

/// An entry of a file in Vectors/, as the program reads it.
public struct Vector: Sendable {
    /// The name of the file without `.yaml`. It is the name of a message without its protocol.
    public var file: String
    /// The entry, or nil for a file without an entry.
    private var entry: WireVector?

    /// Creates a value without an entry of a file.
    public init(file: String) { self.file = file }
    private init(_ entry: WireVector) {
        file = entry.topic
        self.entry = entry
    }
    /// The name in reports.
    public var name: String { entry?.name ?? "" }
    /// The origin of the vector.
    public var provenance: String { entry?.provenance ?? "" }
    /// The requirements that the vector shows.
    public var requirements: [String] { entry?.requirements ?? [] }
    /// The bytes on the wire.
    public var bytes: [UInt8] { entry?.bytes ?? [] }
    /// The called function, or nil for bytes.
    public var function: String? { entry?.function }
    /// The part of the program that refuses the bytes.
    public var by: String? { entry?.refusedBy }
    /// True if the bytes are valid, or if the call has a result.
    public var isAccepted: Bool { entry?.isAccepted == true }
    /// The name in tests.
    public var testDescription: String { name }
    /// Returns `fields`, `error`, `settings`, `arguments` or `result` as in the file.
    public func value(_ key: String) -> Value { entry?.values[key] ?? .null }

    /// Returns all vectors of a folder. `meshspec check` reports their errors.
    public static func load(_ folder: String) -> [Self] {
        files(of: folder).flatMap { name in
            let file = path("Vectors/\(folder)/\(name)")
            let source = SourceFile(name: file, bytes: Array(content(file).utf8))
            return WireVector.load(source, RequirementList()).vectors.map { Self($0) }
        }
    }
    /// Returns the names of the files of vectors in a folder.
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

    /// Returns the path of a file of this package.
    public static func path(_ name: String) -> String {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/" + name
    }
    /// Returns the contents of a file, or an empty text if the file is missing.
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
    /// The value in the form of vectors: bytes as `0x..`, numbers above 2^53 as text.
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
    /// The value from the form of vectors: text with `0x..` becomes bytes.
    public var fromVectors: Value {
        switch self {
        case .text(let text) where text.hasPrefix("0x"): [UInt8](hex: text.dropFirst(2)).map { .bytes($0) } ?? self
        case .list(let items): .list(items.map(\.fromVectors))
        case .map(let entries): .map(entries.map { Entry($0.key, $0.value.fromVectors) })
        default: self
        }
    }
    /// Returns a map without this member.
    public func without(_ key: String) -> Value {
        guard case .map(let entries) = self else { return self }
        return .map(entries.filter { $0.key != key })
    }
}
