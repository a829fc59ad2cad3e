import Wire

/// A coder that runs a description on inputs instead of bytes, and records its actions.
///
/// It acts as a reading coder, because a description inspects values only when it reads. Groups that are absent in a
/// run are not entered. An element of a list is entered once, regardless of the count.
struct ProgramProbe: Coder {
    static var reads: Bool { true }
    /// The values of controls. Controls that are not included have a default.
    let inputs: [String: Int]
    var run = ProgramRun()
    /// The path of the group with a dot at its end, or an empty string.
    private var path = ""
    /// The previous step, after which `remaining` and `peek` look.
    private var last = ""
    /// The number of bytes of each varint in its shortest form, and the step before it.
    private var varints: [String: (count: Int, before: String)] = [:]
    /// The number of remaining bytes, unless another one is chosen.
    private static let length = 1 << 20
    /// The values seen by calls that only look ahead.
    private final class Seen {
        var values: [String: Int] = [:]
        var controls: [Program.Control] = []
    }
    private let seen = Seen()

    init(_ inputs: [String: Int]) { self.inputs = inputs }

    private mutating func add(_ name: StaticString, _ operation: ProgramStep.Operation) -> String {
        var key = path + name.description + (operation == .require ? "?" : "")
        var step = ProgramStep(name: name.description, operation: operation, key: key)
        // A field may have several checks, or a part of a message may be described twice.
        while run.attributes[key] != nil { key += "'" }
        step.key = key
        run.attributes[key] = [:]
        run.steps.append(step)
        if operation != .require { last = key }
        return key
    }
    private mutating func set(_ key: String, _ attribute: ProgramStep.Attribute, _ value: Int) {
        run.attributes[key, default: [:]][attribute] = value
    }
    private mutating func set(_ key: String, _ attribute: ProgramStep.Attribute, _ value: Bool) {
        set(key, attribute, value ? 1 : 0)
    }
    private mutating func change(_ body: (inout ProgramStep) -> Void) {
        guard let i = run.steps.indices.last else { return }
        body(&run.steps[i])
    }
    private mutating func control(
        _ key: String, from source: Program.Control.Source, in step: String, named name: String
    ) {
        run.controls.append(Program.Control(key: key, source: source, step: step, name: name))
    }
    /// Records a field that was read, with its chosen value.
    private mutating func read<V: FixedValue>(_ key: String, _ value: inout V, _ name: StaticString, bits: Int) {
        switch V.kind {
        case .uint, .code:
            if let n = inputs[key], let v = V(varint: UInt64(bitPattern: Int64(n))) { value = v }
            run.values[key] = Int(truncatingIfNeeded: value.number)
            control(key, from: .number(bits: bits), in: key, named: name.description)
        case .bytes:
            let isNonzero = inputs[key] ?? 1
            run.values[key] = isNonzero
            control(key, from: .isNonzero, in: key, named: name.description)
            if isNonzero == 1, let v = V(.bytes([UInt8](repeating: 1, count: V.byteCount))) { value = v }
        default: break
        }
    }
    private mutating func fixed<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ encoding: Encoding
    ) -> String {
        let before = last
        let key = add(name, .fixed(V.kind, encoding, byteCount: V.byteCount))
        read(key, &value, name, bits: 8 * V.byteCount)
        if encoding == .varint { varints[key] = (max(1, (70 - value.number.leadingZeroBitCount) / 7), before) }
        return key
    }
    /// Records the steps of a message inside the last step.
    private mutating func inside<M: Message>(_ key: String, _ name: StaticString, _ message: inout M) {
        let outer = (path, run.steps)
        path += name.description + "."
        run.steps = []
        last = key + "."
        message.code(&self)
        let steps = run.steps
        (path, run.steps) = outer
        last = key
        change {
            $0.steps = steps
            $0.message = M.name.description
            $0.form = M.form
        }
    }

    // MARK: - By position

    mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding) {
        _ = fixed(name, &value, encoding)
    }
    mutating func constant<V: FixedValue>(_ name: StaticString, _ value: inout V, _ expected: V, as encoding: Encoding)
    {
        let key = add(name, .fixed(V.kind, encoding, byteCount: V.byteCount))
        value = expected
        change { $0.expected = expected.value(in: RawSpan()) }
        if case .code = V.kind { change { $0.expected = .uint(expected.number) } }
        run.values[key] = Int(truncatingIfNeeded: value.number)
    }
    mutating func bits(_ high: StaticString, _ a: inout UInt8, and low: StaticString, width: Int, _ b: inout UInt8) {
        bits(high, &a, 0..<8 - width, of: 8)
        bits(low, &b, 8 - width..<8, of: 8)
    }
    mutating func bits<V: FixedValue>(_ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int) {
        let key = add(name, .bits(V.kind.narrowed(to: range.count), range, of: total))
        read(key, &value, name, bits: range.count)
    }
    mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ range: Range<Int>, of total: Int,
        computed: @autoclosure () -> V
    ) {
        var v = V()
        bits(name, &v, range, of: total)
        value.stored = v
    }
    mutating func bytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString) {
        let key = add(name, .bytes(B.kind))
        set(key, .count, count)
    }
    mutating func bytes<B: ByteString>(
        _ name: StaticString, _ value: inout B, count: Int, by: StaticString, maskedBy key: Fixed<4>?
    ) { bytes(name, &value, count: count, by: by) }
    mutating func list<V: FixedValue>(_ name: StaticString, _ values: inout [V], count: Int, by: StaticString) {
        let key = add(name, .values(V.kind, byteCount: V.byteCount))
        set(key, .count, count)
    }
    mutating func list<M: Message>(
        _ name: StaticString, _ values: inout [M], count: Int, stride: Int, by: StaticString
    ) {
        let key = add(name, .messages)
        set(key, .count, count)
        set(key, .stride, stride)
        var m = M()
        inside(key, name, &m)
    }
    mutating func sequence<M: Message>(_ name: StaticString, _ values: inout [M]) {
        sequence(M.self, name, before: nil, atMost: .max)
    }
    mutating func sequence<M: Message, E: FixedValue>(
        _ name: StaticString, _ values: inout [M], before end: E, atMost most: Int
    ) { sequence(M.self, name, before: end.stored, atMost: most) }
    private mutating func sequence<M: Message>(
        _: M.Type, _ name: StaticString, before end: [UInt8]?, atMost most: Int
    ) {
        let key = add(name, .sequence(nil, byteCount: 0, before: end, atMost: most))
        var m = M()
        inside(key, name, &m)
    }
    mutating func sequence<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], before end: V, atMost most: Int
    ) {
        _ = add(name, .sequence(V.kind, byteCount: V.byteCount, before: end.stored, atMost: most))
    }
    mutating func optional<V: FixedValue>(
        _ name: StaticString, _ value: inout V?, present: Bool, _ encoding: Encoding
    ) {
        let key = add(name, .fixed(V.kind, encoding, byteCount: V.byteCount))
        set(key, .present, present)
        guard present else { return }
        var v = V()
        read(key, &v, name, bits: 8 * V.byteCount)
        value = v
    }
    mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M, length: Int?,
        by: StaticString
    ) {
        let key = add(name, .message)
        set(key, .present, present)
        guard present else { return }
        set(key, .length, length ?? -1)
        var m = like()
        inside(key, name, &m)
        value = m
    }
    mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString) {
        let key = add(name, .message)
        set(key, .length, length ?? -1)
        inside(key, name, &value)
    }

    // MARK: - Computed, implied, checked

    mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, computed: @autoclosure () -> V
    ) {
        var v = V()
        _ = fixed(name, &v, encoding)
        value.stored = v
    }
    mutating func implied<V: Leaf>(_ name: StaticString, _ value: inout V, _ seen: @autoclosure () -> V) {
        value = seen()
        let key = add(name, .implied(V.kind))
        set(key, .value, Int(truncatingIfNeeded: value.number))
    }
    /// Does nothing: Wireshark shows the text as a part of the other field only.
    mutating func implied(
        _ name: StaticString, _ value: inout Text, last count: Int, maskedBy key: Fixed<4>?, from offset: Int
    ) {}
    mutating func require(_ name: StaticString, _ good: @autoclosure () -> Bool, _ got: @autoclosure () -> UInt64) {
        let key = add(name, .require)
        set(key, .good, good())
    }
    func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64 { 0 }
    func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64 { 0 }
    var remaining: Int {
        if let (count, before) = varints[last], let n = seen.values["remaining " + before] { return n - count }
        let key = "remaining " + last
        let n = inputs[key] ?? Self.length
        if seen.values.updateValue(n, forKey: key) == nil {
            seen.controls.append(Program.Control(key: key, source: .remaining, step: last, name: "remaining"))
        }
        return n
    }
    func peek<V: FixedValue>(_ type: V.Type, ahead: Int) -> V? {
        // Values farther ahead depend on the values here.
        guard ahead < 8 else { return nil }
        let key = "peek \(V.byteCount) \(ahead) \(last)"
        let n = inputs[key] ?? 0
        if seen.values.updateValue(n, forKey: key) == nil {
            seen.controls.append(
                Program.Control(key: key, source: .peek(byteCount: V.byteCount, ahead: ahead), step: last, name: "next")
            )
        }
        return n < 0 ? nil : V(varint: UInt64(n))
    }
    /// The finished run, with the values of look-ahead.
    var finished: ProgramRun {
        var all = run
        all.values.merge(seen.values) { a, _ in a }
        all.controls += seen.controls
        return all
    }

    // MARK: - By number

    mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ value: inout V?, as presence: Presence) {
        _ = add(name, .tag(V.kind, number: number, wireType: V.wireType, isList: false))
    }
    mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ values: inout [V], packed: Bool) {
        _ = add(name, .tag(V.kind, number: number, wireType: V.wireType, isList: true))
    }
    mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ value: inout M?, as presence: Presence) {
        let key = add(name, .tag(nil, number: number, wireType: 2, isList: false))
        nested(key, name, M.self)
    }
    mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M]) {
        let key = add(name, .tag(nil, number: number, wireType: 2, isList: true))
        nested(key, name, M.self)
    }
    // MARK: - By name
    mutating func member<V: MemberValue>(_ name: StaticString, _ value: inout V?) {
        _ = add(name, .member(V.kind, V.jsonType, isList: false))
    }
    mutating func member<M: Message>(_ name: StaticString, _ value: inout M?) {
        nested(add(name, .member(nil, .object, isList: false)), name, M.self)
    }
    mutating func member<V: MemberValue>(_ name: StaticString, _ values: inout [V]?) {
        _ = add(name, .member(V.kind, V.jsonType, isList: true))
    }
    mutating func member<M: Message>(_ name: StaticString, _ values: inout [M]?) {
        nested(add(name, .member(nil, .object, isList: true)), name, M.self)
    }
    mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString) {
        _ = add(name, .member(.text, .text, isList: false))
        change { $0.expected = .text(expected.description) }
    }
    mutating func unknown(_ value: inout Unknown) { _ = add("unknown", .unknown) }

    /// The types of the messages that are being entered. A message inside itself is not entered again.
    private var open: [ObjectIdentifier] = []
    private mutating func nested<M: Message>(_ key: String, _ name: StaticString, _: M.Type) {
        let id = ObjectIdentifier(M.self)
        guard !open.contains(id) else { return change { $0.message = M.name.description } }
        open.append(id)
        var m = M()
        inside(key, name, &m)
        open.removeLast()
    }
}

extension FixedValue {
    /// The bytes of the value; numbers have the highest byte first.
    fileprivate var stored: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { memory, count in
            guard let base = memory.baseAddress else { return }
            store(UnsafeMutableRawPointer(base), .big)
            count = Self.byteCount
        }
    }
}

extension Kind {
    /// Returns the same kind with fewer bits, for parts of bytes.
    fileprivate func narrowed(to bits: Int) -> Kind {
        switch self {
        case .uint: .uint(bits: bits)
        case .code(_, let names): .code(bits: bits, names)
        default: self
        }
    }
}
