internal import Scenario

/// The positions of the files of a scenario in its bundle. The scenario itself is `scenario.yaml`. A fragment is at the
/// path where the file that uses it looks for it. A fragment whose path leaves the bundle or collides with another file
/// is in `elsewhere/`, where no file finds it.
struct FragmentOffsets {
    /// The path in the bundle, the name and the content of each file.
    private(set) var files: [(path: String, name: String, source: SourceFile)] = []
    /// True if every file finds the fragments that it uses.
    private(set) var isComplete = true

    /// The maximum number of parts of a path, and of bytes of each part.
    private static let limits = (parts: 16, bytes: 200)

    /// Assigns the paths. `taken` has the names of the other files in the bundle.
    init(_ s: Scenario, taken: [String]) {
        var paths = [s.source.name: EvidenceName.scenario]
        var used = Set(taken)
        for f in s.fragments {
            let folder = paths[f.user].map { $0.split(separator: "/").dropLast().map(String.init) } ?? []
            var path = Self.path(f.name, in: folder)
            let isThere = files.contains { $0.path == path && $0.source.bytes == f.source.bytes }
            if let p = path, used.contains(p), !isThere { path = nil }
            // A path cannot be both a file and a folder.
            if let p = path, used.contains(where: { $0.hasPrefix(p + "/") || p.hasPrefix($0 + "/") }) { path = nil }
            if path == nil { isComplete = false }
            let bundlePath = path ?? "elsewhere/" + SafeName.file(f.source.name)
            // A file at two places would also need the fragments that it uses at two places.
            let isUser = s.fragments.contains { $0.user == f.source.name }
            if let other = paths[f.source.name], other != bundlePath, isUser { isComplete = false }
            paths[f.source.name] = bundlePath
            if used.insert(bundlePath).inserted { files.append((bundlePath, f.name, f.source)) }
        }
    }
    /// Returns the path of a name from a folder; nil if it leaves the bundle or is not valid on every system.
    static func path(_ name: String, in folder: [String]) -> String? {
        guard !name.hasPrefix("/"), !name.unicodeScalars.contains(where: { $0 == "\\" || $0.value < 0x20 }) else {
            return nil
        }
        var parts = folder
        for part in name.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                guard part.utf8.count <= limits.bytes else { return nil }
                parts.append(String(part))
            }
        }
        return parts.isEmpty || parts.count > limits.parts ? nil : parts.joined(separator: "/")
    }
}
