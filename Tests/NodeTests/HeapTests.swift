import Node
import Testing
struct HeapTests {
    @Test(arguments: [0, 1, 2, 3, 17, 1000]) func leastFirst(_ count: Int) {
        var random = Random(seed: UInt64(count))
        var heap = Heap<Int>()
        var all: [Int] = []
        for _ in 0..<count {
            // There are few different values, so that many are equal.
            let x = Int(random.next() % 50)
            heap.insert(x)
            all.append(x)
        }
        #expect(heap.count == count)
        var out: [Int] = []
        while let first = heap.first {
            let taken = heap.removeFirst()
            #expect(taken == first)
            out.append(first)
        }
        #expect(out == all.sorted())
        let none = heap.removeFirst()
        #expect(none == nil)
    }
    /// The front remains the smallest with insertions between removals.
    @Test func interleaved() {
        var random = Random(seed: 9)
        var heap = Heap<UInt64>()
        var mirror: [UInt64] = []
        for _ in 0..<2000 {
            if random.next() % 3 > 0 {
                let x = random.next() % 1000
                heap.insert(x)
                mirror.append(x)
            } else {
                mirror.sort()
                let taken = heap.removeFirst()
                #expect(taken == (mirror.isEmpty ? nil : mirror.removeFirst()))
            }
            #expect(heap.first == mirror.min())
        }
    }
}
