/// Paths as they are written in a file that stands in a folder of its own.
enum RelativePath {
    /// The way from the folder of `file` to `path`, both as a command line names them. `path` itself where only one of
    /// the two begins at the root, or the way there is not known.
    static func from(folderOf file: String, to path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        guard isAbsolute == file.hasPrefix("/") else { return path }
        var base = parts(file)
        // A name, or nothing at all: it stands where the command was given.
        if !base.isEmpty { base.removeLast() }
        let target = parts(path)
        let common = zip(base, target).prefix { $0 == $1 }.count
        let up = base.dropFirst(common)
        guard !up.contains("..") else { return path }
        let way = up.map { _ in ".." } + target.dropFirst(common)
        return way.isEmpty ? "." : way.joined(separator: "/")
    }
    /// The names of a path, without those that stay where they are.
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
