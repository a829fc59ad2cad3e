/// A visitor that looks for derived fields that contradict the rest of their message.
struct Auditor: TreeCoder, ~Escapable {
    let packet: RawSpan
    /// The path of the current group, with a dot at its end unless it is empty.
    var path = ""
    /// The paths of derived fields that contradict the rest.
    var inconsistent: [String] = []

    @_lifetime(copy packet)
    init(_ packet: RawSpan) { self.packet = packet }
    func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64 { bytes.withSpan(in: packet) { K.of($0) } }
    func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64 {
        K.of(message.encoded(from: packet).span.bytes)
    }
    @_lifetime(self: copy self)
    mutating func enter<M: Message>(_ name: String, _ m: inout M) {
        let outer = path
        path += name + "."
        m.code(&self)
        path = outer
    }
    @_lifetime(self: copy self)
    mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) {}
    @_lifetime(self: copy self)
    mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) {}
    @_lifetime(self: copy self)
    mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {}
    @_lifetime(self: copy self)
    mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) {
        guard inconsistent.count < Dissection.maximumNotes, let stored = value.stored, stored != now() else { return }
        inconsistent.append(path + name.description)
    }
    @_lifetime(self: copy self)
    mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ value: inout V?, as presence: Presence) {}
    @_lifetime(self: copy self)
    mutating func unknown(_ value: inout Unknown) {}
    @_lifetime(self: copy self)
    mutating func group<M: Message>(_ name: StaticString, _ value: inout M) { enter(name.description, &value) }
    @_lifetime(self: copy self)
    mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout) {
        guard var m = group else { return }
        enter(name.description, &m)
    }
    @_lifetime(self: copy self)
    mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        for i in values.indices { enter("\(name)[\(i)]", &values[i]) }
    }
}
