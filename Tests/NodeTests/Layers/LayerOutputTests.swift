import Node
import Testing

/// Lent bytes belong to the unit, and made bytes belong to the output. Other items have none.
@Test func bytesOfItems() {
    var output = LayerOutput()
    output.made += [1, 2, 3, 4]
    let unit: [UInt8] = [10, 11, 12]
    let items: [LayerOutput.Item] = [
        .begins(.first, by: .us, speaks: nil), .lent(.first, 1..<3), .made(.first, 2..<4, unit: 0..<1),
        .whole(.first, kind: 0),
    ]
    for item in items { output.append(item) }
    let bytes = output.items.map { output.withBytes(of: $0, in: unit.span.bytes) { $0.withUnsafeBytes(Array.init) } }
    #expect(bytes == [[], [11, 12], [3, 4], []])
}

/// The output keeps its memory for the next use, except for the memory of a message of many megabytes.
@Test(arguments: [(1000, true), (4 << 20, false)])
func keptMemory(count: Int, isKept: Bool) {
    var output = LayerOutput()
    output.made += [UInt8](repeating: 0, count: count)
    output.append(.whole(.first, kind: 1))
    output.clear()
    #expect(output.items.isEmpty && output.made.isEmpty && (output.made.capacity >= count) == isKept)
}
