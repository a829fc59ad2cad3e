internal import Glibc

/// How something grows: least squares over measurements.
public enum GrowthFit {
    /// y = a + b x.
    public struct Line: Equatable, Sendable {
        /// Where it begins: y at 0.
        public var base: Double
        /// What each of x adds.
        public var slope: Double
        /// How much of what y varies by it explains, 0 to 1.
        public var determination: Double
        /// y at x.
        public func callAsFunction(_ x: Double) -> Double { base + slope * x }
    }
    /// The line through points; nil when there are fewer than two different x.
    public static func line(_ points: [(x: Double, y: Double)]) -> Line? {
        let n = Double(points.count)
        guard let first = points.first, points.contains(where: { $0.x != first.x }) else { return nil }
        let (mx, my) = (points.reduce(0) { $0 + $1.x } / n, points.reduce(0) { $0 + $1.y } / n)
        let xx = points.reduce(0) { $0 + ($1.x - mx) * ($1.x - mx) }
        let xy = points.reduce(0) { $0 + ($1.x - mx) * ($1.y - my) }
        let yy = points.reduce(0) { $0 + ($1.y - my) * ($1.y - my) }
        let slope = xy / xx
        let rest = points.reduce(0) { sum, p in
            let e = p.y - my - slope * (p.x - mx)
            return sum + e * e
        }
        return Line(base: my - slope * mx, slope: slope, determination: yy > 0 ? 1 - rest / yy : 1)
    }
    /// What stands at a share of the way from one number above zero to another, in equal factors.
    public static func between(_ a: Double, _ b: Double, _ share: Double) -> Double {
        (a * pow(b / a, share)).rounded()
    }
    /// y = c · a^p · b^q; nil when the points, all above zero, do not tell the two apart.
    public static func powers(_ points: [(a: Double, b: Double, y: Double)]) -> (p: Double, q: Double)? {
        guard points.count >= 3, points.allSatisfy({ $0.a > 0 && $0.b > 0 && $0.y > 0 }) else { return nil }
        let logs = points.map { (a: log($0.a), b: log($0.b), y: log($0.y)) }
        let n = Double(logs.count)
        let mean = logs.reduce((a: 0.0, b: 0.0, y: 0.0)) { ($0.a + $1.a / n, $0.b + $1.b / n, $0.y + $1.y / n) }
        var (aa, ab, bb, ay, by) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for l in logs {
            let (a, b, y) = (l.a - mean.a, l.b - mean.b, l.y - mean.y)
            (aa, ab, bb, ay, by) = (aa + a * a, ab + a * b, bb + b * b, ay + a * y, by + b * y)
        }
        let determinant = aa * bb - ab * ab
        guard determinant > 1e-9 * max(aa * bb, 1e-300) else { return nil }
        return ((ay * bb - by * ab) / determinant, (by * aa - ay * ab) / determinant)
    }
}
