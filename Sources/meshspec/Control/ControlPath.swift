import Glibc
import Network
import Node
import Report

/// Where running nodes are asked: a socket for each, in a folder of the user's own.
enum ControlPath {
    /// The folder: below that which the system gives a user for such things, or one of a name of the user's own beside
    /// temporary files.
    static var folder: String {
        if let given = Console.variable("XDG_RUNTIME_DIR"), given.hasPrefix("/"), Files.kind(given) == .folder {
            return given + "/meshspec"
        }
        return "/tmp/meshspec-\(getuid())"
    }
    /// The socket of the node of a protocol that listens there, or of this process when it does not.
    static func socket(_ protocolName: String, _ listening: Endpoint?) -> String {
        "\(folder)/\(protocolName)-\(listening.map { "\($0)" } ?? "process-\(getpid())").sock"
    }
    /// Makes the folder, or sees to it that nobody else has: others could put their own sockets into one of theirs.
    static func prepare() throws(CommandError) {
        let path = folder
        if mkdir(path, 0o700) == 0 { return }
        guard errno == EEXIST else {
            throw CommandError("cannot make \(path): \(String(cString: strerror(errno)))")
        }
        var s = stat()
        guard lstat(path, &s) == 0, s.st_mode & S_IFMT == S_IFDIR, s.st_uid == getuid(), s.st_mode & 0o077 == 0 else {
            throw CommandError("\(path) is not a folder that only this user may look into")
        }
    }
    /// The sockets of nodes of a protocol that run, with what stands for the address in their names.
    static func running(_ protocolName: String) -> [(name: String, path: String)] {
        guard (try? prepare()) != nil, let names = try? Files.names(folder) else { return [] }
        return names.compactMap { file in
            guard file.hasPrefix(protocolName + "-"), file.hasSuffix(".sock") else { return nil }
            let path = folder + "/" + file
            guard let network = try? SocketNetwork(), let link = try? network.dial(path: path) else { return nil }
            network.close(link, reset: true)
            return (String(file.dropFirst(protocolName.count + 1).dropLast(5)), path)
        }
    }
}
