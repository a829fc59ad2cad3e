/// A place in a file: line and column from 1, columns in Unicode scalars.
public struct Position: Hashable, Comparable, Sendable {
    /// From 1.
    public var line: Int
    /// In Unicode scalars, from 1.
    public var column: Int
    /// A place by its line and column.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
    /// In the order of reading.
    public static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// A stretch of a file, from `start` up to `end`.
public struct Span: Hashable, Sendable {
    /// Its first character.
    public var start: Position
    /// The character behind its last one.
    public var end: Position
    /// A stretch between two places.
    public init(_ start: Position, _ end: Position) {
        self.start = start
        self.end = end
    }
    /// The beginning of the file, for what concerns all of it.
    public static var top: Self { Self(Position(line: 1, column: 1), Position(line: 1, column: 1)) }
}

/// A text that was read, with the name to call it by.
public struct SourceFile: Sendable {
    /// As the user would write it.
    public let name: String
    /// The content; nothing is known of it.
    public let bytes: [UInt8]
    /// A text and its name.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
    /// Whether the first thing in it, behind comments, is a key: what is not even that is some other file.
    func begins(with key: String) -> Bool {
        for line in lineBytes {
            let trimmed = line.drop { $0 == 0x20 || $0 == 0x09 }
            if trimmed.isEmpty || trimmed.first == UInt8(ascii: "#") || trimmed.starts(with: "---".utf8) { continue }
            return trimmed.drop { "{\"' ".utf8.contains($0) }.starts(with: key.utf8)
        }
        return false
    }
    /// Steps for scenarios to use, rather than a scenario.
    public var isFragment: Bool { begins(with: "meshspec-fragment") }
    /// A line by its number, without its end; empty when there is none. Invalid UTF-8 is repaired.
    public func line(_ number: Int) -> String {
        guard number >= 1, let line = lineBytes.dropFirst(number - 1).first(where: { _ in true }) else { return "" }
        return String(decoding: line, as: UTF8.self)
    }
    /// All lines, without their ends.
    var lines: [String] { lineBytes.map { String(decoding: $0, as: UTF8.self) } }

    /// The bytes of each line, without its end. Files beyond every limit have lines as well: no list of them is made.
    var lineBytes: some Sequence<ArraySlice<UInt8>> {
        sequence(state: Optional(content)) { rest in
            guard let left = rest else { return nil }
            let end = Self.lineEnd(left)
            rest = end.map { left[$0.upperBound...] }
            return left[..<(end?.lowerBound ?? left.endIndex)]
        }
    }
    /// Where the byte with this offset stands.
    func position(ofByte offset: Int) -> Position {
        var (number, start) = (0, content.startIndex)
        for line in lineBytes {
            if number > 0, line.startIndex > offset { break }
            (number, start) = (number + 1, line.startIndex)
        }
        let before = content[start..<max(start, min(offset, content.endIndex))]
        return Position(line: number, column: String(decoding: before, as: UTF8.self).unicodeScalars.count + 1)
    }
    /// Offset of the first byte that is not UTF-8; nil when all is.
    var firstInvalidByte: Int? {
        // Nearly every file is right: that is quick to tell.
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
    /// The bytes without a byte order mark.
    var content: ArraySlice<UInt8> { bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...] }

    /// The first end of a line: what YAML takes for one, so that its line numbers are ours.
    static func lineEnd(_ s: ArraySlice<UInt8>) -> Range<Int>? {
        var i = s.startIndex
        while i < s.endIndex {
            switch s[i] {
            // Nearly every byte.
            case 0x20..<0xc2: i += 1
            case 0x0a: return i..<i + 1
            case 0x0d: return i..<(i + 1 < s.endIndex && s[i + 1] == 0x0a ? i + 2 : i + 1)
            // NEL, line and paragraph separator.
            case 0xc2 where s[i...].starts(with: [0xc2, 0x85]): return i..<i + 2
            case 0xe2 where s[i...].starts(with: [0xe2, 0x80, 0xa8]) || s[i...].starts(with: [0xe2, 0x80, 0xa9]):
                return i..<i + 3
            default: i += 1
            }
        }
        return nil
    }
}
