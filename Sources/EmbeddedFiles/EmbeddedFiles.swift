internal import CZlib
internal import Crypto
internal import Synchronization

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

/// The files of a folder, one after the other, as a gzip file in base64. They are unpacked when the first file is read.
final class PackedFolder: Sendable {
    private let packed: StaticString
    private let unpacked = Mutex<[UInt8]?>(nil)

    init(_ packed: StaticString) { self.packed = packed }

    /// Returns a part of the unpacked files; nil if it lies outside.
    func bytes(at range: Range<Int>) -> [UInt8]? {
        unpacked.withLock { known in
            let all = known ?? unpack()
            known = all
            return range.upperBound <= all.count ? Array(all[range]) : nil
        }
    }
    private func unpack() -> [UInt8] {
        var input = packed.withUTF8Buffer { Base64.decode($0.filter { $0 != UInt8(ascii: "\n") }) } ?? []
        // A gzip file ends with the length of its content (RFC 1952, section 2.3.1).
        let count = input.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        // zlib keeps the address of this structure, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        // 15: the window of any gzip file. 16: a gzip header instead of a zlib header.
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return []
        }
        defer { inflateEnd(stream) }
        return [UInt8](unsafeUninitializedCapacity: count) { output, filled in
            input.withUnsafeMutableBufferPointer { input in
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = UInt32(clamping: input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(clamping: output.count)
                if inflate(stream, Z_FINISH) == Z_STREAM_END { filled = Int(stream.pointee.total_out) }
            }
        }
    }
}
