/// A position in a file: line and column from 1, columns in Unicode scalars.
public struct Position: Hashable, Comparable, Sendable {
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
    /// Compares in reading order.
    public static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// A range of a file, from `start` up to but not including `end`.
public struct Span: Hashable, Sendable {
    /// The position of its first character.
    public var start: Position
    /// The position after its last character.
    public var end: Position
    public init(_ start: Position, _ end: Position) {
        self.start = start
        self.end = end
    }
    /// The beginning of the file, for diagnostics about the whole file.
    public static var top: Self { Self(Position(line: 1, column: 1), Position(line: 1, column: 1)) }
}

/// A file that was read, with its name for diagnostics.
public struct SourceFile: Sendable {
    /// The name as the user would write it.
    public let name: String
    /// The content, unchecked.
    public let bytes: [UInt8]
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
    /// Returns whether the first thing in the file after comments is this key. If not, it is another kind of file.
    func begins(with key: String) -> Bool {
        for line in lineBytes {
            let trimmed = line.drop { $0 == 0x20 || $0 == 0x09 }
            if trimmed.isEmpty || trimmed.first == UInt8(ascii: "#") || trimmed.starts(with: "---".utf8) { continue }
            return trimmed.drop { "{\"' ".utf8.contains($0) }.starts(with: key.utf8)
        }
        return false
    }
    /// True if the file holds steps for scenarios to use, instead of a scenario.
    public var isFragment: Bool { begins(with: "meshspec-fragment") }
    /// Returns a line by its number, without its line end; empty if the line does not exist. Invalid UTF-8 is repaired.
    public func line(_ number: Int) -> String {
        guard number >= 1, let line = lineBytes.dropFirst(number - 1).first(where: { _ in true }) else { return "" }
        return String(decoding: line, as: UTF8.self)
    }
    /// All lines, without their line ends.
    var lines: [String] { lineBytes.map { String(decoding: $0, as: UTF8.self) } }

    /// The bytes of each line, without its line end. The sequence is lazy, because a file may exceed every limit.
    var lineBytes: some Sequence<ArraySlice<UInt8>> {
        sequence(state: Optional(content)) { rest in
            guard let left = rest else { return nil }
            let end = Self.lineEnd(left)
            rest = end.map { left[$0.upperBound...] }
            return left[..<(end?.lowerBound ?? left.endIndex)]
        }
    }
    /// Returns the position of the byte with this offset.
    func position(ofByte offset: Int) -> Position {
        var (number, start) = (0, content.startIndex)
        for line in lineBytes {
            if number > 0, line.startIndex > offset { break }
            (number, start) = (number + 1, line.startIndex)
        }
        let before = content[start..<max(start, min(offset, content.endIndex))]
        return Position(line: number, column: String(decoding: before, as: UTF8.self).unicodeScalars.count + 1)
    }
    /// The offset of the first byte that is not valid UTF-8; nil if the whole file is valid.
    var firstInvalidByte: Int? {
        // Nearly every file is valid, and this check is fast.
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = bytes.makeIterator()
        var at = 0
        while true {
            switch parser.parseScalar(from: &bytes) {
            case .valid(let scalar): at += scalar.count
            case .error: return at
            case .emptyInput: return nil
            }
        }
    }
    /// The bytes without the byte order mark.
    var content: ArraySlice<UInt8> { bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...] }

    /// Returns the first line end. It uses YAML's definition of a line end, so that line numbers agree with libyaml.
    static func lineEnd(_ s: ArraySlice<UInt8>) -> Range<Int>? {
        var i = s.startIndex
        while i < s.endIndex {
            switch s[i] {
            // This range covers nearly every byte.
            case 0x20..<0xc2: i += 1
            case 0x0a: return i..<i + 1
            case 0x0d: return i..<(i + 1 < s.endIndex && s[i + 1] == 0x0a ? i + 2 : i + 1)
            // NEL, line separator and paragraph separator.
            case 0xc2 where s[i...].starts(with: [0xc2, 0x85]): return i..<i + 2
            case 0xe2 where s[i...].starts(with: [0xe2, 0x80, 0xa8]) || s[i...].starts(with: [0xe2, 0x80, 0xa9]):
                return i..<i + 3
            default: i += 1
            }
        }
        return nil
    }
}
