import Glibc
import Report

/// Writes bundles of evidence below one folder, each in place of an older one of the same case.
struct EvidenceFolder {
    let path: String

    /// Nil, or what could not be written and why. What was there before stays then, and no half bundle does.
    func write(_ bundle: EvidenceBundle) -> String? {
        let place = path + "/" + bundle.folder
        // Beside it, so that it can take its place at once.
        let new = path + "/." + bundle.folder + ".new"
        let old = path + "/." + bundle.folder + ".old"
        // What somebody else put there is not ours to remove.
        guard !Files.exists(place) || Self.isBundle(place) else {
            return "cannot write \(place): it is there already, and is no bundle of evidence"
        }
        Files.remove(new)
        if let why = Files.makeFolder(new) { return "cannot write \(path): \(why)" }
        for file in bundle.files {
            let to = new + "/" + file.path
            let problem =
                Files.makeFolder(Files.folder(of: to))
                ?? Files.writeNew(file.bytes(), to: to, isExecutable: file.isExecutable)
            if let why = problem {
                Files.remove(new)
                return "cannot write \(place)/\(file.path): \(why)"
            }
        }
        Files.remove(old)
        if Files.exists(place), rename(place, old) != 0 { return failure(place, new) }
        guard rename(new, place) == 0 else {
            let why = failure(place, new)
            _ = rename(old, place)
            return why
        }
        Files.remove(old)
        return nil
    }
    private static func isBundle(_ path: String) -> Bool {
        EvidenceBundle.names.allSatisfy { Files.kind(path + "/" + $0) == .file }
    }
    private func failure(_ path: String, _ new: String? = nil) -> String {
        let code = errno
        if let new { Files.remove(new) }
        return "cannot write \(path): \(String(cString: strerror(code)))"
    }
}

extension Files {
    /// Makes a folder and those that it stands in, as far as they are not there; nil, or what went wrong.
    static func makeFolder(_ path: String) -> String? {
        if kind(path) == .folder { return nil }
        let parent = folder(of: path)
        if parent != path, kind(parent) == .none, let why = makeFolder(parent) { return why }
        return mkdir(path, 0o755) == 0 ? nil : String(cString: strerror(errno))
    }
    /// Whether anything has this name, be it a link that leads nowhere.
    static func exists(_ path: String) -> Bool {
        var s = stat()
        return lstat(path, &s) == 0
    }
    /// Removes a file, or a folder with all that is in it. Links are removed, not followed.
    static func remove(_ path: String, depth: Int = 0) {
        var s = stat()
        guard depth < 64, lstat(path, &s) == 0 else { return }
        guard s.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in (try? names(path, hidden: true)) ?? [] { remove(path + "/" + name, depth: depth + 1) }
        rmdir(path)
    }
    /// Writes a file that is not there yet; nil, or what went wrong.
    static func writeNew(_ bytes: [UInt8], to path: String, isExecutable: Bool) -> String? {
        let fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isExecutable ? 0o755 : 0o644)
        guard fd >= 0 else { return String(cString: strerror(errno)) }
        var output = Output(fd)
        output.append { $0 += bytes }
        output.flush()
        // Some file systems tell only now that there was no room.
        let isClosed = close(fd) == 0
        let code = errno
        if case .failed(let why)? = output.end { return why }
        return isClosed ? nil : String(cString: strerror(code))
    }
}
