import Glibc
import Network
import Node

/// The paths of the sockets of running nodes, in a folder of the user.
enum ControlPath {
    /// The folder of the sockets. It is in the runtime folder that the system gives to the user. Without one, it is in
    /// `/tmp`, with the number of the user in its name.
    static var folder: String {
        if let given = Console.variable("XDG_RUNTIME_DIR"), given.hasPrefix("/"), Files.kind(given) == .folder {
            return given + "/meshspec"
        }
        return "/tmp/meshspec-\(getuid())"
    }
    /// Returns the socket of the node of a protocol that listens at an address. If it does not listen, the path has the
    /// number of this process.
    static func socket(_ protocolName: String, _ listening: Endpoint?) -> String {
        socket(protocolName, called: listening.map { "\($0)" } ?? "\(unbound)\(getpid())")
    }
    /// Returns the socket of the node with a name: its address, or `process-` and the number of its process.
    static func socket(_ protocolName: String, called name: String) -> String {
        "\(folder)/\(protocolName)-\(name).sock"
    }
    /// The start of the names of nodes that do not listen.
    static let unbound = "process-"
    /// Creates the folder, or checks that no other user can access it. Another user could put sockets of their own into
    /// such a folder.
    static func prepare() throws(CommandError) {
        let path = folder
        if mkdir(path, 0o700) == 0 { return }
        guard errno == EEXIST else {
            throw CommandError.unwritten(path, String(cString: strerror(errno)))
        }
        var s = stat()
        guard lstat(path, &s) == 0, s.st_mode & S_IFMT == S_IFDIR, s.st_uid == getuid(), s.st_mode & 0o077 == 0 else {
            throw CommandError(.noPermission, at: path, "this is not a folder that only this user can access")
        }
    }
    /// Returns the sockets of the running nodes of a protocol, each with the part of its name that has the address.
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
