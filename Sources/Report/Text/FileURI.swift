/// The path of a file as the URI of an artifact.
struct FileURI {
    /// Relative to the sources, or absolute with its scheme.
    var text: String
    /// It is none of the file system's.
    var isInProgram: Bool
    /// What such paths begin with.
    private static let program = "meshspec:"
    /// It lies below the folder from which the program was called.
    var isBelow: Bool

    init(_ path: String) {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        // What the program carries has a scheme of its own.
        isInProgram = path.hasPrefix(Self.program)
        let isAbsolute = path.hasPrefix("/")
        isBelow = !isAbsolute && !isInProgram && !path.split(separator: "/").contains("..")
        let scheme = isAbsolute ? "file://" : isInProgram ? Self.program : ""
        text = scheme + Self.escape(isInProgram ? path.dropFirst(Self.program.count) : path, uppercase: true)
    }
    /// A path of which no byte can be taken for a scheme, a query or markup: `%` and two hexadecimal digits stand for
    /// all but letters, digits and `-./_~`.
    static func escape(_ path: some StringProtocol, uppercase: Bool) -> String {
        var out = ""
        for c in path.utf8 {
            switch c {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x2f, 0x5f, 0x7e:
                out.unicodeScalars.append(UnicodeScalar(c))
            default: out += (c < 0x10 ? "%0" : "%") + String(c, radix: 16, uppercase: uppercase)
            }
        }
        return out
    }
}
