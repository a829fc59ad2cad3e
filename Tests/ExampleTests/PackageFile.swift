import Glibc

/// Files of this package.
enum PackageFile {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    /// Returns the path of a file, from its path in the package.
    static func path(_ name: String) -> String { "\(root)/\(name)" }
    /// Returns the text of a file, or an empty text if it cannot be read.
    static func text(_ name: String) -> String {
        guard let file = fopen(path(name), "r") else { return "" }
        defer { fclose(file) }
        var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while case let n = fread(&piece, 1, piece.count, file), n > 0 { bytes += piece[..<n] }
        return String(decoding: bytes, as: UTF8.self)
    }
    /// Returns the names of the files in a folder, in order.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(path(folder)) else { return [] }
        defer { closedir(stream) }
        var out: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { out.append(name) }
        }
        return out.sorted()
    }
}
