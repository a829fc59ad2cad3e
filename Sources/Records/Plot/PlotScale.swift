internal import Glibc
internal import Text

/// The positions of numbers on an axis, and the numbers at its ticks.
struct PlotScale {
    let axis: Plot.Axis
    private let least: Double
    private let most: Double

    /// Makes a scale that includes all values, with round numbers at its ends.
    init(_ axis: Plot.Axis, _ values: [Double]) {
        self.axis = axis
        let usable = values.filter { $0.isFinite && (!axis.isLogarithmic || $0 > 0) && $0.magnitude < 1e15 }
        guard let low = usable.min(), let high = usable.max() else {
            (least, most) = (axis.isLogarithmic ? 1 : 0, 10); return
        }
        if axis.isLogarithmic {
            let (a, b) = (Self.step(low, .down), Self.step(high, .up))
            (least, most) = (a, b > a ? b : a * 10)
        } else {
            let step = Self.step(max(high, 1e-9) / 5, .up)
            (least, most) = (0, max(step, (high / step).rounded(.up) * step))
        }
    }
    /// Returns the position of a number, from 0 at one end to 1 at the other; nil if the number has no place.
    func place(_ x: Double) -> Double? {
        guard x.isFinite, !axis.isLogarithmic || x > 0 else { return nil }
        let share =
            axis.isLogarithmic ? log10(x / least) / log10(most / least) : (x - least) / (most - least)
        return min(1, max(0, share))
    }
    /// The numbers at the ticks, in ascending order.
    var ticks: [Double] {
        var out: [Double] = []
        guard axis.isLogarithmic else {
            let step = Self.step(most / 5, .up)
            var i = 0
            while Double(i) * step <= most * 1.0001, i < 100 {
                out.append(Double(i) * step)
                i += 1
            }
            return out
        }
        let decades = log10(most / least)
        var decade = pow(10, floor(log10(least) + 1e-9))
        while decade <= most * 1.0001, out.count < 100 {
            for m in decades > 3.5 ? [1.0] : decades > 1.5 ? [1, 3] : [1, 2, 5]
            where decade * m >= least * 0.9999 && decade * m <= most * 1.0001 {
                out.append(decade * m)
            }
            decade *= 10
        }
        return out
    }
    /// Returns 1, 2 or 5 times a power of ten, next to a number in the given direction.
    private static func step(_ x: Double, _ way: FloatingPointRoundingRule) -> Double {
        guard x > 0, x.isFinite else { return 1 }
        let decade = pow(10, floor(log10(x) + 1e-9))
        let steps: [Double] = [1, 2, 5, 10]
        let found =
            way == .up
            ? steps.first { $0 * decade >= x * 0.9999 } : steps.last { $0 * decade <= x * 1.0001 }
        return (found ?? 1) * decade
    }

    /// Returns the short text of a number at a tick.
    func text(_ x: Double) -> String { Self.text(x, axis.unit) }
    /// Returns a number with three significant digits and its unit.
    static func text(_ x: Double, _ unit: Plot.Axis.Unit) -> String {
        guard x.isFinite else { return "?" }
        switch unit {
        case .share: return digits(x * 100) + " %"
        case .seconds: return digits(x) + " s"
        case .plain: return x.magnitude >= 1e6 ? digits(x / 1e6) + " M" : digits(x)
        case .bytes:
            for (size, name) in [(1e9, " GB"), (1e6, " MB"), (1e3, " kB")] where x.magnitude >= size * 0.9995 {
                return digits(x / size) + name
            }
            return digits(x) + " B"
        }
    }
    private static func digits(_ x: Double) -> String {
        guard x.isFinite, x.magnitude < 1e15 else { return "?" }
        let size = x.magnitude
        let scale: Double = size >= 99.95 ? 1 : size >= 9.995 ? 10 : 100
        let n = Int((size * scale).rounded())
        let (whole, fraction) = n.quotientAndRemainder(dividingBy: Int(scale))
        let out = (x < 0 && n > 0 ? "-" : "") + whole.grouped
        guard fraction > 0 else { return out }
        var tail = String(Int(scale) + fraction).dropFirst()
        while tail.hasSuffix("0") { tail.removeLast() }
        return out + "." + tail
    }
}
