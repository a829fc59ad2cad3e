internal import Scenario

/// Where the files of a scenario stand in its bundle: itself as `scenario.yaml`, fragments where the file that uses
/// them looks for them. One that is named by a path that leads out of the bundle, or onto another file of it, stands
/// under
/// `elsewhere/`, where no file finds it.
struct FragmentOffsets {
    /// Path in the bundle, and what stands there.
    private(set) var files: [(path: String, name: String, source: SourceFile)] = []
    /// Whether every file finds the fragments that it uses.
    private(set) var isComplete = true

    /// Parts that a path may have, and bytes that each may have.
    private static let limits = (parts: 16, bytes: 200)

    /// `taken`: what else stands in the bundle.
    init(_ s: Scenario, taken: [String]) {
        var paths = [s.source.name: EvidenceName.scenario]
        var used = Set(taken)
        for f in s.fragments {
            let folder = paths[f.user].map { $0.split(separator: "/").dropLast().map(String.init) } ?? []
            var path = Self.path(f.name, in: folder)
            let isThere = files.contains { $0.path == path && $0.source.bytes == f.source.bytes }
            if let p = path, used.contains(p), !isThere { path = nil }
            // A file cannot be a folder as well.
            if let p = path, used.contains(where: { $0.hasPrefix(p + "/") || p.hasPrefix($0 + "/") }) { path = nil }
            if path == nil { isComplete = false }
            let bundlePath = path ?? "elsewhere/" + SafeName.file(f.source.name)
            // What stands in two places would need what it uses in two places.
            let isUser = s.fragments.contains { $0.user == f.source.name }
            if let other = paths[f.source.name], other != bundlePath, isUser { isComplete = false }
            paths[f.source.name] = bundlePath
            if used.insert(bundlePath).inserted { files.append((bundlePath, f.name, f.source)) }
        }
    }
    /// The path of a name from a folder; nil when it leads out, or is none that every system takes.
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
