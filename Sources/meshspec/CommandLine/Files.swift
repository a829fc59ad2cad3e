import EmbeddedFiles
import Glibc
import Report
import Scenario

/// Files and folders, for commands.
enum Files {
    /// Why a file could not be read.
    struct Failure: Error, CustomStringConvertible {
        var path: String
        var code: Int32
        var description: String { "cannot read \(path): \(String(cString: strerror(code)))" }
    }
    /// No more is read of a file: what reads it refuses one that is larger than the largest scenario.
    static let maximumSize = YAMLLimits.generated.size + 1

    /// `isFile`: nothing but a file will do. What somebody else names must not be a pipe, which may never come.
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
    /// Before the paths of the files that are part of the program, such as `meshspec:/Spec/nano/requirements.yaml`.
    static let embeddedRoot = "meshspec:"
    /// The path of a file within the program; nil for one on disk.
    private static func embedded(_ path: String) -> String? {
        guard path.hasPrefix(embeddedRoot + "/") else { return nil }
        var names: [Substring] = []
        for name in path.dropFirst(embeddedRoot.count).split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return names.joined(separator: "/")
    }
    /// Reads from a descriptor until the end, or until `body` returns false. Returns false with the reason in `errno`
    /// when it cannot be read.
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
    /// A copy of what comes through a pipe, in a file without a name, to be read from its beginning. `name` stands for
    /// the pipe in errors; `check` is given each piece of it.
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
        CommandError("cannot keep \(name): \(why)")
    }
    static func source(_ path: String, isFile: Bool = false) throws(Failure) -> SourceFile {
        SourceFile(name: path, bytes: try read(path, isFile: isFile))
    }

    /// A file without a name, gone when it is closed; -1 with `errno` when there is none to be had.
    static func temporary() -> Int32 {
        var template = Array(((Console.variable("TMPDIR") ?? "/tmp") + "/meshspec-XXXXXX").utf8CString)
        let fd = mkstemp(&template)
        if fd >= 0 {
            _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
            unlink(template)
        }
        return fd
    }
    /// What stands in a file that is open, from its beginning, as text.
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
    /// A file, and no pipe or device.
    static func isRegular(_ path: String) -> Bool {
        if embedded(path) != nil { return kind(path) == .file }
        var s = stat()
        return stat(path, &s) == 0 && s.st_mode & S_IFMT == S_IFREG
    }
    /// Names in a folder, sorted; those that begin with a point only where they are wanted.
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
    /// YAML files in a folder and its folders, sorted by path; at most 8 levels deep.
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
    /// The folder that a path stands in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
    /// The root of the repository of git that a folder is or will be in, as a path like that of the folder where that is
    /// one, and the way from there to the folder; nil where it is in none.
    static func repository(of folder: String) -> (root: String, below: String)? {
        // What is not there yet is below what is.
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
    /// What a path names within its folder.
    static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    }
    /// Where this program's file is.
    static var program: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let n = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return n > 0 ? String(decoding: buffer[..<n].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }
}
