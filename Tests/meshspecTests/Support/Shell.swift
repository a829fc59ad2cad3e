@preconcurrency import Glibc
import Testing

@testable import meshspec

/// Command lines as a user types them, in a shell, with the program that was built with these tests.
enum Shell {
    /// The result of a command line.
    struct Outcome: CommandOutcome {
        var status: Int32
        var out: String
        var err: String
        var lines: [String] { out.split(separator: "\n").map(String.init) }
        /// Whether the output contains `part`. Unlike `contains`, it is quick for a megabyte in a debug build.
        func says(_ part: String) -> Bool { strstr(out, part) != nil }
    }
    /// The folder of the package. Paths of scenarios and captures are relative to it.
    static let package = folder(of: folder(of: folder(of: folder(of: #filePath))))
    /// The folder of the built program.
    static let products: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let n = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let me = n > 0 ? String(decoding: buffer[..<n].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
        let candidates = [folder(of: me), folder(of: CommandLine.arguments[0]), package + "/.build/debug"]
        return candidates.first { access($0 + "/meshspec", X_OK) == 0 } ?? candidates[0]
    }()
    static func folder(of path: String) -> String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }

    /// Runs a command line in the package's folder. Its outputs are files, so that the command cannot block the test.
    /// `variables` are words such as `LC_ALL=C` before the command. The variables of the test process do not apply.
    static func run(_ command: String, variables: String = "LC_ALL=C.UTF-8") throws -> Outcome {
        let folder = try Folder()
        let set = "unset CI NO_COLOR MESHSPEC_SPEC MESHSPEC_VERBOSE; export \(variables) PATH='\(products)':\"$PATH\"; "
        let files = "</dev/null >'\(folder.path)/out' 2>'\(folder.path)/err'"
        let shell = try spawn("cd '\(package)'; exec \(files); \(set)\(command)")
        var status: Int32 = 0
        for _ in 0..<150_000 {
            if waitpid(shell, &status, WNOHANG) == shell {
                let (code, signal) = (status >> 8 & 0xff, status & 0x7f)
                let out = folder.text("out")
                return Outcome(status: signal == 0 ? code : 128 + signal, out: out, err: folder.text("err"))
            }
            usleep(2000)
        }
        kill(-shell, SIGKILL)
        waitpid(shell, &status, 0)
        throw Endless(command: command)
    }
    struct Endless: Error { var command: String }

    /// Starts a shell without a guard, unlike `Subprocess`. `fork` copies the page tables of the test process, and
    /// until the guard is independent, it holds sockets that other tests have closed.
    private static func spawn(_ command: String) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", command].map { (w: String) in strdup(w) }
        words.append(nil)
        defer { for w in words { free(w) } }
        var shell: pid_t = 0
        let code = posix_spawn(&shell, "/bin/sh", nil, &attributes, &words, environ)
        try #require(code == 0, "no shell: \(String(cString: strerror(code)))")
        return shell
    }
}

/// A temporary folder that is removed with this value.
final class Folder {
    let path: String
    init() throws {
        var template = Array("/tmp/meshspec-test-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }
    deinit { Self.remove(path) }
    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in (try? Files.names(path, hidden: true)) ?? [] { remove(path + "/" + name) }
        rmdir(path)
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
    /// Writes a file and returns its path.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = try #require(fopen(path + "/" + name, "wbe"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        return path + "/" + name
    }
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}
