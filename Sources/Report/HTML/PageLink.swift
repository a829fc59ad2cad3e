internal import Text

extension PageText {
    /// Returns the link from a page to a folder. Both paths are as the command line names them.
    static func folder(_ path: String, from page: String) -> String {
        let way = RelativePath.from(folderOf: page, to: path)
        return link((way.hasPrefix("/") ? way : "./" + way) + "/")
    }
    /// Returns a path as a link.
    static func link(_ path: String) -> String { FileURI.escape(path, uppercase: false) }
}

/// A converter of paths for a file in another folder.
enum RelativePath {
    /// Returns the path from the folder of `file` to `path`, both as a command line names them. Returns `path`
    /// unchanged if the other path is absolute and it is not, or the reverse, or if the path between them is unknown.
    static func from(folderOf file: String, to path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        guard isAbsolute == file.hasPrefix("/") else { return path }
        var base = parts(file)
        // A plain name, or an empty path, is in the working directory of the command.
        if !base.isEmpty { base.removeLast() }
        let target = parts(path)
        let common = zip(base, target).prefix { $0 == $1 }.count
        let up = base.dropFirst(common)
        guard !up.contains("..") else { return path }
        let way = up.map { _ in ".." } + target.dropFirst(common)
        return way.isEmpty ? "." : way.joined(separator: "/")
    }
    /// Returns the names of a path without redundant parts.
    private static func parts(_ path: String) -> [String] {
        var out: [String] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = out.last, last != ".." {
                out.removeLast()
            } else {
                out.append(String(part))
            }
        }
        return out
    }
}
