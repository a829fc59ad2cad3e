/// Partners for each of some wishes: the largest number of them, by augmenting paths.
struct Pairing {
    /// The partner of each wish; nil for those that none is left for.
    private(set) var partners: [Int?]
    private var taken: [Int?]

    /// `fits[wish][partner]`; all rows are equally long.
    init(_ fits: [[Bool]]) {
        partners = Array(repeating: nil, count: fits.count)
        taken = Array(repeating: nil, count: fits.first?.count ?? 0)
        for wish in fits.indices {
            var seen = Array(repeating: false, count: taken.count)
            _ = settle(wish, fits, &seen)
        }
    }
    /// No deeper than there are wishes.
    private mutating func settle(_ wish: Int, _ fits: [[Bool]], _ seen: inout [Bool]) -> Bool {
        for p in taken.indices where fits[wish][p] && !seen[p] {
            seen[p] = true
            if let other = taken[p], !settle(other, fits, &seen) { continue }
            taken[p] = wish
            partners[wish] = p
            return true
        }
        return false
    }
}
