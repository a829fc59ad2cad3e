import TestMessages
import Testing

@testable import Wire

/// Returns valid samples, mutants, truncated samples, and samples with random bytes changed.
private func trials<M: Message>(_: M.Type) -> [[UInt8]] {
    var out: [[UInt8]] = []
    var state: UInt64 = 7
    for bytes in samples(M.self, 0..<24) {
        out.append(bytes)
        out += M.mutants(of: bytes).map(\.bytes)
        for _ in 0..<4 where !bytes.isEmpty {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var changed = bytes
            changed[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            out += [changed, Array(bytes.prefix(Int(state >> 40) % bytes.count))]
        }
    }
    return out
}

/// Checks that the JSON from the bytes equals the JSON of the value tree. An earlier dissection in the same memory has
/// no effect.
private func writesTheSame<M: Message>(_: M.Type, _ dissector: inout Dissector) {
    for bytes in trials(M.self) {
        let span = bytes.span.bytes
        dissector.dissect(M.self, span)
        let fresh = M.dissect(span)
        var (wanted, had) = ([UInt8]("x".utf8), [UInt8]("x".utf8))
        ValueJSON.write(fresh.fields(in: span), to: &wanted)
        had.write(room: 0) { _ = dissector.writeFields(of: M.self, span, to: &$0) }
        #expect(String(decoding: had, as: UTF8.self) == String(decoding: wanted, as: UTF8.self), "\(M.name)")
        #expect(dissector.notes == fresh.notes && dissector.dissection.error == fresh.error)
    }
}
@Test func dissectorWritesWhatTheTreeSays() {
    var dissector = Dissector()
    for type in catalogue { writesTheSame(type, &dissector) }
}

/// A node of an outline, its position in the dissection, and the number of elements that it counts.
private struct Kept {
    var node: Dissection.Node
    var place: Int
    var elements: UInt64 = 0
    var text: String {
        let isCounted = node.shape == .list || node.index >= 0
        let number = isCounted ? elements : node.shape == .leaf ? node.number : 0
        return "\(node.depth) \(node.name)[\(node.index)] \(node.shape == .leaf ? "\(node.content)" : "") \(number)"
    }
}

/// Checks that an outline has the nodes of the dissection, also for refused bytes. It counts the elements of lists and
/// omits their contents. It omits fields of the message itself with the given names.
private func outlines<M: Message>(_: M.Type, _ dissector: inout Dissector) -> Int {
    var omitted = 0
    for bytes in trials(M.self) {
        let span = bytes.span.bytes
        let nodes = M.dissect(span).nodes
        func isInElement(_ i: Int) -> Bool {
            let parent = Int(nodes[i].parent)
            return parent >= 0 && (nodes[parent].index >= 0 || isInElement(parent))
        }
        var wanted: [Kept] = []
        for (i, node) in nodes.enumerated() where !isInElement(i) {
            guard node.index >= 0 else {
                wanted.append(Kept(node: node, place: i))
                continue
            }
            if let list = wanted.firstIndex(where: { $0.place == Int(node.parent) && $0.node.shape == .list }) {
                wanted[list].elements += 1
            } else if let last = wanted.last?.node, last.index >= 0, last.depth == node.depth,
                last.name.description == node.name.description
            {
                wanted[wanted.count - 1].elements += 1
            } else {
                wanted.append(Kept(node: node, place: i, elements: 1))
            }
        }
        omitted += nodes.count - wanted.count
        var names = WordSet()
        let had = dissector.outline(M.self, span, leavingOut: &names).map {
            Kept(node: $0, place: 0, elements: $0.number).text
        }
        #expect(had == wanted.map(\.text), "\(M.name)")
        // The test omits each second name of the message itself.
        let outer = Set(wanted.filter { $0.node.depth == 0 }.map(\.node.name.description)).sorted()
        let words = outer.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        names = WordSet(words)
        let some = dissector.outline(M.self, span, leavingOut: &names)
            .map { Kept(node: $0, place: 0, elements: $0.number).text }
        var isIn = true
        var rest: [Kept] = []
        for kept in wanted {
            if kept.node.depth == 0 { isIn = !words.contains(kept.node.name.description) }
            guard isIn else { continue }
            // Elements with others between them are now adjacent.
            if let last = rest.last, last.node.index >= 0, kept.node.index >= 0, last.node.depth == kept.node.depth,
                last.node.name.description == kept.node.name.description
            {
                rest[rest.count - 1].elements += kept.elements
            } else {
                rest.append(kept)
            }
        }
        #expect(some == rest.map(\.text), "\(M.name)")
        dissector.dissect(M.self, span)
        #expect(dissector.dissection.nodes.count == nodes.count, "\(M.name)")
    }
    return omitted
}
@Test func outlineCountsElements() {
    var dissector = Dissector()
    var omitted = 0
    for type in catalogue { omitted += outlines(type, &dissector) }
    #expect(omitted > 100)
}

/// Checks that valid messages are written while they are read. Only refused messages and duplicate fields need the
/// tree.
private func needsNoTree<M: Message>(_: M.Type, _ trace: inout JSONTrace) {
    for bytes in samples(M.self, 0..<24) {
        bytes.withUnsafeBytes { packet in
            var out: [UInt8] = []
            var isGood = false
            out.write(room: 0) { text in
                (trace.text, trace.packet) = (text, packet)
                isGood = M.write(fieldsOf: packet.bytes, &trace)
                text = trace.text
            }
            #expect(isGood, "\(M.name)")
        }
    }
}
@Test func goodMessagesNeedNoTree() {
    var trace = JSONTrace()
    for type in catalogue { needsNoTree(type, &trace) }
}

/// Checks that the quick inspection agrees with the long one.
private func looksRight<M: Message>(_: M.Type, _ seen: inout [Inspection: Int]) {
    for bytes in trials(M.self) {
        let span = bytes.span.bytes
        let (look, long, error) = (M.inspect(span), M.dissect(span), M.check(span))
        seen[look, default: 0] += 1
        #expect((look == .refused) == (long.error != nil), "\(M.name)")
        #expect((error != nil) == (long.error != nil || long.notes.contains { $0.kind == .wrongType }), "\(M.name)")
        if look != .refused { #expect((look == .plain) == long.notes.isEmpty, "\(M.name) \(long.notes)") }
    }
}
@Test func quickLookAgreesWithDissection() {
    var seen: [Inspection: Int] = [:]
    for type in catalogue { looksRight(type, &seen) }
    for look in [Inspection.refused, .plain, .remarkable] { #expect(seen[look, default: 0] > 100, "\(look) \(seen)") }
}

/// Numbers and texts at the limits of JSON.
@Test func dissectorAtTheEdges() {
    var dissector = Dissector()
    var m = Edges()
    for n in [0, 9, 10, 99, 1 << 53, 1 << 53 + 1, .max, 9_999_999_999_999_999_999, 10_000_000_000_000_000_000]
        as [UInt64]
    {
        m.number = n
        m.bytes = Bytes((0..<UInt8(truncatingIfNeeded: n % 7)).map { $0 &* 37 })
        let bytes = m.encoded()
        let span = bytes.span.bytes
        var (wanted, had): ([UInt8], [UInt8]) = ([], [])
        ValueJSON.write(Edges.dissect(span).fields(in: span), to: &wanted)
        had.write(room: 0) { _ = dissector.writeFields(of: Edges.self, span, to: &$0) }
        #expect(String(decoding: had, as: UTF8.self) == String(decoding: wanted, as: UTF8.self))
    }
}
/// A message with a name that must be escaped, and a name that occurs twice.
private struct Edges: Message {
    static var name: StaticString { "test.edges" }
    var number: UInt64 = 0
    var again: UInt8 = 1
    var bytes = Bytes()
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("number", &number)
        if number % 2 == 0 { c.field("number", &again) }
        if number % 3 == 0 { c.field("quoted \"name\"", &again) }
        c.rest("bytes", &bytes)
    }
}
