/// The path of a file as the URI of an artifact.
struct FileURI {
    /// The URI: relative to the sources, or absolute with its scheme.
    var text: String
    /// True if the path is inside the program and not in the file system.
    var isInProgram: Bool
    /// The prefix of paths inside the program.
    private static let program = "meshspec:"
    /// True if the path is below the working directory of the program.
    var isBelow: Bool

    init(_ path: String) {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        // A file inside the program has its own scheme.
        isInProgram = path.hasPrefix(Self.program)
        let isAbsolute = path.hasPrefix("/")
        isBelow = !isAbsolute && !isInProgram && !path.split(separator: "/").contains("..")
        let scheme = isAbsolute ? "file://" : isInProgram ? Self.program : ""
        text = scheme + Self.escape(isInProgram ? path.dropFirst(Self.program.count) : path, uppercase: true)
    }
    /// Returns a path whose bytes cannot be mistaken for a scheme, a query or markup. All bytes except letters, digits
    /// and `-./_~` become `%` and two hexadecimal digits.
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
