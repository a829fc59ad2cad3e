/// A long scenario need not be loaded as a whole to say how it begins, or whether there are mistakes in it.
extension Recording {
    /// A scenario of the first steps, at least `count` where there are so many, and how many they are. It begins as the
    /// whole does: who takes a connection in a later step listens from the beginning, so such steps stand behind them.
    public func beginning(_ count: Int) -> (bytes: [UInt8], count: Int) {
        var (steps, end) = (0, 0)
        for part in parts where steps < count {
            steps += part.steps
            end = part.bytes.upperBound
        }
        let later = acceptances.filter { $0.step > steps }.map { $0.line + "\n" }
        return (bytes(of: 0..<end) + later.joined().utf8, steps)
    }
    /// Where pieces of at least `count` steps stand in the text of the steps. Those behind the first use names and links
    /// of pieces before them.
    public func pieces(_ count: Int) -> [Range<Int>] {
        var out: [Range<Int>] = []
        var (steps, start) = (0, 0)
        for part in parts {
            steps += part.steps
            guard steps >= count else { continue }
            out.append(start..<part.bytes.upperBound)
            (steps, start) = (0, part.bytes.upperBound)
        }
        if steps > 0 || out.isEmpty { return out + [start..<self.steps.count] }
        // Comments alone are no steps.
        return out.dropLast() + out.suffix(1).map { $0.lowerBound..<self.steps.count }
    }
    /// What stands above the steps, and one of these pieces.
    public func bytes(of piece: Range<Int>) -> [UInt8] {
        Array(header.utf8) + steps[piece.clamped(to: steps.indices)]
    }
}
