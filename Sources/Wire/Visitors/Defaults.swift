/// One visitor for two rewritings of protobuf messages: explicit defaults in, or defaults out.
struct Defaults: TreeCoder {
    let fill: Bool
    mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ place: Place) {}
    mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ place: Place) {
        guard case .tag(_, .implicit) = place else { return }
        if fill { value = value ?? V() } else if let v = value, v == V() { value = nil }
    }
    mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ place: Place) {}
    mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, _ now: () -> V
    ) {}
    mutating func group<M: Message>(_ name: StaticString, _ value: inout M) { value.code(&self) }
    mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ place: Place) {
        if fill, case .tag(_, .implicit) = place { group = group ?? like() }
        if var m = group {
            m.code(&self)
            group = m
        }
    }
    mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ place: Place) {
        for i in values.indices { values[i].code(&self) }
    }
}

extension Message {
    /// Implicit-presence protobuf fields that are absent, written out with their defaults (DXOS JS form).
    public func explicit() -> Self { rewritten(true) }
    /// Implicit-presence protobuf fields that hold their default, left out (proto3 canonical form).
    public func canonical() -> Self { rewritten(false) }
    private func rewritten(_ fill: Bool) -> Self {
        var m = self
        var d = Defaults(fill: fill)
        m.code(&d)
        return m
    }
}
