import Glibc
import Network
import Testing

/// Command lines as a user types them, in a shell, with the program that was built beside these tests.
enum Shell {
    /// What a command line came to.
    struct Outcome {
        var status: Int32
        var out: String
        var err: String
        var lines: [String] { out.split(separator: "\n").map(String.init) }
    }
    /// The folder of the package: scenarios and captures have paths below it.
    static let package = folder(of: folder(of: folder(of: #filePath)))
    /// The folder of the built program.
    static let products: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let n = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let me = n > 0 ? String(decoding: buffer[..<n].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
        let candidates = [folder(of: me), folder(of: CommandLine.arguments[0]), package + "/.build/debug"]
        return candidates.first { access($0 + "/meshspec", X_OK) == 0 } ?? candidates[0]
    }()
    static func folder(of path: String) -> String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }

    /// Runs a command line in the package's folder. Its outputs go to files, so that nothing of it can hold us up.
    /// `variables` are words such as `LC_ALL=C` that stand before it; without them, those of the tests are taken away.
    static func run(_ command: String, variables: String = "LC_ALL=C.UTF-8") throws -> Outcome {
        let folder = try Folder()
        let set = "unset CI NO_COLOR MESHSPEC_SPEC MESHSPEC_VERBOSE; export \(variables) PATH='\(products)':\"$PATH\"; "
        let process = try Subprocess(
            "exec >'\(folder.path)/out' 2>'\(folder.path)/err'; \(set)\(command)", folder: package)
        for _ in 0..<60_000 where process.exitStatus == nil { usleep(2000) }
        let status = try #require(process.exitStatus, "\(command) did not end")
        return Outcome(status: status, out: folder.text("out"), err: folder.text("err"))
    }
}

/// A folder of its own, gone with it.
final class Folder {
    let path: String
    init() throws {
        var template = Array("/tmp/meshspec-test-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }
    deinit {
        guard let p = try? Subprocess("rm -rf '\(path)'", folder: "/") else { return }
        for _ in 0..<1000 where p.exitStatus == nil { usleep(1000) }
    }
    func bytes(_ name: String) -> [UInt8] {
        guard let file = fopen(path + "/" + name, "rbe") else { return [] }
        defer { fclose(file) }
        var out: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let n = fread(&chunk, 1, chunk.count, file), n > 0 { out += chunk[..<n] }
        return out
    }
    func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }
    /// Writes a file; returns its path.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = try #require(fopen(path + "/" + name, "wbe"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        return path + "/" + name
    }
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}
