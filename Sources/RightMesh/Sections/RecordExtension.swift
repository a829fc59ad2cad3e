public import Wire

/// The bytes that a later version has added after the known fields of a record. They are kept, but not interpreted.
public struct RecordExtension: Message {
    public static var name: StaticString { "rightmesh.extension" }
    public var bytes = Bytes()
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.rest("bytes", &bytes) }
}

/// A record of a section, with room for the additions of later versions.
public protocol Extensible: Message {
    /// The flags of the section.
    associatedtype Flags: FixedValue = UInt8
    /// The number of bytes of a record that every sender sends.
    static var least: Int { get }
    /// The number of bytes of this record without an extension.
    var byteCountOfKnown: Int { get }
    /// The bytes that follow within the record length that the section states.
    var `extension`: RecordExtension? { get }
}

/// A record of a section that consists of a list of records.
public protocol SectionRecord: Extensible {
    /// The name of the section in scenarios, filters and reports.
    static var sectionName: StaticString { get }
    /// The number at the beginning of the section.
    static var section: SectionKind { get }
}

extension Extensible {
    public var byteCountOfKnown: Int { Self.least }
    var length: Int { byteCountOfKnown + (`extension`?.bytes.count ?? 0) }
}

extension Array where Element: Extensible {
    /// The record length that a section states: the length of its longest record.
    var recordLength: UInt16 { UInt16(clamping: reduce(Element.least) { Swift.max($0, $1.length) }) }
}
