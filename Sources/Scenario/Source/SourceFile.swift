/// A place in a file: line and column from 1, columns in characters.
public struct Position: Hashable, Comparable, Sendable {
    /// From 1.
    public var line: Int
    /// In characters, from 1.
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
    /// A line by its number, without its end; empty when there is none. Invalid UTF-8 is repaired.
    public func line(_ number: Int) -> String {
        var at = 1
        for part in bytes.split(separator: 0x0a, maxSplits: max(0, number), omittingEmptySubsequences: false) {
            if at == number { return String(decoding: part.last == 0x0d ? part.dropLast() : part, as: UTF8.self) }
            at += 1
        }
        return ""
    }
}
