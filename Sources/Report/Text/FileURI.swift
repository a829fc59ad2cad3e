/// The path of a file as the URI of an artifact.
struct FileURI {
    /// Relative to the sources, or absolute with its scheme.
    var text: String
    /// It lies below the folder from which the program was called.
    var isBelow: Bool

    init(_ path: String) {
        var out: [UInt8] = []
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        for c in path.utf8 {
            switch c {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x2f, 0x5f, 0x7e: out.append(c)
            default: out += [0x25, Self.digit(c >> 4), Self.digit(c & 15)]
            }
        }
        let isAbsolute = path.hasPrefix("/")
        isBelow = !isAbsolute && !path.split(separator: "/").contains("..")
        text = (isAbsolute ? "file://" : "") + String(decoding: out, as: UTF8.self)
    }
    private static func digit(_ n: UInt8) -> UInt8 { n < 10 ? 0x30 + n : 0x41 + n - 10 }
}
