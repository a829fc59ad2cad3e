import Testing

@testable import Simulation

@Suite struct GrowthFitTests {
    @Test func line() throws {
        let exact = try #require(GrowthFit.line([(1, 5), (2, 7), (5, 13)]))
        #expect(abs(exact.base - 3) < 1e-9 && abs(exact.slope - 2) < 1e-9 && abs(exact.determination - 1) < 1e-9)
        #expect(abs(exact(10) - 23) < 1e-9)
        // The least squares of three points that are not on a line, computed by hand.
        let rough = try #require(GrowthFit.line([(0, 0), (1, 2), (2, 1)]))
        #expect(abs(rough.base - 0.5) < 1e-9 && abs(rough.slope - 0.5) < 1e-9)
        #expect(abs(rough.determination - 0.25) < 1e-9)
        #expect(
            GrowthFit.line([(1, 5)]) == nil && GrowthFit.line([(1, 5), (1, 6)]) == nil && GrowthFit.line([]) == nil)
    }
    @Test func powers() throws {
        var points: [(a: Double, b: Double, y: Double)] = []
        for a in [10.0, 100, 1000] { for b in [2.0, 5, 20] { points.append((a, b, 7 * a * b * b)) } }
        let found = try #require(GrowthFit.powers(points))
        #expect(abs(found.p - 1) < 1e-9 && abs(found.q - 2) < 1e-9)
        // One variable never changes, or both change together, so that the fit cannot separate them.
        #expect(GrowthFit.powers([(1, 2, 3), (2, 2, 6), (4, 2, 12)]) == nil)
        #expect(GrowthFit.powers([(1, 1, 3), (2, 2, 6), (4, 4, 12)]) == nil)
        #expect(GrowthFit.powers([(0, 2, 3), (2, 3, 6), (4, 2, 12)]) == nil)
    }
}
