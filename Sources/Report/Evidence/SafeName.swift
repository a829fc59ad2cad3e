internal import Scenario

/// Names for places that do not take every character.
enum SafeName {
    /// Bytes that a name of a file may have at most; systems take 255.
    static let limit = 120

    /// The name of a host: letters, digits, `-`, `.` and `_`.
    static func host(_ s: String) -> String {
        let name = String(s.unicodeScalars.prefix(63).map { isPlain($0) ? Character($0) : "-" })
        return name.isEmpty ? "-" : name
    }
    /// The name of a file or folder, the same for the same text and different for different ones. What is made of lower
    /// case letters, digits, `-`, `.` and `_`, as ids are, stays as it is. Otherwise what file systems or names of CI
    /// artifacts do not take becomes `_`, and a fingerprint of the text follows: also behind capital letters, which
    /// some file systems do not tell from small ones.
    static func file(_ s: String) -> String {
        let isGood =
            !s.isEmpty && s.utf8.count <= limit && s.unicodeScalars.allSatisfy { isPlain($0) && !isCapital($0) }
            && s.first != "." && s.first != "-" && s.last != "." && !isDevice(s)
        if isGood { return s }
        var name = String(s.unicodeScalars.prefix(limit - 20).map { isPlain($0) ? Character($0) : "_" })
        if name.isEmpty || name.first == "." || name.first == "-" || isDevice(name) { name = "_" + name }
        // Behind a character that plain names do not have, so that none of them is like it.
        return name + "+" + Fingerprint.of(s.utf8).prefix(8)
    }
    private static func isPlain(_ c: Unicode.Scalar) -> Bool {
        switch c {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_": true
        default: false
        }
    }
    private static func isCapital(_ c: Unicode.Scalar) -> Bool { c >= "A" && c <= "Z" }
    /// Names that Windows keeps for devices, whatever stands behind a point.
    private static func isDevice(_ s: String) -> Bool {
        let stem = s.prefix { $0 != "." }.lowercased()
        if ["con", "prn", "aux", "nul"].contains(stem) { return true }
        return stem.count == 4 && (stem.hasPrefix("com") || stem.hasPrefix("lpt")) && stem.last?.isNumber == true
    }
}
