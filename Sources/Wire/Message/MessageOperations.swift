// Operations for hot paths: compiled into their caller when the message is binary.
extension Message {
    /// Reads one message that fills `bytes`; its byte strings stay in the packet, and the message itself stays where
    /// it is. False when refused (`check` says why).
    @inlinable @inline(__always)
    public mutating func read(borrowing bytes: RawSpan) -> Bool {
        self = Self()
        if Self.form == .binary {
            var r = Decoder(bytes)
            code(&r)
            return r.finish(.binary)
        }
        // Through the witness: the walk of such forms is worth a call.
        var r = Reader<Silent>(bytes)
        Silent.walk(&self, &r)
        return r.finish(Self.form)
    }
}

// All other operations reach the message through its witnesses, so that nothing is compiled into the caller.
extension Message {
    /// Reads one message that fills `bytes` and owns everything.
    @inlinable public init(copying bytes: RawSpan) throws(WireError) {
        self.init()
        var r = Reader<Silent>(bytes, owns: true)
        Silent.walk(&self, &r)
        if !r.finish(Self.form) { throw Self.refusal(bytes) }
    }
    @inlinable @inline(never) static func refusal(_ bytes: RawSpan) -> WireError {
        // A message whose `code` reads differently when asked twice would end here.
        check(bytes)
            ?? WireError(reason: .unexplained, path: "", offset: 0, had: UInt64(clamping: bytes.byteCount))
    }
    /// The first fault, found by a slower walk that keeps its path.
    public static func check(_ bytes: RawSpan) -> WireError? {
        guard bytes.byteCount <= Reader<Tree>.maximumCount else { return .tooLong(bytes.byteCount) }
        var tree = TreeState()
        tree.keep = false
        withUnsafeMutablePointer(to: &tree) { tree in
            var m = Self()
            var r = Reader(bytes, Tree(tree))
            m.trace(&r)
            _ = r.finish(form)
        }
        return tree.out.error
    }
    /// Fields with byte ranges, as far as the bytes can be read; `error` says where it stopped. A JSON member of the wrong
    /// type, which all other operations but `inspect` refuse, is noted and shown as it stands. `audits`: false for
    /// messages that `inspect` found plain, which saves the walk that looks for inconsistent fields. `hint`: as of
    /// `Coder.hint`.
    public static func dissect(_ bytes: RawSpan, audits: Bool = true, hint: UInt64 = 0) -> Dissection {
        var tree = TreeState()
        tree.hint = hint
        dissect(bytes, into: &tree, audits: audits)
        return tree.out
    }
    /// The same into memory that was used before.
    static func dissect(_ bytes: RawSpan, into tree: inout TreeState, audits: Bool) {
        tree.reserve()
        withUnsafeMutablePointer(to: &tree) { tree in
            var m = Self()
            var r = Reader(bytes, Tree(tree))
            if !r.ok { tree.pointee.refuse(.tooLong(bytes.byteCount)) }
            m.trace(&r)
            guard r.finish(form), audits else { return }
            // What derived fields should have said: one more walk, over the message.
            var auditor = Auditor(bytes)
            m.code(&auditor)
            tree.pointee.out.add(.inconsistent, auditor.inconsistent)
            tree.pointee.out.add(.defaultValue, auditor.defaults)
        }
    }
    /// Writes the fields as a JSON object; false when `trace` cannot, and the text is then to be dropped.
    static func write(fieldsOf bytes: RawSpan, _ trace: inout JSONTrace) -> Bool {
        var m = Self()
        var r = Reader<JSONTrace>(bytes)
        swap(&r.trace, &trace)
        r.trace.begin()
        m.writeJSON(&r)
        let isWhole = r.finish(form)
        r.trace.end()
        swap(&r.trace, &trace)
        return isWhole && trace.isGood
    }
    /// Gives it to a writer, which changes a message of protobuf not at all (its description does so only where it reads):
    /// such a one needs no copy.
    private func unchanged(_ body: (inout Self) -> Void) {
        if Self.form == .protobuf {
            withUnsafePointer(to: self) { body(&UnsafeMutablePointer(mutating: $0).pointee) }
        } else {
            var copy = self
            body(&copy)
        }
    }
    /// The size of the encoding.
    public func byteCount(from packet: RawSpan = RawSpan()) -> Int {
        withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { nothing in
            guard let base = nothing.baseAddress else { return 0 }
            var w = Writer(base, 0, counts: true, source: packet)
            unchanged { $0.write(&w) }
            return w.count
        }
    }
    /// The encoding. `packet` is needed for messages with borrowed bytes only.
    public func encoded(from packet: RawSpan = RawSpan()) -> [UInt8] {
        var out: [UInt8] = []
        encode(appendingTo: &out, from: packet)
        return out
    }
    /// Appends the encoding, in one pass where the array has room for it, or it has 1 KiB at most. `packet` as for
    /// `encoded`.
    public func encode(appendingTo out: inout [UInt8], from packet: RawSpan = RawSpan()) {
        let free = out.capacity - out.count
        var count: Int
        if free > 1024 {
            count = append(to: &out, free, from: packet)
        } else {
            count = withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { scratch in
                guard let base = scratch.baseAddress else { return 0 }
                var w = Writer(base, scratch.count, source: packet)
                unchanged { $0.write(&w) }
                if w.counts { return w.count }
                out.append(contentsOf: UnsafeRawBufferPointer(start: base, count: w.count))
                return 0
            }
        }
        // It was counted. A description that is not the same each time would end here.
        if count > 0 { count = append(to: &out, count, from: packet) }
    }
    /// Writes into the memory behind an array; 0, or how many bytes it takes where there is less.
    private func append(to out: inout [UInt8], _ capacity: Int, from packet: RawSpan) -> Int {
        var missing = 0
        out.append(addingCapacity: capacity) { room in
            room.withUnsafeMutableBufferPointer { memory, count in
                guard let base = memory.baseAddress else { return }
                var w = Writer(base, capacity, source: packet)
                unchanged { $0.write(&w) }
                if w.counts { missing = w.count } else { count = w.count }
            }
        }
        return missing
    }
}

/// The same operations on arrays.
extension Message {
    /// Reads one message that fills `bytes` and owns everything.
    public init(copying bytes: [UInt8]) throws(WireError) { try self.init(copying: bytes.span.bytes) }
    /// The first fault; nil when there is none.
    public static func check(_ bytes: [UInt8]) -> WireError? { check(bytes.span.bytes) }
    /// Fields with byte ranges, as far as the bytes can be read.
    public static func dissect(_ bytes: [UInt8]) -> Dissection { dissect(bytes.span.bytes) }
}

extension Reader {
    /// The end of the outermost message: nothing may be left. True when all went well.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func finish(_ form: Form) -> Bool {
        if form == .json || form == .jsonValue, ok { skipSpace() }
        if ok, at != limit { leftover("") }
        return ok
    }
}

extension WireError {
    static func tooLong(_ count: Int) -> WireError {
        WireError(
            reason: .tooLong, path: "", offset: 0, wanted: UInt64(Reader<Tree>.maximumCount),
            had: UInt64(clamping: count))
    }
}
