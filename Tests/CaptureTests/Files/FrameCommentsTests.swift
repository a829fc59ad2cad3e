import Testing

@testable import Capture

/// Tests of the kept packet comments of a capture.
struct FrameCommentsTests {
    @Test func ofSeveralFrames() {
        var comments = FrameComments()
        #expect(comments.isEmpty && comments.of(FrameNumbers(1)) == [])
        comments.add([], frame: 1)
        #expect(comments.isEmpty)
        comments.add(["a", "b"], frame: 2)
        comments.add(["c"], frame: 4)
        #expect(comments.of(FrameNumbers(2, 4)) == ["a", "b", "c"])
        #expect(comments.of(FrameNumbers(3)) == [])
    }
    /// The oldest comments are dropped if there are too many, or if they are too long.
    @Test func bounded() {
        var many = FrameComments()
        for frame in 1...FrameComments.frameLimit * 3 { many.add(["x"], frame: frame) }
        #expect(many.of(FrameNumbers(FrameComments.frameLimit * 2)) == [])
        #expect(many.of(FrameNumbers(FrameComments.frameLimit * 2 + 1)) == ["x"])
        #expect(many.of(FrameNumbers(FrameComments.frameLimit * 3)) == ["x"])
        var long = FrameComments()
        let text = String(repeating: "x", count: FrameComments.byteLimit / 2)
        for frame in 1...4 { long.add([text], frame: frame) }
        #expect((1...4).map { long.of(FrameNumbers($0)).count } == [0, 0, 1, 1])
    }
}
