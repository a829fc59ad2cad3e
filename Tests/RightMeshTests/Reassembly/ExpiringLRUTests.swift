import Node
import Testing
import Wire

@testable import RightMesh

/// Tables that forget the oldest entry.
struct ExpiringLRUTests {
    /// Compares the table with an array.
    @Test func isAsAnArray() {
        var random = Random(seed: 7)
        var (table, model) = (ExpiringLRU<UInt32, Int>(), [(key: UInt32, value: Int, time: Int64)]())
        for step in 0..<5000 {
            let key = UInt32.random(in: 0..<60, using: &random)
            let now = Instant(nanoseconds: Int64(step))
            let known = model.firstIndex { $0.key == key }
            #expect(table[key] == known.map { model[$0].value } && table.has(key) == (known != nil))
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2:
                table.set(key, step, at: now)
                if let known { model.remove(at: known) }
                model.append((key, step, now.nanoseconds))
            case 3:
                let slot = table.slot(of: key, at: now, orNew: step)
                table[at: slot] += 1
                let old = known.map { model.remove(at: $0).value } ?? step
                model.append((key, old + 1, now.nanoseconds))
            case 4...5:
                #expect(table.remove(key) == known.map { model.remove(at: $0).value })
            case 6:
                let gone = table.removeAll(olderThan: .nanoseconds(90), now: now)
                #expect(gone == model.count { $0.time + 90 <= now.nanoseconds })
                model.removeAll { $0.time + 90 <= now.nanoseconds }
            default:
                table.trim(to: 40)
                model = model.suffix(40)
            }
            #expect(table.count == model.count && table.first?.key == model.first?.key)
        }
        #expect(table.all.map(\.key) == model.map(\.key) && table.all.map(\.value) == model.map(\.value))
        #expect(table.count > 10)
    }
}
