import Glibc
import Nano
import Node

@testable import Scenario

/// The folders of this package and their contents.
enum Specification {
    static let root: String = {
        var path = #filePath[...]
        for _ in 0..<4 { path = path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
        return String(path)
    }()
    static func read(_ path: String) -> [UInt8] {
        let fd = open(root + "/" + path, O_RDONLY)
        guard fd >= 0 else { return [] }
        defer { close(fd) }
        var out: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let n = Glibc.read(fd, &chunk, chunk.count)
            guard n > 0 else { return out }
            out += chunk[..<n]
        }
    }
    static func names(in folder: String) -> [String] {
        guard let dir = opendir(root + "/" + folder) else { return [] }
        defer { closedir(dir) }
        var out: [String] = []
        while let entry = readdir(dir) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { p in
                String(decoding: p.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml") { out.append(name) }
        }
        return out.sorted()
    }
    static let requirements: RequirementList = {
        let path = "Spec/nano/requirements.yaml"
        return RequirementList.load(SourceFile(name: path, bytes: read(path))).list
    }()
    static let library = Library(definitions: [.nano], requirements: ["nano": requirements]) { name, user in
        // Names are relative to the file that uses them.
        let folder = user.lastIndex(of: "/").map { user[...$0] } ?? ""
        let bytes = read("Spec/nano/scenarios/" + folder + name)
        return bytes.isEmpty ? nil : SourceFile(name: folder + name, bytes: bytes)
    }
    static let files: [SourceFile] = names(in: "Spec/nano/scenarios").map {
        SourceFile(name: $0, bytes: read("Spec/nano/scenarios/" + $0))
    }
    /// All scenarios of the suite, in the order of the files.
    static let scenarios: [Scenario] = files.compactMap { Scenario.load($0, library).scenario }
}
