/// Numbers against numbers, to be drawn.
public struct Plot: Sendable {
    /// What numbers are, and how an axis lays them out.
    public struct Axis: Sendable {
        /// What numbers mean.
        public enum Unit: Sendable {
            /// Counts.
            case plain
            /// Bytes, in thousands and millions.
            case bytes
            /// Seconds.
            case seconds
            /// Shares from 0 to 1, as hundredths.
            case share
        }
        /// What stands beside it.
        public var label: String
        /// What its numbers are.
        public var unit: Unit
        /// As many steps from 1 to 10 as from 10 to 100; numbers from zero down have no place then.
        public var isLogarithmic: Bool
        /// An axis.
        public init(_ label: String, _ unit: Unit, isLogarithmic: Bool = false) {
            (self.label, self.unit, self.isLogarithmic) = (label, unit, isLogarithmic)
        }
    }
    /// Points that belong together.
    public struct Series: Sendable {
        /// How they are drawn.
        public enum Style: Sendable {
            /// Straight from one to the next.
            case line
            /// The same, dashed.
            case dashed
            /// Each value holds until the next one.
            case steps
            /// A dot each.
            case dots
        }
        /// As the legend says it; empty: it has no place there.
        public var name: String
        /// In the order of x.
        public var points: [(x: Double, y: Double)]
        /// How they are drawn.
        public var style: Style
        /// Series of one number have one colour; those from 0 on differ.
        public var colour: Int
        /// Points that belong together.
        public init(_ name: String, _ points: [(x: Double, y: Double)], _ style: Style, colour: Int) {
            (self.name, self.points, self.style, self.colour) = (name, points, style, colour)
        }
    }
    /// What it shows.
    public var title: String
    /// From left to right.
    public var x: Axis
    /// From the bottom up.
    public var y: Axis
    /// What is drawn, the last one above the others.
    public var series: [Series]
    /// Lines of text below it.
    public var notes: [String]
    /// A plot.
    public init(_ title: String, x: Axis, y: Axis, _ series: [Series], notes: [String] = []) {
        (self.title, self.x, self.y, self.series, self.notes) = (title, x, y, series, notes)
    }
}
