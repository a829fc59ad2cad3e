import EmbeddedFiles
import Glibc
import Scenario

/// File system access for the commands.
enum Files {
    /// The reason why a file cannot be read.
    struct Failure: Error, CustomStringConvertible {
        var path: String
        var code: Int32
        var description: String { coded.message }
    }
    /// The most bytes that `read` reads of a file. It is more than the largest scenario, so that the parser refuses a
    /// file that is larger.
    static let maximumSize = YAMLLimits.generated.size + 1

    /// Reads a file. `isFile` refuses anything but a regular file. A path that another file names must not be a pipe,
    /// because reading a pipe may never end.
    static func read(_ path: String, isFile: Bool = false) throws(Failure) -> [UInt8] {
        if let name = embedded(path) {
            guard let bytes = EmbeddedFiles.own[name] else { throw Failure(path: path, code: ENOENT) }
            return bytes
        }
        let fd = open(path, O_RDONLY | O_CLOEXEC | (isFile ? O_NONBLOCK : 0))
        guard fd >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(fd) }
        var s = stat()
        if isFile, fstat(fd, &s) != 0 || s.st_mode & S_IFMT != S_IFREG { throw Failure(path: path, code: EINVAL) }
        var out: [UInt8] = []
        let isRead = chunks(of: fd) { chunk in
            out += chunk
            return out.count < maximumSize
        }
        guard isRead else { throw Failure(path: path, code: errno) }
        return out
    }
    /// The prefix of the paths of files that are part of the program, such as `meshspec:/Spec/nano/requirements.yaml`.
    static let embeddedRoot = "meshspec:"
    /// Returns the path of a file within the program; nil for a file on disk.
    private static func embedded(_ path: String) -> String? {
        guard path.hasPrefix(embeddedRoot + "/") else { return nil }
        var names: [Substring] = []
        for name in path.dropFirst(embeddedRoot.count).split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return names.joined(separator: "/")
    }
    /// Reads from a descriptor until its end, or until `body` returns false. It returns false if reading fails, with
    /// the reason in `errno`.
    static func chunks<E>(
        of descriptor: Int32, _ body: (ArraySlice<UInt8>) throws(E) -> Bool
    ) throws(E) -> Bool {
        var chunk = [UInt8](repeating: 0, count: Output.pieceSize)
        while true {
            let n = Glibc.read(descriptor, &chunk, chunk.count)
            if n < 0, errno == EINTR { continue }
            guard n > 0, try body(chunk[..<n]) else { return n >= 0 }
        }
    }
    /// Copies the content of a pipe into a file without a name, and positions that file at its start. Errors use `name`
    /// for the pipe. `check` receives each chunk.
    static func spooled(
        _ pipe: Int32, _ name: String, check: (ArraySlice<UInt8>) throws(CommandError) -> Void = { _ in }
    ) throws(CommandError) -> Int32 {
        let file = temporary()
        guard file >= 0 else { throw unkept(name, String(cString: strerror(errno))) }
        do throws(CommandError) {
            var out = Output(file)
            let isRead = try chunks(of: pipe) { chunk throws(CommandError) in
                out.append { $0 += chunk }
                try check(chunk)
                return out.isOpen
            }
            guard isRead else { throw CommandError(Failure(path: name, code: errno)) }
            out.flush()
            if case .failed(let why)? = out.end { throw unkept(name, why) }
            lseek(file, 0, SEEK_SET)
            return file
        } catch {
            close(file)
            throw error
        }
    }
    private static func unkept(_ name: String, _ why: String) -> CommandError {
        CommandError(.cannotWrite, at: name, "cannot make a temporary copy: \(why)")
    }
    static func source(_ path: String, isFile: Bool = false) throws(Failure) -> SourceFile {
        SourceFile(name: path, bytes: try read(path, isFile: isFile))
    }

    /// Creates a file without a name, which disappears when it is closed. Returns -1 with `errno` on failure.
    static func temporary() -> Int32 {
        var template = Array(((Console.variable("TMPDIR") ?? "/tmp") + "/meshspec-XXXXXX").utf8CString)
        let fd = mkstemp(&template)
        if fd >= 0 {
            _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
            unlink(template)
        }
        return fd
    }
    /// Returns the content of an open file as text, from its start, at most `limit` bytes.
    static func text(_ descriptor: Int32, atMost limit: Int) -> String {
        var out: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while out.count < limit {
            let n = pread(descriptor, &chunk, min(chunk.count, limit - out.count), off_t(out.count))
            if n < 0, errno == EINTR { continue }
            guard n > 0 else { break }
            out += chunk[..<n]
        }
        return String(decoding: out, as: UTF8.self)
    }
    enum Kind {
        case file
        case folder
        case none
    }
    static func kind(_ path: String) -> Kind {
        if let name = embedded(path) {
            return EmbeddedFiles.own[name] != nil ? .file : EmbeddedFiles.own.names(in: name) != nil ? .folder : .none
        }
        var s = stat()
        guard stat(path, &s) == 0 else { return .none }
        return s.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }
    /// Returns true for a regular file, not for a pipe or a device.
    static func isRegular(_ path: String) -> Bool {
        if embedded(path) != nil { return kind(path) == .file }
        var s = stat()
        return stat(path, &s) == 0 && s.st_mode & S_IFMT == S_IFREG
    }
    /// Returns the sorted names in a folder. It leaves out names that begin with a dot unless `hidden` is true.
    static func names(_ folder: String, hidden: Bool = false) throws(Failure) -> [String] {
        if let name = embedded(folder) {
            guard let names = EmbeddedFiles.own.names(in: name) else { throw Failure(path: folder, code: ENOENT) }
            return names
        }
        guard let dir = opendir(folder) else { throw Failure(path: folder, code: errno) }
        defer { closedir(dir) }
        var out: [String] = []
        while let entry = readdir(dir) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { p in
                String(decoding: p.prefix { $0 != 0 }, as: UTF8.self)
            }
            if hidden ? name != "." && name != ".." : !name.hasPrefix(".") { out.append(name) }
        }
        return out.sorted()
    }
    /// Returns the YAML files in a folder and its subfolders, sorted by path; at most 8 levels deep.
    static func scenarios(in folder: String, depth: Int = 0) throws(Failure) -> [String] {
        guard depth < 8 else { return [] }
        var out: [String] = []
        for name in try names(folder) {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            switch kind(path) {
            case .folder: out += try scenarios(in: path, depth: depth + 1)
            case .file: if isRegular(path), name.hasSuffix(".yaml") || name.hasSuffix(".yml") { out.append(path) }
            case .none: break
            }
        }
        return out
    }
    /// Returns the folder of a path.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
    /// Returns the root of the git repository that contains a folder, and the path from there to the folder; nil
    /// outside a repository. The folder need not exist. If it is the root itself, the result keeps its path as given.
    static func repository(of folder: String) -> (root: String, below: String)? {
        // Parts of the path that do not exist yet belong to the nearest folder that exists.
        var there = folder
        var new: [String] = []
        while kind(there) != .folder {
            new.insert(name(of: there), at: 0)
            let above = self.folder(of: there)
            guard above != there else { return nil }
            there = above
        }
        var names: [String] = []
        var root = real(there)
        while kind(root + "/.git") == .none {
            guard root != "/" else { return nil }
            names.insert(name(of: root), at: 0)
            root = self.folder(of: root)
        }
        let below = names + new.filter { $0 != "." }
        return (below.isEmpty ? folder : root, below.joined(separator: "/"))
    }
    /// Returns the last component of a path.
    static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    }
    /// The path of this program's executable file; empty if it is unknown.
    static var program: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let n = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return n > 0 ? String(decoding: buffer[..<n].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }
}
