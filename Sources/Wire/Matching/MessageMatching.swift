extension Message {
    /// Compares the message with a pattern; `packet` holds borrowed byte strings.
    public func match(_ pattern: Pattern, in packet: RawSpan = RawSpan()) -> Match {
        var judge = Matcher()
        judge.judge(pattern, on: shown(packet, pattern.interest), of: nil, at: "")
        return judge.match
    }
    /// Reads one message that fills `bytes` and compares it with a pattern. The message owns its bytes, because parts of
    /// them may be fields as well, such as the code of a Close frame.
    public static func match(_ pattern: Pattern, _ bytes: RawSpan) throws(WireError) -> Match {
        try Self(copying: bytes).match(pattern)
    }
    /// Returns the message as a value tree, which `build` accepts. Derived fields have the values on the wire.
    public func value(in packet: RawSpan = RawSpan()) -> Value { shown(packet, nil).value }

    func shown(_ packet: RawSpan, _ interest: [Pattern.Field]?) -> TypedValue {
        var m = self
        var shower = TypedValueBuilder(packet, interest)
        m.code(&shower)
        return .group(shower.members)
    }
}
