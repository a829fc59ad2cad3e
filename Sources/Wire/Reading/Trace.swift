/// What a reader tells about its way through the bytes. `Silent` is free; `Tree` keeps everything.
public protocol Trace {
    /// False: the calls below do nothing, and what leads to them is left out.
    static var traces: Bool { get }
    /// False: the reader borrows always, and does not keep how much is missing.
    static var mayOwn: Bool { get }
    /// False: what only leads to a `note` is left out.
    static var notes: Bool { get }
    init()
    /// A value was read: the whole field is `at..<end`, the value itself begins at `content`.
    mutating func leaf<V: Leaf>(
        _ name: StaticString, _ type: V.Type, _ at: Int, _ content: Int, _ end: Int, _ number: UInt64, isJSON: Bool)
    /// The next leaf, or fault, is of this element of a list.
    mutating func element(_ index: Int)
    /// A group or list begins; `index` is -1 unless it is an element.
    mutating func open(_ name: StaticString, _ index: Int, _ at: Int, isList: Bool)
    /// The group or list that was opened last ends.
    mutating func close(_ at: Int)
    /// What follows cannot see beyond a length that a field claims.
    mutating func limit(_ by: StaticString)
    /// That length is used up.
    mutating func unlimit()
    /// Reading stops.
    mutating func fail(_ f: Fault)
    /// Something is worth telling.
    mutating func note(_ kind: Note.Kind, _ name: StaticString, _ at: Int, _ end: Int)
    /// As of `Coder.hint`.
    var hint: UInt64 { get }
    /// Calls the message's own walk for this trace.
    @_lifetime(r: copy r) static func walk<M: Message>(_ m: inout M, _ r: inout Reader<Self>)
}

extension Trace {
    @inlinable @inline(__always) public var hint: UInt64 { 0 }
}

/// A trace that keeps nothing.
public protocol Traceless: Trace {}

extension Traceless {
    @inlinable @inline(__always) public static var traces: Bool { false }
    @inlinable @inline(__always)
    public mutating func leaf<V: Leaf>(
        _ name: StaticString, _ type: V.Type, _ at: Int, _ content: Int, _ end: Int, _ number: UInt64, isJSON: Bool
    ) {}
    @inlinable @inline(__always) public mutating func element(_ index: Int) {}
    @inlinable @inline(__always)
    public mutating func open(_ name: StaticString, _ index: Int, _ at: Int, isList: Bool) {}
    @inlinable @inline(__always) public mutating func close(_ at: Int) {}
    @inlinable @inline(__always) public mutating func limit(_ by: StaticString) {}
    @inlinable @inline(__always) public mutating func unlimit() {}
    @inlinable @inline(__always) public mutating func fail(_ f: Fault) {}
    @inlinable @inline(__always)
    public mutating func note(_ kind: Note.Kind, _ name: StaticString, _ at: Int, _ end: Int) {}
}

/// Leaves no trace and borrows: for binary messages, compiled into the caller of an inlined operation.
@frozen public struct Direct: Traceless {
    @inlinable @inline(__always) public static var mayOwn: Bool { false }
    @inlinable @inline(__always) public static var notes: Bool { false }
    /// Nothing to keep.
    @inlinable @inline(__always) public init() {}
    /// What is not binary goes on with a `Silent` reader, whose walk is compiled in the message's module.
    @inline(never) @_lifetime(r: copy r)
    public static func walk<M: Message>(_ m: inout M, _ r: inout Reader<Direct>) {
        var s = Reader<Silent>(r.span)
        (s.at, s.limit, s.depth) = (r.at, r.limit, r.depth)
        m.decode(&s)
        (r.at, r.ok) = (s.at, s.ok)
    }
}

/// Leaves no trace but whether there was anything to note; compiled once for each message, in its module.
@frozen public struct Silent: Traceless {
    @inlinable @inline(__always) public static var mayOwn: Bool { true }
    @inlinable @inline(__always) public static var notes: Bool { true }
    @usableFromInline var hasNotes = false
    @inlinable @inline(__always) public init() {}
    /// Keeps that there was one.
    @inlinable @inline(__always)
    public mutating func note(_ kind: Note.Kind, _ name: StaticString, _ at: Int, _ end: Int) { hasNotes = true }
    @inline(never) @_lifetime(r: copy r)
    public static func walk<M: Message>(_ m: inout M, _ r: inout Reader<Silent>) { m.decode(&r) }
}
