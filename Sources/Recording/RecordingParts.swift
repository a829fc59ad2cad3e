/// A long scenario need not be held as a whole to write it, to say how it begins, or to see whether there are mistakes in it.
extension Recording {
    /// The parts of the text of the steps, one after the other; an error when they are more than a file may have.
    @discardableResult
    func each(_ take: (StepsPart) -> Void) -> RecordingError? {
        guard var writer = maker else {
            parts.forEach(take)
            return nil
        }
        writer.write(take)
        let size = writer.steps.size
        return writer.isTooLarge(size) ? writer.tooLarge(.bytes, size) : nil
    }
    /// Calls `take` with the text of the steps in pieces of at least `count` steps, one after the other; the last piece
    /// may have fewer. Those behind the first use names and links of pieces before them. Throws `tooLarge` at the end
    /// when it was more than a scenario file may have.
    public func eachPiece(_ count: Int, _ take: ([UInt8]) -> Void) throws(RecordingError) {
        var (steps, piece): (Int, [UInt8]) = (0, [])
        let error = each { part in
            // Comments alone are no steps: they stay with what stands before them.
            if steps >= count, part.steps > 0 {
                take(piece)
                (steps, piece) = (0, [])
            }
            steps += part.steps
            piece += part.text
        }
        take(piece)
        if let error { throw error }
    }
    /// A scenario of the first steps, at least `count` where there are so many, but no more than `long`, and how many
    /// they are. It begins as the whole does: who takes a connection in a later step listens from the beginning, so such
    /// steps stand behind them.
    public func beginning(_ count: Int) -> (bytes: [UInt8], count: Int) {
        var (steps, text): (Int, [UInt8]) = (0, [])
        for part in parts where steps < count {
            steps += part.steps
            text += part.text
        }
        let later = acceptances.filter { $0.step > steps }.map { $0.line + "\n" }
        return (bytes(of: text) + later.joined().utf8, steps)
    }
    /// What stands above the steps, and a piece of them.
    public func bytes(of piece: [UInt8]) -> [UInt8] { Array(header.utf8) + piece }
}
