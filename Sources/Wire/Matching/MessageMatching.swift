extension Message {
    /// Compares the message with a pattern; `packet` is where borrowed byte strings are.
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
    /// The message as a value tree, which `build` takes back. Derived fields are as they stand on the wire.
    public func value(in packet: RawSpan = RawSpan()) -> Value { shown(packet, nil).value }

    func shown(_ packet: RawSpan, _ interest: [Pattern.Field]?) -> TypedValue {
        var m = self
        var shower = TypedValueBuilder(packet, interest)
        m.code(&shower)
        return .group(shower.members)
    }
}
