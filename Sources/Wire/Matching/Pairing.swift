/// The largest set of pairs of wishes and partners, found by augmenting paths.
struct Pairing {
    /// The partner of each wish; nil for a wish without partner.
    private(set) var partners: [Int?]
    private var taken: [Int?]

    /// Finds the pairs. `fits[wish][partner]` is true if they fit; all rows have the same length.
    init(_ fits: [[Bool]]) {
        partners = Array(repeating: nil, count: fits.count)
        taken = Array(repeating: nil, count: fits.first?.count ?? 0)
        for wish in fits.indices {
            var seen = Array(repeating: false, count: taken.count)
            _ = settle(wish, fits, &seen)
        }
    }
    /// Finds a partner for a wish. The recursion is at most as deep as the number of wishes.
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
