/// A copy of the folders `Spec` and `Vectors`, made when the program was built. A path has no `/` at its beginning or
/// end, for example `Spec/nano/requirements.yaml`.
public struct EmbeddedFiles: Sendable {
    /// The files of this program.
    public static let own = EmbeddedFiles(index: embeddedIndex, folders: embeddedFolders)

    private let folders: [PackedFolder]
    /// The files, sorted by path.
    private let entries: [(path: String, folder: Int, range: Range<Int>)]

    /// Reads `index`: a line for each file with its path, the number of its folder in `folders`, its offset in the
    /// unpacked folder and its length, separated by tabs.
    init(index: StaticString, folders: [StaticString]) {
        self.folders = folders.map(PackedFolder.init)
        entries = index.description.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t")
            let numbers = parts.dropFirst().compactMap { Int($0) }
            guard numbers.count == 3, folders.indices.contains(numbers[0]), numbers[1] >= 0, numbers[2] >= 0 else {
                return nil
            }
            return (String(parts[0]), numbers[0], numbers[1]..<numbers[1] + numbers[2])
        }.sorted { $0.path < $1.path }
    }
    /// The paths of all files, sorted.
    public var paths: [String] { entries.map(\.path) }
    /// The contents of a file; nil if the file is missing.
    public subscript(path: String) -> [UInt8]? {
        let place = first(notBefore: path)
        guard place < entries.count, entries[place].path == path else { return nil }
        return folders[entries[place].folder].bytes(at: entries[place].range)
    }
    /// Returns the names of the files and folders in a folder, sorted; nil if the folder is missing.
    public func names(in folder: String) -> [String]? {
        let start = folder + "/"
        var out: [String] = []
        for entry in entries[first(notBefore: start)...] {
            guard entry.path.hasPrefix(start) else { break }
            let name = String(entry.path.dropFirst(start.count).prefix { $0 != "/" })
            if out.last != name { out.append(name) }
        }
        return out.isEmpty ? nil : out.sorted()
    }
    /// Returns the number of entries before a path.
    private func first(notBefore path: String) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
