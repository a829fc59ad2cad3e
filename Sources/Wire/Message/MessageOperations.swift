// Operations for hot paths, which are compiled into their caller if the message is binary.
extension Message {
    /// Reads one message that fills `bytes`. Its byte strings stay in the packet, and the message is changed in place.
    /// Returns false if the message is refused; `check` returns the reason.
    @inlinable @inline(__always)
    public mutating func read(borrowing bytes: RawSpan) -> Bool {
        self = Self()
        if Self.form == .binary {
            var r = Decoder(bytes)
            code(&r)
            return r.finish(.binary)
        }
        // This calls the witness: the walk of these forms is worth a call.
        var r = Reader<Silent>(bytes)
        Silent.walk(&self, &r)
        return r.finish(Self.form)
    }
}

// All other operations reach the message through its witnesses, so that the caller compiles none of it.
extension Message {
    /// Reads one message that fills `bytes`. The message owns all its bytes.
    @inlinable public init(copying bytes: RawSpan) throws(WireError) {
        self.init()
        var r = Reader<Silent>(bytes, owns: true)
        Silent.walk(&self, &r)
        if !r.finish(Self.form) { throw Self.refusal(bytes) }
    }
    @inlinable @inline(never) static func refusal(_ bytes: RawSpan) -> WireError {
        // Only a message whose `code` reads differently on a second run ends here.
        check(bytes)
            ?? WireError(reason: .unexplained, path: "", offset: 0, had: UInt64(clamping: bytes.byteCount))
    }
    /// Returns the first fault, which a slower walk finds that keeps its path.
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
    /// Returns the fields with byte ranges, as far as the bytes can be read; `error` has the place where reading
    /// stopped. A JSON member of the wrong type is noted and shown unchanged; all other operations except `inspect`
    /// refuse it. `audits` is false for messages that `inspect` found plain. That saves the walk that looks for
    /// inconsistent fields. `hint` is the value of `Coder.hint`.
    public static func dissect(_ bytes: RawSpan, audits: Bool = true, hint: UInt64 = 0) -> Dissection {
        var tree = TreeState()
        tree.hint = hint
        dissect(bytes, into: &tree, audits: audits)
        return tree.out
    }
    /// Dissects into memory that was used before.
    static func dissect(_ bytes: RawSpan, into tree: inout TreeState, audits: Bool) {
        tree.reserve()
        withUnsafeMutablePointer(to: &tree) { tree in
            var m = Self()
            var r = Reader(bytes, Tree(tree))
            if !r.ok { tree.pointee.refuse(.tooLong(bytes.byteCount)) }
            m.trace(&r)
            guard r.finish(form), audits else { return }
            // One more walk, over the message, finds derived fields that contradict the rest. It is slow and rare.
            var consistency = Consistency(bytes)
            m.compare(&consistency)
            guard consistency.isBroken else { return }
            var auditor = Auditor(bytes)
            m.code(&auditor)
            tree.pointee.out.add(.inconsistent, auditor.inconsistent)
        }
    }
    /// Writes the fields as a JSON object. Returns false if `trace` cannot; the caller then drops the text.
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
    /// Passes the message to a writer. A writer does not change a protobuf message, because its description changes it
    /// only when it reads. So a protobuf message needs no copy.
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
    /// Returns the encoding. `packet` is needed only for messages with borrowed bytes.
    public func encoded(from packet: RawSpan = RawSpan()) -> [UInt8] {
        var out: [UInt8] = []
        encode(appendingTo: &out, from: packet)
        return out
    }
    /// Appends the encoding. This takes one pass if the array has room for it, or if it has at most 1 KiB. `packet` is
    /// used as for `encoded`.
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
        // The first pass counted the bytes. Only a description that differs on each run ends here.
        if count > 0 { count = append(to: &out, count, from: packet) }
    }
    /// Writes into the free memory after the end of an array. Returns 0, or the number of bytes needed if there is less
    /// room.
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
    /// Returns the first fault; nil if the message is valid.
    public static func check(_ bytes: [UInt8]) -> WireError? { check(bytes.span.bytes) }
    /// Returns the fields with byte ranges, as far as the bytes can be read.
    public static func dissect(_ bytes: [UInt8]) -> Dissection { dissect(bytes.span.bytes) }
}

extension Reader {
    /// Ends the outermost message: no byte may be left. Returns true if there was no fault.
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
