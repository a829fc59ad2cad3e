/// The folders `Spec` and `Vectors` of the sources, as they were when the program was built. Paths have no `/` before or
/// behind them, such as `Spec/nano/requirements.yaml`.
public struct EmbeddedFiles: Sendable {
    /// Of this program.
    public static let own = EmbeddedFiles(index: embeddedIndex, text: embeddedText)

    private let text: StaticString
    /// Sorted by path.
    private let entries: [(path: String, range: Range<Int>)]

    /// `index`: for each file, in the order of the paths, a line of path, offset in `text` and length, with tabs between.
    init(index: StaticString, text: StaticString) {
        self.text = text
        entries = index.description.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t")
            guard parts.count == 3, let offset = Int(parts[1]), let count = Int(parts[2]), offset >= 0, count >= 0,
                offset + count <= text.utf8CodeUnitCount
            else { return nil }
            return (String(parts[0]), offset..<offset + count)
        }.sorted { $0.path < $1.path }
    }
    /// Paths of all files, sorted.
    public var paths: [String] { entries.map(\.path) }
    /// What a file holds; nil where there is none.
    public subscript(path: String) -> [UInt8]? {
        let place = first(notBefore: path)
        guard place < entries.count, entries[place].path == path else { return nil }
        return text.withUTF8Buffer { Array($0[entries[place].range]) }
    }
    /// Names of the files and folders in a folder, sorted; nil where there is no such folder.
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
    /// How many entries are before a path.
    private func first(notBefore path: String) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
