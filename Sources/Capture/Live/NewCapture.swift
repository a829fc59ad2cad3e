internal import Glibc

/// A namespace for opening files to write captures to.
enum NewCapture {
    /// Returns the descriptor of a new or emptied file, or of a path that is not a regular file. For `-` and the names
    /// of its own descriptors it returns a duplicate. Symbolic links are not followed, because other users may create
    /// them to make us overwrite a file.
    static func open(_ path: String) throws(CaptureError) -> Int32 {
        let fd: Int32
        if let number = path == "-" ? 1 : DescriptorName.number(path) {
            fd = fcntl(number, F_DUPFD_CLOEXEC, 3)
        } else {
            fd = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0o644)
        }
        guard fd < 0 else { return fd }
        switch errno {
        case ELOOP: throw .cannotWrite(path, "it is a symbolic link, which is not followed")
        case EACCES, EPERM:
            let why = String(cString: strerror(errno))
            throw .cannotWrite(path, "\(why) for user \(Privileges.userName); --user chooses another")
        default: throw .cannotWrite(path, String(cString: strerror(errno)))
        }
    }
}

/// The paths that are other names of descriptors of this process.
public enum DescriptorName {
    /// Returns the number of the descriptor; nil for all other paths.
    public static func number(_ path: String) -> Int32? {
        switch path {
        case "/dev/stdin": return 0
        case "/dev/stdout": return 1
        case "/dev/stderr": return 2
        default: break
        }
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            return Int32(path.dropFirst(folder.count))
        }
        return nil
    }
}
