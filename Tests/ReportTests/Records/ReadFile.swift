import Glibc
import Testing

/// Returns all bytes of a file.
func readFile(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "rb"), "\(path)")
    defer { fclose(file) }
    var out: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let n = fread(&piece, 1, piece.count, file)
        guard n > 0 else { return out }
        out += piece[..<n]
    }
}
