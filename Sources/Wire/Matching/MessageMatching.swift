extension Message {
    /// Compares the message with a pattern; `packet` holds borrowed byte strings.
    public func match(_ pattern: Pattern, in packet: RawSpan = RawSpan()) -> Match {
        var judge = Matcher()
        judge.judge(pattern, shown(packet, pattern.interest), nil, "")
        return judge.match
    }
    /// Reads one message that fills `bytes` and compares it with a pattern.
    public static func match(_ pattern: Pattern, _ bytes: RawSpan) throws(WireError) -> Match {
        var m = Self()
        var r = Reader<Silent>(bytes)
        m.decode(&r)
        guard r.finish(form) else { throw refusal(bytes) }
        return m.match(pattern, in: bytes)
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
