internal import Glibc

/// Least-squares fits of measurements that grow.
public enum GrowthFit {
    /// The line y = a + b x.
    public struct Line: Equatable, Sendable {
        /// The value of y at x = 0.
        public var base: Double
        /// The increase of y for each unit of x.
        public var slope: Double
        /// The share of the variance of y that the line explains, 0 to 1.
        public var determination: Double
        /// Returns y at x.
        public func callAsFunction(_ x: Double) -> Double { base + slope * x }
    }
    /// Fits a line to points. Returns nil if there are fewer than two different values of x.
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
    /// Returns the number at a share of the distance from one positive number to another, on a logarithmic scale.
    public static func between(_ a: Double, _ b: Double, _ share: Double) -> Double {
        (a * pow(b / a, share)).rounded()
    }
    /// Fits y = c · a^p · b^q. Returns nil if the points, which must be positive, do not separate the two exponents.
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
