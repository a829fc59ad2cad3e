private import Glibc

/// A file that cannot be opened.
private struct FileError: Error, CustomStringConvertible {
    var path: String
    var description: String { "cannot open \(path)" }
}

/// Returns all bytes of a file.
public func readFile(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw FileError(path: path) }
    defer { fclose(file) }
    var out: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let n = fread(&piece, 1, piece.count, file)
        guard n > 0 else { return out }
        out += piece[..<n]
    }
}
