import Wire

/// A visitor that gives each missing field without explicit presence its default, as protobuf.js writes messages with
/// the codec of DXOS.
struct ExplicitDefaults: TreeCoder {
    mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) {}
    mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) {
        if value == nil, case .tag(_, .implicit, _) = layout { value = V() }
    }
    mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {}
    mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) {}
    mutating func group<M: Message>(_ name: StaticString, _ value: inout M) { value.code(&self) }
    mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout) {
        if group == nil, case .tag(_, .implicit, _) = layout { group = like() }
        guard var message = group.take() else { return }
        message.code(&self)
        group = message
    }
    mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        for i in values.indices { values[i].code(&self) }
    }
}

extension Message {
    /// The message with explicit defaults.
    var withExplicitDefaults: Self {
        var message = self
        var coder = ExplicitDefaults()
        message.code(&coder)
        return message
    }
}
