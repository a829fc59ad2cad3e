// Refusals. A reader that has refused is at the end of the bytes, where all calls have no effect.
extension Reader {
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func fail(
        _ reason: Fault.Reason, in name: StaticString, at offset: Int, wanted: UInt64, had: UInt64,
        by: StaticString = ""
    ) {
        if T.traces { recordFault(reason, in: name, at: offset, wanted: wanted, had: had, by: by) }
        ok = false
        at = span.byteCount
        key = 0
        chosen = 0
        keyEnd = -1
        keyEscaped = false
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func recordFault(
        _ reason: Fault.Reason, in name: StaticString, at offset: Int, wanted: UInt64, had: UInt64, by: StaticString
    ) {
        if ok { trace.fail(Fault(reason, in: name, at: offset, wanted: wanted, had: had, by: by)) }
    }
    /// Refuses a value. `legal` returns the legal value and runs only for traces.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func refuse(
        _ name: StaticString, _ offset: Int, wanted: UInt64, had: UInt64, _ legal: () -> LegalValue
    ) {
        if T.traces, ok { trace.fail(Fault(.illegal, in: name, at: offset, wanted: wanted, had: had, legal: legal())) }
        // The trace keeps the first fault, which the line above reported.
        fail(.illegal, in: name, at: offset, wanted: wanted, had: had)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func truncated(_ name: StaticString, _ wanted: Int, _ by: StaticString = "") {
        // A caller that enters a claimed length restores `missing`: more bytes do not help there.
        if T.mayOwn, ok { missing = wanted &- remaining }
        fail(.truncated, in: name, at: at, wanted: UInt64(clamping: wanted), had: UInt64(clamping: remaining), by: by)
    }
    /// Refuses an impossible count of bytes or elements: below zero, or more than there are.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func tooShort(_ name: StaticString, count: Int, size: Int, by: StaticString) {
        let (wanted, over) = count.multipliedReportingOverflow(by: size)
        guard count < 0 else { return truncated(name, over ? .max : wanted, by) }
        refuse(name, at, wanted: 0, had: UInt64(bitPattern: Int64(count))) {
            LegalValue(wanted: "a count from 0 up", had: String(count))
        }
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func leftover(_ name: StaticString, _ by: StaticString = "") {
        fail(.trailing, in: name, at: at, wanted: 0, had: UInt64(clamping: remaining), by: by)
    }
}
