internal import Scenario

/// A converter of text to names with a restricted character set.
enum SafeName {
    /// The maximum number of bytes of a file name; systems accept 255.
    static let limit = 120

    /// Returns a host name: letters, digits, `-`, `.` and `_`.
    static func host(_ s: String) -> String {
        let name = String(s.unicodeScalars.prefix(63).map { isPlain($0) ? Character($0) : "-" })
        return name.isEmpty ? "-" : name
    }
    /// Returns a file or folder name, equal for equal texts and different for different ones. Text of lower case
    /// letters, digits, `-`, `.` and `_`, such as an id, is unchanged. Otherwise characters that file systems or CI
    /// artifact names do not accept become `_`, and a fingerprint of the text is appended. It is also appended if there
    /// are capital letters, because some file systems ignore case.
    static func file(_ s: String) -> String {
        let isGood =
            !s.isEmpty && s.utf8.count <= limit && s.unicodeScalars.allSatisfy { isPlain($0) && !isCapital($0) }
            && s.first != "." && s.first != "-" && s.last != "." && !isDevice(s)
        if isGood { return s }
        var name = String(s.unicodeScalars.prefix(limit - 20).map { isPlain($0) ? Character($0) : "_" })
        if name.isEmpty || name.first == "." || name.first == "-" || isDevice(name) { name = "_" + name }
        // The separator is a character that plain names do not have, so no plain name equals the result.
        return name + "+" + Fingerprint.of(s.utf8).prefix(8)
    }
    private static func isPlain(_ c: Unicode.Scalar) -> Bool {
        switch c {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_": true
        default: false
        }
    }
    private static func isCapital(_ c: Unicode.Scalar) -> Bool { c >= "A" && c <= "Z" }
    /// Returns whether Windows reserves the name for a device, regardless of the text after the first point.
    private static func isDevice(_ s: String) -> Bool {
        let stem = s.prefix { $0 != "." }.lowercased()
        if ["con", "prn", "aux", "nul"].contains(stem) { return true }
        return stem.count == 4 && (stem.hasPrefix("com") || stem.hasPrefix("lpt")) && stem.last?.isNumber == true
    }
}
