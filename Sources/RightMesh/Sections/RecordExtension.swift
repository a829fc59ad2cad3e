public import Wire

/// What a later version has added behind the known fields of a record. It is kept, and not interpreted.
public struct RecordExtension: Message {
    public static var name: StaticString { "rightmesh.extension" }
    public var bytes = Bytes()
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.rest("bytes", &bytes) }
}

/// A record of a section, with room for what later versions add.
public protocol Extensible: Message {
    /// Those of its section.
    associatedtype Flags: FixedValue = UInt8
    /// Bytes that every sender sends of it.
    static var least: Int { get }
    /// Bytes of this one without an extension.
    var byteCountOfKnown: Int { get }
    /// What follows within the length of a record that the section states.
    var `extension`: RecordExtension? { get }
}

/// A record of a section that is a list of them.
public protocol SectionRecord: Extensible {
    /// As scenarios, filters and reports call the section.
    static var sectionName: StaticString { get }
    /// The number that the section begins with.
    static var section: SectionKind { get }
}

extension Extensible {
    public var byteCountOfKnown: Int { Self.least }
    var length: Int { byteCountOfKnown + (`extension`?.bytes.count ?? 0) }
}

extension Array where Element: Extensible {
    /// What a section states as the length of each: that of the longest.
    var recordLength: UInt16 { UInt16(clamping: reduce(Element.least) { Swift.max($0, $1.length) }) }
}
