/// Access to a long scenario in parts, to write it, to run its beginning, or to check it without holding all of it in
/// memory.
extension Recording {
    /// Passes the text of the steps to `take` in parts, in order. Returns an error if the text is larger than a file
    /// may be.
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
    /// Passes the text of the steps to `take` in pieces of at least `count` steps, in order. The last piece may have
    /// fewer. Later pieces use names and links of earlier ones. Throws `tooLarge` at the end if the text is larger than
    /// a scenario file may be.
    public func eachPiece(_ count: Int, _ take: ([UInt8]) -> Void) throws(RecordingError) {
        var (steps, piece): (Int, [UInt8]) = (0, [])
        let error = each { part in
            // Comments alone are not steps. They stay with the text before them.
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
    /// Returns a scenario of the first steps and their number: at least `count` if there are enough, and at most
    /// `long`. An actor that accepts a connection in a later step must listen from the beginning. Such later steps are
    /// therefore appended.
    public func beginning(_ count: Int) -> (bytes: [UInt8], count: Int) {
        var (steps, text): (Int, [UInt8]) = (0, [])
        for part in parts where steps < count {
            steps += part.steps
            text += part.text
        }
        let later = acceptances.filter { $0.step > steps }.map { $0.line + "\n" }
        return (bytes(of: text) + later.joined().utf8, steps)
    }
    /// Returns a file of the text above the steps and a piece of them.
    public func bytes(of piece: [UInt8]) -> [UInt8] { Array(header.utf8) + piece }
}
